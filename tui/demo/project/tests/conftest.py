"""Fixtures of the whole suite."""

from decimal import Decimal

import pytest
from shop.cart import Cart, Item
from shop.stock import Stock


@pytest.fixture
def apple():
    """An item with a price in every currency but dollars."""
    prices = {"eur": Decimal("0.35"), "gbp": Decimal("0.30"), "jpy": Decimal("55")}
    return Item("apple", prices)


@pytest.fixture
def tea():
    """A dearer item."""
    return Item("tea", {"eur": Decimal("3.33"), "gbp": Decimal("2.95"), "jpy": Decimal("520")})


@pytest.fixture
def cart(apple, tea):
    """Two apples and a tea."""
    cart = Cart()
    cart.add(apple, 2)
    cart.add(tea)
    return cart


@pytest.fixture
def stock():
    """A shelf that is full but for the tea."""
    return Stock(apple=40, tea=2)
