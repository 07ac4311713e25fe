"""Edits of fixtures and of conftests."""

from __future__ import annotations

from tests.model.impact.making import ROOT, Project, describe, told
from tui.model.impact import Edit

CONFTEST = """\
import pytest

@pytest.fixture(scope="session")
def basket():
    return 1

def pytest_configure():
    pass
"""
KEY = "tests::basket@#"
ONE, TWO, THREE = (f"tests/test_other.py::test_{name}" for name in ("one", "two", "three"))


def with_conftest(shop: Project) -> None:
    shop.write("tests/conftest.py", CONFTEST)
    shop.fixture(KEY, {"tests/conftest.py": ["basket"]}, setup=0.2)
    for nodeid in (ONE, TWO):
        shop.test(nodeid, {}, fixtures=(KEY,))


def test_a_shared_fixture_reaches_all_its_users(shop: Project) -> None:
    with_conftest(shop)
    choice = shop.choose(shop.edit("tests/conftest.py", "return 1", "return 2"))
    assert told(choice) == {ONE: (1, "fixture basket changed"), TWO: (1, "fixture basket changed")}


def test_code_below_a_shared_fixture_reaches_its_users(shop: Project) -> None:
    with_conftest(shop)
    shop.fixture(KEY, {"tests/conftest.py": ["basket"], "cart.py": ["label"]})
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    assert told(choice)[ONE] == (1, "cart.py: label() changed (fixture basket)")
    assert THREE not in told(choice)


def test_the_header_of_a_fixture_reaches_who_uses_its_name(shop: Project) -> None:
    with_conftest(shop)
    edit = shop.edit("tests/conftest.py", "def basket()", "def basket(n=0)")
    choice = shop.choose(edit, fixtures={(THREE, 0): ("basket", "other")})
    assert told(choice)[THREE] == (2, "fixture basket changed")
    assert told(choice)[ONE] == (2, "conftest.py: header of basket changed")
    assert told(choice)["tests/test_other.py::test_four"] == (3, "conftest.py changed: all below")


def test_a_new_autouse_fixture_reaches_all_below(shop: Project) -> None:
    with_conftest(shop)
    text = shop.files["tests/conftest.py"] + "\n@pytest.fixture(autouse=True)\ndef always():\n    pass\n"
    choice = shop.choose(shop.rewrite("tests/conftest.py", text))
    assert told(choice)["tests/test_other.py::test_four"] == (2, "autouse fixture always changed")


def test_a_hook_of_a_conftest_reaches_all_below(shop: Project) -> None:
    with_conftest(shop)
    choice = shop.choose(shop.edit("tests/conftest.py", "    pass", "    print()"))
    assert told(choice)["tests/test_other.py::test_four"] == (2, "conftest.py changed: all below")


def test_a_new_conftest_reaches_all_below(shop: Project) -> None:
    shop.write("more/test_more.py", "def test_more():\n    pass\n")
    shop.test("more/test_more.py::test_more", {})
    source = describe("X = 1\n")
    choice = shop.choose(Edit(f"{ROOT}/more/conftest.py", source.hash, source))
    assert told(choice) == {"more/test_more.py::test_more": (2, "conftest.py changed: all below")}
