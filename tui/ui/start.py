"""Opens the screen: the host first, then a first line, then Textual."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.engine.explorer import COLLECT
from tui.ui.terminal import placeholder
from tui.ui.terminal.colour import refusal

if TYPE_CHECKING:
    from tui.engine.explorer import Explorer
    from tui.engine.settings import Settings

_USAGE_ERROR = 2


def start(explorer: Explorer, settings: Settings) -> int:
    """Explore until the person leaves; returns the exit code."""
    reason = refusal(os.environ, input_is_terminal=sys.stdin.isatty(), output_is_terminal=sys.stderr.isatty())
    if reason is not None:
        sys.stderr.write(f"redbar: {reason}\n")
        return _USAGE_ERROR
    explorer.prepare(COLLECT)
    with placeholder.shown():
        from tui.ui.app import RedbarApp

        return RedbarApp(explorer, settings).run_in_terminal(mouse=settings.mouse)
