"""Results that outlive a test: which line keeps them, and for how long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.model.impact.making import ROOT, Project, told
from tui.model.impact.index import FIXTURE, IMPORT, Name
from tui.model.impact.source import Block, Kind


def test_who_only_got_a_kept_result_did_not_keep_what_it_ran(shop: Project) -> None:
    """The edited function ran beside one that found its result kept already: it is no part of any."""
    text = (
        "def near():\n    return 1\n\ndef get(key):\n    if key in KEPT:\n        return KEPT[key]\n    KEPT[key] = 2\n"
    )
    shop.write("lazy.py", text)
    file = shop.index.files[f"{ROOT}/lazy.py"]
    source = file.source
    assert source is not None
    blocks = tuple(replace(block, keeps=1 << 7) if block.qual == "get" else block for block in source.blocks)
    file.versions[source.hash].describe(replace(source, blocks=blocks))
    shop.write("tests/test_lazy.py", "def test_near():\n    pass\n\ndef test_fill():\n    pass\n", "lazy.py")
    near = shop.test(
        "tests/test_lazy.py::test_near", {"lazy.py": ["near", "get"]}, only={"lazy.py": 0b111 << 4 | 0b100}
    )
    shop.test("tests/test_lazy.py::test_fill", {"lazy.py": ["get"]})
    assert told(shop.choose(shop.edit("lazy.py", "return 1", "return 3"))) == {near[0]: (1, "lazy.py: near() changed")}


@pytest.mark.parametrize("once", [False, True])
def test_a_variable_of_the_function_around_keeps_what_outlives_it(shop: Project, *, once: bool) -> None:
    text = (
        "def near():\n    return 1\n\ndef make():\n    kept = {}\n    def get():\n        kept[1] = 2\n    return get\n"
    )
    shop.write("lazy.py", text)
    file = shop.index.files[f"{ROOT}/lazy.py"]
    inner = Block("make.get", Kind.FUNCTION, "get", 1 << 7, frozenset({"kept"}), shares=1 << 7)
    assert file.source is not None
    outer = [replace(block, lines=block.lines & ~(1 << 7)) for block in file.source.blocks]
    file.versions[file.source.hash].describe(replace(file.source, blocks=(*outer, inner)))
    shop.write("tests/test_lazy.py", "def test_one():\n    pass\n\ndef test_two():\n    pass\n", "lazy.py")
    first = shop.test("tests/test_lazy.py::test_one", {"lazy.py": ["near", "make.get"] + ["make"] * (not once)})
    second = shop.test("tests/test_lazy.py::test_two", {"lazy.py": ["make.get"]})
    if once:
        shop.executed(Name(IMPORT, f"{ROOT}/lazy.py"), {"lazy.py": ["make"]})
    edit = shop.edit("lazy.py", "return 1", "return 3")
    assert edit.source is not None
    edit = replace(edit, source=replace(edit.source, blocks=(*edit.source.blocks, inner)))
    shop.index.files[edit.path].versions[edit.hash or ""].describe(edit.source)
    kept = {second[0]: (3, "make.get() keeps results")} if once else {}
    assert told(shop.choose(edit)) == {first[0]: (1, "lazy.py: near() changed")} | kept


LENDS = """\
def near():
    return 1

class Shop:
    def get(self):
        self.value = near()

    def look(self):
        return self.value

class Sub(Shop):
    pass

"""


@pytest.mark.parametrize(
    ("more", "outlives"),
    [
        ("", False),
        ("ONE = Shop()\n", True),
        ("ONE = Sub()\n", True),
        ("def make():\n    return Sub()\n", False),
    ],
)
@pytest.mark.parametrize("fixture", [False, True])
def test_an_object_keeps_what_its_methods_put_into_it(
    shop: Project, more: str, *, outlives: bool, fixture: bool
) -> None:
    shop.write("lazy.py", LENDS + more)
    file = shop.index.files[f"{ROOT}/lazy.py"]
    source = file.source
    assert source is not None
    line = 1 << 6
    get = Block("Shop.get", Kind.FUNCTION, "lending", line, frozenset(), lends=line, kept=frozenset({"value"}))
    blocks = tuple(get if block.qual == "Shop.get" else block for block in source.blocks)
    file.versions[source.hash].describe(replace(source, blocks=blocks))
    names = ("get", "again", "look", "far")
    shop.write("tests/test_lazy.py", "".join(f"def test_{name}():\n    pass\n" for name in names), "lazy.py")
    test = "tests/test_lazy.py::test_"
    if fixture and "make" in more:
        outlives = True
        shop.executed(Name(FIXTURE, "::made@#"), {"lazy.py": ["make"]})
    shop.test(f"{test}get", {"lazy.py": ["near", "Shop.get"]})
    shop.test(f"{test}again", {"lazy.py": ["Shop.get"]})
    shop.test(f"{test}look", {"lazy.py": ["Shop.look"]})
    shop.test(f"{test}far", {})
    edit = shop.edit("lazy.py", "return 1", "return 3")
    assert edit.source is not None
    blocks = tuple(get if block.qual == "Shop.get" else block for block in edit.source.blocks)
    edit = replace(edit, source=replace(edit.source, blocks=blocks))
    shop.index.files[edit.path].versions[edit.hash or ""].describe(edit.source)
    kept = {f"{test}again": (3, "Shop.get() keeps results"), f"{test}look": (3, "uses kept results")}
    assert told(shop.choose(edit)) == {f"{test}get": (1, "lazy.py: near() changed")} | (kept if outlives else {})


def test_who_asks_for_what_was_kept_by_its_name(shop: Project) -> None:
    """It executes nothing of what filled it."""
    shop.write("lazy.py", "def near():\n    return 1\n\ndef fill():\n    KEPT[1] = 2\n\ndef look():\n    return KEPT\n")
    file = shop.index.files[f"{ROOT}/lazy.py"]
    source = file.source
    assert source is not None
    fill = Block("fill", Kind.FUNCTION, "keeping", 1 << 5, frozenset(), keeps=1 << 5, kept=frozenset({"KEPT"}))
    blocks = tuple(fill if block.qual == "fill" else block for block in source.blocks)
    file.versions[source.hash].describe(replace(source, blocks=blocks))
    shop.write("tests/test_lazy.py", "def test_fill():\n    pass\n\ndef test_look():\n    pass\n", "lazy.py")
    filling = shop.test("tests/test_lazy.py::test_fill", {"lazy.py": ["near", "fill"]})
    looking = shop.test("tests/test_lazy.py::test_look", {"lazy.py": ["look"]})
    edit = shop.edit("lazy.py", "return 1", "return 3")
    assert edit.source is not None
    edit = replace(edit, source=replace(edit.source, blocks=(*edit.source.blocks, fill)))
    shop.index.files[edit.path].versions[edit.hash or ""].describe(edit.source)
    assert told(shop.choose(edit)) == {
        filling[0]: (1, "lazy.py: near() changed"),
        looking[0]: (3, "uses kept results"),
    }


@pytest.mark.parametrize("own", [False, True])
def test_a_test_that_makes_its_objects_finds_nothing_of_others_in_them(shop: Project, *, own: bool) -> None:
    """And leaves nothing in those of others."""
    methods = "    def __init__(self):\n        pass\n\n    def get(self):\n        pass\n"
    shop.write("lazy.py", f"def near():\n    return 1\n\nclass Shop:\n{methods}")
    file = shop.index.files[f"{ROOT}/lazy.py"]
    line = 1 << 9
    get = Block("Shop.get", Kind.FUNCTION, "lending", line, frozenset(), lends=line, kept=frozenset({"value"}))

    def lending(path: str, content: str) -> None:
        version = shop.index.files[path].versions[content]
        assert version.source is not None
        blocks = tuple(get if block.qual == "Shop.get" else block for block in version.source.blocks)
        version.describe(replace(version.source, blocks=blocks))

    lending(file.path, file.current or "")
    shop.write("tests/test_lazy.py", "".join(f"def test_{name}():\n    pass\n" for name in "abc"), "lazy.py")
    makes = ["Shop.__init__"]
    first = shop.test("tests/test_lazy.py::test_a", {"lazy.py": ["near", "Shop.get", *(makes if own else [])]})
    second = shop.test("tests/test_lazy.py::test_b", {"lazy.py": ["Shop.get"]})
    shop.test("tests/test_lazy.py::test_c", {"lazy.py": ["Shop.get", *makes]})
    edit = shop.edit("lazy.py", "return 1", "return 3")
    lending(edit.path, edit.hash or "")
    edit = replace(edit, source=file.source)
    kept = {} if own else {second[0]: (3, "Shop.get() keeps results")}
    assert told(shop.choose(edit)) == {first[0]: (1, "lazy.py: near() changed")} | kept
