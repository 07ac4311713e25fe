"""Documents of reports that no plain run gives: reruns, crashes, workers; and of the run itself."""

from __future__ import annotations

import pytest

from tests.model.making import Player, collected, report
from tests.ui.detail.looking import headings, texts
from tui.model import events as ev
from tui.model.nodes import Item
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.detail import failure, others
from tui.ui.detail.document import Document, Look


def item(status: Status = Status.NOT_RUN, nodeid: str = "a.py::test_one") -> Item:
    tree = Tree()
    made = tree.add(collected(nodeid))
    tree.set_status(made, status)
    return made


def test_reruns_come_one_after_the_other() -> None:
    first = report(outcome="rerun", category="rerun", crash=ev.Crash("a.py", 3, "E1"), longrepr="E1")
    last = report(outcome="failed", crash=ev.Crash("a.py", 5, "E2"), longrepr="E2")
    document = failure.of_item(item(Status.FAILED), [first, last], None)
    assert headings(document) == ["call failed at a.py:3, run again", "call failed at a.py:5"]
    assert texts(document, Look.ERROR) == ["E   E1", "E   E2"]


def test_process_that_died() -> None:
    output = ev.Section("Captured stdout until then", "last words\n")
    words = "The process ended (SIGSEGV) while this test was running."
    crash = report(
        outcome="failed",
        category="crashed",
        crash=ev.Crash("", None, words),
        longrepr=f"{words}\n\ntest_a.py .",
        sections=(output,),
    )
    document = failure.of_item(item(Status.CRASHED), [crash], None)
    assert document.title == "test_one  died"
    assert texts(document)[0] == f"E   {words}"
    assert headings(document) == ["Captured stdout until then", "Last lines of the terminal"]
    assert texts(document, Look.ANSI) == ["last words", "test_a.py ."]


@pytest.mark.parametrize(
    ("status", "look", "words"),
    [
        (Status.NOT_RUN, Look.DIM, "not run yet: r runs it"),
        (Status.QUEUED, Look.DIM, "queued"),
        (Status.RUNNING, Look.DIM, "running"),
        (Status.PASSED, Look.GOOD, "passed"),
    ],
)
def test_nothing_to_report(status: Status, look: Look, words: str) -> None:
    document = failure.of_item(item(status), [], None)
    assert [(line.look, line.text) for line in document.lines] == [(look, words)]


def test_title_of_what_is_running() -> None:
    running = item(Status.RUNNING)
    assert failure.of_item(running, [], 7.9).title == "test_one  running for 7 s"
    running.worker = "gw1"
    assert failure.of_item(running, [], 61).title == "test_one  running for 61 s on gw1"


def test_title_of_what_is_stale() -> None:
    stale = item(Status.PASSED)
    stale.stale, stale.seconds = True, 0.25
    assert failure.of_item(stale, [], None).title == "test_one  passed in 0.250 s, out of date"


def test_title_has_function_and_parameters() -> None:
    assert failure.of_item(item(nodeid="a.py::test_one[x-y]"), [], None).title == "test_one[x-y]"


def test_place_without_a_line_is_not_named() -> None:
    bad = report(outcome="failed", crash=ev.Crash("a.py", None, "no"), longrepr="no")
    assert failure.of_item(item(Status.FAILED), [bad], None).title == "test_one  call failed"


def test_the_same_text_is_not_shown_twice() -> None:
    bad = report(outcome="failed", crash=ev.Crash("a.py", 1, "no\nnever"), longrepr="no\nnever\n")
    assert texts(failure.of_item(item(Status.FAILED), [bad], None)) == ["E   no", "E   never"]


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("E   assert 1 == 2", Look.ERROR),
        ("E", Look.ERROR),
        ("Each", Look.CODE),
        (">   assert 1 == 2", Look.FAILING),
        ("a/b c.py:3: AssertionError", Look.PLACE),
        ("<string>:3: SyntaxError", Look.PLACE),
        ("a.py:3", Look.PLACE),
        ("    text: 3: x", Look.CODE),
        ("_ _ _ _ _ _ _", Look.DIM),
        ("_______ test_one _______", Look.DIM),
        ("-------- Captured --------", Look.DIM),
        ("    x = 1", Look.CODE),
    ],
)
def test_lines_of_a_traceback(text: str, look: Look) -> None:
    first, line = failure.traceback(f"first\n{text}")
    assert first.look is Look.CODE
    assert line.look is look
    assert line.gutter + line.text == text


def document_of_run(player: Player) -> Document:
    return failure.of_run(player.state, player.store.session, player.store.faults)


def test_run_that_could_not_be() -> None:
    player = Player()
    player.begin()
    player.store.apply(ev.InternalError(player.number, "INTERNALERROR> Traceback\nE   OSError: no"))
    player.end(3)
    document = document_of_run(player)
    assert document.title == "pytest could not do its work"
    assert texts(document, Look.BAD) == ["INTERNALERROR OSError: no"]
    assert texts(document, Look.ERROR) == ["E   OSError: no"]
    assert "interpreter    python (Python 3.12.1)" in texts(document)


def test_run_that_went_well_tells_where() -> None:
    player = Player()
    player.collect("a.py::test_one")
    document = document_of_run(player)
    assert document.title == "the run"
    assert headings(document) == ["Session"]
    assert "rootdir        /project" in texts(document)
    assert "configuration  none" in texts(document)


def test_trouble_of_our_own_and_options_that_were_left_out() -> None:
    player = Player()
    player.begin()
    player.store.apply(ev.OptionsDropped(player.number, ("xdist",)))
    player.store.apply(ev.ProtocolError(player.number, "a line of nonsense"))
    document = document_of_run(player)
    assert texts(document, Look.WARN) == ["done without xdist for so few tests", "a line of nonsense"]
    assert "Redbar's own trouble" in headings(document)


def test_a_colour_goes_on_over_the_end_of_a_line() -> None:
    document = Document()
    document.add(Look.ANSI, "\x1b[31mred\nstill\x1b[1m bold\nboth\x1b[0m\nplain")
    assert [line.text for line in document.lines] == [
        "\x1b[31mred",
        "\x1b[31mstill\x1b[1m bold",
        "\x1b[31m\x1b[1mboth\x1b[0m",
        "plain",
    ]


def test_colours_that_never_end_do_not_pile_up() -> None:
    document = Document()
    document.add(Look.ANSI, "\n".join(f"\x1b[{30 + number % 8}mx" for number in range(1000)))
    assert max(len(line.text) for line in document.lines) < 60


def test_text_of_other_looks_is_left_alone() -> None:
    document = Document()
    document.add(Look.PLAIN, "\x1b[31mone\ntwo", "> ")
    assert document.plain_text() == "> \x1b[31mone\n> two\n"


@pytest.mark.parametrize(
    ("made", "why", "words"),
    [
        (None, "", "the variables of a failed test: put the cursor on one"),
        (item(Status.PASSED), "", "this test has not failed: there is nothing to look into"),
        (item(Status.FAILED), "", "nothing is kept of this failure"),
        (item(Status.FAILED), "too little memory", "nothing is kept of this failure: too little memory"),
    ],
)
def test_no_variables(made: Item | None, why: str, words: str) -> None:
    assert others.nothing_kept(made, why).lines[0].text == words


def test_what_waits_says_where_and_why() -> None:
    pause = ev.Paused(1, "a.py::test_one", 0, "1-main-1", "trace", "a.py", 3, "test_one", "pudb")
    document = others.paused("test_one", pause)
    assert document.title == "test_one  paused at a.py:3"
    assert [line.text for line in document.lines[:2]] == ["it stands still on its first line", "a.py:3: in test_one"]
    assert document.lines[1].place == ("a.py", 3)
