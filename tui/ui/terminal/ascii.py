"""ASCII for terminals that cannot show more: when it is needed, and a filter that makes sure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import split_graphemes
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.color import Color

ASCII_VARIABLE: Final = "REDBAR_ASCII"
"""Environment variable: `1` for ASCII, `0` for Unicode, whatever the locale says."""

_ASCII_TERMINALS: Final = frozenset({"dumb", "vt52", "vt100", "vt102", "vt220"})

_LOOKALIKES: Final = {
    "-": "─━═╌╍┄┅┈┉╸╺╴╶╼╾▔▁▂▃▄⎯▱□–—‒―",  # noqa: RUF001 - that is what they are
    "|": "│┃║▎▏▍▌▊▋▉▐▕┆┇┊┋╎╏╹╻╵╷╽╿",
    "+": "┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬┠┨┯┷┿╂┝┥┰┸",
    ">": "▶►→❯›▸⇒»",  # noqa: RUF001
    "<": "◀◄←❮‹◂⇐«",  # noqa: RUF001
    "v": "▼▾↓⌄",
    "^": "▲▴↑⌃",
    "#": "█▇▆▅■▪◼▰▀",
    "o": "●•◉⬤⭘○◌∙",
    ".": "✓✔",
    "F": "✗✘",
    "x": "✕×",
    ",": "·",
    "%": "≈",
    "~": "…",
    "*": "❄⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏★☆",
    ":": "░▒▓",
    '"': "“”„",
    "'": "‘’‚",  # noqa: RUF001
}
_TABLE: Final = {glyph: replacement for replacement, glyphs in _LOOKALIKES.items() for glyph in glyphs}


def wants_ascii(env: Mapping[str, str]) -> bool:
    """Whether the terminal probably cannot show UTF-8.

    `REDBAR_ASCII` decides; else the locale as the shell set it. Python itself cannot be asked: it
    turns the C locale into UTF-8.

    Args:
        env: The environment.
    """
    if explicit := env.get(ASCII_VARIABLE):
        return explicit != "0"
    if env.get("TERM") in _ASCII_TERMINALS:
        return True
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or "C"
    return "utf8" not in locale.lower().replace("-", "")


class AsciiFilter(LineFilter):
    """Replaces every glyph beyond ASCII by one of the same width, or by `?` per cell.

    The safety net under the widgets' own ASCII glyphs: it catches borders, scrollbars, Textual's
    own widgets and the person's texts.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Translate the segments of a line."""
        return [
            segment if segment.control or segment.text.isascii() else Segment(to_ascii(segment.text), segment.style)
            for segment in segments
        ]


@lru_cache(maxsize=2048)
def to_ascii(text: str) -> str:
    """ASCII text that takes as many cells as `text`."""
    return "".join(_replacement(text[start:end], width) for start, end, width in split_graphemes(text)[0])


def _replacement(cluster: str, width: int) -> str:
    if cluster.isascii():
        return cluster
    if known := _TABLE.get(cluster):
        return known
    base = unicodedata.normalize("NFKD", cluster)[:1]
    if width == 1 and base.isascii() and base.isprintable():
        return base
    return "?" * width
