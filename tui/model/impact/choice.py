"""What goes into a selection and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from tui.model.events import ItemKey
    from tui.model.impact.source import Source

TIERS = range(4)
"""0: nothing is known that could be relied on, 1: executed what changed, 2: names it or depends on it by the way in
which modules are imported, 3: might depend on it."""


_SHOWN = 3
"""Names of what changed that words list."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the caller knows of the items that there are now.

    ``items``: the absolute path of each item's file, in collection order; ``failed``: those whose last outcome was bad;
    ``seconds``: how long each took; ``fixtures``: the names of the fixtures that each uses, however indirectly.
    """

    items: Mapping[ItemKey, str]
    failed: AbstractSet[ItemKey] = frozenset()
    seconds: Mapping[ItemKey, float] = field(default_factory=dict)
    fixtures: Mapping[ItemKey, tuple[str, ...]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The folder that nodeids are relative to; "" when it cannot be told."""
        for (nodeid, _), path in self.items.items():
            file = nodeid.partition("::")[0]
            if file and path.endswith(f"/{file}"):
                return path[: -len(file) - 1]
        return ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A path that changed: its new content ``hash`` (None: gone), and what it holds, where it is Python.

    ``error`` says in words why it cannot be compiled. ``words`` are those of the changed lines, as far as is known.
    """

    path: str
    hash: str | None
    source: Source | None = None
    error: str | None = None
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item to run, its tier and the reason in short plain words."""

    key: ItemKey
    tier: int
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer to a save.

    ``items`` stand in running order, of which the first ``lead`` (at most 10) may run one by one without setting
    expensive fixtures up twice. ``everything``: all items are in it, ``reason`` says why. ``syntax_errors`` has words
    for each path that cannot be compiled; ``skipped`` is the number of items that are not needed.
    """

    items: tuple[Chosen, ...] = ()
    everything: bool = False
    reason: str = ""
    syntax_errors: Mapping[str, str] = field(default_factory=dict)
    skipped: int = 0
    lead: int = 0
    unaffected: Mapping[ItemKey, str] = field(default_factory=dict)
    """The file of each item that was not chosen."""
    changed: tuple[str, ...] = ()
    """Short names of what changed with effect."""
    reaching: frozenset[str] = frozenset()
    """Files of tests whose imports lead to what changed."""
    same_items: bool = False
    """Whether the edits surely bring no items and take none away."""
    elsewhere: frozenset[str] = frozenset()
    """Files, some of them of no tests so far, in which they may bring items although none of theirs was chosen."""
    outdated: Mapping[str, AbstractSet[ItemKey]] = field(default_factory=dict)
    """Items by each path that cannot be compiled: their results may be out of date, running them would show nothing."""

    def why_not(self, key: ItemKey) -> str:
        """Why an item was not chosen, in plain words; "" if it was."""
        if key not in self.unaffected:
            return "" if any(chosen.key == key for chosen in self.items) else "not collected"
        for path, keys in self.outdated.items():
            if key in keys:
                return f"{path.rpartition('/')[2]}, {self.syntax_errors[path]}"
        if not self.changed:
            return "nothing changed that could be executed"
        names = ", ".join(self.changed[:_SHOWN])
        if len(self.changed) > _SHOWN:
            names += f" and {len(self.changed) - _SHOWN} more"
        if self.unaffected[key] in self.reaching:
            return f"executed nothing of what changed in {names}"
        return f"neither executes nor imports {names}"
