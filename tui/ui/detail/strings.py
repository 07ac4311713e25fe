"""Which lines of Python lie within a string: painted one by one, their words would look like code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = re.compile(
    r"""\#[^\n]*
    |\"{3}(?:[^\\]|\\.)*?\"{3}
    |'{3}(?:[^\\]|\\.)*?'{3}
    |\"(?:[^\"\\\n]|\\.)*\"
    |'(?:[^'\\\n]|\\.)*'""",
    re.DOTALL | re.VERBOSE,
)
_TRIPLE = ('"""', "'''")
_BEHIND = " \t),];"
"""What may follow a string on its last line without making a line of code of it."""


def within_strings(source: Sequence[str]) -> frozenset[int]:
    """The lines (1-based) that go on with a string that began above them; fast enough for any file."""
    found: set[int] = set()
    text = "\n".join(source)
    line, seen = 1, 0
    for match in _PIECE.finditer(text):
        if not match[0].startswith(_TRIPLE) or "\n" not in match[0]:
            continue
        line += text.count("\n", seen, match.start())
        end = line + match[0].count("\n")
        rest = source[end - 1][match.end() - text.rfind("\n", 0, match.end()) - 1 :]
        found.update(range(line + 1, end + (not rest.strip(_BEHIND))))
        line, seen = end, match.end()
    return frozenset(found)
