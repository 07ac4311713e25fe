"""The colours that a person can choose instead of the terminal's own."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

CONTRAST: Final = Theme(
    name="redbar-contrast",
    primary="#ffffff",
    secondary="#ffff00",
    warning="#ffff00",
    error="#ff6666",
    success="#40ff40",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    variables={"block-cursor-foreground": "#000000", "block-cursor-background": "#ffffff"},
)
THEMES: Final = {"dark": "textual-dark", "light": "textual-light", "high-contrast": CONTRAST.name}
