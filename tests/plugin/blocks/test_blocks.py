"""Source files as blocks, units and imports: what changes a hash and what does not, in every interpreter."""

from __future__ import annotations

import hashlib
import json
import subprocess
import textwrap
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.driver import HERE, PACKAGE, clean_environ, write_files
from tests.plugin.recording.reading import is_traced
from tui.plugin import wire

Told = dict[str, Any]
Describe = Callable[..., dict[str, Told]]

_SCRIPT = (
    wire.BOOT
    + """
load(sys.argv[1])
from _redbar_plugin import blocks
before = set(sys.modules)
blocks.main(sys.argv[3:], sys.argv[2])
assert "pytest" not in sys.modules
"""
)


@pytest.fixture
def describe(tmp_path: Path) -> Describe:
    """Describes files of a project: ``describe(files, "shop.py", python=...)``, by relative path."""

    def run(files: dict[str, str | bytes], *names: str, python: str = HERE, cwd: str = ".") -> dict[str, Told]:
        for name, text in files.items():
            if isinstance(text, bytes):
                (tmp_path / name).write_bytes(text)
            else:
                write_files(tmp_path, {name: text})
        answer = tmp_path / "answer.json"
        paths = [str(tmp_path / name) for name in names or files]
        done = subprocess.run(
            [python, "-c", _SCRIPT, str(PACKAGE), str(answer), *paths],
            cwd=tmp_path / cwd,
            env=clean_environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        told = json.loads(answer.read_bytes())
        assert {path.name for path in tmp_path.glob("answer*")} == {"answer.json"}
        return {str(Path(path).relative_to(tmp_path)): value for path, value in told["files"].items()}

    return run


def one(describe: Describe, text: str, python: str = HERE) -> Told:
    return describe({"m.py": text}, python=python)["m.py"]


def blocks(told: Told) -> dict[str, Told]:
    return {block["qual"]: block for block in told["blocks"]}


def hashes(told: Told) -> dict[str, str]:
    return {block["qual"]: block["hash"] for block in told["blocks"]}


def text_of(source: str, flat: list[int]) -> list[str]:
    lines = textwrap.dedent(source).split("\n")
    return [lines[n - 1].strip() for a, b in zip(flat[::2], flat[1::2], strict=True) for n in range(a, b + 1)]


SHOP = """
    '''A shop.'''
    import functools
    RATE = 2
    def price(x, rate=RATE):
        '''What it costs.'''
        total = x * rate
        return total
    class Cart(dict):
        '''Holds things.'''
        limit = 10
        @property
        def size(self):
            return len(self)
        @size.setter
        def size(self, n):
            self.n = n
        class Inner:
            def deep(self):
                def deeper():
                    return [x for x in range(3)]
                return sorted(deeper(), key=lambda x: -x)
    if RATE:
        def late(): return 1
    else:
        def late(): return 2
"""


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
    assert keeping == {"cached", "stores", "changes", "registers", "C.counts"}
    assert {qual for qual, block in found.items() if block.get("reads_source")} == {"reads"}


def test_units(describe: Describe, python: str) -> None:
    text = """
        '''Doc.'''
        import os, sys as system
        from a import b as c, d
        A = B, C[0] = 1, 2
        x.attribute: int = 1
        print(A)
        @pytest.fixture(autouse=True)
        def always(): pass
        def plain(): pass
        class K:
            '''Doc of K.'''
            y = 1
        if A:
            D = 1
        try:
            E = 1
        except ValueError:
            E = 2
        for i in A:
            F = i
    """
    units = [(each["kind"], each["names"], each["of"]) for each in one(describe, text, python)["units"]]
    assert units == [
        ("doc", [], ""),
        ("import", ["os", "system"], ""),
        ("import", ["c", "d"], ""),
        ("assign", ["A", "B", "C"], ""),
        ("assign", ["attribute"], ""),
        ("other", [], ""),
        ("autouse", ["always"], ""),
        ("def", ["plain"], ""),
        ("class", ["K"], ""),
        ("doc", ["K"], "K"),
        ("assign", ["y"], "K"),
        ("other", [], ""),
        ("assign", ["D"], ""),
        ("other", [], ""),
        ("assign", ["E"], ""),
        ("other", [], ""),
        ("assign", ["E"], ""),
        ("other", ["i"], ""),
        ("assign", ["F"], ""),
    ]


def test_a_unit_changes_by_itself(describe: Describe, edge: str) -> None:
    def units(text: str) -> set[tuple[str, ...]]:
        return {(*each["names"], each["hash"]) for each in one(describe, text, edge)["units"]}

    for old, new, names in [
        ("RATE = 2", "RATE = 3", {"RATE"}),
        ("rate=RATE", "rate=4", {"price"}),
        ("limit = 10", "limit = 11", {"limit"}),
        ("Cart(dict)", "Cart(list)", {"Cart"}),
        ("x * rate", "x + rate", set()),
    ]:
        changed = units(SHOP) ^ units(SHOP.replace(old, new))
        assert {name for key in changed for name in key[:-1]} == names


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


PROJECT = {
    "pytest.ini": "[pytest]\npythonpath = lib\n",
    "top.py": "",
    "src/app/__init__.py": "",
    "src/app/core.py": "",
    "src/app/sub/__init__.py": "",
    "src/app/sub/leaf.py": "",
    "lib/extra.py": "",
    "space/inner.py": "",
    "tests/helping.py": "",
    "tests/unit/data.py": "",
    "env/pyvenv.cfg": "",
    "env/inside.py": "",
}
IMPORTS = {
    "import top": {"top.py"},
    "import app.sub.leaf": {"src/app/__init__.py", "src/app/sub/__init__.py", "src/app/sub/leaf.py"},
    "from app import core": {"src/app/__init__.py", "src/app/core.py"},
    "from app.core import thing": {"src/app/__init__.py", "src/app/core.py"},
    "from app import *": {"src/app/__init__.py"},
    "def f():\n    import extra": {"lib/extra.py"},
    "from space import inner": {"space/inner.py"},
    "import helping": {"tests/helping.py"},
    "from . import data": {"tests/unit/data.py"},
    "from .data import x": {"tests/unit/data.py"},
    "from ..helping import x": {"tests/helping.py"},
    "import inside": set(),
    "import os.path, json": set(),
    "import importlib\nimportlib.import_module('app.core')": {"src/app/__init__.py", "src/app/core.py"},
    "__import__('top')": {"top.py"},
    "patch('app.core.thing')": {"src/app/__init__.py", "src/app/core.py"},
    "pytest_plugins = ['helping']": {"tests/helping.py"},
}


@pytest.mark.parametrize("statement", IMPORTS)
def test_imports(describe: Describe, tmp_path: Path, statement: str) -> None:
    told = describe({**PROJECT, "tests/unit/test_it.py": statement}, "tests/unit/test_it.py")["tests/unit/test_it.py"]
    found = {str(Path(path).relative_to(tmp_path)) for path in told["imports"]}
    assert found == IMPORTS[statement]


def test_imports_that_nothing_answers(describe: Describe, tmp_path: Path) -> None:
    text = "from . import missing\nfrom app import later\nimport quite_new\nimport json, pip\nfrom os import nothing\n"
    told = describe({**PROJECT, "tests/unit/test_it.py": text}, "tests/unit/test_it.py")["tests/unit/test_it.py"]
    wanted = {str(Path(path).relative_to(tmp_path)) for path in told["wants"]}
    assert {"tests/unit/missing.py", "src/app/later.py", "src/app/later/__init__.py", "quite_new.py"} <= wanted
    assert not {path for path in wanted if Path(path).stem in {"json", "pip", "os", "nothing"}}


def test_nothing_is_imported(describe: Describe) -> None:
    files: dict[str, str | bytes] = {"a.py": "raise SystemExit\nimport b\n", "b.py": "raise SystemExit\n"}
    assert describe(files)["a.py"]["error"] is None


def test_the_lines_that_a_run_sees_are_those_of_the_blocks(tmp_path: Path, python: str) -> None:
    """Every executed line belongs to a block, and one in a body to the innermost alone."""
    from tests.plugin.driver import Driver
    from tests.plugin.recording.reading import Record

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
    subprocess.run([python, "-c", _SCRIPT, str(PACKAGE), str(answer), path], check=True, cwd=tmp_path / "project")
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
