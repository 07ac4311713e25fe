"""Values as a person is shown them, safe against objects that raise or hang when they are asked for anything.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import types
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from .calls import calls
from .limits import TooLongError, own_time, within
from .reprs import PLAIN, bounded, one_line, type_name

if TYPE_CHECKING:
    from collections.abc import Mapping

Entry = tuple[str, object, list[Any]]
"""Name, value, and the step that leads to it: a kind, then a name or a number."""

VALUES = 200
"""In one answer."""
_VALUE_SECONDS = 0.05
_ALL_SECONDS = 1.0
"""For all values of one answer together."""
_NAME = 60
_SEQUENCES = (list, tuple, deque)
_SETS = (set, frozenset)
_CLOSED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
"""Types of which nobody wants to see what lies in them."""


class Looking:
    """Looks at values for one answer. A ``safe`` one asks no object for anything."""

    def __init__(self, *, safe: bool) -> None:
        self._safe = safe
        self._until = calls.monotonic() + _ALL_SECONDS
        self._own_until = own_time() + _ALL_SECONDS

    def answer(self, entries: list[Entry], count: int) -> dict[str, object]:
        """``values`` of the entries; ``cut``: how many of ``count`` are not among them."""
        return {"values": [self._value(*entry) for entry in entries], "cut": count - len(entries)}

    def members(self, value: object) -> dict[str, object]:
        """The answer of what is in a value: items, then attributes."""
        entries: list[Entry] = []
        items, count = self._items(value)
        attributes = _attributes(value)
        entries += items
        room = VALUES - len(entries)
        entries += [(f".{name}", attributes[name], ["attribute", name]) for name in islice(attributes, room)]
        return self.answer(entries, count + len(attributes))

    def _value(self, name: str, value: object, step: list[Any]) -> dict[str, object]:
        kind = type(value)
        text, why = self._text(value, kind)
        return {"name": name, "type": type_name(kind), "text": text, "more": has_more(value), "step": step, "why": why}

    def _text(self, value: object, kind: type) -> tuple[str, str]:
        if kind in PLAIN:
            return one_line(bounded(value)), ""
        if self._safe:
            return "", "it is not asked for its text: a value here hangs, or ends the process"
        left = self._until - calls.monotonic()
        if left <= 0:
            left = self._own_until - own_time()
        if left <= 0:
            return "", "it is not asked for its text: the others took too long"
        try:
            return one_line(within(min(_VALUE_SECONDS, left), bounded, value)), ""
        except TooLongError:
            return "", "its repr takes too long"
        except BaseException as error:  # SystemExit, and what a test makes of its own
            return "", f"its repr raises {type_name(type(error))}"

    def _items(self, value: object) -> tuple[list[Entry], int]:
        kind = type(value)
        if issubclass(kind, dict):
            pairs: Any = dict.items(value)  # type: ignore[arg-type]
            found = enumerate(islice(pairs, VALUES))
            return [(self._key(key), item, ["item", at]) for at, (key, item) in found], len(pairs)
        for base in (*_SEQUENCES, *_SETS):
            if issubclass(kind, base):
                members: Any = base.__iter__(value)  # type: ignore[arg-type]
                names = _names(kind, base)
                entries: list[Entry] = [
                    (names(at), item, ["item", at]) for at, item in enumerate(islice(members, VALUES))
                ]
                return entries, base.__len__(value)  # type: ignore[arg-type]
        return [], 0

    def _key(self, key: object) -> str:
        text, _why = ("", "") if self._safe and type(key) not in PLAIN else self._text(key, type(key))
        return text[:_NAME] or f"<{type_name(type(key))}>"


def has_more(value: object) -> bool:
    """Whether there is something in it to open."""
    kind = type(value)
    if kind in PLAIN or issubclass(kind, _CLOSED):
        return False
    for base in (*_SEQUENCES, *_SETS, dict):
        if issubclass(kind, base) and base.__len__(value):  # type: ignore[arg-type]
            return True
    return bool(_attributes(value))


def follow(value: object, path: list[list[Any]]) -> object:
    """The value to which steps lead. Raises LookupError."""
    for kind, key in path:
        value = _attributes(value)[key] if kind == "attribute" else _item(value, key)
    return value


def _item(value: object, number: int) -> object:
    kind = type(value)
    for base in (*_SEQUENCES, *_SETS, dict):
        if issubclass(kind, base):
            members: Any = dict.values(value) if base is dict else base.__iter__(value)  # type: ignore[arg-type]
            for item in islice(members, number, None):
                return item
    raise LookupError(number)


def _names(kind: type, base: type) -> Any:
    """What to call the members by their numbers."""
    fields = vars(kind).get("_fields") if base is tuple else None
    if isinstance(fields, tuple):
        return lambda at: str(fields[at]) if at < len(fields) else f"[{at}]"
    return (lambda _at: "·") if base in _SETS else (lambda at: f"[{at}]")


def _attributes(value: object) -> dict[str, object]:
    """What lies in its ``__dict__`` and its slots, without asking a property or a ``__getattr__``."""
    if issubclass(type(value), _CLOSED):
        return {}
    found: dict[str, object] = {}
    try:
        own: Mapping[str, object] = object.__getattribute__(value, "__dict__")
        if type(own) is dict:
            found.update(own)
    except Exception:  # it has none
        pass
    for base in type.__dict__["__mro__"].__get__(type(value)):
        for name, slot in vars(base).items():
            if type(slot) is types.MemberDescriptorType and name not in found and not name.startswith("__"):
                try:
                    found[name] = slot.__get__(value)
                except Exception:  # it is not set
                    pass
    if isinstance(value, BaseException):
        found = {"args": BaseException.__dict__["args"].__get__(value), **found}
    return {str(name): item for name, item in found.items()}
