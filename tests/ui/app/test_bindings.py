"""The keys themselves: each has one meaning, each can be given another key, and the README tells the truth."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from tests.ui.app.driver import Sitting, sit_down, write
from tui.ui.bindings import FOOTER, MAIN
from tui.ui.locals.line import EvaluateLine
from tui.ui.locals.lists import Variables
from tui.ui.palette import Palette
from tui.ui.screens.dialogs import Prompt, Question, Words
from tui.ui.screens.help import Help
from tui.ui.screens.main import MainScreen
from tui.ui.terminal.app import TerminalApp
from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.listing import Listing
from tui.ui.widgets.node_list import NodeList
from tui.ui.widgets.pane import DocumentPane
from tui.ui.widgets.tree import TestTree

OURS = (
    TerminalApp,
    MainScreen,
    NodeList,
    TestTree,
    DocumentPane,
    Variables,
    EvaluateLine,
    FilterLine,
    Prompt,
    Question,
    Words,
    Help,
    Palette,
)
LATER = ("S", "m")
"""Keys that are kept for what is not there yet."""

README = {
    "`j` `k` `↓` `↑` `g` `G`": "tree-down tree-up tree-first tree-last",
    "`l` `h` `→` `←`": "tree-open tree-close",
    "`Enter` `Esc`": "tree-choose back",
    "`Tab`": "other-pane",
    "`r`": "run-node",
    "`R`": "run-all",
    "`f`": "run-failed",
    "`.`": "run-last",
    "`K`": "run-expression",
    "`Ctrl+R`": "run-shown",
    "`Space`": "tree-mark",
    "`s`": "stop",
    "`x` `X`": "toggle-stop-first stop-after",
    "`u`": "collect",
    "`n` `N`": "next-failure previous-failure",
    "`/`": "filter",
    "`F`": "filter-failed",
    "`z`": "fold-all",
    "`1`…`8`": "tab-failure tab-output tab-source tab-info tab-warnings tab-terminal tab-locals tab-covers",
    "`v`": "resize-detail",
    "`o`": "page",
    "`e`": "edit",
    "`y` `Y`": "copy-nodeid copy-command",
    "`Ctrl+P` `:`": "palette",
    "`?`": "help",
    "`q`": "quit",
    "`w`": "watch",
    "`c` `C`": "coverage covers",
    "`d`": "debug",
    "`D`": "debug-from-start",
    "`p`": "debug-in-pane",
    "`b`": "breakpoint",
    "`Ctrl+\\`": "kill-debugger",
}
"""What stands in the first column of the table, and the bindings that it speaks of, in the same order."""
UNTOLD = {"other-pane-back", "interrupt"}
"""Bindings of the main screen that the table leaves out."""
NAMES = {"ctrl+\\": "ctrl+backslash", "↓": "down", "↑": "up", "→": "right", "←": "left", "esc": "escape", "…": ""}


def declared() -> list[Binding]:
    return [binding for each in OURS for binding in each.__dict__["BINDINGS"] if isinstance(binding, Binding)]


def keys_of(binding: Binding) -> set[str]:
    return {made.key for made in Binding.make_bindings([binding])}


def test_every_binding_has_an_id_of_its_own() -> None:
    ids = [binding.id for binding in declared()]
    assert all(ids)
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert len(declared()) == sum(len(each.__dict__["BINDINGS"]) for each in OURS), "a binding that is a mere tuple"


def test_every_binding_of_the_main_screen_says_what_it_does() -> None:
    silent = [binding.id for binding in MAIN if not (binding.description and binding.group and binding.tooltip)]
    assert silent == []


def test_footer_names_bindings() -> None:
    assert set(FOOTER) <= {binding.id for binding in [*MAIN, *Listing.BINDINGS] if isinstance(binding, Binding)}
    assert len(set(FOOTER)) == len(FOOTER)


def test_keys_for_later_are_free() -> None:
    taken = {key for each in (TerminalApp, MainScreen, TestTree, NodeList, DocumentPane) for key in each_key(each)}
    assert taken.isdisjoint(LATER)
    assert {"s", "x", "j"} <= taken


def each_key(owner: Any) -> set[str]:
    return {key for binding in owner.__dict__["BINDINGS"] for key in keys_of(binding)}


def readme_table() -> dict[str, str]:
    """First cell and words of each entry in the table of keys."""
    text = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    table = text.partition("## Keys\n")[2].partition("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    entries = [pair for row in cells[2:] for pair in (row[:2], row[2:])]
    assert all(len(pair) == 2 for pair in entries)
    return {key: words for key, words in entries if key}


def test_readme_tells_all_keys_as_they_are() -> None:
    table = readme_table()
    assert set(table) == set(README)
    by_id = {binding.id: binding for binding in declared()}
    for cell, ids in README.items():
        told = {normal(key) for key in re.findall(r"`(.+?)`", cell)}
        if "…" in cell:
            told = {str(number) for number in range(int(min(told)), int(max(told)) + 1)}
        bound = [keys_of(by_id[name]) for name in ids.split()]
        assert told <= set().union(*bound), cell
        assert all(told & keys for keys in bound), cell
    in_table = {name for ids in README.values() for name in ids.split()}
    assert {str(binding.id) for binding in MAIN} - in_table == UNTOLD


def normal(key: str) -> str:
    (made,) = Binding.make_bindings([Binding(NAMES.get(key.lower(), key.lower() if len(key) > 1 else key), "nothing")])
    return made.key


async def open_each(sitting: Sitting, context: str) -> None:
    screens: dict[str, Screen[Any]] = {
        "prompt": Prompt("What?"),
        "question": Question("Leave?", "q"),
        "words": Words("Settings", "nothing"),
    }
    if context == "pane":
        await sitting.press("tab")
    elif context == "filter":
        await sitting.press("slash")
    elif context == "help":
        await sitting.press("question_mark")
    elif context in screens:
        await sitting.app.push_screen(screens[context])
    await sitting.quiet()


@pytest.mark.parametrize("context", ["tree", "pane", "filter", "prompt", "question", "words", "help"])
async def test_a_key_means_one_thing(folder: Path, context: str) -> None:
    async with sit_down(folder) as sitting:
        await open_each(sitting, context)
        chain = sitting.app.screen._modal_binding_chain
        ours: dict[str, set[str]] = {}
        for _, bindings in chain:
            for key, binding in bindings:
                if binding.id:
                    ours.setdefault(key, set()).add(binding.id)
        assert ours
        twice = {key: ids for key, ids in ours.items() if len(ids) > 1}
        # Esc in the line of the filter drops the filter; it goes up to the screen only from elsewhere.
        assert twice == ({"escape": {"filter-drop", "back"}} if context == "filter" else {})
        for key, (name, *_) in ours.items():
            if key not in twice:
                assert first_for(key, sitting.app.screen) == name, key


def first_for(key: str, screen: Screen[Any]) -> str | None:
    """The id of the binding that a key comes to first, as Textual looks for it."""
    places = [(True, *link) for link in reversed(screen._binding_chain)]
    places += [(False, *link) for link in screen._modal_binding_chain]
    for priority, node, bindings in places:
        for binding in bindings.key_to_bindings.get(key, ()):
            # What cannot scroll leaves the keys for it to those above.
            if binding.priority == priority and not (is_scrolling(binding) and not can_scroll(node)):
                return binding.id
    return None


def is_scrolling(binding: Binding) -> bool:
    return binding.action.startswith(("scroll_", "page_"))


def can_scroll(node: DOMNode) -> bool:
    return isinstance(node, Widget) and node.allow_vertical_scroll


async def test_no_key_of_the_app_goes_without_an_id(folder: Path) -> None:
    """So that every key can be given away, and help shows it."""
    async with sit_down(folder) as sitting:
        assert [binding.key for _, binding in sitting.app._bindings if not binding.id] == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("s", "nothing runs"),
        ("f", "nothing has failed"),
        ("n", "nothing has failed"),
        ("N", "nothing has failed"),
        ("ctrl+r", "there is no filter: / opens one"),
        ("full_stop", "nothing has run yet"),
        ("d", "put the cursor on a test to debug it"),
        ("D", "put the cursor on a test to debug it"),
        ("b", "no line here: 3 shows the source, tab goes into it"),
        ("ctrl+backslash", "no debugger is open"),
    ],
)
async def test_key_that_can_do_nothing_says_why(folder: Path, key: str, words: str) -> None:
    write(folder, {"test_a.py": "def test_one(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.press(key)
        assert sitting.footer.said == words
        await sitting.press("j")
        assert sitting.footer.said == ""
        assert sitting.store.ran == {}
