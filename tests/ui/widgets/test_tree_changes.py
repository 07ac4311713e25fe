"""What happens on screen when the model changes: the cursor stays, and only what changed is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import TreeApp, add, finish
from tui.model.events import CollectedItem
from tui.model.nodes import Branch, Item
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.widgets.row import Part, row_parts


def folder(*numbers: int) -> list[str]:
    return [f"test_{number:03}.py::test_only" for number in numbers]


def filled(*numbers: int) -> Tree:
    tree = Tree()
    add(tree, *folder(*numbers))
    return tree


def in_order(tree: Tree) -> None:
    tree.reorder(sorted(tree.items(), key=lambda item: item.nodeid))


async def test_tree_grows_while_it_is_shown() -> None:
    tree = Tree()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.lines == []
        add(tree, "unit/test_a.py::test_one")
        app.widget.tick()
        await settle(pilot.app)
        assert app.names == ["unit", "test_a.py"]
        assert app.moved == ["unit"]
        add(tree, "unit/test_b.py::test_one")
        app.widget.tick()
        await settle(pilot.app)
        assert app.names == ["unit", "test_a.py", "test_b.py"]
        assert app.moved == ["unit"]


async def test_cursor_stays_on_its_node_and_its_line_when_rows_come_above() -> None:
    tree = filled(*range(50, 100))
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press(*["j"] * 12)
        line = app.cursor_line
        assert app.at == "test_062.py"
        add(tree, *folder(*range(50)))
        in_order(tree)
        app.widget.tick()
        await settle(pilot.app)
        assert app.at == "test_062.py"
        assert app.cursor_line == line
        assert "test_062.py" in app.lines[line]
        assert app.moved[-1] == "test_062.py"


async def test_cursor_stays_on_its_line_when_rows_above_go() -> None:
    tree = filled(*range(100))
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("G", "k", "k")
        line = app.cursor_line
        for nodeid in folder(*range(40)):
            item = tree.item(nodeid)
            assert item is not None
            tree.remove(item)
        app.widget.tick()
        await settle(pilot.app)
        assert app.at == "test_097.py"
        assert app.cursor_line == line


async def test_cursor_whose_node_goes_moves_to_the_next() -> None:
    tree = filled(1, 2, 3)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("j")
        item = tree.item(folder(2)[0])
        assert item is not None
        tree.remove(item)
        app.widget.tick()
        await settle(pilot.app)
        assert app.at == "test_003.py"
        assert app.moved == ["test_001.py", "test_002.py", "test_003.py"]


async def test_all_nodes_go_and_others_come() -> None:
    tree = filled(1, 2)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("j")
        for nodeid in folder(1, 2):
            item = tree.item(nodeid)
            assert item is not None
            tree.remove(item)
        app.widget.tick()
        await settle(pilot.app)
        assert app.lines == []
        assert app.moved[-1] is None
        add(tree, *folder(3))
        app.widget.tick()
        await settle(pilot.app)
        assert app.moved[-1] == "test_003.py"


async def test_another_tree_keeps_the_cursor_on_the_same_nodeid() -> None:
    app = TreeApp(filled(1, 2, 3))
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("j", "l", "j")
        assert app.at == "test_only"
        app.widget.show(filled(0, 1, 2, 3))
        await settle(pilot.app)
        assert app.at == "test_002.py"
        assert app.names == ["test_000.py", "test_001.py", "test_002.py", "test_003.py"]


async def test_open_branches_stay_open() -> None:
    tree = filled(1, 2)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("l")
        add(tree, "test_001.py::test_more", "test_000.py::test_new")
        in_order(tree)
        app.widget.tick()
        await settle(pilot.app)
        assert app.names == ["test_000.py", "test_001.py", "test_more", "test_only", "test_002.py"]
        assert app.at == "test_001.py"


async def test_result_shows_after_a_tick() -> None:
    tree = filled(1, 2)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        finish(tree, folder(1)[0], Status.FAILED)
        await settle(pilot.app)
        assert "✗" not in app.lines[0]
        app.widget.tick()
        await settle(pilot.app)
        assert app.lines[0].split() == ["▸", "test_001.py", "1✗", "4ms"]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nodeids of the rows that are drawn, in order."""
    nodeids: list[str] = []

    def spy(node: Branch | Item, *args: Any, **kwargs: Any) -> list[Part]:
        nodeids.append(node.nodeid)
        return row_parts(node, *args, **kwargs)

    monkeypatch.setattr("tui.ui.widgets.node_list.row_parts", spy)
    return nodeids


async def test_only_changed_rows_on_screen_are_drawn(drawn: list[str]) -> None:
    tree = filled(*range(100))
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await settle(pilot.app)
        drawn.clear()
        for number in (3, 5, 70):
            finish(tree, folder(number)[0], Status.PASSED)
        app.widget.tick()
        await settle(pilot.app)
        assert drawn == ["test_003.py", "test_005.py"]


async def test_tick_without_a_change_draws_nothing(drawn: list[str]) -> None:
    app = TreeApp(filled(*range(100)))
    async with app.run_test(size=(80, 10)) as pilot:
        await settle(pilot.app)
        drawn.clear()
        app.clock.now += 5
        app.widget.tick()
        await settle(pilot.app)
        assert drawn == []


async def test_a_step_of_the_cursor_draws_two_rows(drawn: list[str]) -> None:
    app = TreeApp(filled(*range(100)))
    async with app.run_test(size=(80, 10)) as pilot:
        await settle(pilot.app)
        drawn.clear()
        await pilot.press("j")
        await settle(pilot.app)
        assert drawn == ["test_000.py", "test_001.py"]


async def test_running_item_shows_seconds_once_a_second(drawn: list[str]) -> None:
    tree = filled(1, 2)
    app = TreeApp(tree, started=100.0)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("l")
        finish(tree, folder(1)[0], Status.RUNNING)
        app.widget.tick()
        await settle(pilot.app)
        assert app.lines[1] == "» test_only"
        for now, seconds in ((102.0, "2s"), (162.0, "1:02")):
            drawn.clear()
            for fraction in (0.0, 0.3, 0.9):
                app.clock.now = now + fraction
                app.widget.tick()
                await settle(pilot.app)
                assert app.lines[1].split() == ["»", "test_only", seconds]
            assert drawn == folder(1)


async def test_rebuilding_takes_a_share_of_the_time_only() -> None:
    """A tree that is slow to list again is not listed again at once."""
    tree = filled(1)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        rebuild = app.widget._outline.rebuild

        def slow() -> None:
            app.clock.now += 0.1
            rebuild()

        app.widget._outline.rebuild = slow  # type: ignore[method-assign]
        for number, names, waits in ((2, 2, False), (3, 2, True), (4, 4, False)):
            add(tree, *folder(number))
            assert app.widget.tick() is waits
            await settle(pilot.app)
            assert len(app.names) == names
            app.clock.now += 0.6


async def test_duplicate_nodeids_are_told_apart() -> None:
    tree = Tree()
    for index in (0, 1):
        tree.add(CollectedItem("test_a.py::test_x", index, "test_a.py", "", "test_a.py", (), None, "", 1, (), ()))
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("l", "j", "j")
        assert app.lines[1:] == ["test_x", "test_x #2"]
        assert app.at == "test_x #2"
