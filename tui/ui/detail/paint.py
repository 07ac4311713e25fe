"""Paints lines of documents: Python by Pygments, foreign colours by Rich, everything else in the terminal's palette."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from tui.ui.detail.document import Line, Look

if TYPE_CHECKING:
    from rich.syntax import Syntax

TAB = 8
_STYLES = {
    Look.PLAIN: Style(),
    Look.DIM: Style(dim=True),
    Look.HEADING: Style(bold=True),
    Look.ERROR: Style(color="red", bold=True),
    Look.PLACE: Style(color="cyan"),
    Look.GOOD: Style(color="green"),
    Look.BAD: Style(color="red"),
    Look.WARN: Style(color="yellow"),
    Look.FAILING: Style(bold=True),
    Look.CODE: Style(),
    Look.STRING: Style(color="yellow"),
}
_DIFF = {"-": Style(color="red"), "+": Style(color="green"), "?": Style(dim=True)}
_EXPLANATION = re.compile(r"\+  (?:where|and) ")
"""pytest's ``+  where x = f()``, which is no line of a diff."""
_SGR = re.compile(r"\x1b\[[0-9;:]*m")
_OTHER_ESCAPE = re.compile(
    r"\x1b\[[0-9;:?<=>]*[ -/]*[@-ln-~]"  # CSI other than SGR
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[\]PX^_]"  # one without an end: what follows is text all the same
    r"|\x1b[ -/]*[0-Z\\^-~]"  # two-character escapes
    r"|\x1b\[[0-9;:?<=>]*$"  # one that was cut off
)
_LONE_ESCAPE = re.compile(r"\x1b(?!\[[0-9;:]*m)")
"""What is left of sequences inside of sequences."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_PIECE = re.compile(r"\x1b\[[0-9;:]*m|.", re.DOTALL)
_STILL = Style(blink=False, blink2=False)


def paint(line: Line, *, dark: bool) -> Text:
    """The line as styled text, without its gutter; nothing in it but colour can reach the terminal."""
    if line.look is Look.ANSI:
        return _foreign(line.text)
    text = clean(line.text)
    if line.look in (Look.CODE, Look.FAILING):
        painted = _highlighted(text, dark=dark)
        if line.look is Look.FAILING:
            painted.stylize(Style(bold=True))
        return painted
    style = _STYLES[line.look]
    if line.look is Look.ERROR:
        sign = text.removeprefix("E").lstrip(" ")
        if sign[:1] in _DIFF and sign[1:2] in ("", " ") and not _EXPLANATION.match(sign):
            style = _DIFF[sign[0]]
    painted = Text(text, no_wrap=True, end="")
    painted.stylize(style)  # a span: render() leaves the style of the text as a whole to its caller
    return painted


def clean(text: str) -> str:
    """``text`` without escape sequences; control characters and lone surrogates are shown as ``·``, tabs opened."""
    if text.isprintable():
        return text
    text = _SGR.sub("", _OTHER_ESCAPE.sub("", text))
    return _CONTROL.sub("·", text.replace("\x1b", "·").expandtabs(TAB))


def _foreign(text: str) -> Text:
    """Captured output: colours are kept, a carriage return and a backspace do what they do, all else is dropped."""
    if "\x1b" not in text and "\r" not in text and "\b" not in text:
        return Text(clean(text), no_wrap=True, end="")
    text = _LONE_ESCAPE.sub("·", _OTHER_ESCAPE.sub("", text.rstrip("\r")))
    text = _without_backspaces(text.rpartition("\r")[2])
    kept = _CONTROL.sub("·", text.expandtabs(TAB))
    painted = Text.from_ansi(kept, no_wrap=True, end="")
    if any(isinstance(span.style, Style) and (span.style.blink or span.style.blink2) for span in painted.spans):
        painted.stylize(_STILL)
    return Text(painted.plain, spans=painted.spans, no_wrap=True, end="")


def _without_backspaces(text: str) -> str:
    """Each backspace takes the character before it; colours stay."""
    if "\b" not in text:
        return text
    kept: list[str] = []
    characters: list[int] = []
    for piece in _PIECE.findall(text):
        if piece == "\b":
            if characters:
                kept[characters.pop()] = ""
            continue
        if len(piece) == 1:
            characters.append(len(kept))
        kept.append(piece)
    return "".join(kept)


def _highlighted(text: str, *, dark: bool) -> Text:
    painted = _syntax(dark=dark).highlight(text)
    painted.rstrip()
    painted.no_wrap = True
    painted.end = ""
    return painted


@lru_cache(maxsize=2)
def _syntax(*, dark: bool) -> Syntax:
    from rich.syntax import Syntax  # Pygments: only when there is code to show

    return Syntax("", "python", theme="ansi_dark" if dark else "ansi_light")
