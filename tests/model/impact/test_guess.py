"""What most likely shows an edit, told from the text alone."""

from __future__ import annotations

import pytest

from tests.model.impact.making import ROOT, Project
from tui.model.events import ItemKey
from tui.model.impact import likely

TESTS = "tests/test_cart.py"


def guessed(
    shop: Project,
    old: str,
    new: str,
    *,
    path: str = "cart.py",
    known: dict[str, tuple[bool, float]] | None = None,
) -> list[str]:
    """Names of the items, in their order, after a part of a file was replaced."""
    text = shop.files[path].replace(old, new)
    assert text != shop.files[path]

    def said(key: ItemKey) -> tuple[bool, float] | None:
        return (False, 0.0) if known is None else known.get(key[0].rpartition("::")[2])

    return [nodeid.rpartition("::")[2] for nodeid, _ in likely(shop.index, f"{ROOT}/{path}", text.encode(), said)]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("n * RATE", "RATE * n", ["test_price", "test_total"]),
        ("    return str(n)\n", "    pass\n", ["test_label"]),
        ("    return str(n)\n", "    n += 1\n    return str(n)\n", ["test_label"]),
        ("    return str(n)\n", "    # as a text\n\n    return str(n)\n", []),
        ("LIMIT = 5", "LIMIT = 6", []),
        ("import json\n", "import json\nimport re\n", []),
    ],
)
def test_who_executed_a_changed_line(shop: Project, old: str, new: str, names: list[str]) -> None:
    assert sorted(guessed(shop, old, new)) == names


def test_an_edited_test_is_the_first_to_show_it(shop: Project) -> None:
    assert guessed(shop, "== 2\n\ndef test_label", "== 3\n\ndef test_label", path=TESTS) == ["test_price"]


def test_users_of_a_fixture_show_what_it_does(shop: Project) -> None:
    fixture = shop.fixture("tests/conftest.py::basket@", {"cart.py": ["Cart.empty"]})
    shop.test(f"{TESTS}::test_price", {}, fixtures=(fixture,))
    assert sorted(guessed(shop, "return self.size", "return 0")) == ["test_empty", "test_price"]


def test_what_failed_comes_first_then_what_is_cheap(shop: Project) -> None:
    known = {"test_price": (False, 0.1), "test_total": (True, 9.0)}
    assert guessed(shop, "n * RATE", "RATE * n", known=known) == ["test_total", "test_price"]
    known = {"test_price": (False, 3.0), "test_total": (False, 0.1)}
    assert guessed(shop, "n * RATE", "RATE * n", known=known) == ["test_total", "test_price"]
    assert guessed(shop, "n * RATE", "RATE * n", known={"test_price": (False, 0.1)}) == ["test_price"]


def test_edits_from_before_show_no_more(shop: Project) -> None:
    """A line that another spacing changed has still been recorded as it was."""
    edit = shop.edit("cart.py", "str(n)", "str( n )")
    assert edit.source is not None
    file = shop.index.file(f"{ROOT}/cart.py")
    file.version(edit.source.hash, edit.source)
    file.current = edit.source.hash
    shop.files["cart.py"] = shop.files["cart.py"].replace("str(n)", "str( n )")
    assert sorted(guessed(shop, "n * RATE", "RATE * n")) == ["test_price", "test_total"]


def test_nothing_is_known_of_a_new_file(shop: Project) -> None:
    assert likely(shop.index, f"{ROOT}/new.py", b"x = 1\n", lambda _key: (False, 0.0)) == []


def test_nothing_is_guessed_where_much_came_or_went(shop: Project) -> None:
    lines = [f"    n += {number}\n" for number in range(300)]
    for few, names in ((lines[:20], ["test_label"]), (lines, [])):
        assert guessed(shop, "    return str(n)\n", "".join(few) + "    return str(n)\n") == names
