"""What a run writes, and what a person edits while it runs."""

from __future__ import annotations

import pytest

from tui.engine.watching.runs import GRACE, Runs, is_source


def run(runs: Runs, at: float, *changed: str, wrote: set[str] | None = None) -> set[str]:
    """A run of one second that changes these files."""
    runs.began(at)
    for path in changed:
        runs.changed(path, at + 0.5)
    runs.wrote(changed if wrote is None else wrote)
    return runs.ended(at + 1)


@pytest.mark.parametrize("path", ["/p/a.py", "/p/conftest.py", "/p/pyproject.toml", "/p/pytest.ini", "/p/tox.ini"])
def test_sources_do_not_wait(path: str) -> None:
    runs = Runs()
    runs.began(0.0)
    assert not runs.changed(path, 1.0)
    assert runs.waiting == set()
    assert is_source(path)


def test_data_waits_for_the_end_of_the_run() -> None:
    runs = Runs()
    runs.began(0.0)
    assert not runs.changed("/p/x.json", 1.0)
    assert runs.waiting == {"/p/x.json"}
    assert runs.ended(2.0) == set()
    assert runs.waiting == set()


def test_data_does_not_wait_without_a_run() -> None:
    runs = Runs()
    run(runs, 1.0)
    assert not runs.changed("/p/x.json", 5.0)
    assert runs.waiting == set()


def test_what_the_run_wrote_is_its_own() -> None:
    runs = Runs()
    runs.began(0.0)
    runs.changed("/p/x.json", 1.0)
    runs.changed("/p/y.json", 1.0)
    runs.wrote({"/p/x.json", "/p/late.json"})
    assert runs.ended(2.0) == {"/p/x.json", "/p/late.json"}


def test_a_source_that_was_written_before_anybody_looked_waits_at_the_next_run() -> None:
    runs = Runs()
    run(runs, 1.0, wrote={"/p/gen.py"})
    runs.began(5.0)
    runs.changed("/p/gen.py", 6.0)
    assert runs.waiting == {"/p/gen.py"}


def test_a_source_that_the_run_said_it_writes_waits() -> None:
    runs = Runs()
    runs.began(0.0)
    runs.wrote(["/p/gen.py"])
    runs.changed("/p/gen.py", 1.0)
    assert runs.waiting == {"/p/gen.py"}


def test_a_source_that_an_earlier_run_wrote_waits() -> None:
    runs = Runs()
    run(runs, 0.0, "/p/gen.py")
    runs.began(0.0)
    runs.changed("/p/gen.py", 10.0)
    assert runs.waiting == {"/p/gen.py"}
    assert runs.ended(11.0) == set()


def test_three_runs_in_turn_make_a_file_noisy() -> None:
    runs = Runs()
    for number in range(3):
        assert runs.noisy == set()
        run(runs, number * 10.0, "/p/x.txt", wrote=set())
    assert runs.noisy == {"/p/x.txt"}
    assert run(runs, 40.0, "/p/x.txt", "/p/y.txt", wrote=set()) == {"/p/x.txt"}


def test_the_change_that_makes_a_file_noisy_is_given() -> None:
    runs = Runs()
    assert [run(runs, number * 10.0, "/p/x.txt", wrote=set()) for number in range(4)] == [set()] * 3 + [{"/p/x.txt"}]


def test_a_run_between_that_leaves_it_alone_breaks_the_row() -> None:
    runs = Runs()
    for number, changed in enumerate((["/p/x"], ["/p/x"], [], ["/p/x"], ["/p/x"])):
        run(runs, number * 10.0, *changed)
        runs.changed("/p/a.py", number * 10.0 + 5)
    assert runs.noisy == set()


def test_two_files_that_runs_change_by_turns_are_noisy_if_nothing_else_happens() -> None:
    runs = Runs()
    for number in range(6):
        run(runs, number * 10.0, f"/p/{'xy'[number % 2]}", wrote=set())
    assert runs.noisy == {"/p/x", "/p/y"}


def test_an_edit_outside_a_run_ends_the_noise() -> None:
    runs = Runs()
    for number in range(4):
        run(runs, number * 10.0, "/p/x.txt")
    assert not runs.changed("/p/x.txt", 60.0)
    assert runs.noisy == set()
    assert run(runs, 70.0, "/p/x.txt", wrote=set()) == set()


def suspected(path: str) -> Runs:
    """Three runs in turn have been stopped by a change of this source; the third ended at 21."""
    runs = Runs()
    for number in range(3):
        assert runs.waiting == set()
        run(runs, number * 10.0, path, wrote=set())
    return runs


def test_a_source_that_changes_during_three_runs_in_turn_waits_for_a_silence_after_the_next() -> None:
    runs = suspected("/p/a.py")
    assert run(runs, 30.0, "/p/a.py", wrote=set()) == set()
    assert runs.waiting == {"/p/a.py"}
    assert runs.silence(31.5) == 0.5
    assert runs.silence(32.0) is None
    assert runs.waiting == set()


def test_the_silence_is_as_long_as_the_run_was() -> None:
    runs = suspected("/p/a.py")
    for began, ended, silence in ((100.0, 110.0, 10.0), (200.0, 200.1, 1.0), (300.0, 900.0, 30.0)):
        runs.began(began)
        runs.changed("/p/a.py", began)
        runs.ended(ended)
        assert runs.silence(ended) == pytest.approx(silence)


def test_who_saves_again_and_again_is_answered_when_no_run_is_on() -> None:
    runs = suspected("/p/a.py")
    for number in range(3, 9):
        assert run(runs, number * 10.0, "/p/a.py", wrote=set()) == set()
        assert not runs.changed("/p/a.py", number * 10.0 + 1.3)
        assert runs.waiting == set()
    assert runs.noisy == set()
    runs.began(100.0)
    runs.changed("/p/a.py", 100.1)
    assert runs.waiting == set()


def test_what_waits_is_given_out_with_an_edit_of_another_file() -> None:
    runs = suspected("/p/a.py")
    run(runs, 30.0, "/p/a.py", wrote=set())
    runs.changed("/p/b.py", 31.3)
    assert runs.waiting == set()


def test_no_silence_is_over_during_a_run() -> None:
    runs = suspected("/p/a.py")
    run(runs, 30.0, "/p/a.py", wrote=set())
    runs.began(31.2)
    assert runs.silence(60.0) is None
    assert runs.waiting == {"/p/a.py"}
    runs.ended(60.0)
    assert runs.silence(89.0) is None
    assert runs.waiting == set()


def test_a_source_that_changes_in_runs_only_is_noisy_after_three_silences() -> None:
    runs = suspected("/p/gen.py")
    for number in range(3, 6):
        assert runs.noisy == set()
        assert run(runs, number * 10.0, "/p/gen.py", wrote=set()) == set()
        runs.silence(number * 10.0 + 5)
    assert runs.noisy == {"/p/gen.py"}
    assert run(runs, 60.0, "/p/gen.py", wrote=set()) == {"/p/gen.py"}
    assert runs.waiting == set()
    assert not runs.changed("/p/gen.py", 70.0)
    assert runs.noisy == set()


def test_a_suspected_source_that_a_child_writes_shortly_after_the_end_waits_too() -> None:
    runs = suspected("/p/gen.py")
    run(runs, 30.0, wrote=set())
    assert not runs.changed("/p/gen.py", 31.0 + GRACE / 2)
    assert runs.waiting == {"/p/gen.py"}
    runs.silence(32.0)
    assert runs.waiting == set()


def test_sources_that_every_run_writes_are() -> None:
    runs = Runs()
    for number in range(3):
        run(runs, number * 10.0, "/p/gen.py")
    assert runs.noisy == {"/p/gen.py"}


def test_what_is_put_back_before_the_end_counts_for_nothing() -> None:
    runs = Runs()
    for _ in range(4):
        runs.began(0.0)
        runs.changed("/p/x.txt", 0.5)
        runs.reverted("/p/x.txt")
        assert runs.waiting == set()
        runs.ended(1.0)
    assert runs.noisy == set()


def test_children_that_write_shortly_after_the_end_come_to_rest() -> None:
    runs = Runs()
    passed_over = []
    for number in range(6):
        end = number * 10.0 + 1
        runs.began(0.0)
        runs.ended(end)
        passed_over.append(runs.changed("/p/x.log", end + GRACE / 2))
    assert passed_over == [False, False, False, True, True, True]
    assert runs.noisy == {"/p/x.log"}


def test_runs_may_overlap() -> None:
    runs = Runs()
    runs.began(0.0)
    runs.began(0.0)
    runs.changed("/p/x.json", 1.0)
    runs.ended(2.0)
    assert runs.waiting == {"/p/x.json"}
    runs.ended(3.0)
    assert runs.waiting == set()


def test_an_end_too_many_is_no_trouble() -> None:
    runs = Runs()
    runs.ended(1.0)
    runs.began(0.0)
    runs.changed("/p/x.json", 1.0)
    assert runs.waiting == {"/p/x.json"}
