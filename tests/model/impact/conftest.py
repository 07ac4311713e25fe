"""A small shop with its record."""

from __future__ import annotations

import pytest

from tests.model.impact.making import Project

CART = """\
import json
RATE = 2
LIMIT = 5

def price(n):
    return n * RATE

def label(n):
    return str(n)

class Cart:
    size = 3

    def total(self):
        return price(1)

    def empty(self):
        return self.size
"""
TESTS = """\
import cart

def test_price():
    assert cart.price(1) == 2

def test_label():
    assert cart.label(1) == "1"

def test_total():
    assert cart.Cart().total() == 2

def test_empty():
    assert cart.Cart().empty() == 3
"""
OTHER = """\
def test_one():
    pass

def test_two():
    pass

def test_three():
    pass

def test_four():
    pass

def test_five():
    pass
"""


@pytest.fixture
def shop() -> Project:
    """Four tests of a cart, five of nothing."""
    project = Project()
    project.write("cart.py", CART)
    project.write("tests/test_cart.py", TESTS, "cart.py")
    project.write("tests/test_other.py", OTHER)
    project.test("tests/test_cart.py::test_price", {"cart.py": ["price"]})
    project.test("tests/test_cart.py::test_label", {"cart.py": ["label"]})
    project.test("tests/test_cart.py::test_total", {"cart.py": ["price", "Cart.total"]})
    project.test("tests/test_cart.py::test_empty", {"cart.py": ["Cart.empty"]})
    for name in ("one", "two", "three", "four", "five"):
        project.test(f"tests/test_other.py::test_{name}", {})
    return project
