"""A small project in which code reaches tests in every way that selection has to know, and edits of it.

Each edit names the tests that fail after it, and the highest tier in which they may be found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent

FILES = {
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "shop/__init__.py": "",
    "shop/rates.py": """\
        BASE = 10
        DYN_A = 1
    """,
    "shop/cart.py": """\
        import json
        from pathlib import Path

        from shop import rates
        from shop.rates import BASE

        SETTINGS = json.loads((Path(__file__).parent / "settings.json").read_text())


        def price(n):
            return n * BASE


        def taxed(n, tax=1):
            return n + tax


        def dynamic(letter):
            return getattr(rates, "DYN_" + letter)


        class Cart:
            size = 3

            def room(self):
                return self.size


        class Base:
            def greet(self):
                return "base"


        class Special(Base):
            pass
    """,
    "shop/settings.json": '{"limit": 5}\n',
    "shop/page.html": "<p>hello</p>\n",
    "shop/lazy.py": "VALUE = 7\n",
    "shop/registry.py": """\
        HANDLERS = {}


        def register(name):
            def wrap(function):
                HANDLERS[name] = function
                return function

            return wrap


        def twice(function):
            factor = 2
            return lambda n: factor * function(n)
    """,
    "shop/handlers.py": """\
        from shop.registry import register, twice


        @register("up")
        def up(text):
            return text.upper()


        @register("down")
        def down(text):
            return text.lower()


        @twice
        def number(n):
            return n
    """,
    "shop/cached.py": """\
        from functools import lru_cache

        _KEPT = {}


        def build():
            return {"a": 1}


        @lru_cache
        def table():
            return build()


        def make():
            return 5


        def kept():
            if "x" not in _KEPT:
                _KEPT["x"] = make()
            return _KEPT["x"]
    """,
    "shop/child.py": """\
        def answer():
            return 42


        def forked():
            return 3
    """,
    "shop/plugins/one.txt": "1\n",
    "shop/plugins/__init__.py": """\
        import os


        def names():
            return sorted(name for name in os.listdir(os.path.dirname(__file__)) if name.endswith(".txt"))
    """,
    "shop/threads.py": """\
        def work(out):
            out.append(1)
    """,
    "shop/optional.py": """\
        try:
            from shop import extra
        except ImportError:
            extra = None


        def mode():
            return "plain" if extra is None else extra.MODE
    """,
    "shop/looked_at.py": """\
        # The first line.


        def looked():
            return 1


        def removed():
            return 2
    """,
    "shop/moved.py": """\
        def moved():
            return 1
    """,
    "tests/conftest.py": """\
        import pytest

        from support import close, fill


        @pytest.fixture(scope="session")
        def basket():
            return fill()


        @pytest.fixture
        def single():
            return 1


        @pytest.fixture(scope="module")
        def closing():
            yield
            close()
    """,
    "tests/support.py": """\
        from pathlib import Path


        def fill():
            return [1, 2]


        def level():
            return 1


        def close():
            assert Path(__file__).exists()
    """,
    "tests/data.py": "VALUES = [1, 2]\n",
    "tests/test_cart.py": """\
        from shop import cart


        def test_price():
            assert cart.price(1) == 10


        def test_taxed():
            assert cart.taxed(1) == 2


        def test_dynamic():
            assert cart.dynamic("A") == 1


        def test_room():
            assert cart.Cart().room() == 3


        def test_greet():
            assert cart.Special().greet() == "base"


        def test_limit():
            assert cart.SETTINGS["limit"] == 5


        def test_nothing():
            pass
    """,
    "tests/test_lazy.py": """\
        from pathlib import Path

        import shop


        def test_first():
            from shop import lazy

            assert lazy.VALUE == 7


        def test_second():
            from shop import lazy

            assert lazy.VALUE + 1 == 8


        def test_page():
            assert "hello" in (Path(shop.__file__).parent / "page.html").read_text()


        def test_plugins():
            from shop import plugins

            assert plugins.names() == ["one.txt"]


        def test_optional():
            from shop.optional import mode

            assert mode() == "plain"
    """,
    "tests/test_registry.py": """\
        import shop.handlers
        from shop.registry import HANDLERS


        def test_up():
            assert HANDLERS["up"]("a") == "A"


        def test_down():
            assert HANDLERS["down"]("A") == "a"


        def test_number():
            assert shop.handlers.number(2) == 4
    """,
    "tests/test_cached.py": """\
        from shop import cached


        def test_table():
            assert cached.table()["a"] == 1


        def test_table_again():
            assert cached.table() == {"a": 1}


        def test_kept():
            assert cached.kept() == 5


        def test_kept_again():
            assert cached.kept() + 1 == 6
    """,
    "tests/test_child.py": """\
        import os
        import subprocess
        import sys
        from pathlib import Path

        import shop


        def test_exec():
            code = "from shop.child import answer; print(answer())"
            root = Path(shop.__file__).parents[1]
            done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
            assert done.stdout.strip() == "42"


        def test_fork():
            pid = os.fork()
            if pid == 0:
                from shop.child import forked

                os._exit(forked())
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    """,
    "tests/test_fixtures.py": """\
        from support import level


        class TestGroup:
            @classmethod
            def setup_class(cls):
                cls.level = level()

            def test_level(self):
                assert self.level == 1


        def test_basket(basket):
            assert len(basket) == 2


        def test_basket_again(basket):
            assert basket[0] == 1


        def test_single(single):
            assert single == 1


        def test_closing(closing):
            pass
    """,
    "tests/test_params.py": """\
        import pytest
        from data import VALUES


        @pytest.mark.parametrize("value", VALUES)
        def test_value(value):
            assert value < 3
    """,
    "tests/test_sources.py": """\
        import inspect
        import threading

        from shop import looked_at, moved, threads


        def test_source():
            assert inspect.getsource(looked_at).startswith("# The first")


        def test_looked():
            assert looked_at.looked() == 1


        def test_removed():
            assert looked_at.removed() == 2


        def test_has_removed():
            assert "def removed" in inspect.getsource(looked_at)


        def test_thread():
            out = []
            thread = threading.Thread(target=threads.work, args=(out,))
            thread.start()
            thread.join()
            assert out == [1]


        def test_moved():
            assert moved.moved() == 1
    """,
}
COLLECTED = 0
"""Tier of a failing test that the edit itself made: collection finds it."""


@dataclass(frozen=True)
class Scenario:
    """``edits``: by file, what to replace by what; or the whole new text; or None to delete it."""

    name: str
    edits: dict[str, tuple[str, str] | str | None]
    failing: tuple[str, ...]
    tier: int
    at_most: int = 99
    """Items that tiers 0 to 2 may select."""
    errors: tuple[str, ...] = field(default=())
    """Files with a syntax error."""


_AUTOUSE = '\n\n@pytest.fixture(autouse=True)\ndef always(request):\n    assert request.node.name != "test_single"\n'
_TABLE = ("test_cached.py::test_table", "test_cached.py::test_table_again")
_KEPT = ("test_cached.py::test_kept", "test_cached.py::test_kept_again")

SCENARIOS = (
    Scenario("function body", {"shop/cart.py": ("n * BASE", "n + BASE")}, ("test_cart.py::test_price",), 1, 1),
    Scenario("class attribute", {"shop/cart.py": ("size = 3", "size = 4")}, ("test_cart.py::test_room",), 2, 8),
    Scenario("default argument", {"shop/cart.py": ("tax=1", "tax=2")}, ("test_cart.py::test_taxed",), 2, 8),
    Scenario("constant, from-import", {"shop/rates.py": ("BASE = 10", "BASE = 11")}, ("test_cart.py::test_price",), 2),
    Scenario("constant by getattr", {"shop/rates.py": ("DYN_A = 1", "DYN_A = 2")}, ("test_cart.py::test_dynamic",), 3),
    Scenario(
        "constant of a lazily imported module",
        {"shop/lazy.py": ("7", "8")},
        ("test_lazy.py::test_first", "test_lazy.py::test_second"),
        2,
    ),
    Scenario(
        "parametrised by data", {"tests/data.py": ("1, 2", "1, 9")}, ("test_params.py::test_value[9]",), COLLECTED
    ),
    Scenario(
        "registered function", {"shop/handlers.py": ("text.lower", "text.upper")}, ("test_registry.py::test_down",), 1
    ),
    Scenario("decorator removed", {"shop/handlers.py": ('@register("up")\n', "")}, ("test_registry.py::test_up",), 2),
    Scenario(
        "body of a registry",
        {"shop/registry.py": ("HANDLERS[name] =", "HANDLERS[name + '!'] =")},
        ("test_registry.py::test_up", "test_registry.py::test_down"),
        2,
    ),
    Scenario(
        "body of a decorator", {"shop/registry.py": ("factor = 2", "factor = 3")}, ("test_registry.py::test_number",), 2
    ),
    Scenario(
        "code below a session fixture",
        {"tests/support.py": ("[1, 2]", "[3]")},
        ("test_fixtures.py::test_basket", "test_fixtures.py::test_basket_again"),
        1,
        2,
    ),
    Scenario(
        "code below setup_class",
        {"tests/support.py": ("return 1", "return 2")},
        ("test_fixtures.py::TestGroup::test_level",),
        1,
        1,
    ),
    Scenario(
        "code below a module fixture's teardown",
        {"tests/support.py": ("Path(__file__).exists()", "not Path(__file__).exists()")},
        ("test_fixtures.py::test_closing",),
        1,
        1,
    ),
    Scenario(
        "new autouse fixture",
        {"tests/conftest.py": ("    close()\n", f"    close()\n{_AUTOUSE}")},
        ("test_fixtures.py::test_single",),
        2,
    ),
    Scenario(
        "function fixture",
        {"tests/conftest.py": ("    return 1\n", "    return 2\n")},
        ("test_fixtures.py::test_single",),
        1,
        1,
    ),
    Scenario("data read while importing", {"shop/settings.json": ("5", "6")}, ("test_cart.py::test_limit",), 2),
    Scenario("data read in a test", {"shop/page.html": ("hello", "bye")}, ("test_lazy.py::test_page",), 2, 1),
    Scenario("new file in a listed folder", {"shop/plugins/two.txt": "2\n"}, ("test_lazy.py::test_plugins",), 2, 1),
    Scenario("code of a program that a test starts", {"shop/child.py": ("42", "43")}, ("test_child.py::test_exec",), 3),
    Scenario("code of a fork", {"shop/child.py": ("return 3", "return 4")}, ("test_child.py::test_fork",), 3),
    Scenario(
        "comment, read as source",
        {"shop/looked_at.py": ("# The first", "# Not first")},
        ("test_sources.py::test_source",),
        3,
    ),
    Scenario(
        "function deleted",
        {"shop/looked_at.py": ("\n\ndef removed():\n    return 2\n", "")},
        ("test_sources.py::test_removed", "test_sources.py::test_has_removed"),
        3,
    ),
    Scenario("code behind lru_cache", {"shop/cached.py": ('{"a": 1}', '{"a": 2}')}, _TABLE, 3),
    Scenario("code behind a cache of a module", {"shop/cached.py": ("return 5", "return 6")}, _KEPT, 3),
    Scenario(
        "new module that an import wants", {"shop/extra.py": 'MODE = "extra"\n'}, ("test_lazy.py::test_optional",), 2
    ),
    Scenario(
        "override in a subclass",
        {"shop/cart.py": ("(Base):\n    pass", '(Base):\n    def greet(self):\n        return "special"')},
        ("test_cart.py::test_greet",),
        2,
    ),
    Scenario(
        "test body", {"tests/test_cart.py": ("price(1) == 10", "price(2) == 10")}, ("test_cart.py::test_price",), 1, 1
    ),
    Scenario(
        "new test",
        {"tests/test_cart.py": ("    pass\n", "    pass\n\n\ndef test_new():\n    assert 0\n")},
        ("test_cart.py::test_new",),
        COLLECTED,
    ),
    Scenario(
        "new file of tests",
        {"tests/test_new.py": "def test_new():\n    assert 0\n"},
        ("test_new.py::test_new",),
        COLLECTED,
    ),
    Scenario(
        "code in a thread", {"shop/threads.py": ("append(1)", "append(2)")}, ("test_sources.py::test_thread",), 1, 1
    ),
    Scenario("module renamed", {"shop/rates.py": None, "shop/rate.py": "BASE = 10\nDYN_A = 1\n"}, (), 3),
    Scenario("configuration", {"pytest.ini": ("pythonpath = .", "pythonpath = .\naddopts = -ra")}, (), 2),
    Scenario("syntax error", {"shop/cart.py": ("class Cart:", "class Cart")}, (), 3, 0, errors=("shop/cart.py",)),
    Scenario("comment above a class", {"shop/cart.py": ("class Cart:", "# A cart.\nclass Cart:")}, (), 3, 0),
)


def text(name: str) -> str:
    """The content of a file of the project."""
    return dedent(FILES[name])
