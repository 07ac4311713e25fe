"""The mouse on the tree."""

from __future__ import annotations

from textual.events import MouseScrollDown

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import TreeApp, add
from tui.model.tree import Tree


def some() -> Tree:
    tree = Tree()
    add(tree, "unit/test_a.py::test_one", "unit/test_b.py::test_two")
    return tree


async def test_click_selects() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(app.widget, offset=(12, 2))
        assert app.at == "test_b.py"
        assert app.names == ["unit", "test_a.py", "test_b.py"]
        assert app.chosen == []


async def test_click_on_the_arrow_opens_and_closes() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(app.widget, offset=(3, 1))
        assert app.names == ["unit", "test_a.py", "test_one", "test_b.py"]
        await pilot.click(app.widget, offset=(1, 0))
        assert app.names == ["unit"]


async def test_double_click_chooses() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.double_click(app.widget, offset=(12, 1))
        assert app.chosen == ["unit/test_a.py"]


async def test_click_below_the_rows_does_nothing() -> None:
    app = TreeApp(some())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.double_click(app.widget, offset=(12, 9))
        assert app.at == "unit"
        assert app.chosen == []


async def test_wheel_scrolls_and_leaves_the_cursor() -> None:
    tree = Tree()
    add(tree, *[f"test_{number:03}.py::test_only" for number in range(100)])
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        before = app.names[0]
        await pilot._post_mouse_events([MouseScrollDown], widget=app.widget)
        await settle(pilot.app)
        assert app.names[0] > before
        assert app.at == "test_000.py"
        await pilot.press("j")
        assert app.at == "test_001.py"
        assert "test_001.py" in app.lines[app.cursor_line]
