"""Which line of a file each line of a document is, and the signs of breakpoints."""

from __future__ import annotations

from tui.ui.detail.document import Line, Look
from tui.ui.detail.failure import traceback
from tui.ui.detail.places import with_breakpoints

LONG = """\
self = <Cart>, currency = 'usd'

    def total(self, currency):
        sums = [
            each.price
   \x20
            for each in self.items
        ]
>       return self.price(sums)

shop/cart.py:31:\x20
_ _ _ _ _ _ _ _ _ _

    def price(self, sums):
>       return sums[0]["usd"]
E       KeyError: 'usd'

shop/cart.py:40: KeyError"""
SHORT = """\
test_cart.py:7: in test_total
    cart.total("usd")
shop/cart.py:31: in total
    return self.price(sums)
E   KeyError: 'usd'"""


def places(text: str) -> dict[str, tuple[str, int] | None]:
    return {line.text.strip(): line.place for line in traceback(text) if line.look in (Look.CODE, Look.FAILING)}


def test_lines_of_a_long_traceback() -> None:
    found = places(LONG)
    assert found["return self.price(sums)"] == ("shop/cart.py", 31)
    assert found["]"] == ("shop/cart.py", 30)
    assert found["def total(self, currency):"] == ("shop/cart.py", 25)
    assert found["self = <Cart>, currency = 'usd'"] is None
    assert found['return sums[0]["usd"]'] == ("shop/cart.py", 40)
    assert found["def price(self, sums):"] == ("shop/cart.py", 39)


def test_lines_of_a_short_traceback() -> None:
    found = places(SHORT)
    assert found['cart.total("usd")'] == ("test_cart.py", 7)
    assert found["return self.price(sums)"] == ("shop/cart.py", 31)


def test_the_place_itself_has_its_line() -> None:
    (line,) = [line for line in traceback(SHORT) if line.text.startswith("shop/cart.py")]
    assert line.place == ("shop/cart.py", 31)


def test_other_text_has_no_place() -> None:
    assert {line.place for line in traceback("one\ntwo: 3\nE   three")} == {None}


def test_sign_of_a_breakpoint_takes_the_place_of_a_blank() -> None:
    lines = [
        Line(Look.CODE, "    x = 1", "    12 ", ("a.py", 12)),
        Line(Look.FAILING, "       y = 2", ">", ("a.py", 13)),
        Line(Look.CODE, "    z = 3", "", ("a.py", 14)),
        Line(Look.PLACE, "a.py:14: Error", "", ("a.py", 14)),
    ]
    signed = with_breakpoints(lines, lambda place: place[1] != 12, "●")
    assert [line.gutter + line.text for line in signed] == [
        "    12     x = 1",
        ">●      y = 2",
        "●   z = 3",
        "a.py:14: Error",
    ]
    assert [len(line.gutter + line.text) for line in signed] == [len(line.gutter + line.text) for line in lines]
    assert with_breakpoints(lines, lambda place: place == ("a.py", 12), "●")[0].gutter == "    12●"
