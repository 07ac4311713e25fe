"""Executed lines by ``sys.monitoring``, beside any debugger, coverage.py or profiler. Python 3.12 and newer.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType

    from ..territory import Territory

_TOOLS = (3, 4, 2)
"""Free ids by preference; 0, 1 and 5 belong to debuggers, coverage.py and optimizers."""


class MonitoredLines:
    """Line events for code of the project; each line is told once between two calls of ``take``.

    Every code object is met once, when it first starts. The events of the code that ran are switched off and on again
    by ``take``, never by ``restart_events``, which would wake those of all other tools and of all other code.
    """

    def __init__(self, territory: Territory) -> None:
        """Raises RuntimeError when other tools have taken all ids."""
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore] # newer than the oldest Python
        self._tool = next((tool for tool in _TOOLS if monitoring.get_tool(tool) is None), -1)
        if self._tool < 0:
            raise RuntimeError("no free id of sys.monitoring")
        self._monitoring = monitoring
        self._path = territory.path
        self._set_local = monitoring.set_local_events
        self._line_event = monitoring.events.LINE
        # id() raises an audit event, and code objects hash their whole content.
        self._identity = object.__hash__
        self._log: list[tuple[CodeType, int]] = []
        self._lost = False
        self.problem: str | None = None

    def begin(self) -> None:
        """Look from now on."""
        monitoring, tool, disable = self._monitoring, self._tool, self._monitoring.DISABLE
        path, set_local, line_event, log = self._path, self._set_local, self._line_event, self._log.append

        def started(code: CodeType, _offset: int) -> Any:
            try:
                name = code.co_filename
                if name.endswith(".py") and path(name) is not None:
                    set_local(tool, code, line_event)
            except Exception:  # of the user's own id games: this code stays unseen
                self._lost = True
            return disable

        def line(code: CodeType, number: int) -> Any:
            log((code, number))
            return disable

        monitoring.use_tool_id(tool, "redbar")
        monitoring.register_callback(tool, monitoring.events.PY_START, started)
        monitoring.register_callback(tool, monitoring.events.LINE, line)
        monitoring.set_events(tool, monitoring.events.PY_START)

    def take(self, into: dict[str, set[int]], arcs: dict[str, set[int]] | None = None) -> bool:  # noqa: ARG002
        """Add the lines seen since the last call to ``into``; arcs are not seen here."""
        log = self._log
        if log:
            seen = log[:]
            del log[: len(seen)]
            self._sort(seen, into)
        lost, self._lost = self._lost, False
        return not lost

    def _sort(self, seen: list[tuple[CodeType, int]], into: dict[str, set[int]]) -> None:
        identity = self._identity
        codes: dict[int, tuple[CodeType, list[int]]] = {}
        last = None
        numbers: list[int] = []
        for code, number in seen:
            if code is not last:
                last = code
                key = identity(code)
                if key in codes:
                    numbers = codes[key][1]
                else:
                    numbers = []
                    codes[key] = (code, numbers)
            numbers.append(number)
        tool, set_local, line_event = self._tool, self._set_local, self._line_event
        for code, numbers in codes.values():
            name = code.co_filename
            known = into.get(name)
            if known is None:
                into[name] = set(numbers)
            else:
                known.update(numbers)
            try:
                set_local(tool, code, 0)
                set_local(tool, code, line_event)
            except ValueError:  # a test has freed the id
                self._lost = True
                self.problem = "another tool has taken the id of sys.monitoring"

    def settle(self) -> None:
        """Nothing to do."""

    def pause(self) -> bool:
        """Code that is not watched costs nothing."""
        return False

    def resume(self) -> None:
        """Nothing to do."""

    def end(self) -> None:
        """Look no more."""
        monitoring, tool = self._monitoring, self._tool
        try:
            monitoring.set_events(tool, 0)
            # The events of single code objects stay.
            monitoring.register_callback(tool, monitoring.events.LINE, None)
            monitoring.register_callback(tool, monitoring.events.PY_START, None)
            monitoring.free_tool_id(tool)
        except ValueError:  # it is another's by now
            pass
