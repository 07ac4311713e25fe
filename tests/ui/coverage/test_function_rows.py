"""The rows of the table of functions."""

from __future__ import annotations

from tests.ui.coverage.made_up import CART, FILES, REGIONS, region, report_of
from tui.model.coverage import FileRegions, Region, RegionKind, total_of
from tui.ui.coverage.files import Order
from tui.ui.coverage.function_rows import Functions


def table(*regions: Region, room: int = 40) -> Functions:
    made = Functions(CART.path)
    made.take(FileRegions(CART.path, regions), report_of(*FILES), room)
    return made


def shown(functions: Functions) -> list[str]:
    return [f"{'  ' * entry.depth}{entry.title} {entry.line}" for entry in functions.rows]


def test_methods_stand_below_their_class_and_all_is_the_file() -> None:
    functions = table(*REGIONS)
    assert shown(functions) == [
        "outside of functions 1",
        "class Cart 4",
        "  __init__ 5",
        "  total 8",
        "  __repr__ 17",
        "  new 20",
    ]
    top = tuple(entry.numbers for entry in functions.rows if not entry.depth)
    whole = total_of(top)
    assert (whole.statements, whole.missing, whole.excluded) == (14, 3, 2)
    assert [entry.tests for entry in functions.rows] == [0, 2, 2, 2, 0, 0]


def test_functions_in_functions_and_classes_in_both() -> None:
    functions = table(
        region(RegionKind.MODULE, "", 1, 30, 3),
        region(RegionKind.CLASS, "A", 2, 20, 1),
        region(RegionKind.CLASS, "A.B", 5, 20, 2),
        region(RegionKind.FUNCTION, "A.B.deep", 6, 10, 1),
        region(RegionKind.FUNCTION, "A.B.deep.inner", 7, 8, 1),
        region(RegionKind.FUNCTION, "A.last", 19, 20, 1),
        region(RegionKind.FUNCTION, "make", 22, 30, 1),
        region(RegionKind.CLASS, "make.C", 23, 26, 1),
        region(RegionKind.FUNCTION, "make.C.run", 24, 26, 1),
        region(RegionKind.CLASS, "Empty", 28, 28, 0),
    )
    assert shown(functions) == [
        "outside of functions 1",
        "class A 2",
        "  class B 5",
        "    deep 6",
        "    deep.inner 7",
        "  last 19",
        "make 22",
        "class C 23",
        "  run 24",
    ]
    assert [functions.path_at(line) for line in (1, 8, 9, 25, 30, 40)] == [
        "outside of functions",
        "A/B/deep.inner",
        "A/B/deep",
        "make/C/run",
        "make",
        "",
    ]
    assert functions.rows[1].numbers.statements == 3


def test_several_of_one_name_have_each_a_row() -> None:
    functions = table(
        region(RegionKind.MODULE, "", 1, 1),
        region(RegionKind.FUNCTION, "f", 2, 3, 1),
        region(RegionKind.FUNCTION, "f", 5, 6, 2),
    )
    rows = [functions.row_of(entry.path) for entry in functions.rows]
    assert rows == [0, 1, 2]


def test_the_worst_first() -> None:
    functions = table(*REGIONS)
    seen = {}
    for order in functions.orders:
        functions.sort_by(order, reverse=False)
        seen[order] = [entry.name for entry in functions.rows if not entry.is_folder]
    assert seen == {
        Order.PLACE: ["outside of functions", "__init__", "total", "__repr__", "new"],
        Order.MISSING: ["total", "__init__", "__repr__", "new", "outside of functions"],
        Order.COVER: ["total", "__init__", "new", "__repr__", "outside of functions"],
        Order.TESTS: ["outside of functions", "__repr__", "new", "__init__", "total"],
    }
    functions.sort_by(Order.PLACE, reverse=True)
    assert [entry.name for entry in functions.rows][:2] == ["class Cart", "new"]


def test_filter() -> None:
    functions = table(*REGIONS)
    functions.filter_by("tot")
    assert (shown(functions), functions.matches) == (["class Cart 4", "  total 8"], 1)
    functions.filter_by("cart <80")
    assert functions.matches == 1
    functions.filter_by("nowhere")
    assert functions.rows == []
