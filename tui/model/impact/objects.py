"""Objects that outlive a test: what one test leaves in them, another may find there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tui.model.impact.index import TEST
from tui.model.impact.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.events import ItemKey
    from tui.model.impact.index import Context, File, Index

_MAKES = {"__init__", "__new__", "__post_init__"}
"""Methods that run when an object is made."""


class Objects:
    """Tells tests that use objects of their own from those that use what was made before them."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._makers: dict[str, dict[File, int]] = {}

    def users(self, of: str, keys: Iterable[ItemKey]) -> Iterable[ItemKey]:
        """Those of the items that may use an object of the class ``of`` that is not their own; "": all of them."""
        if not of:
            return keys
        tests = self._index.tests
        return [key for key in keys if key in tests and self.is_others(of, tests[key])]

    def is_others(self, of: str, context: Context) -> bool:
        """Whether the objects of a class that a context used were made elsewhere, as far as that can be told.

        If what makes them is not seen, any that is held by a module, a class or a fixture may be meant.
        """
        if context.name.kind != TEST:
            return True
        makers = self._makers.get(of)
        if makers is None:
            makers = self._makers[of] = self._makers_of(of)
        if not makers:
            return not self._held.isdisjoint(self._family(of))
        return not any(lines.blocks & makers.get(lines.version.file, 0) for lines in context.lines)

    def _makers_of(self, of: str) -> dict[File, int]:
        family = self._family(of)
        found: dict[File, int] = {}
        for file in self._index.files.values():
            blocks = file.where(_makes(block.dotted, family) for block in file.blocks)
            if blocks:
                found[file] = blocks
        return found

    def _family(self, name: str) -> set[str]:
        """The class of that name with those that it is derived from, and those that are derived from it."""
        bases, derived = self._relations
        found = {name}
        for relation in (bases, derived):
            pending = {name}
            while pending:
                pending = {each for one in pending for each in relation.get(one, ())} - found
                found |= pending
        return found

    @cached_property
    def _relations(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """The bases of classes, and what is derived from them, by name."""
        bases: dict[str, set[str]] = {}
        derived: dict[str, set[str]] = {}
        units = [
            unit
            for file in self._index.files.values()
            if file.source is not None
            for unit in file.source.units
            if unit.kind == "class"
        ]
        classes = {name for unit in units for name in unit.names}
        for unit in units:
            for name in unit.names:
                for base in unit.mentions & classes:
                    bases.setdefault(name, set()).add(base)
                    derived.setdefault(base, set()).add(name)
        return bases, derived

    @cached_property
    def _held(self) -> set[str]:
        """The names, of classes among others, that are mentioned where objects are made that last."""
        found: set[str] = set()
        for file in self._index.files.values():
            for unit in file.source.units if file.source is not None else ():
                if unit.kind in {"assign", "other"}:
                    found |= unit.mentions
            elsewhere = 0
            for lines in file.lines.values():
                if any(context.name.kind != TEST for context in lines.contexts):
                    elsewhere |= lines.blocks
            for number, block in enumerate(file.blocks):
                if block.keeps or (block.kind is Kind.FUNCTION and elsewhere >> number & 1):
                    found |= block.names
        return found


def _makes(dotted: str, family: set[str]) -> bool:
    """Whether that is a method of one of these classes that makes objects."""
    of, _, name = dotted.rpartition(".")
    return name in _MAKES and of.rpartition(".")[2] in family
