"""The fold of an item's reports into one outcome."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.making import report
from tui.model.events import PhaseReported
from tui.model.outcome import BAD, COUNTERS, STALE, Fold, Status, status_of

RANK = ["passed", "skipped", "xfailed", "xpassed", "failed", "error"]


def fold(*reports: PhaseReported) -> Fold:
    folded = Fold()
    for each in reports:
        folded.add(each)
    return folded


def passed(when: str) -> PhaseReported:
    return report(when=when)


SETUP, CALL, TEARDOWN = passed("setup"), passed("call"), passed("teardown")
FAILED = report(outcome="failed")
RERUN = report(outcome="rerun")


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        pytest.param([SETUP, CALL, TEARDOWN], "passed", id="passed"),
        pytest.param([SETUP, FAILED, TEARDOWN], "failed", id="failed"),
        pytest.param([report(when="setup", outcome="failed"), TEARDOWN], "error", id="error-in-setup"),
        pytest.param([SETUP, CALL, report(when="teardown", outcome="failed")], "error", id="error-in-teardown"),
        pytest.param([SETUP, FAILED, report(when="teardown", outcome="failed")], "error", id="failed-then-error"),
        pytest.param([report(when="setup", outcome="skipped"), TEARDOWN], "skipped", id="skipped-by-marker"),
        pytest.param([SETUP, report(outcome="skipped"), TEARDOWN], "skipped", id="skipped-in-call"),
        pytest.param([SETUP, CALL, report(when="teardown", outcome="skipped")], "skipped", id="skipped-in-teardown"),
        pytest.param([SETUP, report(outcome="skipped", wasxfail="why"), TEARDOWN], "xfailed", id="xfailed"),
        pytest.param([report(when="setup", outcome="skipped", wasxfail=""), TEARDOWN], "xfailed", id="xfail-not-run"),
        pytest.param([SETUP, report(wasxfail="why"), TEARDOWN], "xpassed", id="xpassed"),
        pytest.param(
            [SETUP, report(outcome="failed", longrepr="[XPASS(strict)] why"), TEARDOWN], "failed", id="strict"
        ),
        pytest.param([SETUP, report(outcome="failed", wasxfail="why"), TEARDOWN], "failed", id="failed-despite-xfail"),
        pytest.param([SETUP, report(outcome="failed", subtest="[i=1]"), CALL, TEARDOWN], "failed", id="failed-subtest"),
        pytest.param(
            [SETUP, report(outcome="skipped", subtest="[i=1]"), CALL, TEARDOWN], "skipped", id="skipped-subtest"
        ),
        pytest.param([SETUP, FAILED, CALL, CALL, TEARDOWN], "failed", id="several-calls-never-the-last"),
        pytest.param([SETUP, RERUN, SETUP, CALL, TEARDOWN], "passed", id="rerun-passed"),
        pytest.param([SETUP, FAILED, RERUN, SETUP, CALL, TEARDOWN], "passed", id="rerun-clears"),
        pytest.param([SETUP, RERUN, SETUP, FAILED, TEARDOWN], "failed", id="rerun-failed"),
        pytest.param([report(when="setup", outcome="rerun"), SETUP, CALL, TEARDOWN], "passed", id="rerun-of-setup"),
        pytest.param([SETUP, report(outcome="of a plugin"), TEARDOWN], "failed", id="unknown-outcome"),
        pytest.param([], "passed", id="nothing-reported"),
    ],
)
def test_fold(reports: list[PhaseReported], expected: str) -> None:
    assert fold(*reports).status is Status[expected.upper()]


def test_seconds_of_all_attempts_are_summed() -> None:
    folded = fold(report(when="setup", duration=1.0), report(outcome="rerun", duration=2.0), report(duration=4.0))
    assert (folded.duration, folded.attempts) == (7.0, 2)


def by_rank(reports: list[PhaseReported]) -> str:
    """The same answer by another way: pytest's words, ranked; a rerun begins anew."""
    words = ["passed"]
    for each in reports:
        if each.outcome == "rerun":
            words = ["passed"]
        elif each.when != "call" and each.outcome == "failed":
            words.append("error")
        elif each.wasxfail is not None:
            words.append({"skipped": "xfailed", "passed": "xpassed"}.get(each.outcome, each.outcome))
        elif each.when == "call" or each.outcome != "passed":
            words.append(each.outcome)
    return max(words, key=RANK.index)


@given(
    st.lists(
        st.builds(
            report,
            when=st.sampled_from(["setup", "call", "teardown"]),
            outcome=st.sampled_from(["passed", "failed", "skipped", "rerun"]),
            wasxfail=st.sampled_from([None, None, "", "reason: why"]),
        ),
        max_size=8,
    )
)
def test_fold_is_the_worst_since_the_last_rerun(reports: list[PhaseReported]) -> None:
    assert fold(*reports).status.word == by_rank(reports)


def test_outcomes_rank_as_in_pytest() -> None:
    assert [status.word for status in sorted(Status[word.upper()] for word in RANK)] == RANK
    assert max(Status) is Status.CRASHED


def test_places_of_counters() -> None:
    assert COUNTERS == STALE + 1 == len(Status) + 1
    assert set(BAD) == {status for status in Status if status.is_bad}
    assert {status for status in Status if not status.is_outcome} == {Status.NOT_RUN, Status.QUEUED, Status.RUNNING}


def test_report_of_setup_that_passed_says_nothing_alone() -> None:
    assert status_of(SETUP) is Status.PASSED
