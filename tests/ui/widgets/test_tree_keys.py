"""The keys of the tree, and the messages that it posts."""

from __future__ import annotations

import pytest

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import TreeApp, add
from tui.model.tree import Tree


def many(count: int = 100) -> Tree:
    tree = Tree()
    add(tree, *[f"test_{number:03}.py::test_only" for number in range(count)])
    return tree


def small() -> Tree:
    tree = Tree()
    add(tree, "unit/test_a.py::TestA::test_one", "unit/test_a.py::TestA::test_two", "unit/test_b.py::test_three")
    return tree


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("j", "test_001.py"),
        ("down", "test_001.py"),
        ("j j k", "test_001.py"),
        ("j j up", "test_001.py"),
        ("k", "test_000.py"),
        ("G", "test_099.py"),
        ("end", "test_099.py"),
        ("G g", "test_000.py"),
        ("end home", "test_000.py"),
        ("pagedown", "test_023.py"),
        ("pagedown pagedown pageup", "test_023.py"),
        ("ctrl+d", "test_012.py"),
        ("ctrl+d ctrl+d ctrl+u", "test_012.py"),
        ("end j", "test_099.py"),
    ],
)
async def test_moving(keys: str, name: str) -> None:
    app = TreeApp(many())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys.split())
        await settle(pilot.app)
        assert app.at == name
        assert name in app.lines[app.cursor_line]


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("j l", "test_a.py"),
        ("j l l", "TestA"),
        ("j right right right right", "test_one"),
        ("j l l l l l", "test_one"),
        ("j l l l l h", "TestA"),
        ("j l l l l left left left", "test_a.py"),
        ("j l l l l backspace backspace", "test_a.py"),
        ("h", "unit"),
        ("backspace", "unit"),
    ],
)
async def test_opening_closing_and_going_up(keys: str, name: str) -> None:
    app = TreeApp(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys.split())
        assert app.at == name


async def test_left_closes_first() -> None:
    app = TreeApp(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "l")
        assert app.names == ["unit", "test_a.py", "TestA", "test_b.py"]
        await pilot.press("h")
        assert app.names == ["unit", "test_a.py", "test_b.py"]
        assert app.at == "test_a.py"


async def test_all_are_opened_and_closed() -> None:
    app = TreeApp(small())
    async with app.run_test(size=(80, 24)) as pilot:
        app.widget.toggle_all()
        await settle(pilot.app)
        assert len(app.names) == 7
        await pilot.press("G")
        app.widget.toggle_all()
        await settle(pilot.app)
        assert app.names == ["unit", "test_a.py", "test_b.py"]
        assert app.at == "test_b.py"


@pytest.mark.parametrize("size", [(80, 8), (160, 9)])
async def test_cursor_that_leaves_the_view_scrolls_half_a_page(size: tuple[int, int]) -> None:
    app = TreeApp(many())
    height = size[1]
    async with app.run_test(size=size) as pilot:
        await pilot.press(*["j"] * (height - 1))
        assert app.cursor_line == height - 1
        assert app.names[0] == "test_000.py"
        await pilot.press("j")
        assert app.cursor_line == height // 2
        await pilot.press("G", *["k"] * (height - 1))
        assert app.cursor_line == 0
        await pilot.press("k")
        assert app.cursor_line == height // 2


async def test_end_shows_a_whole_page() -> None:
    app = TreeApp(many())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        assert app.names[-1] == "test_099.py"
        assert len(app.names) == 24


async def test_cursor_move_is_told_once_for_a_node() -> None:
    app = TreeApp(small())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j", "j", "j", "k", "l", "h")
        await settle(pilot.app)
        assert app.moved == ["unit", "unit/test_a.py", "unit/test_b.py", "unit/test_a.py"]


async def test_enter_and_space_are_requests() -> None:
    tree = small()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter", "space")
        await settle(pilot.app)
        assert app.chosen == ["unit/test_a.py"]
        assert app.marked == ["unit/test_a.py"]
        assert app.widget.marked_nodes() == []


async def test_keys_of_an_empty_tree_do_nothing() -> None:
    app = TreeApp(Tree())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "k", "h", "l", "g", "G", "enter", "space", "pagedown", "ctrl+d", "backspace")
        await settle(pilot.app)
        assert app.widget.cursor_node is None
        assert (app.moved, app.chosen, app.marked) == ([], [], [])


async def test_bindings_can_be_told_apart() -> None:
    app = TreeApp(small())
    async with app.run_test(size=(80, 24)):
        bindings = {
            active.binding.id: active.binding
            for active in app.screen.active_bindings.values()
            if active.node is app.widget
        }
        assert None not in bindings
        assert all(binding.description for binding in bindings.values())
        assert len({binding.action for binding in bindings.values()}) == len(bindings)


async def test_moving_to_a_node_opens_what_is_above() -> None:
    tree = small()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        item = tree.item("unit/test_a.py::TestA::test_two")
        assert item is not None
        assert app.widget.move_to_node(item)
        await settle(pilot.app)
        assert app.at == "test_two"
        assert "test_two" in app.lines[app.cursor_line]
        assert app.moved[-1] == item.nodeid
