"""What the tree looks like: text and styles of the whole screen."""

from __future__ import annotations

import pytest
from rich.color import Color

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import TreeApp, add, finish, screen_lines, screen_segments
from tui.model.nodes import Note
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.status import ASCII
from tui.ui.terminal.colourless import without_colour


def shop() -> Tree:
    tree = Tree()
    cart = [f"tests/test_cart.py::test_{name}" for name in ("empty", "total[eur]", "total[usd]", "checkout", "refund")]
    add(tree, *cart, "tests/test_cart.py::test_later", *[f"tests/test_stock.py::test_{n}" for n in range(41)])
    finish(tree, cart[0], Status.PASSED, 0.002)
    finish(tree, cart[1], Status.FAILED, 0.004, "AssertionError: assert '9.99' == '10.00'")
    finish(tree, cart[2], Status.CRASHED, 0.003, "signal 11")
    finish(tree, cart[3], Status.RUNNING, 0)
    finish(tree, cart[4], Status.SKIPPED, 0, "no bank")
    for number in range(41):
        finish(tree, f"tests/test_stock.py::test_{number}", Status.PASSED, 0.05)
    broken = tree.file("tests/test_legacy.py", "/project/tests/test_legacy.py")
    broken.note = Note("ImportError: no module named 'old'")
    tree.set_broken(broken, Status.ERROR)
    return tree


ROWS_80 = """\
 ▾ tests                                             42✓ 1✗ 1E 1! 1-       2.1s
   ▾ test_cart.py                                     1✓ 1✗ 1! 1-           9ms
     ✓ test_empty                                                           2ms
     ▾ test_total                                        1✗ 1!              7ms
       ✗ [eur]  assert '9.99' == '10.00'                                    4ms
       ! [usd]  signal 11                                                   3ms
     » test_checkout                                                         2s
     - test_refund  no bank                                                 0ms
       test_later
   ▸ test_stock.py                                   41✓                   2.0s
   E test_legacy.py  ImportError: no module named 'old'"""

ROWS_40_ASCII = """\
 - tests         p42 F1 E1 !1 s1  2.1s
   - test_cart.py     p1 F1 !1 s1  9ms
     . test_empty                    2ms
     - test_total             F1 !1  7ms
       F [eur]  assert '9.99' == '~ 4ms
       ! [usd]  signal 11            3ms
     > test_checkout                  2s
     s test_refund  no bank          0ms
       test_later
   + test_stock.py            p41  2.0s
   E test_legacy.py  ImportError: no m~"""


def squeezed(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


async def opened(app: TreeApp, pilot: object) -> None:
    await pilot.press("j", "l", "j", "j", "l", "g")  # type: ignore[attr-defined]
    app.clock.now += 2
    app.widget.tick()
    await settle(pilot.app)  # type: ignore[attr-defined]


async def test_80_columns() -> None:
    app = TreeApp(shop(), started=100.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        assert [line for line in screen_lines(app) if line] == ROWS_80.splitlines()


async def test_40_columns_in_ascii() -> None:
    app = TreeApp(shop(), glyphs=ASCII, started=100.0)
    async with app.run_test(size=(40, 24)) as pilot:
        await opened(app, pilot)
        assert squeezed("\n".join(app.lines)) == squeezed(ROWS_40_ASCII)
        assert "".join(screen_lines(app)).isascii()


async def test_160_columns_use_the_width() -> None:
    app = TreeApp(shop(), started=100.0)
    async with app.run_test(size=(160, 45)) as pilot:
        await opened(app, pilot)
        assert squeezed("\n".join(app.lines)) == squeezed(ROWS_80)
        assert all(len(line) <= 160 for line in screen_lines(app))
        assert len(screen_lines(app)[0]) == 159


RED, YELLOW, CYAN = 1, 3, 6


@pytest.mark.parametrize(
    ("line", "text", "colour", "attributes"),
    [
        (4, "✗", RED, {"bold"}),
        (4, "assert '9.99' == '10.00'", RED, set()),
        (4, "4ms", None, {"dim"}),
        (5, "!", RED, {"bold", "reverse"}),
        (6, "»", CYAN, {"bold"}),
        (6, "2s", CYAN, {"bold"}),
        (7, "-", YELLOW, set()),
        (7, "no bank", None, {"dim"}),
        (1, "▾", CYAN, {"bold"}),
        (9, "▸", None, set()),
    ],
)
async def test_colours_are_those_of_the_terminal(
    line: int, text: str, colour: int | None, attributes: set[str]
) -> None:
    app = TreeApp(shop(), started=100.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        style = next(style for part, style in screen_segments(app)[line] if part == text)
        assert (style.color.number if style.color else None) == colour
        assert {name for name in ("bold", "dim", "reverse") if getattr(style, name)} == attributes


def is_of_palette(colour: Color | None) -> bool:
    return colour is None or colour.is_default or (colour.number is not None and colour.number < 16)


async def test_no_colour_beyond_the_sixteen() -> None:
    app = TreeApp(shop())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        styles = {style for line in screen_segments(app) for text, style in line if text.strip()}
        assert all(is_of_palette(style.color) and is_of_palette(style.bgcolor) for style in styles)


async def test_cursor_is_seen_without_colour_focused_or_not() -> None:
    app = TreeApp(shop())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        await pilot.press("j", "j")
        focused = screen_segments(app)[2]
        assert all(without_colour(style).reverse for _, style in focused)
        app.widget.blur()
        await settle(pilot.app)
        blurred = screen_segments(app)[2]
        reverse = [text for text, style in blurred if without_colour(style).reverse]
        assert reverse == ["test_empty"]


async def test_marked_row_is_seen() -> None:
    tree = shop()
    app = TreeApp(tree)
    async with app.run_test(size=(80, 24)) as pilot:
        module = tree.module("tests/test_stock.py")
        assert module is not None
        tree.set_marked(module, marked=True)
        app.widget.tick()
        await settle(pilot.app)
        assert app.widget.marked_nodes() == [module]
        assert screen_lines(app)[2].startswith("◆  ▸ test_stock.py")


async def test_row_ends_where_the_scrollbar_begins() -> None:
    tree = Tree()
    add(tree, *[f"test_{number:03}.py::test_only" for number in range(100)])
    for number in range(100):
        finish(tree, f"test_{number:03}.py::test_only", Status.PASSED, 0.4)
    app = TreeApp(tree)
    async with app.run_test(size=(80, 10)) as pilot:
        await settle(pilot.app)
        assert [line[:79].rstrip()[-4:] for line in screen_lines(app)] == ["0.4s"] * 10
