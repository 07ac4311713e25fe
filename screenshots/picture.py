"""A picture as SVG: the same text for the same screen, and that screen's words again."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from rich import console
from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.terminal_theme import TerminalTheme
    from textual.app import App

_CELL = 12.2
"""Width of a cell in the SVG, as Rich makes it."""
_FONTS = """font-family: 'Fira Code', 'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
        font-variant-ligatures: none;"""
_REPLACED = (
    (re.compile(r"terminal-\d+"), "screen"),
    (re.compile(r"\s*@font-face \{.*?\}", re.DOTALL), ""),  # fetched from the network
    (re.compile(r"\s*<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"font-family: Fira Code, monospace;"), _FONTS),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)
_ADDRESS = re.compile(r"0x[0-9a-f]{12,16}\b")
"""Of an object in memory: another in every run."""
_TEXT = re.compile(
    r'<text class="(?P<style>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+" '
    r'clip-path="(?P<clip>[^"]*)">(?P<text>[^<]*)</text>'
)
_WORDS = re.compile(r"[!-~\u00a1-\u024f]+(?: [!-~\u00a1-\u024f]+)*|[^\x00-\u024f]+")
"""Words with one blank between them; glyphs beyond the Latin ones, which other fonts may have to draw, stand alone."""


def svg_of(app: App[Any], theme: TerminalTheme) -> str:
    """The screen as SVG. ``theme`` gives the terminal's own colours."""
    with patch.object(console, "SVG_EXPORT_THEME", theme):
        svg = app.export_screenshot(title="redbar", simplify=True)
    for pattern, replacement in _REPLACED:
        svg = pattern.sub(replacement, svg)
    svg = _ADDRESS.sub(lambda found: "0x7f".ljust(len(found[0]), "0"), svg)
    return _TEXT.sub(lambda found: "".join(_placed(found)), svg)


def _placed(found: re.Match[str]) -> Iterator[str]:
    """A text as words, each with its own place: no font and no treatment of blanks can then move it."""
    text = unescape(found["text"]).replace("\xa0", " ")
    for words in _WORDS.finditer(text):
        x = float(found["x"]) + cell_len(text[: words.start()]) * _CELL
        length = cell_len(words[0]) * _CELL
        yield (
            f'<text class="{found["style"]}" x="{x:g}" y="{found["y"]}" textLength="{length:g}" '
            f'clip-path="{found["clip"]}">{escape(words[0], quote=False)}</text>'
        )


def words_of(svg: str) -> list[str]:
    """What such a picture says, line by line as it stands on the screen."""
    rows: dict[float, list[str]] = {}
    for found in _TEXT.finditer(svg):
        row = rows.setdefault(float(found["y"]), [])
        at = round(float(found["x"]) / _CELL)
        row += " " * (at - len(row))
        for character in unescape(found["text"]):
            row += [character, *[""] * (cell_len(character) - 1)]
    return ["".join(rows[y]) for y in sorted(rows)]
