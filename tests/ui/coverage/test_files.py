"""The rows of the table of files: folders, order, filter, folding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.coverage.made_up import CART, FILES, STOCK, TILL, report_of
from tui.model.coverage import FileCoverage, total_of
from tui.ui.coverage.files import Entry, Files, Order


def shown(files: Files) -> list[str]:
    return [f"{'  ' * entry.depth}{entry.name}{'/' if entry.is_folder else ''}" for entry in files.rows]


def table(*files: FileCoverage, room: int = 50, **more: object) -> Files:
    made = Files()
    made.show(report_of(*files or FILES, **more), room)
    return made


def test_files_stand_below_their_folders() -> None:
    assert shown(table()) == ["shop/", "  store/", "    stock.py", "  __init__.py", "  cart.py", "till.py"]


def test_folders_that_hold_only_a_folder_are_one_row() -> None:
    deep = FileCoverage("src/lib/deep/a.py", 1, 0)
    assert shown(table(deep)) == ["src/lib/deep/", "  a.py"]
    beside = FileCoverage("src/lib/b.py", 1, 0)
    assert shown(table(deep, beside)) == ["src/lib/", "  deep/", "    a.py", "  b.py"]


def test_files_elsewhere_keep_their_whole_path() -> None:
    assert shown(table(FileCoverage("/opt/lib/a.py", 1, 0), TILL)) == ["/opt/lib/", "  a.py", "till.py"]


def test_folder_is_the_sum_of_what_is_below_it() -> None:
    folder = table().rows[0]
    assert folder.numbers == total_of((FILES[0], CART, STOCK), "shop")


def test_folder_has_changed_as_far_as_its_files_have() -> None:
    before = FileCoverage(CART.path, 14, 14, 2, 4, 4)
    files = table(before={CART.path: before})
    by_path = {entry.path: entry for entry in files.rows}
    assert by_path["shop"].before == total_of((FILES[0], before, STOCK))
    assert by_path["shop/store"].before is None
    assert by_path["shop"].head is None
    assert files.total_before == total_of((FILES[0], before, STOCK, TILL))


@pytest.mark.parametrize(
    ("order", "reverse", "rows"),
    [
        (Order.NAME, False, ["store/", "__init__.py", "cart.py"]),
        (Order.NAME, True, ["cart.py", "__init__.py", "store/"]),
        (Order.MISSING, False, ["store/", "cart.py", "__init__.py"]),
        (Order.MISSING, True, ["__init__.py", "cart.py", "store/"]),
        (Order.COVER, False, ["cart.py", "store/", "__init__.py"]),
        (Order.SINCE_RUN, False, ["cart.py", "store/", "__init__.py"]),
        (Order.SINCE_HEAD, False, ["store/", "__init__.py", "cart.py"]),
    ],
)
def test_siblings_are_sorted(order: Order, reverse: bool, rows: list[str]) -> None:
    files = table(before={CART.path: FileCoverage(CART.path, 14, 0, 2, 4, 0)}, head={CART.path: CART})
    files.sort_by(order, reverse=reverse)
    assert [row.strip() for row in shown(files) if row.startswith("  ") and not row.startswith("    ")] == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("cart", ["shop/", "  cart.py"]),
        ("SHOP .py !init !cart", ["shop/store/", "  stock.py"]),
        ("<90", ["shop/", "  cart.py"]),
        ("<100%", ["shop/", "  store/", "    stock.py", "  cart.py"]),
        ("nothing", []),
        ("<", []),
    ],
)
def test_filter(text: str, rows: list[str]) -> None:
    files = table()
    files.filter_by(text)
    assert shown(files) == rows
    assert files.matches == sum(not row.endswith("/") for row in rows)


def test_filter_shows_what_is_folded_and_leaves_it_folded() -> None:
    files = table()
    files.set_open(files.rows[0], opened=False)
    assert shown(files) == ["shop/", "till.py"]
    files.filter_by("stock")
    assert shown(files) == ["shop/store/", "  stock.py"]
    files.filter_by("")
    assert shown(files) == ["shop/", "till.py"]


@pytest.mark.parametrize(("room", "rows"), [(1, 2), (4, 2), (5, 5), (6, 6), (9, 6), (100, 6)])
def test_folders_are_open_at_first_as_far_as_there_is_room(room: int, rows: int) -> None:
    assert len(table(room=room).rows) == rows


def test_a_screen_of_two_rows_is_none() -> None:
    many = [FileCoverage(f"{folder}/m{number}.py", 1, 0) for folder in ("src", "tests") for number in range(30)]
    assert len(table(*many, room=20).rows) == 62
    deep = [FileCoverage(f"src/p{number % 9}/q{number}/m.py", 1, 0) for number in range(90)]
    assert len(table(*deep, room=20).rows) == 10


def test_what_the_person_folded_stays_folded_when_more_is_measured() -> None:
    files = table()
    files.set_open(files.rows[1], opened=False)
    files.show(report_of(*FILES, FileCoverage("shop/store/new.py", 5, 5)), room=50)
    assert shown(files) == ["shop/", "  store/", "  __init__.py", "  cart.py", "till.py"]


def test_folders_that_come_later_are_folded_where_there_is_no_room() -> None:
    files = table(*FILES, room=8)
    more = [FileCoverage(f"lib/m{number}.py", 1, 0) for number in range(5)]
    files.show(report_of(*FILES, *more), room=8)
    assert shown(files) == ["lib/", "shop/", "  store/", "    stock.py", "  __init__.py", "  cart.py", "till.py"]
    files.set_open(files.rows[0], opened=True)
    files.show(report_of(*FILES, *more), room=8)
    assert len(files.rows) == 12


def test_folders_that_come_later_are_open_where_there_is_room() -> None:
    files = table(TILL)
    files.show(report_of(*FILES), room=50)
    assert len(files.rows) == 6


def test_fold_all_and_open_all() -> None:
    files = table()
    files.toggle_all()
    assert shown(files) == ["shop/", "till.py"]
    files.toggle_all()
    assert len(files.rows) == 6


def test_row_of_a_file_is_that_of_the_folder_that_hides_it() -> None:
    files = table()
    assert files.row_of(STOCK.path) == 2
    files.toggle_all()
    assert files.row_of(STOCK.path) == 0
    assert files.row_of("elsewhere.py") is None


names = st.lists(st.sampled_from(["a", "b", "c.py"]), min_size=1, max_size=5).map("/".join)


@given(st.sets(names, max_size=12))
def test_every_file_has_a_row_and_every_folder_its_sum(paths: set[str]) -> None:
    files = [FileCoverage(path + "x.py", 7, index) for index, path in enumerate(sorted(paths))]
    made = Files()
    made.show(report_of(*files), room=1000)
    shown_files = [entry.numbers for entry in made.rows if not entry.is_folder]
    assert sorted(shown_files, key=lambda each: each.path) == sorted(files, key=lambda each: each.path)
    for entry in made.rows:
        if entry.is_folder:
            assert entry.numbers.missing == sum(leaf.numbers.missing for leaf in leaves(entry))


def leaves(entry: Entry) -> list[Entry]:
    return [leaf for child in entry.children for leaf in leaves(child)] if entry.is_folder else [entry]


def test_files_beside_each_other_are_those_of_the_table() -> None:
    files = table()
    files.toggle_all()  # folded
    assert [files.beside(path, 1) for path in (STOCK.path, CART.path, TILL.path)] == [
        "shop/__init__.py",
        TILL.path,
        STOCK.path,
    ]
    assert files.beside(STOCK.path, -1) == TILL.path
    files.sort_by(Order.MISSING, reverse=False)
    assert files.beside(STOCK.path, 1) == CART.path
    files.filter_by("stock")
    assert files.beside(STOCK.path, 1) is None
    assert files.beside(CART.path, 1) == STOCK.path
    assert Files().beside(CART.path, 1) is None
