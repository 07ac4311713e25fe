"""Of many tests a run and an edit are taken in by parts, between which others come to their turn."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.engine.loop.conftest import Make
from tests.engine.loop.sitting import sit_down
from tui.engine.loop.entering import enter
from tui.engine.loop.round import Round
from tui.engine.record.records import Records
from tui.model.impact import Choice
from tui.model.pending import Pending

PROJECT = {"test_three.py": "def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass\n"}
A, B, C = (f"test_three.py::test_{letter}" for letter in "abc")


async def test_what_a_run_recorded_is_read_while_it_goes_on(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.alongside._EVERY", 0)
    read: set[str] = set()

    async def read_along(_: Records, folder: Path, __: object) -> None:
        read.add(folder.name)

    monkeypatch.setattr(Records, "read_along", read_along)
    async with sit_down(make(PROJECT)):
        assert "2" in read, "it is the first that runs anything"


async def test_everything_is_put_out_of_date_by_parts(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes in the meantime is left alone, and what has run since the edit."""
    monkeypatch.setattr("tui.engine.loop.entering._AT_ONCE", 1)
    async with sit_down(make(PROJECT)) as sitting:
        store, round_ = sitting.store, Round()
        first, second, third = store.tree.items()
        all_of_it = Choice((), everything=True, reason="all")
        entering = asyncio.create_task(enter(store, Pending(), all_of_it, {}, 2, round_))
        await asyncio.sleep(0)
        assert (first.stale, second.stale, third.stale) == (True, False, False)
        store.tree.remove_all([second])
        round_.done.add(third.key)
        await entering
        assert sitting.outcomes == {A: "passed~", C: "passed"}
        assert not second.stale
