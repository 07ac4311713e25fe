"""Edits to tiers: the rules that are the same for every kind of file, and the choice that comes of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.model.impact.choice import TIERS, Choice, Chosen, Edit, Facts
from tui.model.impact.code import edited_code
from tui.model.impact.collected import Bringing
from tui.model.impact.order import lead, ordered
from tui.model.impact.paths import folder_of, name_of, short
from tui.model.impact.reached import Reached

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.events import ItemKey
    from tui.model.impact.index import Context, Index

CONFIG = {"pyproject.toml", "pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg"}
"""Files that pytest reads its configuration from."""
FILLED_UP = "more than half is affected"
"""Reason of the items that run only because most others do."""
_BINARY = {".so", ".pyd", ".dll", ".dylib", ".pyx", ".pxd", ".pyi", ".pth"}
"""Files whose content reaches tests in ways that are not recorded."""
_PROSE = {".md", ".rst"}
"""Files that nobody is expected to read who was not seen doing so."""


def select(index: Index, edits: Iterable[Edit], facts: Facts) -> Choice:
    """The items that the edits touch, in the order in which they run best.

    ``index`` must already hold what is to be known of the edited files: their present hash and its description.
    """
    work = _Work(index, facts)
    for edit in edits:
        work.take(edit)
    return work.choice()


class _Work:
    """One selection while it is being made."""

    def __init__(self, index: Index, facts: Facts) -> None:
        self._index = index
        self._facts = facts
        self._root = facts.root
        self._reached = Reached(index, facts)
        self._errors: dict[str, str] = {}
        self._outdated: dict[str, frozenset[ItemKey]] = {}
        self._everything = ""
        self._changed: list[Edit] = []
        self._taken_back: list[Edit] = []
        """Edits that lead back to what was recorded: they change something for those alone that ran since without."""
        self._bringing = Bringing(index, self._reached)

    def take(self, edit: Edit) -> None:
        """Apply every rule to one edit."""
        self._bringing.take(edit)
        name = name_of(edit.path)
        suffix = name[name.rfind(".") :] if "." in name else ""
        if edit.error is not None:
            self._errors[edit.path] = edit.error
            self._outdated[edit.path] = _Work(self._index, self._facts).depending(replace(edit, error=None))
            return
        if (name in CONFIG and self._reached.graph.below(folder_of(edit.path))) or suffix in _BINARY:
            self._everything = self._everything or f"{name} changed: all"
        self._files(edit)
        if suffix == ".py" or edit.path in self._index.files:
            effective = edited_code(self._index, self._reached, edit, self._root)
        else:
            effective = suffix not in _PROSE or edit.path in self._index.data
            if effective:
                self._reached.starting_processes(edit.path)
        if effective:
            self._changed.append(edit)
        elif self._index.doubtful and edit.path in self._index.files:
            recorded = {content for content, _ in self._index.files[edit.path].lines}
            self._taken_back += [edit] if edit.hash in recorded else []

    def depending(self, edit: Edit) -> frozenset[ItemKey]:
        """The items that depend on any of what was in an edited file, as far as that can be known."""
        self.take(edit)
        self._reached.without_record([edit])
        return frozenset(self._facts.items if self._everything else self._reached.best())

    def _files(self, edit: Edit) -> None:
        """Whoever read the path, or has its name, and, if it came or went, whoever listed its folder."""
        index, reached = self._index, self._reached
        for context in index.data.get(edit.path, ()):
            reached.put(reached.tests_of(context), 2, f"reads {short(edit.path, self._root)}")
        file = index.files.get(edit.path)
        known = edit.path in index.data or reached.graph.is_imported(edit.path) or (file is not None and file.lines)
        stays = bool(known) and edit.hash is not None and edit.path not in index.gone
        if not (stays and edit.path.endswith(".py")):
            self._names(edit, stays=stays)
        if stays:
            return
        folder = folder_of(edit.path)
        tier = 2
        while folder not in {self._root, "/", ""} and folder not in index.listed:
            folder = folder_of(folder)  # a folder that is new itself shows in the one above
            tier = 3
        for context in index.listed.get(folder, ()):
            reached.put(reached.tests_of(context), tier, f"lists {short(folder, self._root)}/")

    def _names(self, edit: Edit, *, stays: bool) -> None:
        """Whoever executes code with the name of the file in it.

        Whether a file is there, how large it is and when it was written can be asked, and libraries in C can read it,
        without anybody seeing that. ``stays``: it was there, and tests were seen to use it.
        """
        name = name_of(edit.path)
        names = {name}
        if not stays and not edit.path.endswith(".py"):
            names.add(name[name.rfind(".") :] if "." in name else name)  # the rest may have been computed
        contexts: set[Context] = set()
        for file in self._index.files.values():
            blocks = file.where(not names.isdisjoint(block.names) for block in file.blocks)
            for lines in file.lines.values() if blocks else ():
                if lines.blocks & blocks:
                    contexts |= lines.contexts
        for context in contexts:
            self._reached.put(self._reached.tests_of(context), 3, f"names {name}")

    def choice(self) -> Choice:
        """All of it together."""
        facts, reached = self._facts, self._reached
        if self._changed or self._taken_back:
            reached.without_record([*self._changed, *self._taken_back])
        found = reached.best()
        if self._changed:
            self._failed_last(found)
        reason = self._everything
        if reason:
            for key in facts.items:
                if key not in found or found[key][0] > 2:  # noqa: PLR2004 - tiers
                    found[key] = (2, reason)
        elif sum(tier < 3 for tier, _ in found.values()) * 2 > len(facts.items):  # noqa: PLR2004 - tiers
            reason = FILLED_UP
            for key in facts.items:
                found.setdefault(key, (3, reason))
        order = ordered(self._index, facts, found, self._changed, reached.suspects)
        return Choice(
            items=tuple(Chosen(key, *found[key]) for key in order),
            everything=bool(reason),
            reason=reason,
            syntax_errors=self._errors,
            outdated=self._outdated,
            skipped=len(facts.items) - len(found),
            lead=lead(self._index, order),
            unaffected={} if reason else {key: path for key, path in facts.items.items() if key not in found},
            changed=tuple(short(edit.path, self._root) for edit in self._changed),
            reaching=frozenset(self._reaching()),
            same_items=not (self._bringing.edits or self._everything),
            elsewhere=frozenset(self._elsewhere(found)),
        )

    def _elsewhere(self, found: Iterable[ItemKey]) -> set[str]:
        if not self._bringing.edits:
            return set()
        items = self._facts.items
        return self._bringing.files() - {items[key] for key in found if key in items}

    def _failed_last(self, found: dict[ItemKey, tuple[int, str]]) -> None:
        """What failed was cut short: its record says too little. Where nothing leads to it, it runs last of all."""
        affected = self._reaching()
        for key in self._facts.failed:
            home = self._facts.items.get(key)
            if home is None:
                continue
            tier, reason = found.get(key, (3, ""))
            if tier in TIERS[:3] and reason:
                found[key] = (0, f"failed last time; {reason}" if tier else reason)
            elif reason or home in affected:
                found[key] = (0, "failed last time")
            else:
                found[key] = (3, "failed last time")

    def _reaching(self) -> set[str]:
        """The files of tests whose imports lead to what changed."""
        return {home for edit in self._changed for home in self._reached.graph.homes_reaching(edit.path)}
