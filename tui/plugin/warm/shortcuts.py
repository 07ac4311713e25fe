"""Ways on which pytest finds the same as without them, sooner: a session that waits before a conftest has them ready.

They reach into pytest, which has nothing public for that; where it is another one, nothing is gained.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

_PLAIN = frozenset({type(None), bool, int, float, str, bytes, tuple, list, dict, set, frozenset, BuiltinFunctionType})


def take(config: Any) -> None:
    """Take all that this pytest has."""
    with suppress(Exception):
        look_for_fixtures()
    with suppress(Exception):
        know_nodeids(config)


def look_for_fixtures() -> None:
    """Let pytest look at no attribute of a module that cannot be a fixture: of each it asks half a dozen questions."""
    from _pytest import fixtures

    fixtures.__dict__.setdefault("dir", names_of)


def names_of(*holder: Any) -> list[str]:
    """In the place of ``dir``: for a module the names of what may be a fixture, in the same order."""
    if len(holder) == 1 and type(holder[0]) is ModuleType and "__dir__" not in holder[0].__dict__:
        try:
            return sorted([name for name, value in list(holder[0].__dict__.items()) if not _is_plain(value)])
        except Exception:  # a name that is no text, an attribute that raises
            pass
    return dir(*holder)


def _is_plain(value: Any) -> bool:
    """Whether nothing can hang on it that pytest or its plugins look for."""
    kind = type(value)
    if kind is FunctionType:
        return not value.__dict__
    if kind is ModuleType:
        return "__getattr__" not in value.__dict__  # the project's code answers
    if issubclass(kind, type):
        own = hasattr(kind, "__getattr__") or kind.__getattribute__ is not type.__getattribute__
        return not own and not hasattr(value, "__wrapped__")
    return kind in _PLAIN or kind.__module__ == "typing"


def know_nodeids(config: Any) -> None:
    """Take the nodeids apart that pytest's cache holds: it does so at each start."""
    from _pytest import nodeid as module
    from _pytest.cacheprovider import Cache

    node_id: Any = module.NodeId
    original = node_id.parse
    known = {text: original(text) for text in Cache.for_config(config, _ispytest=True).get("cache/nodeids", [])}

    def parse(kind: Any, nodeid: str) -> Any:
        found = known.get(nodeid) if kind is node_id else None
        return original(nodeid) if found is None else found

    node_id.parse = classmethod(parse)
