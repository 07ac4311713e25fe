from __future__ import annotations

from tui.model.pending import Pending

A, B, C = ("t.py::a", 0), ("t.py::b", 0), ("t.py::c", 0)


def test_only_a_later_run_answers_an_edit() -> None:
    pending = Pending()
    pending.add(A, 1, 0, "why", run=3)
    assert not pending.finished(A, 3)
    assert not pending.finished(A, 2)
    assert A in pending.items
    assert pending.finished(A, 4)
    assert not pending
    assert pending.finished(A, 3)  # of what no edit touched, every result counts


def test_two_edits_are_one_union() -> None:
    pending = Pending()
    pending.add(A, 1, 5, "first", run=1)
    pending.add(B, 3, 0, "might", run=1)
    pending.add(A, 3, 1, "second", run=2)
    pending.add(B, 2, 4, "surely", run=2)
    pending.add(C, 1, 0, "third", run=2)
    assert (pending.items[A].tier, pending.items[A].place, pending.items[A].reason) == (1, 5, "first")
    assert (pending.items[B].tier, pending.items[B].reason) == (2, "surely")
    assert not pending.finished(A, 2)  # its second edit fell in run 2
    assert pending.ordered() == [C, A, B]
    assert pending.has_affected()


def test_a_run_of_the_most_urgent_leaves_the_others() -> None:
    pending = Pending()
    pending.add(A, 3, 0, "might", run=1)
    pending.add(B, 1, 1, "second", run=1)
    pending.add(C, 1, 0, "first", run=1)
    asked = pending.ask(2, most=1)
    assert asked.items == [C]
    pending.settle(asked)
    assert pending.ordered() == [B, A]
    assert pending.has_affected()
    assert pending.finished(B, 3)
    assert not pending.has_affected()
    assert pending


def test_what_the_last_edit_touched_comes_before_what_earlier_ones_did() -> None:
    pending = Pending()
    pending.add(A, 0, 0, "edited, and hangs", run=1)
    pending.add(B, 2, 0, "edited meanwhile", run=2)
    pending.add(C, 3, 0, "might", run=3)
    assert pending.ordered() == [B, A, C]
    assert pending.affected(pending.ordered()) == 2


def test_what_a_run_could_not_give_is_not_waited_for() -> None:
    pending = Pending()
    pending.add(A, 1, 0, "gone", run=1)
    pending.add(B, 1, 0, "edited meanwhile", run=2)
    pending.files = {"/t.py": 1, "/u.py": 2}
    pending.everything = ("conftest.py changed", 1)
    pending.settle(pending.ask(2))
    assert list(pending.items) == [B]
    assert pending.files == {"/u.py": 2}
    assert not pending.everything


def test_an_edit_that_may_touch_anything() -> None:
    pending = Pending()
    pending.everything = ("conftest.py changed", 4)
    assert not pending.finished(A, 4)
    assert pending.finished(A, 5)
    pending.settle(pending.ask(4))
    assert pending
    pending.settle(pending.ask(5))
    assert not pending
