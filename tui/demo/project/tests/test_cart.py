"""The cart."""

from decimal import Decimal

import pytest
from shop.cart import Cart


def test_empty():
    """An empty cart costs nothing."""
    assert Cart().total("eur") == 0


def test_add_counts_pieces(cart, apple):
    cart.add(apple, 3)
    assert cart.lines == {"apple": 5, "tea": 1}


@pytest.mark.parametrize("pieces", [0, -1])
def test_add_refuses(cart, apple, pieces):
    with pytest.raises(ValueError, match="cannot add"):
        cart.add(apple, pieces)


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("eur", Decimal("4.03")), ("gbp", Decimal("3.55")), ("jpy", Decimal(630)), ("usd", Decimal("4.40"))],
    ids=["eur", "gbp", "jpy", "usd"],
)
def test_total(cart, currency, expected):
    """The total, in all currencies that the shop should take."""
    assert cart.total(currency) == expected


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        pytest.param("0", "4.03", id="no discount"),
        pytest.param("0.10", "3.63", id="ten per cent"),
        pytest.param("0.25", "3.02", id="Geburtstag: ein Viertel für Stammgäste"),
        pytest.param("0.50", "2.02", id="半額セール"),
        pytest.param("1", "0.00", id="free::of charge [gift]"),
    ],
)
def test_discount(cart, discount, expected):
    """Half a cent is rounded up."""
    total = cart.total("eur", Decimal(discount))
    assert total == Decimal(expected)


def test_sum_is_deprecated(cart):
    assert cart.sum() == Decimal("4.03")


@pytest.mark.checkout
class TestReceipt:
    """What is printed at the till."""

    def test_lines(self, cart):
        assert cart.receipt("eur")[:2] == ["  2 x apple", "  1 x tea"]

    def test_total_comes_last(self, cart):
        assert cart.receipt("gbp")[-1] == "total £3.55"

    def test_width(self, cart):
        """The paper is 20 characters wide."""
        assert all(len(line) <= 20 for line in cart.receipt("eur"))

    def test_footer(self, cart):
        """The receipt ends with a line of thanks, which nobody has written yet."""
        text = "\n".join(cart.receipt("eur"))
        assert text == "  2 x apple\n  1 x tea\ntotal €4.03\nthank you"
