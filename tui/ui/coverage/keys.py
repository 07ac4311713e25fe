"""The keys of the coverage view. Every binding has an id, so that a person can give it other keys."""

from __future__ import annotations

from textual.binding import Binding

IN_VIEW, IN_FILE = "In the coverage view", "In a covered file"

_VIEW = Binding.Group(IN_VIEW)
_FILE = Binding.Group(IN_FILE)

BACK = Binding("escape,q,c", "back", "back", id="coverage-back", group=_VIEW, show=False, tooltip="Back")
STOP = Binding(
    "s", "stop", "stop", id="coverage-stop", group=_VIEW, tooltip="Stop as ctrl+c would; a second time: kill"
)
EDIT = Binding("e", "edit", "edit", id="coverage-edit", group=_VIEW, tooltip="Open $EDITOR there")
CHANGES = Binding(
    "d", "changes", "diff", id="coverage-changes", group=_VIEW, tooltip="Coverage of the difference to git HEAD"
)
ORDER = [
    Binding("o", "order", "order", id="coverage-order", group=_VIEW, tooltip="Sort by the next column"),
    Binding("O", "reverse", "reverse", id="coverage-reverse", group=_VIEW, tooltip="Sort the other way round"),
    Binding(
        "slash",
        "filter",
        "filter",
        id="coverage-filter",
        priority=True,
        group=_VIEW,
        tooltip="Filter the files, or the functions, while typing",
    ),
    Binding("z", "fold", "fold all", id="coverage-fold", group=_VIEW, tooltip="Open or fold all folders, or classes"),
    Binding(
        "r",
        "run",
        "run",
        id="coverage-run-file",
        group=_VIEW,
        tooltip="Run the tests that execute what is under the cursor",
    ),
]
"""Of both tables."""
FUNCTION_TABLE = Binding(
    "f", "functions", "functions", id="coverage-functions", group=_VIEW, tooltip="The functions of the file, in a table"
)
EXPORT = Binding("x", "export", "export", id="coverage-export", group=_VIEW, tooltip="Write a report into a file")

REPORT = [
    *ORDER,
    FUNCTION_TABLE,
    CHANGES,
    EXPORT,
    EDIT,
    Binding("R", "run_all", "run all", id="coverage-run-all", group=_VIEW, tooltip="Run everything, and record it"),
    STOP,
    BACK,
]
"""Of the table of files."""

FUNCTIONS = [
    *ORDER,
    EDIT,
    STOP,
    Binding("escape,q,f,c", "back", "back", id="coverage-functions-back", group=_VIEW, show=False, tooltip="Back"),
]
"""Of the table of functions."""

FILE = [
    Binding(
        "n",
        "next_place(1)",
        "next",
        id="coverage-next",
        group=_FILE,
        tooltip="Go to the next lines that are not covered",
    ),
    Binding("N", "next_place(-1)", "previous", id="coverage-previous", group=_FILE, tooltip="Go to those before"),
    Binding(
        "right_square_bracket",
        "other_file(1)",
        "next file",
        id="coverage-next-file",
        group=_FILE,
        tooltip="Go to the next file of the table, as it is sorted and filtered",
    ),
    Binding(
        "left_square_bracket",
        "other_file(-1)",
        "previous file",
        id="coverage-previous-file",
        group=_FILE,
        tooltip="Go to the file before",
    ),
    Binding(
        "slash",
        "find",
        "find",
        id="coverage-find",
        priority=True,
        group=_FILE,
        tooltip="Find text while typing; capitals count once there is one",
    ),
    Binding(
        "semicolon",
        "next_match(1)",
        "next match",
        id="coverage-find-next",
        group=_FILE,
        tooltip="Go to the next line with that text",
    ),
    Binding(
        "comma",
        "next_match(-1)",
        "previous match",
        id="coverage-find-previous",
        group=_FILE,
        tooltip="Go to the line with it before",
    ),
    Binding("t", "tests", "tests", id="coverage-tests", group=_FILE, tooltip="The tests of the line under the cursor"),
    Binding(
        "T", "function", "function: tests", id="coverage-function", group=_FILE, tooltip="The tests of the function"
    ),
    Binding("r", "run", "run these", id="coverage-run", group=_FILE, tooltip="Run just these tests"),
    Binding(
        "C", "covers", "covers", id="coverage-covers", group=_FILE, tooltip="What the test under the cursor covers"
    ),
    FUNCTION_TABLE,
    EDIT,
    CHANGES,
    STOP,
    BACK,
]
"""Of a file line by line."""

SHARE = [
    Binding("r", "run", "run it", id="coverage-run", group=_FILE, tooltip="Run the test"),
    EDIT,
    STOP,
    BACK,
]
"""Of what one test covers."""

DIFFERENCE = [
    Binding(
        "b",
        "base",
        "other branch",
        id="coverage-base",
        priority=True,
        group=_VIEW,
        tooltip="Compare with another branch or commit",
    ),
    EDIT,
    STOP,
    Binding("escape,q,d,c", "back", "back", id="coverage-changes-back", group=_VIEW, show=False, tooltip="Back"),
]
"""Of what has changed."""

ALL = (*REPORT, *FUNCTIONS, *FILE, *SHARE, *DIFFERENCE)
"""Of all screens; several have some of them."""

REPORT_FOOTER = (
    "coverage-stop",
    "list-choose",
    "coverage-run-file",
    "coverage-order",
    "coverage-filter",
    "coverage-changes",
    "coverage-export",
    "help",
    "coverage-back",
    "coverage-functions",
    "coverage-run-all",
    "coverage-reverse",
    "coverage-fold",
    "coverage-edit",
)
FILE_FOOTER = (
    "coverage-stop",
    "coverage-find-next",
    "coverage-next",
    "coverage-tests",
    "coverage-run",
    "coverage-find",
    "coverage-function",
    "coverage-edit",
    "help",
    "coverage-back",
    "coverage-functions",
    "coverage-changes",
    "coverage-covers",
    "coverage-previous",
    "coverage-next-file",
)
FUNCTIONS_FOOTER = (
    "coverage-stop",
    "list-choose",
    "coverage-run-file",
    "coverage-order",
    "coverage-filter",
    "coverage-edit",
    "help",
    "coverage-functions-back",
    "coverage-reverse",
    "coverage-fold",
)
LIST_FOOTER = (
    "coverage-stop",
    "list-choose",
    "coverage-base",
    "coverage-run",
    "coverage-edit",
    "help",
    "coverage-back",
    "coverage-changes-back",
)
"""Ids that the footers show, the most useful first."""
