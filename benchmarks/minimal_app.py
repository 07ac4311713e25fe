"""The smallest Textual app: what `first_frame` is measured against."""

from textual.app import App, ComposeResult
from textual.widget import Widget


class Ready(Widget):
    """One word."""

    def render(self) -> str:
        """The word."""
        return "ready"


class Minimal(App[None]):
    """One widget."""

    def compose(self) -> ComposeResult:
        """That widget."""
        yield Ready()


if __name__ == "__main__":
    Minimal().run()
