"""Where lines of a document stand in files: for breakpoints, and for the editor."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.ui.detail.document import Line, Look

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.ui.detail.document import Place

_PLACE = re.compile(r"^(?P<path>\S.*?):(?P<line>\d+)(?P<rest>: .*)?$")
_CODE = (Look.CODE, Look.FAILING)


def placed(lines: Sequence[Line]) -> list[Line]:
    """The lines of a traceback of pytest's, each line of code with its place as far as that can be told.

    In its long style the place of the line marked ``>`` follows, and the lines of the same function stand above it; in
    the short one (``path:line: in name``) it comes first, and the line of code next.
    """
    found = list(lines)
    for at, line in enumerate(lines):
        match = _PLACE.match(line.text) if line.look is Look.PLACE else None
        if match is None:
            continue
        place = match["path"], int(match["line"])
        found[at] = replace(line, place=place)
        if (match["rest"] or "").startswith(": in "):
            if at + 1 < len(lines) and lines[at + 1].look in _CODE:
                found[at + 1] = replace(lines[at + 1], place=place)
        else:
            _place_above(found, at, place)
    return found


def _place_above(lines: list[Line], end: int, place: Place) -> None:
    path, number = place
    at = end - 1
    while at >= 0 and lines[at].look is not Look.FAILING:
        if lines[at].look is Look.PLACE:
            return  # of another function
        at -= 1
    # Blank lines of the source are indented, too; what parts the arguments from it is empty.
    while at >= 0 and number > 0 and (lines[at].look in _CODE or lines[at].text.isspace()) and lines[at].text:
        lines[at] = replace(lines[at], place=(path, number))
        at, number = at - 1, number - 1


def with_breakpoints(lines: Sequence[Line], is_set: Callable[[Place], bool], sign: str) -> list[Line]:
    """The lines of a document, those of code at which a breakpoint is set with ``sign`` (one cell) before them."""
    return [
        _signed(line, sign) if line.place is not None and line.look in _CODE and is_set(line.place) else line
        for line in lines
    ]


def _signed(line: Line, sign: str) -> Line:
    if line.gutter[-1:] == " ":
        return replace(line, gutter=line.gutter[:-1] + sign)
    return replace(line, gutter=line.gutter + sign, text=line.text[1:])
