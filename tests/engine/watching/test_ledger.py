"""Files and runs together: the loop comes to rest, and no edit is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.watching.hand import UNHURRIED
from tui.engine.watching.ledger import Ledger
from tui.engine.watching.looking import Sight
from tui.engine.watching.reading import Reading

OLD = (1, 1, 1, 1)


class Loop:
    """A loop that runs everything after every change, over files that are seen the moment they are written."""

    def __init__(self, **files: str) -> None:
        self.ledger = Ledger(grain=100)
        self.now = 100.0
        self.written: set[str] = set()
        self.texts = 0
        for path, text in files.items():
            self.ledger.contents.enter(path, OLD, 10_000, text)

    def write(self, path: str, text: str | None, *, told: bool = False) -> None:
        self.ledger.see(Sight([Reading(path, text, OLD, 10_000)]), self.now)
        if told:
            self.written.add(path)

    def given(self) -> dict[str, str]:
        """What is given out; nothing in what is gone."""
        return {path: text or "" for path, text in self.ledger.take().items()}

    def fresh(self) -> str:
        """A content that never was."""
        self.texts += 1
        return f"text {self.texts}"

    def silence(self) -> None:
        """Nothing happens for long enough."""
        self.now += 100
        self.ledger.runs.silence(self.now)

    def settle(self, test: Callable[[], object], limit: int = 20) -> int:
        """Run until nothing changes any more; how many runs that took."""
        pending = self.ledger.take()
        for number in range(limit):
            if not pending:
                return number
            self.ledger.runs.began(0.0)
            self.now += 1
            test()
            pending = self.ledger.take()
            self.ledger.runs.wrote(self.written)
            self.ledger.run_ended(self.now)
            self.written.clear()
            self.silence()
            pending |= self.ledger.take()
            self.now += 1
        pytest.fail(f"still running after {limit} runs")


def test_a_run_that_writes_what_it_says_is_run_once() -> None:
    loop = Loop(a="1", out="1")
    loop.write("a", "2")
    assert loop.settle(lambda: loop.write("out", loop.fresh(), told=True)) == 1


def test_a_run_that_writes_what_nobody_knows_of_comes_to_rest() -> None:
    loop = Loop(a="1", out="1")
    loop.write("a", "2")
    assert loop.settle(lambda: loop.write("out", loop.fresh())) == 4
    assert loop.ledger.runs.noisy == {"out"}
    loop.write("a", "3")
    assert loop.settle(lambda: loop.write("out", loop.fresh())) == 1


def test_a_noisy_file_counts_again_once_it_is_edited() -> None:
    loop = Loop(a="1", out="1")
    loop.write("a", "2")
    loop.settle(lambda: loop.write("out", loop.fresh()))
    loop.now += 10
    loop.write("out", "mine")
    assert loop.ledger.take() == {"out": "mine"}


def test_a_run_that_generates_a_source_comes_to_rest() -> None:
    loop = Loop(**{"a.py": "1", "gen.py": "1"})
    loop.write("a.py", "2")
    assert loop.settle(lambda: loop.write("gen.py", loop.fresh(), told=True)) == 2


def test_two_files_written_in_turn_come_to_rest() -> None:
    loop = Loop(a="1", x="1", y="1")
    loop.write("a", "2")
    turns = iter("xyxyxyxyxyxyxyxyxyxyxy")
    assert loop.settle(lambda: loop.write(next(turns), loop.fresh())) <= 7
    loop.now += 10
    loop.write("a", "3")
    assert loop.settle(lambda: loop.write(next(turns), loop.fresh())) <= 2


def test_a_run_that_puts_back_what_it_changes_is_run_once() -> None:
    loop = Loop(a="1", out="1")

    def test() -> None:
        loop.write("out", "2")
        loop.write("out", None)
        loop.write("out", "1")

    for number in range(5):
        loop.now += 10
        loop.write("a", f"edit {number}")
        assert loop.settle(test) == 1
    assert loop.ledger.runs.noisy == set()


def test_a_source_that_a_run_writes_and_names_is_run_once_more() -> None:
    loop = Loop(a="1", **{"gen.py": "1"})

    def test() -> None:
        loop.write("gen.py", loop.fresh(), told=True)

    loop.write("a", "2")
    assert loop.settle(test) == 2  # it was given out before anybody knew whose it was
    loop.now += 10
    loop.write("a", "3")
    assert loop.settle(test) == 1


def test_what_was_given_out_and_is_looked_at_once_more_is_not_put_back() -> None:
    loop = Loop(**{"gen.py": "1"})
    loop.ledger.runs.began(loop.now)
    loop.write("gen.py", "2")
    loop.ledger.take()
    loop.write("gen.py", "2")
    loop.ledger.runs.wrote({"gen.py"})
    loop.ledger.run_ended(loop.now)
    loop.ledger.runs.began(loop.now)
    loop.write("gen.py", "3")
    assert loop.ledger.take() == {}


def test_sources_that_runs_write_without_a_word_come_to_rest() -> None:
    loop = Loop(a="1", **{f"gen{number}.py": "1" for number in range(50)})

    def test() -> None:
        for number in range(50):
            loop.write(f"gen{number}.py", loop.fresh())

    loop.write("a", "2")
    assert loop.settle(test) == 7
    assert len(loop.ledger.runs.noisy) == 50
    loop.now += 10
    loop.write("a", "3")
    assert loop.settle(test) == 1
    loop.now += 10
    loop.write("gen7.py", "a person's")
    assert loop.ledger.take() == {"gen7.py": "a person's"}


def test_runs_that_are_stopped_by_one_generated_source_after_the_other_come_to_their_end() -> None:
    loop = Loop(**{f"gen{number}.py": "1" for number in range(50)})

    def is_stopped() -> bool:
        loop.ledger.runs.began(loop.now)
        for number in range(50):
            loop.write(f"gen{number}.py", loop.fresh())
            if loop.ledger.take():
                loop.ledger.run_ended(loop.now)
                return True
        return False

    assert [is_stopped() for _ in range(7)] == [True] * 6 + [False]


def test_a_folder_that_a_run_removes_is_its_own_doing() -> None:
    loop = Loop(**{"a": "1", "/p/out/x": "1", "/p/out/deep/y": "1", "/p/outer": "1"})
    loop.ledger.runs.began(0.0)
    for path in ("/p/out/x", "/p/out/deep/y", "/p/outer"):
        loop.write(path, None)
    loop.ledger.runs.wrote(["/p/out"])
    loop.ledger.run_ended(loop.now)
    assert loop.ledger.take() == {"/p/outer": None}


def test_what_was_another_while_a_run_may_have_read_it_is_given_as_gone_and_back() -> None:
    loop = Loop(**{"a.py": "1", "b.py": "1", "x.json": "1", "gen.py": "1"})
    loop.ledger.runs.wrote(["gen.py"])
    loop.write("a.py", "2")
    loop.ledger.run_began(loop.now)
    for path in ("b.py", "x.json", "gen.py", "new.py"):
        loop.write(path, "2")
    for path, text in (("a.py", "1"), ("b.py", "1"), ("x.json", "1"), ("gen.py", "1"), ("new.py", None)):
        loop.write(path, text)
    assert loop.ledger.take() == {"a.py": None, "b.py": None, "new.py": None}
    assert loop.ledger.has_news
    assert loop.ledger.take() == {"a.py": "1", "b.py": "1"}
    loop.write("a.py", "2")
    loop.write("a.py", "1")
    loop.write("a.py", "3")  # before it is given
    assert loop.ledger.take() == {"a.py": None}
    assert loop.ledger.take() == {"a.py": "3"}
    loop.write("a.py", "2")
    loop.write("a.py", "3")
    loop.write("a.py", None)
    assert loop.ledger.take() == {"a.py": None}
    loop.ledger.run_ended(loop.now)
    assert loop.ledger.take() == {}
    loop.now += 10
    loop.write("b.py", "2")
    loop.write("b.py", "1")
    assert not loop.ledger.has_news


def test_what_is_suspected_is_given_as_gone_and_back_after_the_silence() -> None:
    loop = Loop(**{"a.py": "0"})
    for text in "123":
        loop.ledger.run_began(loop.now)
        loop.write("a.py", text)
        loop.ledger.take()
        loop.ledger.run_ended(loop.now)
    loop.ledger.run_began(loop.now)
    loop.write("a.py", None)
    loop.write("a.py", "3")
    assert not loop.ledger.has_news
    loop.ledger.run_ended(loop.now)
    loop.silence()
    assert (loop.ledger.take(), loop.ledger.take()) == ({"a.py": None}, {"a.py": "3"})


def test_new_rules_let_old_files_in_without_a_word() -> None:
    ledger = Ledger(grain=100)
    sight = Sight([Reading("old", "1", (5, 5, 1, 1), 10_000), Reading("new", "1", (5, 9_000, 1, 1), 10_000)])
    assert ledger.see(sight, 1.0, known_since=8_000) == {"new"}
    assert ledger.take() == {"new": "1"}
    ledger.see(Sight([Reading("old", "2", (9, 9, 1, 1), 20_000)]), 2.0)
    assert ledger.take() == {"old": "2"}


def test_what_the_rules_drop_is_neither_given_nor_waited_for() -> None:
    ledger = Ledger(grain=100)
    ledger.contents.enter("x.log", OLD, 10_000, "1")
    ledger.runs.began(0.0)
    ledger.see(Sight([Reading("x.log", "2", OLD, 10_000)]), 1.0)
    ledger.see(Sight(unwatched=frozenset({"x.log"})), 1.0)
    ledger.run_ended(2.0)
    assert not ledger.has_news
    assert "x.log" not in ledger.contents


def test_only_what_need_not_wait_is_news() -> None:
    ledger = Ledger(grain=100)
    ledger.runs.began(0.0)
    assert ledger.see(Sight([Reading("x.json", "1"), Reading("a.py", "1")]), 1.0) == {"a.py"}
    assert ledger.take() == {"a.py": "1"}
    assert ledger.take() == {}
    ledger.run_ended(2.0)
    assert ledger.has_news
    assert ledger.take() == {"x.json": "1"}


EDITS = st.tuples(st.sampled_from(["a.py", "x.json", "out"]), st.sampled_from("123"))
MOMENTS = st.tuples(st.sampled_from(["begin", "end", "take", "wait"]))


@UNHURRIED
@given(st.lists(MOMENTS | EDITS))
def test_edits_of_files_that_no_run_writes_are_never_lost(steps: list[tuple[str, ...]]) -> None:
    loop = Loop(**{"a.py": "0", "x.json": "0", "out": "0"})
    files = {"a.py": "0", "x.json": "0", "out": "0"}
    believed = dict(files)
    running = 0
    for step in steps:
        match step:
            case ("begin",):
                loop.ledger.run_began(0.0)
                running += 1
            case ("end",):
                loop.write("out", loop.fresh())
                loop.ledger.runs.wrote({"out"})
                loop.ledger.run_ended(loop.now)
                running = max(running - 1, 0)
            case ("take",):
                believed |= loop.given()
            case ("wait",):
                loop.silence()
            case [path, text]:
                files[path] = text
                loop.write(path, text)
            case _:
                pytest.fail("no such step")
    for _ in range(running):
        loop.ledger.run_ended(loop.now)
    loop.silence()
    believed |= loop.given() | loop.given()  # what was another in between is given as gone first
    assert not loop.ledger.has_news
    if "a.py" not in loop.ledger.runs.noisy:
        assert believed["a.py"] == files["a.py"]
    if not loop.ledger.runs.noisy:
        assert believed["x.json"] == files["x.json"]
