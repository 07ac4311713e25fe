"""What is executed, read and started on behalf of one test, fixture, import or collector.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations


class Context:
    """One context: its kind (t, f, i, c or s), the keys that name it, and what has been seen in it."""

    __slots__ = ("arcs", "data", "keys", "kind", "lines", "listed", "partial", "spawns")

    def __init__(self, kind: str, **keys: object) -> None:
        self.kind = kind
        self.keys = keys
        self.lines: dict[str, set[int]] = {}
        """Lines, 1-based, by the name of the file that the code was compiled from."""
        self.arcs: dict[str, set[int]] = {}
        """The same as arcs, packed; of code that is in one of the two."""
        self.data: set[str] = set()
        self.listed: set[str] = set()
        self.spawns = False
        self.partial = False
        """Whether lines were executed that nobody saw."""

    def empty(self) -> None:
        """Forget what has been seen; it has been written."""
        self.lines = {}
        self.arcs = {}
        self.data = set()
        self.listed = set()
        self.spawns = self.partial = False
