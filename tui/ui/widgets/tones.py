"""How each tone of text looks, for every widget that draws parts of rows."""

from __future__ import annotations

from typing import Final

from tui.ui.status import Tone

TONE_CLASSES: Final = frozenset(f"row--{tone}" for tone in Tone)
"""The component classes: one for each tone."""


def tone_styles(widget: str) -> str:
    """The styles of the tones below a widget, by the name of its class."""
    return f"""
    {widget} {{
        & > .row--good {{ color: $success; }}
        & > .row--bad {{ color: $error; text-style: bold; }}
        & > .row--why {{ color: $error; }}
        & > .row--dead {{ color: $error; text-style: bold reverse; }}
        & > .row--odd {{ color: $warning; }}
        & > .row--live {{ color: $accent; text-style: bold; }}
        & > .row--mark {{ color: $secondary; text-style: bold; }}
        & > .row--faint {{ text-style: dim; }}
        &:ansi {{
            & > .row--good {{ color: ansi_green; }}
            & > .row--bad {{ color: ansi_red; }}
            & > .row--why {{ color: ansi_red; }}
            & > .row--dead {{ color: ansi_red; }}
            & > .row--odd {{ color: ansi_yellow; }}
            & > .row--live {{ color: ansi_cyan; }}
            & > .row--mark {{ color: ansi_magenta; }}
        }}
    }}
    """
