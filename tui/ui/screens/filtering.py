"""The filter of the main screen's tree: what it is, and the line in which it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.filter import Filter, FilterError
from tui.model.nodes import items_below
from tui.ui.widgets.footer import Footer

if TYPE_CHECKING:
    from tui.model.nodes import Branch, Item
    from tui.ui.screens.parts import Parts


class Filtering:
    """Keeps the filter; the line that it is typed in takes the footer's place while it is open."""

    def __init__(self, screen: Parts, slow: float) -> None:
        self._screen = screen
        self._slow = slow
        self._before: list[str] = []
        """Filters of before, for the arrow keys."""
        self.current: Filter | None = None

    @property
    def text(self) -> str:
        """The filter as it was typed; empty for none."""
        return self.current.text if self.current else ""

    def shown_below(self, branch: Branch) -> list[Item]:
        """The items below a branch that the filter shows."""
        wanted = self.current
        return [item for item in items_below(branch) if wanted is None or wanted.matches(item)]

    def problem_of(self, text: str) -> str:
        """Why a text is no filter; empty if it is one."""
        try:
            Filter(text, slow=self._slow)
        except FilterError as error:
            return str(error)
        return ""

    async def open(self) -> None:
        """Open the line, or go back to it; returns when it takes keys."""
        from tui.ui.widgets.filter_line import FilterLine

        footer = self._screen.query_one(Footer)
        for line in self._screen.query(FilterLine):
            self._screen.set_focus(line.entry)
            return
        line = FilterLine(self.text, history=self._before, check=self.problem_of, back_to=self._screen.tree_view)
        await self._screen.mount(line, after=footer)
        footer.display = False
        self._screen.set_focus(line.entry)

    @property
    def is_on(self) -> bool:
        """Whether there is a filter, or its line is open."""
        return self.current is not None or not self._screen.query_one(Footer).display

    def drop(self) -> None:
        """No filter any more, and no line."""
        self.use("")
        self.close()

    def close(self, keep: str = "") -> None:
        """Close the line; ``keep`` is remembered."""
        from tui.ui.widgets.filter_line import FilterLine

        if keep and keep not in self._before:
            self._before.append(keep)
        self._screen.query(FilterLine).remove()
        self._screen.query_one(Footer).display = True
        self._screen.tree_view.focus()

    def use(self, text: str) -> None:
        """Filter by a text; while it is not a filter (yet), the one before stays and the line says why."""
        from tui.ui.widgets.filter_line import FilterLine

        lines = self._screen.query(FilterLine)
        try:
            wanted = Filter(text, slow=self._slow)
        except FilterError as error:
            for line in lines:
                line.show_problem(str(error))
            return
        self.current = wanted or None
        matches = self._screen.tree_view.set_filter(self.current)
        for line in lines:
            line.show_matches(matches)
        self._screen.changed()
