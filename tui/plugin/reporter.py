"""Listens to the run: one hook, one event.

PYTEST_DONT_REWRITE
"""

import platform
import sys
from typing import Any, Dict, List, Optional, Tuple

import pytest

from . import serialize
from .collection import Collection
from .outer import Outer, quiet
from .posix import calls

_WARNINGS_KEPT = 2000
"""Warnings of one process that are written in full; a suite can give hundreds of thousands."""


class ItemReporter:
    """Writes what happens to items in this process: the run itself, or one worker of xdist.

    A line when an item starts and one when it has finished; a failed phase has its own, at once. The line of a
    finished item goes out together with that of the next one's start: nothing of the user's runs between the two.
    """

    def __init__(self, run: Outer, collection: Collection) -> None:
        self._run = run
        self._collection = collection
        self._rootdir = ""
        self._config: Any = None
        self._key: Dict[str, object] = {}
        self._nodeid: Optional[str] = None
        self._phases: List[object] = []
        self._sections: List[str] = []
        self._frame: Optional[Tuple[str, Dict[str, object]]] = None
        self._finished: List[Dict[str, object]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Note what later events are made from."""
        self._config = session.config
        self._rootdir = str(session.config.rootpath)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Any:
        """Frame the item, whatever plugin runs its phases (flaky, rerunfailures, forked)."""
        self._start(item)
        outcome = yield
        if outcome.excinfo is None:
            self._finish(last=nextitem is None)

    @quiet
    def _start(self, item: Any) -> None:
        self._obey()
        self._nodeid = item.nodeid
        self._key = {"nodeid": item.nodeid}
        number = self._collection.number(item)
        if number:
            self._key["index"] = number
        self._phases = []
        self._sections = []
        self._frame = None
        finished, self._finished = self._finished, []
        self._run.journal.write(*finished, {"event": "ItemStarted", **self._key})

    @quiet
    def _finish(self, *, last: bool) -> None:
        self._finished.append({"event": "ItemFinished", **self._key, "phases": self._phases})
        self._nodeid = None
        if last:
            self.flush()

    @quiet
    def flush(self) -> None:
        """Write the finished item that still waits for its successor."""
        finished, self._finished = self._finished, []
        if finished:
            self._run.journal.write(*finished)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Nothing waits any longer when the session ends early."""
        self.flush()

    def _obey(self) -> None:
        for message in self._run.channel.received():
            if "maxfail" in message:
                self._config.option.maxfail = message["maxfail"]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Look at the failing frame while there is a traceback."""
        yield
        self._look(item, call)

    @quiet
    def _look(self, item: Any, call: Any) -> None:
        if call.excinfo is not None and not call.excinfo.errisinstance((pytest.skip.Exception, pytest.exit.Exception)):
            frame = serialize.frame_of(call.excinfo, self._rootdir)
            self._frame = (item.nodeid, frame) if frame else None

    @quiet
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep a passed phase for the line of the item; write a failed one at once."""
        if report.outcome == "passed" and type(report) is pytest.TestReport and not hasattr(report, "wasxfail"):
            sections = self._new_sections(report)
            if not sections and report.nodeid == self._nodeid:
                self._phases.append([report.when, round(report.duration, 6)])
                return
        else:
            sections = self._new_sections(report)
        phase = describe(report, self._config, self._rootdir)
        phase["sections"] = [self._run.journal.section(name, text) for name, text in sections]
        if report.outcome == "failed" and self._frame is not None and self._frame[0] == report.nodeid:
            phase["frame"] = self._frame[1]
            self._frame = None
        if report.outcome == "rerun":
            self._sections = []
        if report.outcome in ("failed", "rerun") or report.nodeid != self._nodeid:
            key = self._key if report.nodeid == self._nodeid else {"nodeid": report.nodeid}
            self._run.journal.write({"event": "PhaseReported", **key, **phase})
        else:
            self._phases.append(phase)

    def _new_sections(self, report: Any) -> List[Tuple[str, str]]:
        """Sections that no earlier phase of the item has brought: a report repeats those before it."""
        if not report.sections:
            return []
        known = self._sections
        new = [(name, text) for name, text in report.sections if name not in known]
        if getattr(report, "context", None) is None:  # the output of a subtest belongs to it alone
            known.extend(name for name, _ in new)
        return new


def describe(report: Any, config: Any, rootdir: str) -> Dict[str, object]:
    """A report as the fields of ``PhaseReported``, without nodeid and sections."""
    phase: Dict[str, object] = {
        "when": report.when,
        "outcome": report.outcome,
        "category": _category(report, config),
        "duration": round(report.duration, 6),
    }
    if report.longrepr is not None:
        phase["longrepr"] = serialize.text_of(report.longrepr)
        crash = serialize.crash_of(report.longrepr, rootdir)
        if crash:
            phase["crash"] = crash
    if hasattr(report, "wasxfail"):
        phase["wasxfail"] = str(report.wasxfail)
    subtest = serialize.subtest_of(report)
    if subtest is not None:
        phase["subtest"] = subtest
    return phase


def _category(report: Any, config: Any) -> str:
    if report.outcome == "passed" and type(report) is pytest.TestReport and not hasattr(report, "wasxfail"):
        return "passed" if report.when == "call" else ""
    status = config.hook.pytest_report_teststatus(report=report, config=config)
    return str(status[0]) if status else str(report.outcome)


class ControllerReporter:
    """The controller of xdist: crashed workers, and all events of workers that have no child side."""

    def __init__(self, run: Outer) -> None:
        self._run = run
        self._remote: Dict[str, str] = {}

    @quiet
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write the reports that no worker has written."""
        from . import workers

        node = getattr(report, "node", None)
        worker = node.gateway.id if node is not None else None
        if report.when not in ("setup", "call", "teardown"):  # "???": xdist says that the worker died
            text = serialize.text_of(report.longrepr)
            self._run.journal.write({"event": "ItemCrashed", "nodeid": report.nodeid, "worker": worker, "text": text})
        elif node is not None and not workers.is_local(node):
            config = self._run.config
            phase = describe(report, config, str(config.rootpath))
            phase["sections"] = [self._run.journal.section(name, text) for name, text in report.sections]
            event: Dict[str, object] = {"nodeid": report.nodeid, "worker": worker}
            if report.nodeid not in self._remote:
                self._run.journal.write({"event": "ItemStarted", **event})
            self._remote[report.nodeid] = worker
            self._run.journal.write({"event": "PhaseReported", **event, **phase})

    @quiet
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Close an item of a worker without child side."""
        worker = self._remote.pop(nodeid, None)
        if worker is not None:
            self._run.journal.write({"event": "ItemFinished", "nodeid": nodeid, "worker": worker, "phases": []})


class SessionReporter:
    """Start, end, warnings and mishaps of the session; in the run itself, never in a worker."""

    def __init__(self, run: Outer) -> None:
        self._run = run
        self._warnings = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Say what runs here."""
        self._started(session.config)

    @quiet
    def _started(self, config: Any) -> None:
        option = config.option
        self._run.journal.write(
            {
                "event": "SessionStarted",
                "rootdir": str(config.rootpath),
                "inifile": str(config.inipath) if config.inipath else None,
                "invocation_dir": str(config.invocation_params.dir),
                "python": platform.python_version(),
                "executable": sys.executable,
                "pytest": pytest.__version__,
                "workers": len(getattr(option, "tx", None) or ()) if config.pluginmanager.hasplugin("dsession") else 0,
                "pid": calls.getpid(),
            }
        )

    @quiet
    def pytest_warning_recorded(self, warning_message: Any, when: str, nodeid: str, location: Any) -> None:
        """Write the first warnings of the session in full, and count the others."""
        self._warnings += 1
        if self._warnings > _WARNINGS_KEPT:
            return
        self._run.journal.write(
            {
                "event": "WarningRecorded",
                "nodeid": str(nodeid),
                "when": when,
                "category": warning_message.category.__name__,
                "message": str(warning_message.message)[:2000],
                "path": serialize.relative(str(warning_message.filename), str(self._run.config.rootpath)),
                "line": warning_message.lineno,
            }
        )

    @quiet
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Pass an error of pytest's own, or of a plugin."""
        self._run.journal.write({"event": "InternalError", "text": serialize.text_of(excrepr)})

    @quiet
    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Say why the session was interrupted: ctrl+c, or pytest.exit with its words."""
        wanted = excinfo.errisinstance(pytest.exit.Exception)
        reason = getattr(excinfo.value, "msg", "") if wanted else "KeyboardInterrupt"
        self._run.journal.write({"event": "Interrupted", "reason": str(reason), "by_exit": wanted})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: Any) -> None:
        """Say how the session ended. The engine waits for the end of the process all the same."""
        self._finished(exitstatus)

    @quiet
    def _finished(self, exitstatus: Any) -> None:
        event: Dict[str, object] = {"event": "SessionFinished", "exit": int(exitstatus), "warnings": self._warnings}
        if self._run.journal.lost:
            event["lost"] = self._run.journal.lost
        self._run.journal.write(event)
