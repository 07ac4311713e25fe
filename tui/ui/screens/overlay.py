"""What all screens over the main one have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import Binding
    from textual.screen import Screen

    _Base = Screen[Any]
else:
    _Base = object


class ClosesOnce(_Base):
    """Put it first among the bases: a second key that closes the screen, typed before it has gone, does nothing.

    Textual would pop the screen below, or fail.
    """

    _is_closed = False

    def dismiss(self, result: Any = None) -> AwaitComplete:  # noqa: ANN401 - each screen has its own kind of result
        """Close the screen, the first time."""
        if self._is_closed:
            return AwaitComplete()
        self._is_closed = True
        return super().dismiss(result)


class Says(_Base):
    """A screen over the main one with keys and a footer of its own."""

    notes = ""
    """What help says of the words of its filter, if it has one."""

    def say(self, words: str) -> None:
        """Show words until the next key."""
        raise NotImplementedError

    def hush(self) -> None:
        """What was said has been read."""
        raise NotImplementedError

    def declared_keys(self) -> Iterable[tuple[str, Binding]]:
        """The keys that help shows, each with the title of its group."""
        raise NotImplementedError
