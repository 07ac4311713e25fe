"""Lines for people, from events that a test makes up."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tui.engine.plain import plain
from tui.headless.front import exit_code
from tui.headless.lines import LineReporter
from tui.headless.text import indented, one_line, wants_colour
from tui.model import events as ev
from tui.model.outcome import Status


class Terminal(io.StringIO):
    """Says that it is one."""

    def isatty(self) -> bool:
        return True


class Told:
    """A reporter, and what it printed."""

    def __init__(self, output: Path, out: io.StringIO | None = None, *, collect: bool = False) -> None:
        self._out = out or io.StringIO()
        self._err = io.StringIO()
        clock = iter([10.0, 12.5])
        self._reporter = LineReporter(self._out, self._err, output, collect=collect, clock=lambda: next(clock))

    def tell(self, *events: ev.Event) -> str:
        """Report events; standard output so far."""
        for event in events:
            self._reporter.report(event)
        return self._out.getvalue()

    @property
    def err(self) -> str:
        return self._err.getvalue()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "output")


def item(nodeid: str) -> ev.CollectedItem:
    return ev.CollectedItem(nodeid, 0, "a.py", "/a.py", "a.py", (), None, "a.py", 1, (), ())


def collected(*nodeids: str) -> ev.CollectionFinished:
    return ev.CollectionFinished(1, tuple(map(item, nodeids)))


def failed(nodeid: str, message: str, line: int | None = 3, when: str = "call") -> ev.PhaseReported:
    crash = ev.Crash("a.py", line, message)
    return ev.PhaseReported(1, nodeid, 0, when, "failed", "failed", 0.0, f"longer than {message}", crash)


def ended(nodeid: str, status: Status) -> ev.ItemFinished:
    return ev.ItemFinished(1, nodeid, 0, status, 0.5)


END = ev.SessionFinished(1, 0, completed=True)


def test_green(told: Told) -> None:
    nodeids = ("a", "b", "c", "d")
    statuses = (Status.PASSED, Status.PASSED, Status.SKIPPED, Status.XFAILED)
    items = [ended(nodeid, status) for nodeid, status in zip(nodeids, statuses, strict=True)]
    text = told.tell(collected(*nodeids), *items, END)
    assert text == "GREEN 1 xfailed, 1 skipped, 2 passed in 2.50 s\n"
    assert told.err == ""


def test_a_failure_comes_at_once_with_its_first_words(told: Told) -> None:
    text = told.tell(
        collected("a::x", "b"),
        failed("a::x", "assert 1 == 2\n + where 1 = f()"),
        failed("a::x", "and then", when="teardown"),
        ended("a::x", Status.ERROR),
    )
    assert text == "ERROR a::x (a.py:3): assert 1 == 2\n"
    text = told.tell(ev.SessionFinished(1, 1, completed=True))
    assert text.endswith("\nRED 1 error, 1 not run in 2.50 s\n")
    assert told.err == ""


def test_a_failure_that_says_nothing(told: Told) -> None:
    bare = ev.PhaseReported(1, "a", 0, "call", "failed", "failed", 0.0)
    assert told.tell(bare, ended("a", Status.FAILED)) == "FAILED a\n"
    nowhere = failed("b", "\n  \n why", line=None)
    assert told.tell(nowhere, ended("b", Status.FAILED)).endswith("FAILED b: why\n")


def test_nothing_of_the_tests_reaches_the_terminal_as_an_escape(told: Told) -> None:
    text = told.tell(
        failed("a\x1b[2J", "\x1b]52;c;aGk=\x07red\x1b[31m\x9b2J\rmore"),
        ended("a\x1b[2J", Status.FAILED),
        ev.CollectorReported(1, "b\x1b", "failed", "E \x1b[31mred\x1b[0m\n\x1bPq#0\x1b\\end"),
        ev.InternalError(1, "\x1b[1mbold"),
        ev.SessionFinished(1, 3, completed=False, output="\x1b[5mblink"),
    )
    assert "\x1b" not in text + told.err
    assert "\x9b" not in text + told.err
    assert "FAILED a\\x1b[2J (a.py:3): redmore\n" in text
    assert "    E red\n    end\n" in text


def test_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = Told(tmp_path, Terminal()).tell(ended("a", Status.FAILED), ended("b", Status.PASSED), END)
    assert text.startswith("\x1b[1;31mFAILED\x1b[0m a\n\x1b[1;31mRED\x1b[0m 1 failed, 1 passed")
    assert Told(tmp_path, Terminal()).tell(ended("b", Status.PASSED), END).startswith("\x1b[1;32mGREEN\x1b[0m")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in Told(tmp_path, Terminal()).tell(ended("a", Status.FAILED), END)


def test_who_wants_colour() -> None:
    assert wants_colour(Terminal(), {"TERM": "xterm"})
    assert wants_colour(Terminal(), {"NO_COLOR": ""})
    assert not wants_colour(Terminal(), {"NO_COLOR": "1"})
    assert not wants_colour(Terminal(), {"TERM": "dumb"})
    assert not wants_colour(io.StringIO(), {"TERM": "xterm"})


def test_counts(told: Told) -> None:
    warning = ev.WarningRecorded(1, "", "collect", "UserWarning", "careful", "a.py", 1)
    text = told.tell(
        ev.ItemsDeselected(1, (("z", 0), ("y", 0))),
        collected("a", "b"),
        warning,
        warning,
        ended("a", Status.PASSED),
        END,
    )
    assert text == "GREEN 1 passed, 1 not run, 2 deselected, 2 warnings in 2.50 s\n"


def test_more_warnings_than_are_told(told: Told) -> None:
    warning = ev.WarningRecorded(1, "", "collect", "UserWarning", "careful", "a.py", 1)
    assert "2,000+ warnings" in told.tell(*[warning] * 2000, END)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ([ended("a", Status.PASSED), END], "GREEN"),
        ([ended("a", Status.SKIPPED), END], "GREEN"),
        ([ended("a", Status.PASSED), ended("b", Status.CRASHED), END], "RED"),
        ([ev.CollectorReported(1, "a", "failed"), ended("b", Status.PASSED), END], "RED"),
        ([END], "NO TESTS"),
        ([ev.SessionFinished(1, 5, completed=True)], "NO TESTS"),
        ([ended("a", Status.PASSED), ev.SessionFinished(1, 0, completed=False)], "BROKEN"),
        ([ended("a", Status.PASSED), ev.SessionFinished(1, 3, completed=True)], "BROKEN"),
        ([ev.SessionFinished(1, 4, completed=True)], "BROKEN"),
        ([ev.Interrupted(1, "x", by_exit=True), ended("a", Status.PASSED), END], "STOPPED"),
        ([ev.Interrupted(1, "x", by_exit=False), ended("a", Status.FAILED), END], "RED"),
        ([ev.Interrupted(1, "x", by_exit=False), ev.SessionFinished(1, -9, completed=False)], "STOPPED"),
    ],
)
def test_words(told: Told, events: list[ev.Event], word: str) -> None:
    assert told.tell(*events).splitlines()[-1].startswith(f"{word} ")


def test_problems(told: Told) -> None:
    told.tell(
        ev.ItemsMissing(1, (("a", 0), ("b", 1))),
        ev.OptionsDropped(1, ("xdist",)),
        ev.ProtocolError(1, "a line is torn"),
        ev.Paused(1, "a.py::a", 0, "1-main-1", "breakpoint", "a.py", 3, "a", "pudb"),
        ev.Interrupted(1, "enough", by_exit=True),
        ev.NotStarted(1, "pytest is not there.", "No module\nnamed so"),
        END,
    )
    assert told.err == (
        "redbar: no longer there: a, b\n"
        "redbar: left out for so few tests: xdist\n"
        "redbar: a line is torn\n"
        "redbar: a.py:3: nobody is here to debug, a.py::a went on\n"
        "redbar: pytest.exit: enough\n"
        "redbar: pytest is not there.\n    No module\n    named so\n"
    )


def test_the_last_words_of_a_crashed_test_are_cut(told: Told) -> None:
    section = ev.Section("Captured stdout until then", "".join(f"line {n}\n" for n in range(100)))
    died = ev.PhaseReported(1, "a", 0, "call", "failed", "crashed", 0.0, "It died.\n\ntail", None, (section,))
    text = told.tell(died, ended("a", Status.CRASHED))
    assert text.startswith("CRASHED a: It died.\n    Captured stdout until then:\n        line 80\n")
    assert text.endswith("        line 99\n")


def test_where_all_the_output_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = tmp_path / "runs" / "output"
    told = Told(output)
    told.tell(ev.SessionFinished(1, 4, completed=True, output="ERROR: no"))
    assert told.err == "ERROR: no\n"
    output.parent.mkdir()
    output.write_text("ERROR: no")
    told = Told(output)
    told.tell(ev.SessionFinished(1, 4, completed=True, output="ERROR: no"))
    assert told.err == "ERROR: no\nredbar: all that pytest printed is in runs/output\n"


def test_collecting(tmp_path: Path) -> None:
    told = Told(tmp_path, collect=True)
    assert told.tell(collected("a", "b\n"), END) == "a\nb\\n\n\n2 tests collected in 2.50 s\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain ü✓\n\tx", "plain ü✓\n\tx"),
        ("\x1b[1;31mred\x1b[m", "red"),
        ("\x1b[38:2::1:2:3mx\x1b[?25l\x1b[2 q", "x"),
        ("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b", "ab"),
        ("\x1b]0;never ends\nfailed", "0;never ends\nfailed"),
        ("\x1bP1$r\x1b\\a\x1b_x\x1b\\b\x1b^y\x07c", "abc"),
        ("\x1bMa\x1b(0b\x1b7c", "abc"),
        ("\x9b31mred\x90", "red"),
        ("a\rb\x00\x08\x7f\x85", "ab"),
        ("end\x1b", "end"),
        ("\udcff", "\udcff"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_one_line_and_indented() -> None:
    assert one_line("a\nb\x1b\udcff ü") == "a\\nb\\x1b\\udcff ü"
    assert indented("a\n\n b") == "    a\n\n     b"


@pytest.mark.parametrize(
    ("status", "completed", "code"),
    [
        (0, True, 0),
        (1, True, 1),
        (5, True, 5),
        (77, True, 77),
        (0, False, 1),
        (3, False, 3),
        (-9, False, 137),
        (-11, False, 139),
    ],
)
def test_exit_codes(status: int, completed: bool, code: int) -> None:
    assert exit_code(status, completed=completed) == code
