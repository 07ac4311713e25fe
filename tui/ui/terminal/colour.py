"""What has to be known about the terminal before the app is made.

Imports neither Textual nor Rich, so that a start that cannot succeed is refused at once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping

DARK: Final = "ansi-dark"
LIGHT: Final = "ansi-light"
"""Textual's themes of the 16 colours of the terminal's own palette: they fit every terminal, and
cost half the bytes of true colour."""

_LIGHT_BACKGROUNDS: Final = frozenset({"7", "15"})


@value
class Look(Value):
    """How the app is to be drawn.

    Attributes:
        theme: Name of a Textual theme.
        colourless: No colour at all: bold, dim and reverse have to do (https://no-color.org).
    """

    theme: str = DARK
    colourless: bool = False


def look(env: Mapping[str, str]) -> Look:
    """Decide from the environment.

    `NO_COLOR` counts when it is not empty. `COLORFGBG`, which some terminals set, tells a light
    background from a dark one.

    Args:
        env: The environment.
    """
    light = env.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS
    return Look(theme=LIGHT if light else DARK, colourless=bool(env.get("NO_COLOR")))


def refusal(env: Mapping[str, str], *, input_is_terminal: bool, output_is_terminal: bool) -> str | None:
    """Why the full screen cannot be opened here, in words for the person; None when it can.

    Args:
        env: The environment.
        input_is_terminal: Whether standard input is one.
        output_is_terminal: Whether standard error is one: the screen is drawn there, so that
            standard output may be a pipe.
    """
    if sys.platform == "win32":
        return "Redbar needs Linux or macOS. On Windows it runs inside WSL."
    instead = "`redbar run` needs none."
    if env.get("TERM") == "dumb":
        return f"This terminal (TERM=dumb) cannot show a full screen. {instead}"
    if not input_is_terminal:
        return f"Standard input is not a terminal, so there are no keys to read. {instead}"
    if not output_is_terminal:
        return f"Standard error is not a terminal, and the screen is drawn there. {instead}"
    return None
