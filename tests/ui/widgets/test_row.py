"""One row: what stands in it at which width."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.ui.widgets.scene import add, finish
from tui.model.nodes import Branch, Item, Note
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.status import ASCII, UNICODE, Tone
from tui.ui.widgets.row import row_parts

ODD_NAMES = [
    "test_a[" + "x" * 10_000 + "]",
    "test_a[new\nline]",
    "test_a[tab\there]",
    "test_a[\x1b[31m\x07]",
    "test_a[\ud800\udfff]",
    "test_a[日本語の長い名前日本語の長い名前日本語の長い名前]",
    "test_a[e\u0301\u0301\u0301]",
    "test_a[\u202eevil\u202c]",
    "test_a[👩\u200d👩\u200d👧 ❤\ufe0f]",
]


def text_of(node: Branch | Item, width: int = 80, *, ascii_only: bool = False, elapsed: str = "") -> str:
    glyphs = ASCII if ascii_only else UNICODE
    parts = row_parts(node, width, glyphs, opened=isinstance(node, Branch) and node.expanded, elapsed=elapsed)
    return "".join(part.text for part in parts)


def tones_of(node: Branch | Item) -> dict[str, Tone]:
    return {part.text.strip(): part.tone for part in row_parts(node, 80, UNICODE) if part.text.strip()}


@pytest.fixture
def tree() -> Tree:
    return Tree()


def item_with(tree: Tree, status: Status, message: str = "", seconds: float = 0.004) -> Item:
    add(tree, "test_cart.py::test_total")
    return finish(tree, "test_cart.py::test_total", status, seconds, message)


@pytest.mark.parametrize(
    ("status", "message", "row"),
    [
        (Status.NOT_RUN, "", "   " + "  test_total"),
        (Status.QUEUED, "", "   · test_total"),
        (Status.RUNNING, "", "   » test_total" + " " * 63 + "2s"),
        (Status.PASSED, "", "   ✓ test_total" + " " * 62 + "4ms"),
        (Status.FAILED, "AssertionError: assert 1 == 2", "   ✗ test_total  assert 1 == 2" + " " * 47 + "4ms"),
        (Status.ERROR, "setup: no database", "   E test_total  setup: no database" + " " * 42 + "4ms"),
        (Status.CRASHED, "signal 11", "   ! test_total  signal 11" + " " * 51 + "4ms"),
        (Status.SKIPPED, "needs a network", "   - test_total  needs a network" + " " * 45 + "4ms"),
        (Status.XFAILED, "bug 12", "   x test_total  bug 12" + " " * 54 + "4ms"),
        (Status.XPASSED, "", "   X test_total" + " " * 62 + "4ms"),
    ],
)
def test_item(tree: Tree, status: Status, message: str, row: str) -> None:
    elapsed = "2s" if status is Status.RUNNING else ""
    assert text_of(item_with(tree, status, message), elapsed=elapsed).rstrip() == row


def test_tones(tree: Tree) -> None:
    failed = item_with(tree, Status.FAILED, "KeyError: 'usd'")
    assert tones_of(failed) == {
        "✗": Tone.BAD,
        "test_total": Tone.PLAIN,
        "KeyError: 'usd'": Tone.WHY,
        "4ms": Tone.FAINT,
    }
    tree.set_status(failed, Status.SKIPPED)
    assert tones_of(failed)["KeyError: 'usd'"] is Tone.FAINT


def test_stale_item_is_faint_and_has_a_sign(tree: Tree) -> None:
    item = item_with(tree, Status.FAILED, "KeyError: 'usd'")
    tree.set_status(item, Status.FAILED, stale=True)
    assert text_of(item).startswith("   ✗~ test_total  KeyError")
    assert set(tones_of(item).values()) == {Tone.FAINT}


def test_marked_item_has_its_sign_in_the_first_cell(tree: Tree) -> None:
    item = item_with(tree, Status.PASSED)
    tree.set_marked(item, marked=True)
    assert text_of(item).startswith("◆  ✓ test_total")
    assert text_of(item, ascii_only=True).startswith("*  . test_total")


def test_worker_stands_at_the_time(tree: Tree) -> None:
    item = item_with(tree, Status.RUNNING)
    item.worker = "gw3"
    assert text_of(item, elapsed="2s").endswith(" gw3 2s")
    tree.set_status(item, Status.PASSED)
    assert "gw3" not in text_of(item)


def test_long_name_leaves_room_for_the_message(tree: Tree) -> None:
    nodeid = f"test_cart.py::test_{'x' * 200}"
    add(tree, nodeid)
    row = text_of(finish(tree, nodeid, Status.FAILED, message="KeyError: 'usd'"))
    assert "…  KeyError: 'usd'" in row
    assert "…  " not in text_of(finish(tree, nodeid, Status.PASSED))


def test_branch_that_never_ran_tells_how_many(tree: Tree) -> None:
    module = add(tree, "test_cart.py::test_a", "test_cart.py::test_b")[0].parent
    assert text_of(module).split() == ["▸", "test_cart.py", "2"]


def test_branch_counts_what_is_there(tree: Tree) -> None:
    ids = [f"test_cart.py::test_{number}" for number in range(12)]
    module = add(tree, *ids)[0].parent
    for nodeid, status in zip(ids, list(Status)[2:] + [Status.PASSED] * 4, strict=True):
        finish(tree, nodeid, status, 0.1)
    assert text_of(module, 120).split() == ["▸", "test_cart.py", "5✓", "1✗", "1E", "1!", "1-", "1x", "1X", "1.2s"]
    assert text_of(module, 120, ascii_only=True).split()[:5] == ["+", "test_cart.py", "p5", "F1", "E1"]


def test_counts_stand_in_columns(tree: Tree) -> None:
    add(tree, *[f"test_{file}.py::test_{number}" for file in "ab" for number in range(20)])
    for number in range(20):
        finish(tree, f"test_a.py::test_{number}", Status.PASSED, 1)
    finish(tree, "test_b.py::test_0", Status.PASSED, 0.2)
    finish(tree, "test_b.py::test_1", Status.FAILED, 0.2)
    rows = [text_of(child) for child in tree.root.children]
    assert len({row.index("✓") for row in rows}) == 1
    assert all(row.endswith("s") for row in rows)


def test_failure_that_is_kept_has_a_sign_after_its_name(tree: Tree) -> None:
    item = item_with(tree, Status.FAILED, "assert 1 == 2")
    item.frozen = True
    assert text_of(item).startswith("   ✗ test_total ❄  assert 1 == 2  ")
    assert text_of(item, ascii_only=True).startswith("   F test_total *  assert 1 == 2  ")
    assert tones_of(item)["❄"] is Tone.LIVE
    assert all(cell_len(text_of(item, width)) == width for width in range(6, 100))


def test_item_that_waits_says_where(tree: Tree) -> None:
    item = item_with(tree, Status.RUNNING)

    def row(width: int) -> str:
        return "".join(part.text for part in row_parts(item, width, UNICODE, elapsed="2s", paused="test_cart.py:7"))

    assert row(60).startswith("   » test_total  ")
    assert row(60).endswith("  paused at test_cart.py:7 2s")
    assert row(44).endswith("paused at test_cart.py:7")
    assert row(30).endswith("paused")
    assert all(cell_len(row(width)) == width for width in range(8, 90))


def test_branch_with_something_running_says_so_by_its_arrow(tree: Tree) -> None:
    item = item_with(tree, Status.RUNNING)
    assert tones_of(item.parent)["▸"] is Tone.LIVE
    tree.set_status(item, Status.PASSED)
    assert tones_of(item.parent)["▸"] is Tone.PLAIN


def test_broken_branch_shows_its_note(tree: Tree) -> None:
    broken = tree.file("tests/test_legacy.py", "/project/tests/test_legacy.py")
    broken.note = Note("ImportError: no module named 'old'")
    tree.set_broken(broken, Status.ERROR)
    assert text_of(broken).rstrip() == "   E test_legacy.py  ImportError: no module named 'old'"
    tree.set_broken(broken, Status.SKIPPED)
    assert text_of(broken).startswith("   - test_legacy.py")


def test_broken_branch_keeps_the_arrow_to_what_it_had(tree: Tree) -> None:
    broken = item_with(tree, Status.PASSED).parent
    broken.note = Note("SyntaxError")
    tree.set_broken(broken, Status.ERROR)
    assert text_of(broken).split() == ["▸", "E", "test_cart.py", "SyntaxError", "1✓", "1E", "4ms"]


@pytest.mark.parametrize("width", [1, 2, 5, 10, 20, 40, 72, 80, 160])
@pytest.mark.parametrize("name", ODD_NAMES, ids=range(len(ODD_NAMES)))
def test_no_name_breaks_a_row(tree: Tree, name: str, width: int) -> None:
    nodeid = f"tests/deep/er/test_cart.py::TestA::TestB::{name}"
    item = add(tree, nodeid)[0]
    finish(tree, nodeid, Status.FAILED, 62, f"{name}\n{name}")
    node: Branch | Item | None = item
    while node is not None:
        row = text_of(node, width)
        assert row.isprintable()
        assert cell_len(row) <= max(width, 5 + width // 3)
        if width >= 20:
            assert cell_len(row) == width
        node = node.parent


def test_name_keeps_room_on_narrow_screens(tree: Tree) -> None:
    add(tree, *[f"test_cart.py::test_{number}" for number in range(300)])
    for number in range(300):
        status = Status.FAILED if number < 100 else Status.PASSED
        finish(tree, f"test_cart.py::test_{number}", status, 5)
    module = tree.root.children[0]
    assert text_of(module, 40).split() == ["▸", "test_cart.py", "200✓", "100✗", "25:00"]
    assert text_of(module, 24).split() == ["▸", "test_cart.py", "100✗"]
    assert text_of(module, 15).split() == ["▸", "test_cart.py"]
