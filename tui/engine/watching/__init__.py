"""Watches the files of a project and gives out what has really changed in them."""

from tui.engine.watching.rules import Rules
from tui.engine.watching.watcher import Changes, Watcher

__all__ = ["Changes", "Rules", "Watcher"]
