"""What a run writes, and what a person edits while it runs."""

from __future__ import annotations

import pytest

from tui.engine.watching.runs import GRACE, Runs, is_source


def run(runs: Runs, at: float, *changed: str, wrote: set[str] | None = None) -> set[str]:
    """A run of one second that changes these files."""
    runs.began()
    for path in changed:
        runs.changed(path, at + 0.5)
    runs.wrote(changed if wrote is None else wrote)
    return runs.ended(at + 1)


@pytest.mark.parametrize("path", ["/p/a.py", "/p/conftest.py", "/p/pyproject.toml", "/p/pytest.ini", "/p/tox.ini"])
def test_sources_do_not_wait(path: str) -> None:
    runs = Runs()
    runs.began()
    assert not runs.changed(path, 1.0)
    assert runs.waiting == set()
    assert is_source(path)


def test_data_waits_for_the_end_of_the_run() -> None:
    runs = Runs()
    runs.began()
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
    runs.began()
    runs.changed("/p/x.json", 1.0)
    runs.changed("/p/y.json", 1.0)
    runs.wrote({"/p/x.json", "/p/late.json"})
    assert runs.ended(2.0) == {"/p/x.json", "/p/late.json"}


def test_a_source_that_the_run_said_it_writes_waits() -> None:
    runs = Runs()
    runs.began()
    runs.wrote(["/p/gen.py"])
    runs.changed("/p/gen.py", 1.0)
    assert runs.waiting == {"/p/gen.py"}


def test_a_source_that_an_earlier_run_wrote_waits() -> None:
    runs = Runs()
    run(runs, 0.0, "/p/gen.py")
    runs.began()
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


def test_sources_saved_during_every_run_are_never_noisy() -> None:
    runs = Runs()
    for number in range(6):
        run(runs, number * 10.0, "/p/a.py", wrote=set())
    assert runs.noisy == set()


def test_sources_that_every_run_writes_are() -> None:
    runs = Runs()
    for number in range(3):
        run(runs, number * 10.0, "/p/gen.py")
    assert runs.noisy == {"/p/gen.py"}


def test_what_is_put_back_before_the_end_counts_for_nothing() -> None:
    runs = Runs()
    for _ in range(4):
        runs.began()
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
        runs.began()
        runs.ended(end)
        passed_over.append(runs.changed("/p/x.log", end + GRACE / 2))
    assert passed_over == [False, False, False, True, True, True]
    assert runs.noisy == {"/p/x.log"}


def test_runs_may_overlap() -> None:
    runs = Runs()
    runs.began()
    runs.began()
    runs.changed("/p/x.json", 1.0)
    runs.ended(2.0)
    assert runs.waiting == {"/p/x.json"}
    runs.ended(3.0)
    assert runs.waiting == set()


def test_an_end_too_many_is_no_trouble() -> None:
    runs = Runs()
    runs.ended(1.0)
    runs.began()
    runs.changed("/p/x.json", 1.0)
    assert runs.waiting == {"/p/x.json"}
