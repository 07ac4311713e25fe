"""What a person can debug: failures whose process is kept, and processes that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model import events as ev

if TYPE_CHECKING:
    from tui.model.tree import Tree


class Halts:
    """Frozen failures of all runs, and the pauses of the present one."""

    def __init__(self, tree: Tree) -> None:
        self.frozen: dict[ev.ItemKey, str] = {}
        """By item: the id of its last frozen failure."""
        self.not_frozen: dict[ev.ItemKey, str] = {}
        """By item: why its last failure was not kept, in words."""
        self.paused: dict[str, ev.Paused] = {}
        """By id, in the order in which they began."""
        self._tree = tree
        self._of: dict[str, ev.ItemKey] = {}

    def apply(self, event: ev.Frozen | ev.NotFrozen | ev.Thawed | ev.Paused | ev.Resumed) -> None:
        """Take one event."""
        match event:
            case ev.Frozen():
                key = (event.nodeid, event.index)
                self._of[event.frozen] = key
                self.not_frozen.pop(key, None)
                self._show(key)
            case ev.NotFrozen():
                self.not_frozen[event.nodeid, event.index] = event.why
            case ev.Thawed():
                key = self._of.pop(event.frozen, ("", 0))
                self._show(key)
            case ev.Paused():
                self.paused[event.pause] = event
                self._touch(event)
            case ev.Resumed():
                if (pause := self.paused.pop(event.pause, None)) is not None:
                    self._touch(pause)

    def over(self) -> None:
        """The run has ended: nothing of it waits."""
        pauses = list(self.paused.values())
        self.paused.clear()
        for pause in pauses:
            self._touch(pause)

    def _touch(self, pause: ev.Paused) -> None:
        """The row of an item says where it waits."""
        item = self._tree.item(pause.nodeid, pause.index)
        if item is not None:
            self._tree.touch(item)

    def mark_again(self) -> None:
        """Items may be new ones under old names: say of them what holds."""
        for key in self.frozen:
            self._mark(key, frozen=True)

    def _show(self, key: ev.ItemKey) -> None:
        """Bring the entry and the item of a key to what is frozen of it."""
        last = next((name for name, of in reversed(self._of.items()) if of == key), None)
        if last is None:
            self.frozen.pop(key, None)
        else:
            self.frozen[key] = last
        self._mark(key, frozen=last is not None)

    def _mark(self, key: ev.ItemKey, *, frozen: bool) -> None:
        item = self._tree.item(*key)
        if item is not None and item.frozen is not frozen:
            item.frozen = frozen
            self._tree.touch(item)
