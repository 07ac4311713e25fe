"""What pytest finds on the shorter ways is what it finds on its own."""

from __future__ import annotations

import sys
import textwrap
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tui.plugin.warm import shortcuts

PLUGIN = """
    import functools, pytest, typing
    from typing import Any, Callable
    VALUE, WORDS, HOLDER = 1, ["a"], object()
    Alias = Callable[[int], Any]
    def plain(): pass
    def marked(): pass
    marked.mark = 1
    @functools.wraps(plain)
    def wrapping(): pass
    class Kind: pass
    class Meta(type): pass
    class Made(metaclass=Meta): pass
    class Wrapping: __wrapped__ = marked
    @pytest.fixture
    def ordinary(): pass
    @pytest.fixture(name="other")
    def named(): pass
"""


def names_in(**values: Any) -> list[str]:
    module = ModuleType("module")
    module.__dict__.update(values)
    return shortcuts.names_of(module)


def test_whatever_may_be_a_fixture() -> None:
    values: dict[str, Any] = {}
    exec(textwrap.dedent(PLUGIN), values)
    found = [name for name in names_in(**values) if not name.startswith("__")]
    assert found == ["HOLDER", "Wrapping", "marked", "named", "ordinary", "wrapping"]


def test_what_is_odd_is_asked_as_ever() -> None:
    class Lazy:
        """Says of itself what makes it work."""

        @property  # type: ignore[misc]
        def __class__(self) -> type:
            raise AssertionError

    class Asked(type):
        def __getattr__(cls, name: str) -> object:
            raise AssertionError

    class Made(metaclass=Asked):
        pass

    module = ModuleType("answers")
    module.__dict__["__getattr__"] = lambda name: name
    found = names_in(lazy=Lazy(), b=object(), module=module, made=Made)
    assert {"lazy", "b", "module", "made"} <= set(found)
    assert names_in(__dir__=lambda: ["elsewhere"]) == ["elsewhere"]
    assert shortcuts.names_of(Lazy) == dir(Lazy)


def test_nodeids_are_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    module = pytest.importorskip("_pytest.nodeid")
    kind = module.NodeId
    monkeypatch.setattr(kind, "parse", kind.parse)
    texts = ["test_a.py::TestIt::test_b[x::y]", "test_a.py::test_c"]
    expected = [kind.parse(text) for text in texts]
    kept = SimpleNamespace(get=lambda *_: texts[:1])
    monkeypatch.setattr("_pytest.cacheprovider.Cache.for_config", lambda *_, **__: kept)
    shortcuts.know_nodeids(None)
    assert [kind.parse(text) for text in texts] == expected
    assert [str(kind.parse(text)) for text in texts] == texts
    assert kind.parse(texts[0]) is kind.parse(texts[0])
    assert kind.parse(texts[1]) is not kind.parse(texts[1])


def test_another_pytest_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_pytest.fixtures", None)
    monkeypatch.setitem(sys.modules, "_pytest.cacheprovider", None)
    shortcuts.take(None)
