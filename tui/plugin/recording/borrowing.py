"""Lines that the user's own coverage.py traces: one thread has one trace function, and it is theirs.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import Any, Callable

from .arcs import lines_of


class BorrowedLines:
    """Takes what their tracer has seen whenever a context closes, and gives all of it back before they look.

    Files that they do not measure and that are the project's are traced too, and kept from them.
    """

    def __init__(self, collector: Any, ours: Callable[[str], bool], disposition: Callable[[str], Any]) -> None:
        """``collector`` is coverage.py's; ``ours`` tells files of the project by name."""
        self._collector = collector
        self._ours = ours
        self._disposition = disposition
        self._pending: dict[str, set[int]] = {}
        """Not given to a context yet."""
        self._kept: dict[str, set[int]] = {}
        """Theirs."""
        self._extra: set[str] = set()
        """Files that only we want to see."""
        self._flush = collector.flush_data
        self._should_trace = collector.should_trace
        collector.flush_data = self._give_back
        self._judge_by(self._judge)
        cache = collector.should_trace_cache
        for name, known in list(cache.items()):
            if not getattr(known, "trace", False) and ours(name):
                del cache[name]

    def _judge_by(self, judge: Any) -> None:
        self._collector.should_trace = judge
        for tracer in list(self._collector.tracers):
            tracer.should_trace = judge

    def _judge(self, name: str, frame: Any) -> Any:
        theirs = self._should_trace(name, frame)
        if theirs.trace or not self._ours(name):
            return theirs
        self._extra.add(name)
        return self._disposition(name)

    def has(self, tracer: Any) -> bool:
        """Whether a trace function is one of theirs."""
        return any(tracer is each for each in self._collector.tracers)

    def take(self, into: dict[str, set[int]], arcs: dict[str, set[int]] | None) -> None:
        """Add what was seen since the last call: to ``arcs`` if they measure branches and somebody wants them."""
        self._drain()
        pending, self._pending = self._pending, {}
        for name, seen in pending.items():
            if self._collector.branch:
                if arcs is not None:
                    arcs.setdefault(name, set()).update(seen)
                    continue
                seen = lines_of(seen)  # noqa: PLW2901 - the same, as lines
            into.setdefault(name, set()).update(seen)

    def _drain(self) -> None:
        for name, seen in list(self._collector.data.items()):
            if seen:
                taken = set(seen)
                seen.difference_update(taken)  # another thread may be adding
                if name.endswith(".py"):
                    self._pending.setdefault(name, set()).update(taken)
                if name not in self._extra:
                    self._kept.setdefault(name, set()).update(taken)

    def _give_back(self) -> Any:
        """In the place of their ``flush_data``."""
        self._drain()
        data = self._collector.data
        hidden = {name: data.pop(name) for name in self._extra if name in data}
        self._restore()
        try:
            return self._flush()
        finally:
            data.update(hidden)

    def _restore(self) -> None:
        kept, self._kept = self._kept, {}
        for name, seen in kept.items():
            self._collector.data.setdefault(name, set()).update(seen)

    def end(self) -> None:
        """They go on alone."""
        self._drain()
        for name in self._extra:
            self._collector.data.pop(name, None)
        self._restore()
        self._collector.flush_data = self._flush
        self._judge_by(self._should_trace)
        for name in self._extra:
            self._collector.should_trace_cache.pop(name, None)


def collector_of(tracer: Any) -> Any:
    """The collector of coverage.py that a trace function belongs to; None if it is nobody's that is known."""
    module = sys.modules.get("coverage")
    current = getattr(getattr(module, "Coverage", None), "current", None)
    collector = getattr(current() if current is not None else None, "_collector", None)
    known = ("data", "tracers", "flush_data", "should_trace", "should_trace_cache", "branch")
    if collector is None or not all(hasattr(collector, name) for name in known):
        return None
    return collector if any(tracer is each for each in collector.tracers) else None
