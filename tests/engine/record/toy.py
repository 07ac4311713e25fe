"""A small project in which code reaches tests in every way that selection has to know."""

from __future__ import annotations

from textwrap import dedent

from tests.engine.record.suite import SUITE

PACKAGE = {
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


        def seed():
            return 3


        @lru_cache
        def grown():
            return seed()
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
}
FILES = PACKAGE | SUITE


def text(name: str) -> str:
    """The content of a file of the project."""
    return dedent(FILES[name])
