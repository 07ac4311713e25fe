"""The command line: what Redbar itself is told, and which front end it opens."""

from tui.cli.command import main

__all__ = ["main"]
