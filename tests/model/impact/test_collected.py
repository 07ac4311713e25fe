"""Which edits leave the items as they are known."""

from __future__ import annotations

import pytest

from tests.model.impact.making import ROOT, Project
from tui.model.impact import Edit
from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, SESSION, TEST, Name

TESTS = "tests/test_cart.py"


@pytest.mark.parametrize(
    ("path", "old", "new", "same"),
    [
        ("cart.py", "n * RATE", "RATE * n", True),
        (TESTS, "label(1) ==", "label(2) ==", True),
        (TESTS, "import cart\n", "import cart  # the shop\n", True),
        (TESTS, "def test_label", "def test_label_of", False),
        (TESTS, "def test_label", "def test_new():\n    pass\n\ndef test_label", False),
        (TESTS, "import cart\n", "import cart, pytest\npytestmark = pytest.mark.skip\n", False),
        ("cart.py", "LIMIT = 5", "LIMIT = 6", False),
        ("cart.py", "size = 3", "size = 4", False),
    ],
)
def test_function_bodies_bring_no_items(shop: Project, path: str, old: str, new: str, *, same: bool) -> None:
    assert shop.choose(shop.edit(path, old, new)).same_items is same


@pytest.mark.parametrize(
    ("name", "same"),
    [
        (Name(IMPORT, f"{ROOT}/{TESTS}"), False),
        (Name(COLLECTOR, TESTS), False),
        (Name(SESSION), False),
        (Name(FIXTURE, "::shop@tests"), True),
    ],
)
def test_what_ran_before_all_was_collected_may_bring_items(shop: Project, name: Name, *, same: bool) -> None:
    shop.executed(name, {"cart.py": ["price"]}, data=frozenset({f"{ROOT}/prices.json"}))
    assert shop.choose(shop.edit("cart.py", "return str(n)", "return repr(n)")).same_items  # that ran in a test
    assert shop.choose(Edit(f"{ROOT}/prices.json", "new")).same_items is same
    shop.index.doubt(name)
    assert shop.choose(shop.edit("cart.py", "return repr(n)", "return str(n)")).same_items is same
    shop.index.contexts[name].whole = True
    shop.index.doubtful.clear()
    assert shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n")).same_items is same


def test_a_file_that_was_not_collected_under_the_recorder_may_get_items(shop: Project) -> None:
    body = shop.edit("cart.py", "n * RATE", "RATE * n")
    shop.unrecorded("tests/test_free.py::test_one[1]")
    assert not shop.choose(body).same_items  # it may import anything
    shop.write("tests/test_free.py", "import json")
    assert shop.choose(body).same_items
    shop.unrecorded("tests/test_more.py::test_price[1]")
    shop.write("tests/test_more.py", "import cart", "cart.py")
    assert not shop.choose(body).same_items


@pytest.mark.parametrize("name", ["cart.Cart.total", "cart"])
def test_a_docstring_may_become_a_doctest(shop: Project, name: str) -> None:
    body = shop.edit(TESTS, "label(1) ==", "label(2) ==")
    shop.items[f"{TESTS}::test_cart", 0] = f"{ROOT}/{TESTS}"  # called as its module is
    assert shop.choose(body).same_items
    shop.items[f"cart.py::{name}", 0] = f"{ROOT}/cart.py"
    shop.executed(Name(TEST, f"cart.py::{name}"), {"cart.py": ["price"]})
    assert not shop.choose(body).same_items
    assert not shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n")).same_items


def test_an_unrecorded_file_may_read_any_data(shop: Project) -> None:
    shop.fixture("::shop@tests", {}, data=frozenset({f"{ROOT}/prices.json"}))
    assert shop.choose(Edit(f"{ROOT}/prices.json", "new")).same_items
    shop.unrecorded("tests/test_free.py::test_one[1]")
    shop.write("tests/test_free.py", "import json")
    assert not shop.choose(Edit(f"{ROOT}/prices.json", "new")).same_items


def test_a_file_that_was_gone_brings_its_items_back(shop: Project) -> None:
    put_back = shop.edit(TESTS, "label(1) ==", "label(1) ==")
    assert shop.choose(put_back).same_items
    shop.index.gone.add(f"{ROOT}/{TESTS}")
    assert not shop.choose(put_back).same_items


def test_what_cannot_be_judged_may_bring_items(shop: Project) -> None:
    body = shop.edit("cart.py", "n * RATE", "RATE * n")
    assert shop.choose(body).same_items
    for other in (
        Edit(f"{ROOT}/cart.py", body.hash, error="line 3: invalid syntax"),
        Edit(f"{ROOT}/cart.py", None),
        Edit(f"{ROOT}/new.py", "new", body.source),
        Edit(f"{ROOT}/notes.txt", "new"),
        Edit(f"{ROOT}/pytest.ini", "new"),
    ):
        assert not shop.choose(body, other).same_items, other
