"""The private names of Textual that this package leans on.

They are listed so that a Textual that lost one of them costs the optimisation that needs it and
not the program: `unavailable()` is asked before such a part is switched on, and a test asks it too.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.app import App
from textual.driver import Driver
from textual.drivers import _writer_thread
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterable

STOCK_VARIABLE = "REDBAR_STOCK_COMPOSITOR"
"""Environment variable: `1` makes every screen use Textual's own compositor."""

_SCREEN = ("_compositor_refresh", "_update_timer", "_on_timer_update", "_on_idle")
_APP = ("_display", "_build_driver", "_refresh_truecolor_filter")
_COMPOSITOR = ("_render_chops", "render_full_update", "render_partial_update", "render_update")
_COMPOSITOR_STATE = ("_dirty_regions", "size")
_DRIVER = ("_sigtstp_application", "_sigcont_application", "_patch_lflag", "_patch_iflag")
_DRIVER_STATE = ("_must_signal_resume", "_auto_restart", "_writer_thread", "attrs_before")


@cache
def unavailable() -> tuple[str, ...]:
    """Names that this package needs and this Textual lacks, as `Class.name`; empty when all is well."""
    return (
        *_missing(Screen, _SCREEN),
        *_missing(Screen, ("_dirty_widgets", "_compositor"), source=Screen.__init__),
        *_missing(App, _APP),
        *_missing(App, ("_previous_cursor_position", "_batch_count"), source=App.__init__),
        *_missing(Compositor, _COMPOSITOR),
        *_missing(Compositor, _COMPOSITOR_STATE, source=Compositor.__init__),
        *_missing(LinuxDriver, _DRIVER),
        *_missing(
            LinuxDriver,
            _DRIVER_STATE,
            source=LinuxDriver.__init__,
            or_source=Driver.__init__,
        ),
        *_missing(_writer_thread.WriterThread, ("_queue",), source=_writer_thread.WriterThread.__init__),
    )


def diffing_wanted() -> bool:
    """Whether screens shall use the diffing compositor: nobody switched it off and Textual allows it."""
    return os.environ.get(STOCK_VARIABLE) != "1" and not unavailable()


def _missing(owner: type, names: Iterable[str], *, source: object = None, or_source: object = None) -> list[str]:
    """Those of `names` that `owner` has not; with `source`, that its `__init__` does not set."""
    if source is None:
        return [f"{owner.__name__}.{name}" for name in names if not hasattr(owner, name)]
    known = _names_in(source) | (_names_in(or_source) if or_source is not None else frozenset())
    return [f"{owner.__name__}.{name}" for name in names if name not in known]


def _names_in(function: object) -> frozenset[str]:
    """Attribute names that a function mentions."""
    code = getattr(function, "__code__", None)
    return frozenset(code.co_names) if code is not None else frozenset()
