"""Values: small immutable classes that cost little to define and to make.

What ``@dataclass(frozen=True, slots=True)`` writes for a class takes half a millisecond, and there are dozens before
the first frame. Here equality, hash and words are written once, and that a value never changes is the type checker's
business alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field
    from typing import Any, ClassVar

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, eq_default=False)
def value(cls: type[_T]) -> type[_T]:
    """Make a class of annotated fields a value. It has to inherit from ``Value``."""
    return dataclass(slots=True, eq=False, repr=False)(cls)


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
