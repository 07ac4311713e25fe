"""Rules that hold for any file, items that nothing is known of, and what the answer says."""

from __future__ import annotations

import pytest

from tests.model.impact.making import ROOT, Project, tiers, told
from tui.model.impact import Edit, Facts
from tui.model.impact.index import IMPORT, Name

CART, OTHER = "tests/test_cart.py", "tests/test_other.py"


def test_data_that_a_test_read(shop: Project) -> None:
    shop.test(f"{OTHER}::test_one", {}, data=frozenset({f"{ROOT}/fixtures/x.json"}))
    choice = shop.choose(Edit(f"{ROOT}/fixtures/x.json", "new"))
    assert told(choice) == {f"{OTHER}::test_one": (2, "reads fixtures/x.json")}


def test_prose_matters_only_to_who_was_seen_reading_it(shop: Project) -> None:
    shop.test(f"{OTHER}::test_one", {}, data=frozenset({f"{ROOT}/README.md"}))
    shop.test(f"{OTHER}::test_two", {}, spawns=True)
    shop.unrecorded(f"{OTHER}::test_new")
    assert told(shop.choose(Edit(f"{ROOT}/CHANGES.md", "new"))) == {}
    assert told(shop.choose(Edit(f"{ROOT}/README.md", "new"))) == {
        f"{OTHER}::test_new": (0, "no record yet"),
        f"{OTHER}::test_one": (2, "reads README.md"),
        f"{OTHER}::test_two": (3, "starts processes"),
    }


def test_data_that_was_read_while_importing(shop: Project) -> None:
    name = Name(IMPORT, f"{ROOT}/cart.py")
    shop.executed(name, {}, data=frozenset({f"{ROOT}/x.json"}))
    choice = shop.choose(Edit(f"{ROOT}/x.json", "new"))
    assert set(told(choice)) == {f"{CART}::test_{name}" for name in ("price", "label", "total", "empty")}


@pytest.mark.parametrize(("path", "tier"), [("plugins/new.txt", 2), ("plugins/folder/new.txt", 3)])
def test_a_new_file_in_a_folder_that_was_listed(shop: Project, path: str, tier: int) -> None:
    shop.test(f"{OTHER}::test_one", {}, listed=frozenset({f"{ROOT}/plugins"}))
    choice = shop.choose(Edit(f"{ROOT}/{path}", "new"))
    assert told(choice) == {f"{OTHER}::test_one": (tier, "lists plugins/")}


def test_a_file_that_comes_back(shop: Project) -> None:
    shop.test(f"{OTHER}::test_one", {}, listed=frozenset({f"{ROOT}/plugins"}))
    shop.test(f"{OTHER}::test_two", {}, data=frozenset({f"{ROOT}/plugins/x"}))
    listing = (2, "lists plugins/")
    reading = (2, "reads plugins/x")
    assert told(shop.choose(Edit(f"{ROOT}/plugins/x", "new"))) == {f"{OTHER}::test_two": reading}
    both = {f"{OTHER}::test_one": listing, f"{OTHER}::test_two": reading}
    assert told(shop.choose(Edit(f"{ROOT}/plugins/x", None))) == both
    shop.index.gone.add(f"{ROOT}/plugins/x")
    assert told(shop.choose(Edit(f"{ROOT}/plugins/x", "new"))) == both


@pytest.mark.parametrize(("path", "asked"), [("data/flag.on", "flag.on"), ("flag.on", ".on"), ("flag", "flag")])
def test_who_names_a_file_may_ask_for_it(shop: Project, path: str, asked: str) -> None:
    """Nobody sees whether somebody asks if a file is there."""
    shop.write("lazy.py", f"def mode():\n    return exists({asked!r})\n\ndef other():\n    return 1\n")
    one = shop.test(f"{OTHER}::test_one", {"lazy.py": ["mode"]})
    shop.test(f"{OTHER}::test_two", {"lazy.py": ["other"]})
    for content in ("now", None):
        choice = shop.choose(Edit(f"{ROOT}/{path}", content))
        assert told(choice) == {one[0]: (3, f"names {path.rpartition('/')[2]}")}


@pytest.mark.parametrize(("asked", "named"), [("x.json", True), (".json", False)])
def test_who_names_a_file_that_tests_read_may_look_at_it(shop: Project, asked: str, *, named: bool) -> None:
    shop.write("lazy.py", f"def size():\n    return getsize({asked!r})\n")
    one = shop.test(f"{OTHER}::test_one", {"lazy.py": ["size"]})
    two = shop.test(f"{OTHER}::test_two", {}, data=frozenset({f"{ROOT}/x.json"}))
    expected = {two[0]: (2, "reads x.json")} | ({one[0]: (3, "names x.json")} if named else {})
    assert told(shop.choose(Edit(f"{ROOT}/x.json", "new"))) == expected


def test_who_names_a_module_need_not_look_at_its_text(shop: Project) -> None:
    shop.write("named.py", "def f():\n    return 1\n")
    shop.write("lazy.py", "def there():\n    return exists('named.py')\n")
    one = shop.test(f"{OTHER}::test_one", {"lazy.py": ["there"]})
    assert told(shop.choose(shop.edit("named.py", "return 1", "return 2"))) == {}
    assert told(shop.choose(Edit(f"{ROOT}/named.py", None)))[one[0]] == (3, "names named.py")


def test_data_that_nobody_read(shop: Project) -> None:
    choice = shop.choose(Edit(f"{ROOT}/notes.txt", "new"))
    assert choice.items == ()
    assert choice.why_not((f"{OTHER}::test_one", 0)) == "neither executes nor imports notes.txt"


@pytest.mark.parametrize("path", ["pyproject.toml", "tests/pytest.ini", "fast.so", "cart.pyi"])
def test_what_reaches_everything(shop: Project, path: str) -> None:
    choice = shop.choose(Edit(f"{ROOT}/{path}", "new"))
    assert choice.everything
    assert choice.reason == f"{path.rpartition('/')[2]} changed: all"
    assert set(tiers(choice).values()) == {2}
    assert len(choice.items) == len(shop.items)


def test_configuration_of_something_else_is_data(shop: Project) -> None:
    assert shop.choose(Edit(f"{ROOT}/examples/pyproject.toml", "new")).items == ()


def test_a_verdict_of_more_than_half_is_one_of_all_in_the_same_order(shop: Project) -> None:
    bodies = [f"def test_{name}():\n    pass" for name in ("one", "two", "three")]
    text = shop.files[OTHER]
    for body in bodies:
        text = text.replace(body, body.replace("pass", "1"))
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), shop.rewrite(OTHER, text))
    assert choice.everything
    assert choice.skipped == 0
    assert tiers(choice)[f"{OTHER}::test_three"] == 1
    assert told(choice)[f"{OTHER}::test_five"] == (3, "more than half is affected")


def test_an_unrecorded_item_of_the_edited_file_comes_first(shop: Project) -> None:
    new = shop.unrecorded(f"{CART}::test_new")
    choice = shop.choose(shop.edit(CART, "label(1)", "label(2)"))
    assert choice.items[0].key == new
    assert told(choice)[new[0]] == (0, "no record yet")


def test_an_unrecorded_item_goes_by_its_imports(shop: Project) -> None:
    reaching, not_reaching = shop.unrecorded(f"{CART}::test_new"), shop.unrecorded(f"{OTHER}::test_new")
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    assert told(choice)[reaching[0]] == (0, "no record yet")
    assert not_reaching[0] not in told(choice)


def test_an_unrecorded_item_of_an_unknown_file_runs(shop: Project) -> None:
    new = shop.unrecorded("tests/test_unknown.py::test_new")
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    assert told(choice)[new[0]] == (0, "no record yet")


def test_an_item_whose_record_is_cut_off_has_none(shop: Project) -> None:
    shop.test(f"{CART}::test_empty", {}, whole=False)
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    assert told(choice)[f"{CART}::test_empty"] == (0, "no record yet")


def test_without_any_record_imports_decide() -> None:
    project = Project()
    project.write("cart.py", "RATE = 1\n")
    project.write("test_cart.py", "import cart\n", "cart.py")
    project.write("test_other.py", "X = 1\n")
    project.write("test_third.py", "X = 1\n")
    for name in ("test_cart.py::test_a", "test_other.py::test_b", "test_third.py::test_c"):
        project.unrecorded(name)
    choice = project.choose(project.edit("cart.py", "1", "2"))
    assert told(choice) == {"test_cart.py::test_a": (0, "imports cart.py")}
    assert choice.why_not(("test_other.py::test_b", 0)) == "neither executes nor imports cart.py"


def test_what_failed_last_time_is_run_again(shop: Project) -> None:
    failed = {(f"{CART}::test_label", 0), (f"{CART}::test_price", 0), (f"{OTHER}::test_two", 0)}
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), failed=failed)
    assert told(choice) == {
        f"{CART}::test_price": (0, "failed last time; cart.py: price() changed"),
        f"{CART}::test_label": (0, "failed last time"),
        f"{CART}::test_total": (1, "cart.py: price() changed"),
        f"{OTHER}::test_two": (3, "failed last time"),
    }


def test_what_failed_stays_where_it_is_when_nothing_changed_with_effect(shop: Project) -> None:
    edit = shop.edit("cart.py", "import json", "import json  # words")
    assert shop.choose(edit, failed={(f"{CART}::test_label", 0)}).items == ()


def test_records_of_items_that_are_gone_select_nothing(shop: Project) -> None:
    del shop.items[f"{CART}::test_price", 0]
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"))
    assert set(told(choice)) == {f"{CART}::test_total"}
    assert choice.why_not((f"{CART}::test_price", 0)) == "not collected"
    assert choice.why_not((f"{CART}::test_total", 0)) == ""


def test_no_items_at_all(shop: Project) -> None:
    shop.items.clear()
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"))
    assert choice.items == ()
    assert choice.lead == 0


def test_root_is_what_nodeids_are_relative_to() -> None:
    assert Facts({("tests/test_a.py::test", 0): "/x/y/tests/test_a.py"}).root == "/x/y"
    assert Facts({("other::test", 0): "/x/y/tests/test_a.py"}).root == ""
