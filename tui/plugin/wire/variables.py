"""Names of the environment variables that the engine tells a debugger of.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

TERMINAL_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "TERMINFO", "TERMINFO_DIRS", "TMUX", "TMUX_PANE")
"""By which a program knows the terminal that it is on."""
PERSONS_VARIABLES = (
    *("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_CACHE_HOME"),
    *("LANG", "LC_ALL", "LC_CTYPE", "EDITOR", "VISUAL", "PAGER", "NO_COLOR"),
)
"""By which it finds the person's files, and knows what they like."""
