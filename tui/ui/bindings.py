"""The keys of the main screen. Every binding has an id, so that a person can give it other keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.dom import DOMNode

_RUNS = Binding.Group("Run")
_DEBUGS = Binding.Group("Debug")
_MOVES = Binding.Group("Find")
_VIEW = Binding.Group("Look")
_OUTSIDE = Binding.Group("Take along")
_APP = Binding.Group("Redbar")

MAIN = [
    Binding(
        "r", "run_node", "run", id="run-node", group=_RUNS, tooltip="Run what is marked, else the node under the cursor"
    ),
    Binding("R", "run_all", "run all", id="run-all", group=_RUNS, tooltip="Run everything"),
    Binding("f", "run_failed", "run failed", id="run-failed", group=_RUNS, tooltip="Run what failed, errors included"),
    Binding("full_stop", "run_last", "run last again", id="run-last", group=_RUNS, tooltip="Run again what ran last"),
    Binding(
        "K",
        "run_expression",
        "run -k/-m",
        priority=True,
        id="run-expression",
        group=_RUNS,
        tooltip="Run what a -k or -m expression matches",
    ),
    Binding("ctrl+r", "run_shown", "run shown", id="run-shown", group=_RUNS, tooltip="Run what the filter shows"),
    Binding("s", "stop", "stop", id="stop", group=_RUNS, tooltip="Stop as ctrl+c would; a second time: kill"),
    Binding(
        "x", "toggle_stop_first", "-x", id="toggle-stop-first", group=_RUNS, tooltip="Stop runs at the first failure"
    ),
    Binding(
        "X",
        "stop_after",
        "maxfail",
        priority=True,
        id="stop-after",
        group=_RUNS,
        tooltip="Stop runs after some failures",
    ),
    Binding("w", "watch", "watch", id="watch", group=_RUNS, tooltip="Watch the files: a save runs what it touches"),
    Binding("u", "collect", "collect", id="collect", group=_RUNS, tooltip="Collect everything again, run nothing"),
    Binding(
        "d",
        "debug",
        "debug",
        id="debug",
        group=_DEBUGS,
        tooltip="Debug the failure as it is, or go to a run that waits",
    ),
    Binding(
        "D",
        "debug_from_start",
        "debug from start",
        id="debug-from-start",
        group=_DEBUGS,
        tooltip="Run under the debugger, from the first line",
    ),
    Binding(
        "p",
        "debug(True)",
        "debug in pane",
        id="debug-in-pane",
        group=_DEBUGS,
        tooltip="The same as debug, in another pane of tmux",
    ),
    Binding(
        "b",
        "toggle_breakpoint",
        "breakpoint",
        id="breakpoint",
        group=_DEBUGS,
        tooltip="Breakpoint at the line under the cursor, else the one that failed",
    ),
    Binding(
        "ctrl+backslash",
        "kill_debugger",
        "kill debugger",
        id="kill-debugger",
        group=_DEBUGS,
        show=False,
        tooltip="End a debugger in another pane by force",
    ),
    Binding("n", "next_bad(1)", "next failure", id="next-failure", group=_MOVES, tooltip="Go to the next failure"),
    Binding(
        "N",
        "next_bad(-1)",
        "previous failure",
        id="previous-failure",
        group=_MOVES,
        tooltip="Go to the previous failure",
    ),
    Binding(
        "slash", "filter", "filter", id="filter", priority=True, group=_MOVES, tooltip="Filter the tree while typing"
    ),
    Binding(
        "F",
        "filter_bad",
        "failed only",
        id="filter-failed",
        group=_MOVES,
        tooltip="Show only what failed, or all again",
    ),
    Binding("z", "fold", "fold all", id="fold-all", group=_MOVES, tooltip="Expand or collapse everything"),
    Binding(
        "escape", "back", "back", id="back", group=_MOVES, show=False, tooltip="Close, drop the filter, drop the marks"
    ),
    Binding("v", "resize_detail", "pane", id="resize-detail", group=_VIEW, tooltip="Detail pane: a third, full, off"),
    Binding(
        "tab", "app.focus_next", "other pane", id="other-pane", group=_VIEW, show=False, tooltip="Go to the other pane"
    ),
    Binding(
        "shift+tab",
        "app.focus_previous",
        "other pane",
        id="other-pane-back",
        group=_VIEW,
        show=False,
        tooltip="Go to the pane before",
    ),
    *(
        Binding(str(number), f"tab({number})", name, id=f"tab-{name}", group=_VIEW, show=False, tooltip=f"Show {words}")
        for number, name, words in (
            (1, "failure", "what happened"),
            (2, "output", "captured output"),
            (3, "source", "the source of the test"),
            (4, "info", "durations, markers, fixtures, docstring"),
            (5, "warnings", "the warnings of the last run"),
            (6, "terminal", "pytest's own terminal text"),
            (7, "locals", "local variables of a kept failure"),
            (8, "covers", "which files and lines the test covers"),
        )
    ),
    Binding(
        "c",
        "app.coverage",
        "coverage",
        priority=True,
        id="coverage",
        group=_VIEW,
        tooltip="Coverage, file by file and line by line",
    ),
    Binding(
        "C",
        "app.covers",
        "covers",
        priority=True,
        id="covers",
        group=_VIEW,
        show=False,
        tooltip="What the test under the cursor covers",
    ),
    Binding("o", "page", "whole in pager", id="page", group=_OUTSIDE, tooltip="Show all of it in $PAGER"),
    Binding("e", "edit", "edit", id="edit", group=_OUTSIDE, tooltip="Open $EDITOR at the line"),
    Binding("y", "copy_nodeid", "copy id", id="copy-nodeid", group=_OUTSIDE, tooltip="Copy the nodeid"),
    Binding(
        "Y",
        "copy_command",
        "copy command",
        id="copy-command",
        group=_OUTSIDE,
        tooltip="Copy the command that repeats the run",
    ),
    Binding("question_mark", "app.help", "help", priority=True, id="help", group=_APP, tooltip="Say all keys"),
    Binding(
        "colon,ctrl+p",
        "app.palette",
        "palette",
        priority=True,
        id="palette",
        group=_APP,
        show=False,
        tooltip="Find a command by its name",
    ),
    Binding("q,ctrl+q", "app.leave", "quit", id="quit", group=_APP, tooltip="Leave"),
    Binding(
        "ctrl+c",
        "app.interrupt",
        "stop",
        id="interrupt",
        group=_APP,
        show=False,
        priority=True,
        tooltip="Stop the run, else leave",
    ),
]
"""In the order in which help shows them."""

EVERYWHERE = [binding for binding in MAIN if binding.id in ("help", "palette", "interrupt")]
"""Those of screens that cover the main one."""

WHY_NOT = {
    "stop": "nothing runs",
    "run-failed": "nothing has failed",
    "next-failure": "nothing has failed",
    "previous-failure": "nothing has failed",
    "run-shown": "there is no filter: {filter} opens one",
    "run-last": "nothing has run yet",
    "debug": "put the cursor on a test to debug it",
    "debug-in-pane": "put the cursor on a test to debug it",
    "debug-from-start": "put the cursor on a test to debug it",
    "breakpoint": "no line here: {tab-source} shows the source, {other-pane} goes into it",
    "kill-debugger": "no debugger is open",
}
"""What is said when a key is pressed that can do nothing now, by the id of the binding; ids in braces are its keys."""


def declared(widgets: Iterable[type[DOMNode]]) -> list[tuple[str, Binding]]:
    """All bindings that have an id, with the title of their group, group by group.

    First the main screen's, then those of these classes and of the classes that they are made from.
    """
    return _by_group([*((_title(binding), binding) for binding in MAIN), *_of_classes(widgets)])


def declared_by(classes: Iterable[type[DOMNode]]) -> list[tuple[str, Binding]]:
    """The same, of these classes alone; a binding that several of them have comes once."""
    once = {binding.id: (title, binding) for title, binding in reversed(list(_of_classes(classes)))}
    return _by_group(list(reversed(once.values())))


def _of_classes(classes: Iterable[type[DOMNode]]) -> Iterator[tuple[str, Binding]]:
    for cls in classes:
        for owner in cls.__mro__:
            for binding in owner.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id:
                    yield _title(binding), binding


def _title(binding: Binding) -> str:
    if binding.group is not None:
        return binding.group.description
    return _TITLES.get((binding.id or "").partition("-")[0], _APP.description)


def _by_group(found: list[tuple[str, Binding]]) -> list[tuple[str, Binding]]:
    titles = dict.fromkeys(title for title, _ in found)
    return [entry for title in titles for entry in found if entry[0] == title]


IN_TREE, IN_PANE = "In the tree", "In the detail pane"
IN_LISTS, IN_LOCALS = "In lists and tables", "In the tab of the locals"
_TITLES = {
    "tree": IN_TREE,
    "pane": IN_PANE,
    "list": IN_LISTS,
    "lines": IN_LISTS,
    "locals": IN_LOCALS,
    "evaluate": IN_LOCALS,
}

FOOTER = (
    "stop",
    "run-node",
    "debug",
    "list-choose",
    "edit",
    "next-failure",
    "filter",
    "help",
    "quit",
    "run-all",
    "run-failed",
    "watch",
    "collect",
    "run-last",
    "coverage",
    "resize-detail",
    "page",
    "fold-all",
    "copy-nodeid",
    "toggle-stop-first",
    "run-expression",
    "debug-from-start",
    "breakpoint",
    "debug-in-pane",
)
"""Ids that the footer shows, the most useful first; those that cannot be used now are left out."""
