"""Edits of the toy project, each with the tests that fail after it and the highest tier in which they may be found."""

from __future__ import annotations

from dataclasses import dataclass, field

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
_GROWN = ("test_grown_first.py::test_grown", "test_grown_second.py::test_grown")

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
    Scenario("code behind lru_cache, asked at import", {"shop/cached.py": ("return 3", "return 4")}, _GROWN, 3),
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
