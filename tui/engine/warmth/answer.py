"""Which of the processes that may make a run has made it."""

from __future__ import annotations

from tui.model.values import Value, value


@value
class Answer(Value):
    """``layer``: ``parked`` before an edited file, ``host`` with what is installed loaded, or ``cold``.

    ``detail``: before which file; or else in words why it is no warmer layer.
    """

    layer: str
    detail: str

    @property
    def words(self) -> str:
        """For the person."""
        if self.layer == "parked":
            return f"parked before {self.detail}"
        return f"{'warm host' if self.layer == 'host' else self.layer}: {self.detail}"

    @property
    def colder(self) -> str:
        """Why it is no warmer layer; empty if there is none."""
        return "" if self.layer == "parked" else self.detail


def parked(hot: str) -> Answer:
    """A session that waited before this file."""
    return Answer("parked", hot.rpartition("/")[2])


def warm(why: str) -> Answer:
    """A fork of the warm host, and no warmer one because of that."""
    return Answer("host", why)


def cold(why: str) -> Answer:
    """A process that started from nothing, because of that."""
    return Answer("cold", why)
