"""The command line: what Redbar itself is told, and which front end it opens."""

import sys

__all__ = ["main"]

_INTERRUPTED = 130
"""128 + SIGINT; importing the signal module would be time in which the signal gives a traceback."""


def main() -> None:
    """Run the ``redbar`` command and leave with its exit code. ctrl+c before there is a run is no traceback."""
    try:
        from tui.cli.command import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
