"""Opens the screen: the host first, then Textual. The first line of the screen is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.orders import first_order

if TYPE_CHECKING:
    from tui.engine.explorer import Explorer
    from tui.engine.settings import Settings

_FRAMES_A_SECOND = 240


def start(explorer: Explorer, settings: Settings) -> int:
    """Explore until the person leaves; returns the exit code. Raises OSError when no run can be made."""
    explorer.prepare(first_order(settings))
    # Textual and all of it: while the host starts.
    from textual import constants

    # The screen is painted at most so often a second; a key that comes soon after a live change has to wait for it.
    # Live changes have a pace of their own. The environment variable for it would reach the tests.
    constants.MAX_FPS = _FRAMES_A_SECOND  # type: ignore[misc]
    from tui.ui.app import RedbarApp

    return RedbarApp(explorer, settings).run_in_terminal(mouse=settings.mouse)
