"""Edits of source files: who depends on what changed, and the words for it."""

from __future__ import annotations

from dataclasses import replace

from tests.model.impact.making import ROOT, Project, describe, digest, tiers, told
from tui.model.impact import Edit
from tui.model.impact.index import COLLECTOR, IMPORT, SESSION, Name

CART = "tests/test_cart.py"


def test_a_function_body_selects_who_executed_it(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"))
    assert told(choice) == {
        f"{CART}::test_price": (1, "cart.py: price() changed"),
        f"{CART}::test_total": (1, "cart.py: price() changed"),
    }
    assert choice.skipped == 7
    assert choice.why_not((f"{CART}::test_label", 0)) == "executed nothing of what changed in cart.py"
    assert choice.why_not(("tests/test_other.py::test_one", 0)) == "neither executes nor imports cart.py"
    assert not choice.everything


def test_a_method_is_called_by_its_class(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "price(1)", "price(2)"))
    assert told(choice) == {f"{CART}::test_total": (1, "cart.py: Cart.total() changed")}


def test_a_test_body_selects_that_test(shop: Project) -> None:
    choice = shop.choose(shop.edit(CART, "label(1)", "label(2)"))
    assert told(choice) == {f"{CART}::test_label": (1, "edited itself")}


def test_comments_and_moved_lines_select_nothing(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "\ndef price", "\n\n# words\ndef price"))
    assert told(choice) == {}
    assert choice.why_not((f"{CART}::test_price", 0)) == "nothing changed that could be executed"


def test_the_same_content_again_selects_nothing(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "n * RATE"))
    assert told(choice) == {}


def test_a_constant_selects_who_names_it_then_who_imports_it(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "RATE = 2", "RATE = 3"))
    assert told(choice) == {
        f"{CART}::test_price": (2, "cart.py: changed is RATE"),
        f"{CART}::test_total": (2, "cart.py: changed is RATE"),
        f"{CART}::test_label": (3, "imports cart.py"),
        f"{CART}::test_empty": (3, "imports cart.py"),
    }


def test_a_class_attribute_selects_who_executed_the_class(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "size = 3", "size = 4"))
    assert tiers(choice) == {
        f"{CART}::test_empty": 2,
        f"{CART}::test_total": 2,
        f"{CART}::test_price": 3,
        f"{CART}::test_label": 3,
    }


def test_a_header_selects_who_executed_the_body(shop: Project) -> None:
    choice = shop.choose(shop.edit("cart.py", "def label(n)", "def label(n=1)"))
    assert told(choice)[f"{CART}::test_label"] == (2, "cart.py: header of label changed")


def test_a_deleted_file_selects_all_that_import_it(shop: Project) -> None:
    choice = shop.choose(shop.delete("cart.py"))
    assert set(tiers(choice)) == {f"{CART}::test_{name}" for name in ("price", "label", "total", "empty")}
    assert tiers(choice)[f"{CART}::test_label"] == 1


def test_a_syntax_error_selects_nothing_and_is_told(shop: Project) -> None:
    edit = Edit(f"{ROOT}/cart.py", digest("def"), error="line 1: invalid syntax")
    choice = shop.choose(edit)
    assert choice.items == ()
    assert choice.syntax_errors == {f"{ROOT}/cart.py": "line 1: invalid syntax"}


def test_a_file_that_could_not_be_described_counts_as_changed_everywhere(shop: Project) -> None:
    choice = shop.choose(Edit(f"{ROOT}/cart.py", digest("?")))
    assert set(tiers(choice)) == {f"{CART}::test_{name}" for name in ("price", "label", "total", "empty")}


def test_lines_of_a_version_that_nobody_described(shop: Project) -> None:
    lines = shop.index.file(f"{ROOT}/cart.py").executed("seen only by the run", 0b1000)
    context = shop.index.tests.get((f"{CART}::test_label", 0))
    assert context is not None
    shop.index.put(replace(context, lines=(lines,)))
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"))
    assert told(choice)[f"{CART}::test_label"] == (1, "cart.py changed")


def test_code_that_ran_while_importing(shop: Project) -> None:
    shop.executed(Name(IMPORT, f"{ROOT}/{CART}"), {"cart.py": ["label"]})
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    words = "cart.py: label() changed, runs when test_cart.py is imported"
    assert told(choice)[f"{CART}::test_price"] == (2, words)
    assert told(choice)[f"{CART}::test_label"] == (1, "cart.py: label() changed")


def test_code_that_ran_while_collecting(shop: Project) -> None:
    shop.executed(Name(COLLECTOR, CART), {"cart.py": ["label"]})
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    assert told(choice)[f"{CART}::test_price"] == (2, "cart.py: label() changed, runs during collection")
    assert "tests/test_other.py::test_one" not in told(choice)


def test_code_that_ran_in_the_session_reaches_all(shop: Project) -> None:
    shop.executed(Name(SESSION), {"cart.py": ["label"]})
    choice = shop.choose(shop.edit("cart.py", "str(n)", "repr(n)"))
    assert told(choice)["tests/test_other.py::test_one"] == (3, "cart.py: label() changed, runs in every session")
    assert len(choice.items) == len(shop.items)
    assert not choice.everything


def test_kept_results_reach_their_other_users(shop: Project) -> None:
    """The second user of a cache never executes what fills it."""
    shop.write("lazy.py", "def fill():\n    return 1\n\n@cache\ndef get():\n    return fill()\n")
    first = shop.test("tests/test_other.py::test_one", {"lazy.py": ["fill", "get"]})
    second = shop.test("tests/test_other.py::test_two", {"lazy.py": ["get"]})
    choice = shop.choose(shop.edit("lazy.py", "return 1", "return 2"))
    assert told(choice) == {
        first[0]: (1, "lazy.py: fill() changed"),
        second[0]: (3, "get() keeps results"),
    }


def test_a_name_counts_under_which_a_file_imports_it(shop: Project) -> None:
    shop.write("kinds.py", "KINDS = 1\nOTHER = 2\n")
    shop.write("uses.py", "from kinds import KINDS as ALL\n\ndef use():\n    return ALL\n", "kinds.py")
    shop.write("tests/test_uses.py", "def test_it():\n    use()\n", "uses.py")
    key = shop.test("tests/test_uses.py::test_it", {"uses.py": ["use"]})
    assert told(shop.choose(shop.edit("kinds.py", "KINDS = 1", "KINDS = 3"))) == {
        key[0]: (2, "kinds.py: changed is ALL")
    }


def test_a_test_is_called_with_what_its_header_mentions(shop: Project) -> None:
    shop.write("kinds.py", "KINDS = [1, 2]\n")
    text = "@parametrize(KINDS)\ndef test_it(n):\n    pass\n\ndef test_other():\n    pass\n"
    shop.write("tests/test_kinds.py", text, "kinds.py")
    one, other = (shop.test(f"tests/test_kinds.py::test_{name}", {}) for name in ("it", "other"))
    assert told(shop.choose(shop.edit("kinds.py", "[1, 2]", "[1, 3]"))) == {
        one[0]: (2, "kinds.py: changed is KINDS"),
        other[0]: (3, "imports kinds.py"),
    }


def test_what_a_function_made_of_a_name_while_a_file_of_tests_was_loaded(shop: Project) -> None:
    for name in (Name(IMPORT, f"{ROOT}/{CART}"), Name(COLLECTOR, CART)):
        shop.executed(name, {"cart.py": ["price"]})
        choice = shop.choose(shop.edit("cart.py", "RATE = 2", "RATE = 3"))
        assert told(choice)[f"{CART}::test_label"] == (2, "cart.py: changed is RATE")
        shop.rewrite("cart.py", shop.files["cart.py"].replace("RATE = 3", "RATE = 2"))
        shop.index.drop(name)


def test_a_header_of_what_a_module_called_while_it_was_imported(shop: Project) -> None:
    shop.write("stock.py", "from cart import label\n\nTITLE = label(1)\n\ndef title():\n    return TITLE\n", "cart.py")
    shop.write("tests/test_stock.py", "def test_title():\n    title()\n", "stock.py")
    key = shop.test("tests/test_stock.py::test_title", {"stock.py": ["title"]})
    shop.executed(Name(IMPORT, f"{ROOT}/stock.py"), {"cart.py": ["label"]})
    choice = shop.choose(shop.edit("cart.py", "def label(n)", "def label(n, end='')"))
    words = "cart.py: header of label changed, runs when stock.py is imported"
    assert told(choice)[key[0]] == (2, words)


def test_a_star_takes_what_all_says(shop: Project) -> None:
    shop.write("kinds.py", "__all__ = ['KINDS']\nKINDS = 1\n")
    shop.write("stars.py", "from kinds import *\n\ndef use():\n    return KINDS\n", "kinds.py")
    shop.write(
        "tests/test_stars.py", "def test_it():\n    use()\n\ndef test_far():\n    pass\n", "kinds.py", "stars.py"
    )
    shop.write("tests/test_far.py", "def test_far():\n    pass\n", "kinds.py")
    near = shop.test("tests/test_stars.py::test_it", {"stars.py": ["use"]})
    far = shop.test("tests/test_far.py::test_far", {})
    assert tiers(shop.choose(shop.edit("kinds.py", "['KINDS']", "[]"))) == {near[0]: 2, far[0]: 3}


def test_an_edit_of_a_test_reaches_no_test_of_another_file_by_caches_and_processes(shop: Project) -> None:
    shop.write("lazy.py", "@cache\ndef get():\n    return 1\n")
    shop.test(f"{CART}::test_label", {"lazy.py": ["get"]})
    shop.test("tests/test_other.py::test_two", {"lazy.py": ["get"]})
    shop.test("tests/test_other.py::test_one", {}, spawns=True)
    choice = shop.choose(shop.edit(CART, "label(1)", "label(2)"))
    assert told(choice) == {f"{CART}::test_label": (1, "edited itself")}


def test_processes_and_readers_of_sources_run_last(shop: Project) -> None:
    shop.write("look.py", "def look(f):\n    return getsource(f)\n")
    starts = shop.test("tests/test_other.py::test_one", {}, spawns=True)
    reads = shop.test(f"{CART}::test_label", {"look.py": ["look"]})
    assert told(shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"))) == {
        f"{CART}::test_price": (1, "cart.py: price() changed"),
        f"{CART}::test_total": (1, "cart.py: price() changed"),
        starts[0]: (3, "starts processes"),
        reads[0]: (3, "reads sources"),
    }
    shop.edit("cart.py", "RATE * n", "n * RATE")
    comment_only = shop.choose(shop.edit("cart.py", "import json", "import json  # words"))
    assert told(comment_only) == {reads[0]: (3, "reads sources")}


def test_a_test_that_ran_unrecorded_since_its_code_changed_goes_by_imports(shop: Project) -> None:
    """What it executes now is not what its record says."""
    shop.rewrite("cart.py", shop.files["cart.py"].replace("str(n)", "repr(n)"))
    shop.write("deep.py", "def f():\n    return 1\n")
    shop.write(CART, shop.files[CART], "cart.py", "deep.py")
    choice = shop.choose(shop.edit("deep.py", "return 1", "return 2"))
    assert told(choice) == {f"{CART}::test_label": (0, "no record yet")}


def test_a_new_file_that_an_import_looked_for(shop: Project) -> None:
    shop.index.wanted[f"{ROOT}/cart.py"] = {f"{ROOT}/extra.py"}
    source = describe("X = 1\n")
    choice = shop.choose(Edit(f"{ROOT}/extra.py", source.hash, source))
    assert set(told(choice).values()) == {(2, "looks for extra.py")}
    assert set(told(choice)) == {f"{CART}::test_{name}" for name in ("price", "label", "total", "empty")}


def test_a_file_that_is_imported_but_was_never_executed(shop: Project) -> None:
    """On another system it would be; nobody can say what its edit does here."""
    shop.write(CART, shop.files[CART] + "\n", "cart.py", "windows.py")
    source = describe("X = 1\n")
    choice = shop.choose(Edit(f"{ROOT}/windows.py", source.hash, source))
    assert set(told(choice).values()) == {(3, "imports windows.py")}


def test_a_new_file_that_nobody_looked_for(shop: Project) -> None:
    source = describe("X = 1\n")
    assert told(shop.choose(Edit(f"{ROOT}/unknown.py", source.hash, source))) == {}


def test_a_file_that_was_gone_selects_who_may_have_run_without_it(shop: Project) -> None:
    """Nothing of that is in their records, which may be those of before."""
    shop.write("tests/conftest.py", "X = 1\n")
    for path, touched in (("tests/conftest.py", len(shop.items)), ("cart.py", 4)):
        back = shop.rewrite(path, shop.files[path])
        assert not shop.choose(back).items
        shop.index.gone.add(back.path)
        assert len(shop.choose(back).items) == touched
        shop.index.gone.clear()


def test_a_file_that_no_project_file_imports_is_a_plugin_of_all(shop: Project) -> None:
    shop.write("settings.py", "DEBUG = 1\n")
    choice = shop.choose(shop.edit("settings.py", "1", "2"))
    assert told(choice)["tests/test_other.py::test_one"] == (3, "imports settings.py")
    assert len(choice.items) == len(shop.items)
    assert not choice.everything


def test_packages_are_imported_by_what_lies_in_them(shop: Project) -> None:
    shop.write("tests/__init__.py", "X = 1\n")
    choice = shop.choose(shop.edit("tests/__init__.py", "1", "2"))
    assert told(choice)["tests/test_other.py::test_one"] == (3, "imports tests/__init__.py")


def test_what_depends_on_a_file_with_a_syntax_error_is_told(shop: Project) -> None:
    """Nothing of it can be relied on; running it would show nothing but the error."""
    path = f"{ROOT}/cart.py"
    choice = shop.choose(Edit(path, digest("def"), error="line 1: invalid syntax"))
    names = {f"{CART}::test_{name}" for name in ("price", "label", "total", "empty")}
    assert choice.outdated == {path: {(nodeid, 0) for nodeid in names}}
    assert choice.why_not((f"{CART}::test_price", 0)) == "cart.py, line 1: invalid syntax"
    assert choice.why_not(("tests/test_other.py::test_one", 0)) == "nothing changed that could be executed"
    assert not shop.choose(shop.edit("cart.py", "str(n)", "repr(n)")).outdated


def test_a_new_conftest_with_a_syntax_error(shop: Project) -> None:
    path = f"{ROOT}/tests/conftest.py"
    assert shop.choose(Edit(path, digest("def"), error="line 1: invalid syntax")).outdated == {path: {*shop.items}}
