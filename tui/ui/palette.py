"""The command palette: every binding by its words, with its key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import Binding


class Bindings(Provider):
    """Offers the actions of the main screen."""

    def _actions(self) -> Iterator[tuple[str, str, str, Binding]]:
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.tooltip and active.enabled:
                keys = self.app.get_key_display(binding)
                yield f"{binding.tooltip}  ({keys})", binding.action, binding.description, binding

    async def discover(self) -> Hits:
        """All of them."""
        seen: set[str] = set()
        for words, action, _, binding in self._actions():
            if binding.id not in seen:
                seen.add(binding.id or "")
                yield DiscoveryHit(words, partial(self.screen.run_action, action))

    async def search(self, query: str) -> Hits:
        """Those that the query finds."""
        matcher = self.matcher(query)
        seen: set[str] = set()
        for words, action, _, binding in self._actions():
            score = matcher.match(words)
            if score > 0 and binding.id not in seen:
                seen.add(binding.id or "")
                yield Hit(score, matcher.highlight(words), partial(self.screen.run_action, action))
