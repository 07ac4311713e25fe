"""The last line of the screen: the keys that work right now, or a few words about what was just done."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.status import CUT, UNICODE
from tui.ui.widgets.visible import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import ActiveBinding
    from textual.dom import DOMNode
    from textual.screen import Screen

    from tui.ui.status import Glyphs


class _Key(NamedTuple):
    """A key in the footer and what it does."""

    display: str
    words: str
    action: str
    node: DOMNode

    @property
    def cells(self) -> int:
        return cell_len(self.display) + 1 + cell_len(self.words)


class Footer(Widget):
    """One line of keys; as many as fit, the most useful first.

    Shown are bindings that ask for it (``show``) and those of ``priority``. It looks at them again only when the
    screen says that they have changed, which it also does when the focus moves.

    Args:
        priority: Ids of bindings, the most useful first; the others follow.
        glyphs: Unicode or ASCII.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--words", "footer--bad"}
    """
    | Class | Description |
    | :- | :- |
    | `footer--key` | A key. |
    | `footer--words` | What it does. |
    | `footer--bad` | A message about something that did not work. |
    """

    DEFAULT_CSS = """
    Footer {
        height: 1;
        & > .footer--key { color: $accent; text-style: bold; }
        & > .footer--bad { color: $error; text-style: bold; }
        &:ansi {
            & > .footer--key { color: ansi_cyan; }
            & > .footer--bad { color: ansi_red; }
        }
    }
    """

    def __init__(self, priority: Sequence[str] = (), glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._ranks = {binding_id: rank for rank, binding_id in enumerate(priority)}
        self._glyphs = glyphs
        self._keys: list[_Key] = []
        self._is_looking = False
        self._said = ""
        self._said_bad = False

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)
        self._bindings_updated(self.screen)

    def say(self, words: str, *, bad: bool = False) -> None:
        """Show words in place of the keys until ``clear`` is called, which the app does before every key."""
        self._said, self._said_bad = words, bad
        self.refresh()

    def clear(self) -> None:
        """Show the keys again; costs nothing if it does so already."""
        if self._said:
            self._said = ""
            self.refresh()

    @property
    def said(self) -> str:
        """The words that it shows, empty while it shows keys."""
        return self._said

    def _bindings_updated(self, screen: Screen[object]) -> None:
        """Look at the keys once, however often they change until then: three times before the first frame."""
        if not self._is_looking:
            self._is_looking = True
            self.call_next(self._look_at_keys, screen)

    def _look_at_keys(self, screen: Screen[object]) -> None:
        self._is_looking = False
        keys = self._find_keys(screen)
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def _find_keys(self, screen: Screen[object]) -> list[_Key]:
        found: dict[tuple[str, int], tuple[int, _Key]] = {}
        last = len(self._ranks)
        for active in screen.active_bindings.values():
            binding = active.binding
            rank = self._ranks.get(binding.id or "", last)
            if not active.enabled or not binding.description or not (binding.show or rank < last):
                continue
            key = _Key(self._display(active), _in_a_sentence(binding.description), binding.action, active.node)
            # Of several keys for the same, the one that was named first is the one to learn.
            found.setdefault((binding.action, id(active.node)), (rank, key))
        return [key for _, key in sorted(found.values(), key=lambda entry: entry[0])]

    def _display(self, active: ActiveBinding) -> str:
        display = self.app.get_key_display(active.binding)
        return active.binding.key if self._glyphs.ascii_only and not display.isascii() else display

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, plain = self.size.width, self.rich_style
        if y:
            return Strip.blank(width, plain)
        if self._said:
            style = plain + self._style("bad" if self._said_bad else "words")
            words, _ = fit(self._said, width - 1, self._glyphs.of(CUT))
            return Strip([Segment(f" {words}", style)]).adjust_cell_length(width, plain)
        key_style, words_style = plain + self._style("key"), plain + self._style("words")
        segments = []
        for _, key in self._placed():
            segments += [Segment(f" {key.display}", key_style), Segment(f" {key.words} ", words_style)]
        return Strip(segments).adjust_cell_length(width, plain)

    def _placed(self) -> Iterator[tuple[int, _Key]]:
        """The keys that fit, each with its first cell."""
        at = 1
        for key in self._keys:
            if at + key.cells > self.size.width:
                break
            yield at, key
            at += key.cells + 2

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"footer--{name}", partial=True)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key that was clicked does."""
        if self._said:
            self.clear()
            return
        for at, key in self._placed():
            if at <= event.x < at + key.cells:
                await self.app.run_action(key.action, key.node)
                break


def _in_a_sentence(description: str) -> str:
    """A description without its capital, if that is only one of a beginning."""
    return description[:1].lower() + description[1:] if description[1:2].islower() else description
