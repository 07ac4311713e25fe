"""Opens the screen: the host first, then Textual. The first line of the screen is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.explorer import COLLECT

if TYPE_CHECKING:
    from tui.engine.explorer import Explorer
    from tui.engine.settings import Settings


def start(explorer: Explorer, settings: Settings) -> int:
    """Explore until the person leaves; returns the exit code. Raises OSError when no run can be made."""
    explorer.prepare(COLLECT)
    from tui.ui.app import RedbarApp  # Textual and all of it: while the host starts

    return RedbarApp(explorer, settings).run_in_terminal(mouse=settings.mouse)
