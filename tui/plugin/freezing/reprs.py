"""Bounded reprs.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Any, Callable

PLAIN = (int, float, complex, bool, str, bytes, type(None), range, type(Ellipsis))
"""Types whose repr is Python's own and quick."""
TEXT = 200
"""Characters of a value in a list of them."""
_MEMBERS = 20
_DEPTH = 4
_BIG = 2000
"""Bits of a number from which its decimal digits take long."""


def bounded(value: object, limit: int = TEXT) -> str:
    """A repr that looks at no more than it shows of containers. Raises what the repr of ``value`` itself raises."""
    kind = type(value)
    if kind in PLAIN or kind in _CONTAINERS:
        return _part(value, limit, _DEPTH)
    return _ended(repr(value), limit)


def one_line(text: str) -> str:
    """``text`` as it stands in a row."""
    return _ended(" ".join(text[: 10 * TEXT].split()), TEXT)


def type_name(kind: type) -> str:
    """Its qualified name, without the function that it was made in."""
    return str(type.__dict__["__qualname__"].__get__(kind)).rpartition("<locals>.")[2]


def _ended(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _part(value: Any, limit: int, depth: int) -> str:
    kind = type(value)
    if kind in (str, bytes) and len(value) > limit:
        return f"{value[:limit]!r}… ({len(value)} {'characters' if kind is str else 'bytes'})"
    if kind is int and value.bit_length() > _BIG:
        return f"{hex(value)[:40]}… ({value.bit_length()} bits)"
    if kind in PLAIN:
        return repr(value)
    container = _CONTAINERS.get(kind)
    if container is not None:
        return container(value, limit, depth)
    try:
        return _ended(repr(value), limit)
    except Exception as error:
        return f"<{type_name(kind)}: its repr raises {type_name(type(error))}>"


def _members(left: str, right: str, value: Any, limit: int, depth: int) -> str:
    if not value:
        return left + right
    if depth <= 0:
        return f"{left}…{right}"
    parts = [_part(member, limit, depth - 1) for member in islice(value, _MEMBERS)]
    if len(value) > _MEMBERS:
        parts.append("…")
    return left + ", ".join(parts) + right


def _dict(value: dict[Any, Any], limit: int, depth: int) -> str:
    if not value:
        return "{}"
    if depth <= 0:
        return "{…}"
    parts = [
        f"{_part(key, limit, depth - 1)}: {_part(item, limit, depth - 1)}"
        for key, item in islice(value.items(), _MEMBERS)
    ]
    if len(value) > _MEMBERS:
        parts.append("…")
    return "{" + ", ".join(parts) + "}"


def _tuple(value: tuple[Any, ...], limit: int, depth: int) -> str:
    return _members("(", ",)" if len(value) == 1 else ")", value, limit, depth)


def _set(value: set[Any], limit: int, depth: int) -> str:
    return _members("{", "}", value, limit, depth) if value else "set()"


_CONTAINERS: dict[type, Callable[[Any, int, int], str]] = {
    list: lambda value, limit, depth: _members("[", "]", value, limit, depth),
    tuple: _tuple,
    set: _set,
    frozenset: lambda value, limit, depth: _members("frozenset({", "})", value, limit, depth),
    deque: lambda value, limit, depth: _members("deque([", "])", value, limit, depth),
    dict: _dict,
}
