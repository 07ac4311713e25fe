"""The keys as the person has them, for words that name one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.ui.bindings import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.binding import Binding


_SIGNS: Final = {"full_stop": ".", "slash": "/", "question_mark": "?", "semicolon": ";", "comma": ","}


def _by_name(binding: Binding) -> str:
    return _SIGNS.get(binding.key, binding.key)


class Keys:
    """Tells the key of a binding: the first, where there are several."""

    def __init__(self, own: Mapping[str, str] | None = None, display: Callable[[Binding], str] = _by_name) -> None:
        """``own`` are the keys that the person has chosen, by id; ``display`` writes a key as it is shown."""
        self._own = own or {}
        self._display = display

    def of(self, binding_id: str) -> str:
        """The key of a binding of the main screen or of the coverage view. Raises KeyError where there is none."""
        binding = next((each for each in MAIN if each.id == binding_id), None) or _others()[binding_id]
        first = self._own.get(binding_id, binding.key).partition(",")[0].strip()
        return self._display(binding.with_key(first))

    def words(self, text: str) -> str:
        """A text of ours with the key in place of each id in braces: ``"{stop} again kills"``."""
        return text.format_map(self)

    def stopped(self, times: int, binding_id: str) -> str:
        """What is said when the key that stops was pressed so often; 0 where nothing runs."""
        words = ("nothing runs", f"stopping: teardowns run; {self.of(binding_id)} again kills", "killed")
        return words[min(times, len(words) - 1)]

    def __getitem__(self, binding_id: str) -> str:
        """The key, for ``words``."""
        return self.of(binding_id)


def _others() -> dict[str, Binding]:
    from tui.ui.coverage.keys import ALL  # most words are about the main screen

    return {binding.id: binding for binding in ALL if binding.id}


USUAL: Final = Keys()
"""The keys of somebody who has chosen none."""
