"""The filter of the tree on screen, and the way to failures."""

from __future__ import annotations

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import TreeApp, add, finish
from tui.model.filter import Filter
from tui.model.nodes import Note
from tui.model.outcome import Status
from tui.model.tree import Tree

IDS = ("unit/test_a.py::test_one", "unit/test_a.py::test_two", "unit/test_b.py::test_three", "unit/test_c.py::test_two")


def some() -> Tree:
    tree = Tree()
    add(tree, *IDS)
    return tree


async def test_matches_are_shown_open_and_expansion_comes_back() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.widget.set_filter(Filter("two")) == 2
        await settle(pilot.app)
        assert app.names == ["unit", "test_a.py", "test_two", "test_c.py", "test_two"]
        assert app.widget.matches == 2
        assert app.widget.set_filter(None) == 0
        await settle(pilot.app)
        assert app.names == ["unit", "test_a.py", "test_b.py", "test_c.py"]


async def test_arrows_close_and_open_while_filtered() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        app.widget.set_filter(Filter("two"))
        await pilot.press("j", "h")
        assert app.names == ["unit", "test_a.py", "test_c.py", "test_two"]
        await pilot.press("l")
        assert app.names == ["unit", "test_a.py", "test_two", "test_c.py", "test_two"]


async def test_cursor_stays_on_its_node_if_the_filter_shows_it() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        assert app.at == "test_c.py"
        app.widget.set_filter(Filter("two"))
        await settle(pilot.app)
        assert app.at == "test_c.py"
        app.widget.set_filter(Filter("three"))
        await settle(pilot.app)
        assert app.at == "unit"
        assert app.moved == ["unit", "unit/test_c.py", "unit"]


async def test_nothing_matches() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.widget.set_filter(Filter("nowhere")) == 0
        await settle(pilot.app)
        assert app.lines == []
        assert app.widget.cursor_node is None
        app.widget.set_filter(None)
        await settle(pilot.app)
        assert app.at == "unit"


async def test_filter_by_state_follows_results_twice_a_second_at_most() -> None:
    tree = some()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        app.widget.set_filter(Filter("is:failed"))
        finish(tree, IDS[0], Status.FAILED)
        app.widget.tick()
        await settle(pilot.app)
        assert app.widget.matches == 1
        assert app.names == ["unit", "test_a.py", "test_one"]
        finish(tree, IDS[2], Status.FAILED)
        app.clock.now += 0.4
        assert app.widget.tick()
        assert app.widget.matches == 1
        app.clock.now += 0.2
        assert not app.widget.tick()
        await settle(pilot.app)
        assert app.widget.matches == 2
        assert app.names == ["unit", "test_a.py", "test_one", "test_b.py", "test_three"]


async def test_filter_by_name_is_not_worked_out_again_for_results() -> None:
    tree = some()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        app.widget.set_filter(Filter("two"))
        await pilot.press("j", "h")
        rows = app.widget.rows
        finish(tree, IDS[1], Status.FAILED)
        app.clock.now += 5
        app.widget.tick()
        await settle(pilot.app)
        assert app.widget.rows is rows


async def test_filter_is_worked_out_again_for_new_nodes() -> None:
    tree = some()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        app.widget.set_filter(Filter("two"))
        add(tree, "unit/test_b.py::test_two")
        app.widget.tick()
        await settle(pilot.app)
        assert app.widget.matches == 3


async def test_node_that_the_filter_hides_is_not_gone_to() -> None:
    tree = some()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)):
        app.widget.set_filter(Filter("two"))
        hidden = tree.item(IDS[0])
        assert hidden is not None
        assert not app.widget.move_to_node(hidden)
        assert app.at == "unit"


async def test_next_failure_opens_and_goes_round() -> None:
    tree = some()
    for nodeid in (IDS[1], IDS[3]):
        finish(tree, nodeid, Status.FAILED)
    broken = tree.file("unit/test_d.py", "/project/unit/test_d.py")
    broken.note = Note("ImportError")
    tree.set_broken(broken, Status.ERROR)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        ways = [app.widget.next_bad(1) and app.widget.cursor_node for _ in range(4)]
        assert [node.nodeid for node in ways if node] == [IDS[1], IDS[3], "unit/test_d.py", IDS[1]]
        await settle(pilot.app)
        assert "✗ test_two" in app.lines[app.cursor_line]
        assert app.widget.next_bad(-1)
        assert app.at == "test_d.py"


async def test_no_failure_to_go_to() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)):
        assert not app.widget.next_bad(1)
        assert app.at == "unit"


async def test_next_failure_far_away_comes_to_the_middle() -> None:
    tree = Tree()
    ids = [f"test_{number:03}.py::test_only" for number in range(300)]
    add(tree, *ids)
    finish(tree, ids[200], Status.FAILED)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 11)) as pilot:
        assert app.widget.next_bad(1)
        await settle(pilot.app)
        assert app.cursor_line == 5
        assert len(app.lines) == 11
