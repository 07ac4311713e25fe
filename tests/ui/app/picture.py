"""The screen as text that can be read and compared: its characters, and below them a letter for each cell's style."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from textual.app import App

from tests.ui.app.driver import RecordingStore
from tests.ui.widgets.scene import screen_segments
from tui.model import events as ev

_LETTERS = string.ascii_letters + string.digits
_FLAGS = ("bold", "dim", "italic", "underline", "strike", "reverse")


def picture(app: App[Any], *replacements: tuple[str, str]) -> str:
    """Text, styles and their legend. Of ``replacements`` each pair has to be of one length."""
    letters: dict[str, str] = {}
    texts, styles = [], []
    for line in screen_segments(app):
        texts.append("".join(text for text, _ in line))
        styles.append("".join(_letter(style, letters) * cell_len(text) for text, style in line))
    text = _framed(texts)
    for old, new in replacements:
        assert len(old) == len(new)
        text = text.replace(old, new)
    legend = [f"{letter} {name}" for name, letter in letters.items()]
    return "\n".join([text, _framed(styles), *legend])


def _framed(lines: list[str]) -> str:
    return "\n".join(f"|{line}|" for line in lines)


def _letter(style: Style, letters: dict[str, str]) -> str:
    name = _name(style)
    if not name:
        return " "
    return letters.setdefault(name, _LETTERS[len(letters) % len(_LETTERS)])


def _name(style: Style) -> str:
    words = [flag for flag in _FLAGS if getattr(style, flag)]
    if style.color is not None and not style.color.is_default:
        words.append(_colour(style.color.name))
    if style.bgcolor is not None and not style.bgcolor.is_default:
        words.append(f"on {_colour(style.bgcolor.name)}")
    return " ".join(words)


def _colour(name: str) -> str:
    names = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
    number = name.removeprefix("color(").removesuffix(")")
    if not number.isdecimal() or int(number) >= 16:
        return name
    return ("bright " if int(number) >= 8 else "") + names[int(number) % 8]


class EvenStore(RecordingStore):
    """Every test takes 4 ms, and the clock stands still."""

    def __init__(self, _: Callable[[], float] | None = None) -> None:
        super().__init__(lambda: 100.0)

    def apply(self, event: ev.Event) -> None:
        """Take an event."""
        if isinstance(event, ev.ItemFinished | ev.PhaseReported):
            event = replace(event, duration=0.004)
        super().apply(event)
