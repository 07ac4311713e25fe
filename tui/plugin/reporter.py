"""Listens to the run: one hook, one event.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

import pytest

from . import serialize, workers
from .outer import Outer, quiet
from .posix import calls

if TYPE_CHECKING:
    from .collection import Collection

_PHASES_A_LINE = 100
"""Phases that wait for the line of their item; thousands of subtests would make it too long."""
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
        self._worker: Any = None
        self._key: dict[str, object] = {}
        self._nodeid: str | None = None
        self._phases: list[Any] = []
        """``[when, seconds]`` of a phase that simply passed, the fields of ``PhaseReported`` of another."""
        self._sections: list[tuple[str, str]] = []
        self._frame: tuple[str, dict[str, object]] | None = None
        self._finished: list[dict[str, object]] = []
        self._awaited = True
        """Whether nobody has seen a result of this process yet: for the first one somebody waits."""

    @property
    def number(self) -> int:
        """Number of the item that runs, or ran last, among those of its nodeid."""
        return int(str(self._key.get("index", 0)))

    @property
    def nodeid(self) -> str:
        """That of the item that runs; empty between two of them."""
        return self._nodeid or ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Note what later events are made from."""
        self._config = session.config
        self._rootdir = str(session.config.rootpath)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Any:
        """Frame the item, whatever plugin runs its phases (flaky, rerunfailures, forked)."""
        self._obey()
        self._start(item)
        outcome = yield
        if outcome.excinfo is None:
            self._finish(last=nextitem is None)

    @quiet
    def _start(self, item: Any) -> None:
        self._nodeid = item.nodeid
        self._key = {"nodeid": item.nodeid}
        number = self._collection.number(item, self._place())
        if number:
            self._key["index"] = number
        self._phases = []
        self._sections = []
        self._frame = None
        finished, self._finished = self._finished, []
        self._run.journal.write(*finished, {"event": "ItemStarted", **self._key}, urgent=self._is_first(finished))

    def _is_first(self, results: list[dict[str, object]]) -> bool:
        first = self._awaited and bool(results)
        self._awaited = self._awaited and not first
        return first

    def _place(self) -> int | None:
        """Place of the present item in the session's list, which only a worker of xdist knows."""
        if self._run.worker is None:
            return None
        if self._worker is None:
            plugins = self._config.pluginmanager.get_plugins()
            self._worker = next((each for each in plugins if hasattr(each, "item_index")), None)
        return getattr(self._worker, "item_index", None)

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
            self._run.journal.write(*finished, urgent=self._is_first(finished))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Nothing waits any longer when the session ends early."""
        self.flush()

    @quiet
    def _obey(self) -> None:
        for message in self._run.channel.received():
            if "maxfail" in message:
                self._config.option.maxfail = message["maxfail"]
            self._run.obey(message)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Look at the failing frame while there is a traceback."""
        yield
        self._look(item, call)

    @quiet
    def _look(self, item: Any, call: Any) -> None:
        if call.excinfo is not None and not call.excinfo.errisinstance((pytest.skip.Exception, pytest.exit.Exception)):
            try:
                frame = serialize.frame_of(call.excinfo, self._rootdir)
            except Exception:  # the test has patched what reading a source needs, and only this is lost
                frame = None
            self._frame = (item.nodeid, frame) if frame else None

    @quiet
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep a passed phase for the line of the item; write a failed one at once."""
        sections = self._new_sections(report)
        own = report.nodeid == self._nodeid
        if own and not sections and _is_plain(report):
            self._phases.append([report.when, round(report.duration, 6)])
            return
        phase = describe(report, self._config, self._rootdir)
        phase["sections"] = [self._run.journal.section(name, text) for name, text in sections]
        if report.outcome == "failed" and self._frame is not None and self._frame[0] == report.nodeid:
            phase["frame"] = self._frame[1]
            self._frame = None
        if not own:
            self._run.journal.write({"event": "PhaseReported", "nodeid": report.nodeid, **phase})
        elif report.outcome == "failed" or len(self._phases) >= _PHASES_A_LINE:
            self._run.journal.write({"event": "PhaseReported", **self._key, **phase})
        elif report.outcome == "rerun":
            # The phases before it do not count, but what they printed is part of the attempt.
            before = [kept["sections"] for kept in self._phases if isinstance(kept, dict)]
            phase["sections"] = [section for each in (*before, phase["sections"]) for section in each]
            self._phases = [kept for kept in self._phases if not isinstance(kept, dict)]
            self._run.journal.write({"event": "PhaseReported", **self._key, **phase})
        else:
            self._phases.append(phase)

    def _new_sections(self, report: Any) -> list[tuple[str, str]]:
        """Sections that no earlier phase of the item has brought: a report repeats those before it, in their order.

        Not by name: every further attempt of a test that is run again brings sections of the same names.
        """
        if not report.sections:
            return []
        known = self._sections
        new: list[tuple[str, str]] = []
        at = 0
        for section in report.sections:
            if at < len(known) and section == known[at]:
                at += 1
            else:
                new.append(section)
        if report.nodeid == self._nodeid and getattr(report, "context", None) is None:
            known.extend(new)  # the output of a subtest belongs to it alone
        return new


def describe(report: Any, config: Any, rootdir: str) -> dict[str, object]:
    """A report as the fields of ``PhaseReported``, without nodeid and sections."""
    phase: dict[str, object] = {
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


def _is_plain(report: Any) -> bool:
    """Whether the report says nothing but that its phase passed."""
    return report.outcome == "passed" and type(report) is pytest.TestReport and not hasattr(report, "wasxfail")


def _category(report: Any, config: Any) -> str:
    if _is_plain(report):
        return "passed" if report.when == "call" else ""
    status = config.hook.pytest_report_teststatus(report=report, config=config)
    return str(status[0]) if status else str(report.outcome)


class ControllerReporter:
    """The controller of xdist: crashed workers, and all events of workers that have no child side."""

    def __init__(self, run: Outer) -> None:
        self._run = run
        self._remote: dict[str, str | None] = {}

    @quiet
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write the reports that no worker has written."""
        self._obey()
        node = getattr(report, "node", None)
        worker = node.gateway.id if node is not None else None
        if report.when not in ("setup", "call", "teardown"):  # "???": xdist says that the worker died
            text = serialize.text_of(report.longrepr)
            self._run.journal.write({"event": "ItemCrashed", "nodeid": report.nodeid, "worker": worker, "text": text})
        elif node is not None and not workers.is_local(node):
            config = self._run.config
            phase = describe(report, config, str(config.rootpath))
            phase["sections"] = [self._run.journal.section(name, text) for name, text in report.sections]
            event: dict[str, object] = {"nodeid": report.nodeid, "worker": worker}
            if report.nodeid not in self._remote:
                self._run.journal.write({"event": "ItemStarted", **event})
            self._remote[report.nodeid] = worker
            self._run.journal.write({"event": "PhaseReported", **event, **phase})

    def _obey(self) -> None:
        for message in self._run.channel.received():
            if "maxfail" in message:
                self._run.config.option.maxfail = message["maxfail"]
                self._run.config.pluginmanager.get_plugin("dsession").maxfail = message["maxfail"]

    @quiet
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Close an item of a worker without child side."""
        if nodeid in self._remote:
            worker = self._remote.pop(nodeid)
            self._run.journal.write({"event": "ItemFinished", "nodeid": nodeid, "worker": worker, "phases": []})


class SessionReporter:
    """Start, end, warnings and mishaps of the session; in the run itself, never in a worker."""

    def __init__(self, run: Outer) -> None:
        self._run = run
        self._session: Any = None
        self._warnings = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Say what runs here."""
        self._session = session
        self._started(session.config)

    @quiet
    def _started(self, config: Any) -> None:
        self._run.journal.write(
            {
                "event": "SessionStarted",
                "rootdir": str(config.rootpath),
                "inifile": str(config.inipath) if config.inipath else None,
                "invocation_dir": str(config.invocation_params.dir),
                "python": platform.python_version(),
                "executable": sys.executable,
                "pytest": pytest.__version__,
                "workers": _workers(config.option) if config.pluginmanager.hasplugin("dsession") else 0,
                **{name: [str(each) for each in config.getini(name)] for name in ("norecursedirs", "python_files")},
                "pid": calls.getpid(),
            }
        )

    @quiet
    def pytest_warning_recorded(self, warning_message: Any, when: str, nodeid: str) -> None:
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

    @pytest.hookimpl(tryfirst=True)  # the terminal reporter may have lost its stream
    @quiet
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Pass an error of pytest's own, or of a plugin."""
        self._run.journal.write({"event": "InternalError", "text": serialize.text_of(excrepr)})

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Say why: pytest.exit and pytest itself ("stopping after 1 failures") bring words, ctrl+c has none."""
        wanted = excinfo.errisinstance(pytest.exit.Exception)
        reason = getattr(excinfo.value, "msg", "") if wanted else str(excinfo.value)
        self._run.journal.write({"event": "Interrupted", "reason": str(reason), "by_exit": wanted})

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: Any) -> Any:
        """Say how the session ended, even if a teardown raises here. The engine waits for the end of the process."""
        yield
        self._finished(session.exitstatus)

    def pytest_unconfigure(self) -> None:
        """Before pluggy 1.2, another wrapper that raises takes away the turn of ours."""
        if self._session is not None:
            self._finished(self._session.exitstatus)

    @quiet
    def _finished(self, exitstatus: Any) -> None:
        self._session = None
        event: dict[str, object] = {"event": "SessionFinished", "exit": int(exitstatus), "warnings": self._warnings}
        if lost := self._run.journal.lost:
            event["lost"] = lost
            # The disk may be as full as before.
            self._run.channel.send({"run": self._run.request["run"], "lost": lost})
        self._run.journal.write(event)


def _workers(option: Any) -> int:
    """How many workers ``--tx`` asks for; ``3*popen`` are three."""
    counts = [str(spec).partition("*") for spec in getattr(option, "tx", None) or ()]
    return sum(int(count) if star and count.isdigit() else 1 for count, star, _ in counts)
