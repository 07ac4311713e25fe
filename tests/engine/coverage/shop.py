"""A small project, and what is looked at of its coverage."""

from __future__ import annotations

from typing import Any

from tests.engine.coverage.conftest import Sitting
from tui.engine import wishes
from tui.model.coverage import FileLines

CART = """\
import os

def price(n):
    if n > 3:
        return 2
    return n * 10

def total(*prices):
    return sum(prices)

def unused():
    return 1

if os.environ.get("NOPE"):  # pragma: no cover
    A = 1
"""
TESTS = """\
import pytest
import cart

@pytest.fixture(scope="module")
def sum():
    return cart.total(1, 2)

def test_price(): assert cart.price(1) == 10
def test_total(sum):
    assert sum == 3
def test_again(sum): assert cart.price(2) == 20
"""
FILES = {"cart.py": CART, "test_cart.py": TESTS}
PRICE = ("test_cart.py::test_price", 0)
TOTAL = ("test_cart.py::test_total", 0)
AGAIN = ("test_cart.py::test_again", 0)


def states(lines: FileLines) -> str:
    """The first letters of the states of all lines."""
    return "".join(state.value[0] for state in lines.states)


def missing(report: Any) -> dict[str, tuple[int, ...]]:
    return {file.path: file.missing_lines for file in report.files}


def only(sitting: Sitting, name: str) -> wishes.Wish:
    """A run of one test."""
    item = sitting.store.tree.item(f"test_cart.py::{name}", 0)
    assert item is not None
    return wishes.of_nodes([item], name)
