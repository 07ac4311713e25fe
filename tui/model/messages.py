"""One line for a row, made of the long texts of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.model import events as ev

_CALLED_OFF = "_pytest.outcomes.XFailed"
"""The exception by which a test is called off; with a reason, it follows after a colon."""


def message_of(report: ev.PhaseReported) -> str:
    """Why a report failed or was skipped; empty where there is nothing to say."""
    text = report.crash.message if report.crash else report.longrepr or report.wasxfail or ""
    if report.wasxfail is not None and report.outcome != "failed":
        text = excuse(report)
    if report.when != "call" and report.outcome == "failed":
        text = f"{report.when}: {text}"
    return f"{report.subtest} {text}" if report.subtest else text


def excuse(report: ev.PhaseReported) -> str:
    """Why a test was skipped or expected to fail: the reason that was given, else how it failed; empty for nothing."""
    if report.wasxfail:
        reason = report.wasxfail.removeprefix("reason: ")  # before pytest 8
        if reason:
            return reason
    if is_called_off(report):
        return ""
    return report.crash.message if report.crash else report.longrepr or ""


def is_called_off(report: ev.PhaseReported) -> bool:
    """Whether ``pytest.xfail()`` or unittest's ``expectedFailure`` ended it: how it failed is then nobody's words."""
    return report.wasxfail is not None and report.crash is not None and _CALLED_OFF in report.crash.message


def last_line(text: str) -> str:
    """The last line that says something, without pytest's ``E`` in front."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("E ").strip() if lines else ""


def last_words(end: ev.SessionFinished) -> str:
    """Why a session ended early, as far as its last output tells."""
    lines = [line.strip() for line in end.output.splitlines() if line.strip()]
    # Of a usage error the first line is the usage; of a SyntaxError in a conftest the last E line has the message.
    usage = (line.partition(": error: ")[2] for line in lines if ": error: " in line)
    python = (line.removeprefix("E ").strip() for line in reversed(lines) if line.startswith("E  "))
    pytest = (line for line in lines if line.startswith("ERROR:") and line != "ERROR:")
    internal = (line for line in lines if line.startswith("INTERNALERROR>") and line != "INTERNALERROR>")
    for line in (*usage, *python, *pytest, *internal):
        if line:
            return line
    ending = f"signal {-end.exit}" if end.exit < 0 else f"exit {end.exit}"
    return f"pytest ended early ({ending}){': ' + lines[-1] if lines else ''}"
