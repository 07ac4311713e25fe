"""Real runs with the record on, one edit each, and a run of everything as the truth: no failing test may be missed."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.record.scenarios import COLLECTED, SCENARIOS, Scenario
from tests.engine.record.toy import FILES, text
from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.engine.record import Record
from tui.engine.request import Selection
from tui.model import events as ev
from tui.model.impact import Choice, Facts

SECONDS = 60
_LEVEL = "test_fixtures.py::TestGroup::test_level"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Toy:
    """The project, an explorer of it, and the record of one run of everything."""

    root: Path
    explorer: Explorer
    facts: Facts
    stored: Path
    hashes: dict[str, str | None]

    def restore(self) -> None:
        for name in ("shop", "tests"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        lay_out(self.root)

    def record(self) -> Record:
        """The record of the first run, where it was made: elsewhere it holds for nothing."""
        folder = self.root.parent / "cache"
        shutil.rmtree(folder)
        shutil.copytree(self.stored, folder)
        return Record(folder, sys.version)

    async def choose(self) -> Choice:
        """The answer to all changes against the recorded state."""
        record = self.record()
        now = hashes(self.root)
        changes = {
            path: now.get(path) for path in self.hashes.keys() | now.keys() if self.hashes.get(path) != now.get(path)
        }
        assert changes
        return await record.choose(changes, self.explorer.describe, lambda: self.facts)


def lay_out(root: Path) -> None:
    for name in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(name))


def hashes(root: Path) -> dict[str, str | None]:
    """Content of all files of the project but those that runs leave behind."""
    paths = [path for name in ("shop", "tests") for path in (root / name).rglob("*")] + [root / "pytest.ini"]
    return {
        str(path): hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


async def run(explorer: Explorer, order: Order) -> list[ev.Event]:
    async with asyncio.timeout(SECONDS):
        return [event async for batch in explorer.run(order).batches() for event in batch]


def facts_of(events: list[ev.Event]) -> Facts:
    (collection,) = [event for event in events if isinstance(event, ev.CollectionFinished)]
    finished = [event for event in events if isinstance(event, ev.ItemFinished)]
    return Facts(
        items={(item.nodeid, item.index): item.file_path for item in collection.items},
        failed={(event.nodeid, event.index) for event in finished if event.status.is_bad},
        seconds={(event.nodeid, event.index): event.duration for event in finished},
        fixtures={(item.nodeid, item.index): item.fixtures for item in collection.items},
    )


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def base(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Toy]:
    root = tmp_path_factory.mktemp("toy") / "project"
    root.mkdir()
    lay_out(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        explorer = Explorer(Project(root, Interpreter(sys.executable, "test"), ("-p", "no:cacheprovider")))
        try:
            made = root.parent / "cache"
            made.mkdir()
            record = Record(made, sys.version)
            events = await run(explorer, Order(record="selection", cold=True))
            assert explorer.stream is not None
            finished = [event for event in events if isinstance(event, ev.ItemFinished)]
            await record.take(explorer.stream.folder, explorer.describe, finished)
            facts = facts_of(events)
            assert not facts.failed
            stored = root.parent / "stored"
            shutil.copytree(made, stored)
            yield Toy(root, explorer, facts, stored, hashes(root))
        finally:
            explorer.close()


@pytest.fixture
def toy(base: Toy) -> Toy:
    base.restore()
    return base


def apply(root: Path, scenario: Scenario) -> None:
    for name, edit in scenario.edits.items():
        path = root / name
        if edit is None:
            path.unlink()
        elif isinstance(edit, str):
            path.write_text(edit)
        else:
            assert path.read_text().count(edit[0]) == 1, scenario.name
            path.write_text(path.read_text().replace(*edit))


CHAIN: tuple[tuple[str, str, str, set[str]], ...] = (
    ("shop/cart.py", "return n * BASE", "return rates.BASE * taxed(n) - rates.BASE", set()),
    ("shop/cart.py", "tax=1", "tax=2", {"test_cart.py::test_price", "test_cart.py::test_taxed"}),
    ("shop/rates.py", "BASE = 10", "BASE = 5", set()),  # heals the price
    ("tests/support.py", "return [1, 2]", "return [level(), 2]", set()),
    ("tests/support.py", "return 1", "return 3", {"test_fixtures.py::test_basket_again", _LEVEL}),
    ("tests/test_lazy.py", "lazy.VALUE == 7", "lazy.VALUE == 8", {"test_lazy.py::test_first"}),
    ("shop/lazy.py", "7", "8", {"test_lazy.py::test_second"}),
)
"""Edits one after the other, each on top of those before, with the tests that fail for the first time."""


async def test_a_chain_of_edits_and_of_runs_of_what_they_touch(toy: Toy) -> None:
    """Each run records only what it ran, from whatever was loaded ahead; the next choice builds on that."""
    record = toy.record()
    facts = toy.facts
    for name, old, new, newly in CHAIN:
        path = toy.root / name
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
        now = hashes(toy.root)[str(path)]
        choice = await record.choose({str(path): now}, toy.explorer.describe, partial(replace, facts))
        items = tuple((*chosen.key, facts.items[chosen.key]) for chosen in choice.items)
        order = Order(Selection(items=items, size=len(items)), record="selection", changed=frozenset({str(path)}))
        events = await run(toy.explorer, order)
        assert toy.explorer.stream is not None
        finished = [event for event in events if isinstance(event, ev.ItemFinished)]
        assert {(event.nodeid, event.index) for event in finished} == {chosen.key for chosen in choice.items}
        await record.take(toy.explorer.stream.folder, toy.explorer.describe, finished)
        truth = facts_of(await run(toy.explorer, Order(cold=True)))
        assert {nodeid.removeprefix("tests/") for nodeid, _ in truth.failed - facts.failed} == newly
        ran_failed = {(event.nodeid, event.index) for event in finished if event.status.is_bad}
        assert ran_failed == truth.failed, name
        facts = Facts(facts.items, ran_failed, facts.seconds, facts.fixtures)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name.replace(" ", "-"))
async def test_no_failing_test_is_missed(toy: Toy, scenario: Scenario) -> None:
    apply(toy.root, scenario)
    choice = await toy.choose()
    truth = facts_of(await run(toy.explorer, Order(cold=True)))
    failing = {nodeid.removeprefix("tests/") for nodeid, _ in truth.failed}
    if scenario.failing:
        assert failing == set(scenario.failing)
    tiers = {chosen.key: chosen.tier for chosen in choice.items}
    known = truth.failed & toy.facts.items.keys()
    assert known <= tiers.keys(), known - tiers.keys()
    assert all(chosen.reason for chosen in choice.items)
    if scenario.tier == COLLECTED:
        again = {toy.facts.items[key] for key in tiers} | set(hashes(toy.root).keys() - toy.hashes.keys())
        assert {truth.items[key] for key in truth.failed - known} <= again
    else:
        assert max((tiers[key] for key in known), default=0) <= scenario.tier
    assert sum(tier < 3 for tier in tiers.values()) <= scenario.at_most
    assert tuple(choice.syntax_errors) == tuple(str(toy.root / name) for name in scenario.errors)
