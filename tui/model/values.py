"""Values and states: small classes of annotated fields that cost little to define and to make.

What ``@dataclass`` writes for a class takes up to half a millisecond, and there are dozens before the first frame.
Here equality, hash and words are written once, and a class gets the ``__init__`` that ``@dataclass`` writes with its
first instance. That a value never changes is the type checker's business alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field
    from typing import ClassVar

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, eq_default=False)
def value(cls: type[_T]) -> type[_T]:
    """Make a class of annotated fields a value. It has to inherit from ``Value``."""
    return _with_slots(cls)


@dataclass_transform(eq_default=False)
def state(cls: type[_T]) -> type[_T]:
    """Make a class of annotated fields one whose instances change; each equals only itself."""
    return _with_slots(cls)


def _with_slots(plain: type[_T]) -> type[_T]:
    """The class with a slot for each of its fields; all that ``@dataclass`` writes comes when it is first wanted."""
    names = tuple(plain.__annotations__)
    left_out = {*names, "__dict__", "__weakref__"}
    members = {name: member for name, member in vars(plain).items() if name not in left_out}
    members["__slots__"] = members["__match_args__"] = names
    members["__init__"] = _init_at_first
    members["__dataclass_fields__"] = _FieldsAtFirst()
    members["_plain"] = plain
    made: type[_T] = type(plain.__name__, plain.__bases__, members)
    made.__qualname__ = plain.__qualname__
    return made


def _complete(cls: Any) -> None:  # noqa: ANN401 - what it sets is known to no type
    written = dataclass(eq=False, repr=False)(cls._plain)
    cls.__init__ = written.__init__
    cls.__dataclass_fields__ = written.__dataclass_fields__


def _init_at_first(self: object, *args: object, **named: object) -> None:
    cls: Any = type(self)
    _complete(cls)
    cls.__init__(self, *args, **named)


class _FieldsAtFirst:
    """Stands for ``__dataclass_fields__``, by which ``dataclasses.replace`` and ``fields`` know a dataclass."""

    def __get__(self, instance: object, cls: Any) -> dict[str, Field[Any]]:  # noqa: ANN401 - see _complete
        _complete(cls)
        fields: dict[str, Field[Any]] = cls.__dataclass_fields__
        return fields


class Value:
    """What all values share: two are equal when they are of one class and their fields are."""

    __slots__: tuple[str, ...] = ()

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _fields(self) == _fields(other)

    def __hash__(self) -> int:
        return hash((type(self), *_fields(self)))

    def __repr__(self) -> str:
        fields = zip(type(self).__slots__, _fields(self), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"


def _fields(value: object) -> list[object]:
    return [getattr(value, name) for name in type(value).__slots__]  # type: ignore[attr-defined]  # all here have them
