"""The parts of the benchmarks that need no time to pass: what they compute, write and read."""

import asyncio
import sys
from pathlib import Path

import pytest

from benchmarks import big_tree, first_frame, report, suites, synthetic
from benchmarks.measuring import Cost, Pair, cpu, redbar, wall
from benchmarks.terminal import Terminal, TerminalError
from tui.engine.decode import Decoder
from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.model import events as ev
from tui.model.nodes import label_of
from tui.model.outcome import Status
from tui.model.store import Store

Ends = list[ev.ItemFinished | ev.SessionFinished]


def test_ratio_and_excess_are_taken_pair_by_pair() -> None:
    pair = Pair(
        plain=(Cost(1.0, 1.0), Cost(10.0, 1.0), Cost(2.0, 1.0)),
        ours=(Cost(1.2, 2.0), Cost(10.2, 4.0), Cost(2.2, 3.0)),
    )
    assert pair.excess(wall) == pytest.approx(0.2)
    assert pair.excess(wall, 1.1) == pytest.approx(0.0)
    assert pair.ratio(wall) == pytest.approx(1.1)
    assert pair.ratio(cpu) == pytest.approx(3.0)
    assert pair.medians(wall) == (2.0, 2.2)


def test_only_strict_turns_a_missed_bound_into_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        report.Row("held", "1 s", "", "0.5 s", 0.5, within=True),
        report.Row("missed", "1 s", "", "2 s", 2.0, within=False),
    ]
    assert report.finish(rows, strict=False) == 0
    assert report.finish(rows, strict=True) == 1
    assert report.finish(rows[:1], strict=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["held", "1", "s", "0.5", "s", "0.500", "ok"]
    assert lines[2].endswith("OVER")


def test_trivial_suite_has_the_number_of_tests_that_was_asked(tmp_path: Path) -> None:
    folder = suites.write_trivial(tmp_path / "suite", 250)
    files = sorted((folder / "tests").iterdir())
    assert [path.read_text().count("def test_") for path in files] == [100, 100, 50]
    assert suites.write_trivial(folder, 250) == folder


def test_synthetic_run_is_read_as_a_run_in_which_everything_passed(tmp_path: Path) -> None:
    tests = 1203
    decoder, store = Decoder(1, tmp_path, "synthetic", phases=False), Store()
    store.begin(1, collecting=False, whole=True)
    results = [make(number) for number in range(tests) for make in (synthetic.started, synthetic.finished)]
    for line in (*synthetic.collection(tests, str(tmp_path)), *results, synthetic.end()):
        for event in decoder.events(line, None, 0):
            store.apply(event)
    assert decoder.completed
    assert not store.faults
    assert store.tree.root.counts[Status.PASSED] == tests
    (folder,) = store.tree.root.children
    assert label_of(folder) == "tests"


def test_synthetic_host_serves_collections_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    python = synthetic.write_interpreter(tmp_path, 7, 0)
    explorer = Explorer(Project(tmp_path, Interpreter(str(python), "test")))

    async def outcomes(order: Order) -> Ends:
        found: Ends = []
        async for batch in explorer.run(order).batches():
            found += [event for event in batch if isinstance(event, ev.ItemFinished | ev.SessionFinished)]
        return found

    async def both() -> tuple[Ends, Ends]:
        return await outcomes(Order(collect_only=True)), await outcomes(Order())

    try:
        collected, ran = asyncio.run(both())
    finally:
        explorer.close()
    assert [type(event) for event in collected] == [ev.SessionFinished]
    statuses = [event.status for event in ran if isinstance(event, ev.ItemFinished)]
    assert statuses == [Status.PASSED] * 7
    assert isinstance(ran[-1], ev.SessionFinished)
    assert (ran[-1].exit, ran[-1].completed) == (0, True)


@pytest.mark.parametrize(
    ("written", "line", "there"),
    [
        (b"\x1b[5H\x1b[7m row\x1b[m", 5, True),
        (b"\x1b[5;3H\x1b[0;7;34mx", 5, True),
        (b"\x1b[4H\x1b[7m row\x1b[5H\x1b[m row", 5, False),
        (b"\x1b[5H\x1b[38;5;70m row", 5, False),
        (b"\x1b[15H\x1b[7m row", 5, False),
    ],
)
def test_cursor_is_found_on_its_line_alone(written: bytes, line: int, there: bool) -> None:
    assert big_tree.has_cursor(written, line) is there


def test_visible_is_what_no_escape_sequence_says() -> None:
    assert (
        first_frame.visible(b"\x1b[?1049h\x1b[2J\x1b]22;default\x07 \x1b[7m RED\xe2\x96\xbe \x1b[m\x1b[?10")
        == b"RED\xe2\x96\xbe"
    )
    assert first_frame.visible(b"\x1b[>25u\x1b[?2026$p\x1b[?20") == b""


@pytest.mark.pty
def test_terminal_answers_what_a_program_asks(tmp_path: Path) -> None:
    program = (
        "import sys, tty; tty.setraw(0); sys.stdout.write('\\x1b['); sys.stdout.flush();"
        "sys.stdout.write('6n'); sys.stdout.flush(); print(repr(sys.stdin.read(6)))"
    )
    with Terminal([sys.executable, "-c", program], tmp_path, {}) as terminal:
        _, text = terminal.wait_for(lambda text: b"1R'" in text)
        assert b"'\\x1b[1;1R'" in text
        with pytest.raises(TerminalError, match="ended"):
            terminal.wait_for(lambda _: False)


def test_redbar_is_the_one_of_this_checkout() -> None:
    assert str(Path(__file__).resolve().parents[2]) in redbar("run")[3]
