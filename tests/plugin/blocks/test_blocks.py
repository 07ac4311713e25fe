"""Source files as blocks: what changes a hash and what does not, in every interpreter."""

from __future__ import annotations

import hashlib
import json
import subprocess
import textwrap
import zlib
from pathlib import Path

import pytest

from tests.plugin.blocks.describing import SCRIPT, SHOP, Describe, blocks, hashes, one, text_of
from tests.plugin.driver import PACKAGE, Driver, write_files
from tests.plugin.recording.reading import Record, is_traced


def test_a_file_as_a_whole(describe: Describe, python: str) -> None:
    told = one(describe, SHOP, python)
    data = textwrap.dedent(SHOP).encode()
    assert told["hash"] == hashlib.blake2b(data, digest_size=16).hexdigest()
    assert told["error"] is None
    assert told["lines"] == [zlib.crc32(line.strip()) for line in data.splitlines()]
    kinds = {block["qual"]: block["kind"] for block in told["blocks"]}
    assert kinds == {
        "": "module",
        "price": "function",
        "Cart": "class",
        "Cart.size": "function",
        "Cart.size#1": "function",
        "Cart.Inner": "class",
        "Cart.Inner.deep": "function",
        "Cart.Inner.deep.deeper": "function",
        "late": "function",
        "late#1": "function",
    }


def test_lines_of_blocks(describe: Describe, python: str) -> None:
    found = blocks(one(describe, SHOP, python))
    assert text_of(SHOP, found["price"]["lines"]) == ["total = x * rate", "return total"]
    assert text_of(SHOP, found["price"]["header"]) == ["def price(x, rate=RATE):"]
    assert text_of(SHOP, found["Cart.size"]["header"]) == ["@property", "def size(self):"]
    assert text_of(SHOP, found["Cart.size"]["lines"]) == ["return len(self)"]
    assert text_of(SHOP, found["Cart.Inner.deep.deeper"]["lines"]) == ["return [x for x in range(3)]"]
    module = text_of(SHOP, found[""]["lines"])
    assert "def price(x, rate=RATE):" in module
    assert "total = x * rate" not in module
    assert "limit = 10" in text_of(SHOP, found["Cart"]["lines"])
    # A body on the line of its def belongs to both.
    assert text_of(SHOP, found["late"]["lines"]) == ["def late(): return 1"]


SAME = {
    "comments": SHOP.replace("RATE = 2", "# A comment.\n    RATE = 2  # another"),
    "blank lines": SHOP.replace("\n", "\n\n"),
    "a comment above a class": SHOP.replace("    class Cart", "    # Above.\n\n    class Cart"),
    "formatting": SHOP.replace("x * rate", "(x   *\n            rate)"),
}


@pytest.mark.parametrize("what", SAME)
def test_what_changes_no_block(describe: Describe, what: str, python: str) -> None:
    assert hashes(one(describe, SAME[what], python)) == hashes(one(describe, SHOP, python))


CHANGED = {
    "a body": ("total = x * rate", "total = x + rate", {"price"}),
    "a constant of a body": ("range(3)", "range(4)", {"Cart.Inner.deep.deeper"}),
    "a lambda": ("-x", "+x", {"Cart.Inner.deep"}),
    "a default": ("rate=RATE", "rate=7", {""}),
    "a module constant": ("RATE = 2", "RATE = 3", {""}),
    "a class constant": ("limit = 10", "limit = 11", {"Cart"}),
    "a base class": ("Cart(dict)", "Cart(list)", {""}),
    "a decorator": ("@property", "@functools.cached_property", {"Cart", "Cart.size"}),
    "a docstring": ("What it costs.", "Its price.", {"price"}),
    "the docstring of a class": ("Holds things.", "Things.", {"Cart"}),
    "the name of an argument": ("price(x, rate=RATE)", "price(x, r=RATE)", {"price"}),
    "a new local": ("return total", "y = 1; return total", {"price"}),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_changes_which_block(describe: Describe, what: str, python: str) -> None:
    old, new, expected = CHANGED[what]
    assert old in SHOP
    before, after = hashes(one(describe, SHOP, python)), hashes(one(describe, SHOP.replace(old, new), python))
    if what == "a decorator":  # only the class executes it; a setter of another kind of thing is not our affair
        expected = {"Cart"}
    assert {qual for qual in before if after.get(qual) != before[qual]} == expected


def test_moved_functions_keep_their_hash(describe: Describe, python: str) -> None:
    one_way = "def f():\n    return 1\nclass C:\n    def g(self):\n        return self.x\n"
    other = "class C:\n    def g(self):\n        return self.x\n\n\ndef f():\n    return 1\n"
    first, second = hashes(one(describe, one_way, python)), hashes(one(describe, other, python))
    assert {qual for qual in first if first[qual] != second[qual]} == {""}


@pytest.mark.matrix
def test_newer_syntax(describe: Describe, edge: str) -> None:
    text = """
        class Box[T]:
            def get[S](self, x: S) -> T:
                return x
        type Name = str
        async def waits():
            async for x in y:
                yield x
    """
    told = one(describe, text, edge)
    if is_traced(edge):  # by chance also the Pythons without it
        assert told["error"].startswith("line 2: ")
        assert "blocks" not in told
        return
    found = blocks(told)
    assert {"Box", "Box.get", "waits", ""} <= set(found)
    assert text_of(text, found["Box.get"]["lines"]) == ["return x"]
    assert [unit["kind"] for unit in told["units"]] == ["class", "def", "assign", "def"]


def test_names_and_marks(describe: Describe, edge: str) -> None:
    text = """
        import functools, inspect
        CACHE = {}
        def mentions(x):
            return getattr(other.attribute, "by_string") + CONSTANT
        @functools.lru_cache
        def cached(x): pass
        def stores(x):
            CACHE[x] = 1
        def changes(x):
            global CACHE
            CACHE = x
        def registers(x):
            CACHE.setdefault(x, 1)
        def decorates(x):
            @REGISTRY.register(x)
            def inner(): pass
        def local(x):
            kept = {}
            kept[x] = 1
            kept.update(x)
            x.attribute = 1
            return kept
        class C:
            @classmethod
            def counts(cls):
                cls.count = 1
            def sets(self):
                self.x = 1
        def reads():
            return inspect.getsource(local)
    """
    found = blocks(one(describe, text, edge))
    assert {"getattr", "other", "attribute", "by_string", "CONSTANT"} <= set(found["mentions"]["names"])
    keeping = {qual for qual, block in found.items() if block.get("keeps")}
    assert keeping == {"cached", "stores", "changes", "registers", "decorates", "C.counts"}
    assert text_of(text, found["stores"]["keeps"]) == ["CACHE[x] = 1"]
    assert text_of(text, found["changes"]["keeps"]) == ["CACHE = x"]
    assert text_of(text, found["registers"]["keeps"]) == ["CACHE.setdefault(x, 1)"]
    assert text_of(text, found["decorates"]["keeps"]) == ["@REGISTRY.register(x)"]
    assert {qual for qual, block in found.items() if block.get("reads_source")} == {"reads"}


def test_variables_of_the_function_around_are_shared(describe: Describe, edge: str) -> None:
    text = """
        def around():
            kept = {}
            count = 0
            def get(x):
                nonlocal count
                count += 1
                if x not in kept:
                    kept[x] = (
                        x)
                REGISTRY.append(x)
            return get
    """
    found = blocks(one(describe, text, edge))
    assert not {"keeps", "shares"} & set(found["around"])
    assert set(text_of(text, found["around.get"]["shares"])) >= {"count += 1", "kept[x] = ("}
    assert text_of(text, found["around.get"]["keeps"]) == ["REGISTRY.append(x)"]


def test_texts_that_may_be_names_of_files_are_names(describe: Describe, edge: str) -> None:
    text = """
        def asks(x):
            return "data/flag.on", f"data/{x}.json", ("./run", ".env.local"), "No file.", "a/b c", "*.x", "1, 2.5\\n.x"
    """
    names = set(blocks(one(describe, text, edge))["asks"]["names"])
    assert names == {"flag.on", ".json", "run", ".env.local"}


def test_classes_and_lambdas_keep_what_functions_do(describe: Describe, edge: str) -> None:
    text = """
        REGISTRY = {}
        REGISTRY["a"] = [REGISTRY.get(x) for x in "ab"]
        fill = lambda own: (own.update(b=1), REGISTRY.update(b=1))
        class C:
            REGISTRY["c"] = 1
            later = lambda self: REGISTRY.setdefault("d", 1)
        def make():
            class Inner:
                global VALUE
                VALUE = 1
                Conf.level = 2
                own = {}
                own["x"] = 1
                [REGISTRY.add(x) for x in own]
                class Innermost:
                    REGISTRY["e"] = 1
            return Inner
    """
    found = blocks(one(describe, text, edge))
    kept = {qual: (text_of(text, block["keeps"]), block["kept"]) for qual, block in found.items() if "keeps" in block}
    assert kept == {
        "": (["fill = lambda own: (own.update(b=1), REGISTRY.update(b=1))"], ["REGISTRY"]),
        "C": (['later = lambda self: REGISTRY.setdefault("d", 1)'], ["REGISTRY"]),
        "make.Inner": (
            ["VALUE = 1", "Conf.level = 2", "[REGISTRY.add(x) for x in own]"],
            ["REGISTRY", "VALUE", "level"],
        ),
        "make.Inner.Innermost": (['REGISTRY["e"] = 1'], ["REGISTRY"]),
    }


def test_what_is_kept_by_way_of_something_else(describe: Describe, edge: str) -> None:
    text = """
        CACHE = {}
        TABLE = {"a": 1}
        def held(x):
            known = CACHE.setdefault(x, [])
            more = known
            more.append(1)
        def own(x):
            known = x.known
            known.append(1)
        def default(x, memo={}, *, last=None):
            memo[x] = 1
            last.x = 1
        def passes(x):
            fill(CACHE, by=TABLE)
        class C:
            def __init__(self):
                self.value = 1
            def get(self):
                held = self.parts.get("a")
                if held is None and not hasattr(self, "value"):
                    self.value = 1
                    self.parts["b"] = 1
                    self.last = 1
            def remembers(self):
                try:
                    return self.value
                except AttributeError:
                    self.value = 1
            def sets(self):
                self.value = 1
            @staticmethod
            def free(x):
                return x
    """
    found = blocks(one(describe, text, edge))
    keys = ("keeps", "shares", "lends")
    kept = {
        (qual, key): (text_of(text, block[key]), block["kept"])
        for qual, block in found.items()
        for key in keys
        if key in block
    }
    assert kept == {
        ("held", "keeps"): (["known = CACHE.setdefault(x, [])", "more.append(1)"], ["CACHE"]),
        ("default", "keeps"): (["memo[x] = 1"], ["memo"]),
        ("passes", "keeps"): (["fill(CACHE, by=TABLE)"], ["CACHE"]),
        ("C.get", "lends"): (["self.value = 1", 'self.parts["b"] = 1'], ["parts", "value"]),
        ("C.remembers", "lends"): (["self.value = 1"], ["value"]),
    }


def test_files_that_cannot_be_described(describe: Describe, edge: str) -> None:
    files: dict[str, str | bytes] = {
        "bad.py": "x = 1\ndef f(:\n",
        "nul.py": b"x = 1\0\n",
        "latin.py": b"x = '\xe4'\n",
        "cookie.py": b"# coding: latin-1\nx = '\xe4'\n",
        "bom.py": b"\xef\xbb\xbfx = 1\n",
        "warns.py": "x = '\\d'\nassert (1, 'x')\n",
        "deep.py": "x = " + "(" * 500 + ")" * 500,
        "empty.py": "",
    }
    told = describe(files, *files, "gone.py", python=edge)
    assert told["gone.py"] == {"hash": None}
    assert told["bad.py"]["error"].startswith("line 2: ")
    for name in ("nul.py", "latin.py", "deep.py"):
        assert told[name]["error"], name
        assert set(told[name]) == {"hash", "error"}
    for name in ("cookie.py", "bom.py", "warns.py", "empty.py"):
        assert told[name]["error"] is None, name
        assert told[name]["blocks"]


def test_the_lines_that_a_run_sees_are_those_of_the_blocks(tmp_path: Path, python: str) -> None:
    """Every executed line belongs to a block, and one in a body to the innermost alone."""
    tests = textwrap.dedent(SHOP) + textwrap.dedent("""
        def test_all():
            assert price(2) == 4
            cart = Cart()
            cart.size = 3
            assert Cart.Inner().deep() == [2, 1, 0]
    """)
    (tmp_path / "project").mkdir()
    write_files(tmp_path / "project", {"pytest.ini": "[pytest]\n", "test_shop.py": tests})
    with Driver(python, tmp_path / "project", tmp_path / "runs") as driver:
        outcome = driver.run("-pno:cacheprovider", record="selection")
    assert outcome.status == 0
    record = Record(outcome.folder, tmp_path / "project")
    answer = tmp_path / "answer"
    path = str(tmp_path / "project" / "test_shop.py")
    subprocess.run([python, "-c", SCRIPT, str(PACKAGE), str(answer), path], check=True, cwd=tmp_path / "project")
    told = json.loads(answer.read_bytes())["files"][path]
    owners: dict[int, set[str]] = {}
    for block in told["blocks"]:
        flat = block["lines"]
        for first, last in zip(flat[::2], flat[1::2], strict=True):
            for number in range(first, last + 1):
                owners.setdefault(number, set()).add(block["qual"])
    test = record.test("test_shop.py::test_all").numbers["test_shop.py"]
    assert {qual for number in test for qual in owners[number]} == {
        "test_all",
        "price",
        "Cart.size#1",
        "Cart.Inner.deep",
        "Cart.Inner.deep.deeper",
    }
    imported = record.module("test_shop.py").numbers["test_shop.py"]
    assert {qual for number in imported for qual in owners.get(number, ())} - {"late"} == {"", "Cart", "Cart.Inner"}
