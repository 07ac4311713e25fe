"""A file function by function, out of real runs."""

from __future__ import annotations

from tests.engine.coverage.conftest import Sit
from tests.engine.coverage.shop import FILES, TESTS
from tui.engine import wishes
from tui.model.coverage import FileCoverage, RegionKind, total_of

CART = """\
class Cart:
    size = 1

    def price(self, n):
        if n > 3:
            return 2
        return n * 10

    def total(self, *prices):
        def add(): return sum(prices)
        return add()

def unused():
    return 1

_cart = Cart()
price, total = _cart.price, _cart.total
"""


async def test_functions_and_the_rest_are_the_whole_file(sit: Sit) -> None:
    sitting = sit({**FILES, "cart.py": CART}, "full")
    await sitting.run(wishes.COLLECT)
    assert (await sitting.coverage.functions("cart.py")).words == "nothing of this file was executed"
    await sitting.run()
    found = await sitting.coverage.functions("cart.py")
    assert (found.path, found.words) == ("cart.py", "")
    rows = [(each.numbers.path, each.first, each.last, each.tests) for each in found.regions]
    assert rows == [
        ("", 1, 17, 0),
        ("Cart", 1, 11, 3),
        ("Cart.price", 4, 7, 2),
        ("Cart.total", 9, 11, 2),
        ("Cart.total.add", 10, 10, 2),
        ("unused", 13, 14, 0),
    ]
    by_name = {each.numbers.path: each.numbers for each in found.regions}
    assert (by_name["Cart.price"].statements, by_name["Cart.price"].missing) == (3, 1)
    assert by_name["unused"].percent == 0
    assert by_name["Cart.price"].partial == 1
    parts = tuple(each.numbers for each in found.regions if each.kind is not RegionKind.CLASS)
    (file,) = [file for file in (await sitting.coverage.report()).files if file.path == "cart.py"]
    assert total_of(parts, "cart.py") == found.numbers == without_lines(file)
    assert (await sitting.coverage.lines("cart.py")).numbers == file


def without_lines(file: FileCoverage) -> FileCoverage:
    return total_of((file,), file.path)


async def test_what_has_no_functions_says_why(sit: Sit) -> None:
    sitting = sit(FILES)
    assert (await sitting.coverage.functions("cart.py")).words
    await sitting.run()
    assert (await sitting.coverage.functions("nowhere.py")).words == "nothing of this file was executed"
    sitting.write("cart.py", "def broken(:\n")
    found = await sitting.coverage.functions("cart.py")
    assert found.regions == ()
    assert found.words
    sitting.write("cart.py", FILES["cart.py"])
    sitting.write("test_cart.py", TESTS + "\ndef test_more(): pass\n")
    found = await sitting.coverage.functions("test_cart.py")
    assert "test_more" in [each.numbers.path for each in found.regions]
    assert "changed since" in found.words
