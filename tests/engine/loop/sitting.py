"""Somebody who saves files while the loop watches: real runs, and saves and knowledge as the test gives them."""

from __future__ import annotations

import asyncio
import os
import textwrap
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from tui.engine.explorer import Explorer
from tui.engine.loop.loop import Loop
from tui.engine.loop.partners import Policy
from tui.engine.orders import COLLECT, initial_order
from tui.engine.runs import Runs
from tui.engine.settings import Settings
from tui.engine.watching import Changes
from tui.engine.wishes import EVERYTHING, EVERYTHING_BY_LOOP
from tui.model import events as ev
from tui.model.impact import Choice, Chosen, Facts
from tui.model.store import Store
from tui.model.verdict import verdict
from tui.model.watch_events import FilesChanged, SelectionMade, VerdictReached, WatchEvent, WatchReady

SECONDS = 20.0
Kind = TypeVar("Kind", bound=WatchEvent)


class Saves:
    """The files that change are those that the test says."""

    notes = ()

    def __init__(self) -> None:
        self.queue: asyncio.Queue[dict[str, str | None]] = asyncio.Queue()
        self.told: list[object] = []
        self.needed: list[str] = []
        self.left_out: Sequence[str] | None = None
        self.since = 0

    async def start(self) -> None:
        self.told.append("started")

    async def changes(self) -> AsyncIterator[Changes]:
        while True:
            yield Changes(await self.queue.get())

    async def need(
        self, paths: Iterable[str] = (), *, norecursedirs: Sequence[str] | None = None, since: int = 0
    ) -> None:
        self.needed = list(dict.fromkeys([*self.needed, *paths]))
        self.since = since
        self.left_out = norecursedirs or self.left_out

    async def close(self) -> None:
        self.told.append("closed")

    def run_began(self) -> None:
        self.told.append("began")

    async def run_ended(self, wrote: Collection[str]) -> None:
        self.told.append(tuple(wrote))


class Memory:
    """Knows of each file name which tests it touches: tier and name of the test, in their order."""

    def __init__(self) -> None:
        self.touched: dict[str, list[tuple[int, str]]] = {}
        self.likely: dict[str, list[str]] = {}
        self.everything: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.outdated: dict[str, list[str]] = {}
        """The tests that depend on a file that has an error."""
        self.same_items = False
        self.facts: Facts | None = None
        self.taken: list[list[str]] = []
        self.loaded = False

    async def load(self) -> None:
        self.loaded = True

    async def choose(self, changes: Mapping[str, str | None], describe: object, told: Callable[[], Facts]) -> Choice:
        del describe
        facts = self.facts = told()
        names = [Path(path).name for path in changes]
        items = [
            Chosen((nodeid, 0), tier, f"{name} changed")
            for name in names
            for tier, nodeid in self.touched.get(name, ())
        ]
        items.sort(key=lambda chosen: chosen.tier)
        everything = next((self.everything[name] for name in names if name in self.everything), "")
        errors = {path: self.errors[Path(path).name] for path in changes if Path(path).name in self.errors}
        skipped = len(facts.items) - len(items)
        outdated = {path: {(each, 0) for each in self.outdated.get(Path(path).name, ())} for path in errors}
        choice = Choice(tuple(items), bool(everything), everything, errors, skipped, lead=10, outdated=outdated)
        unaffected = {key: path for key, path in facts.items.items() if key not in {each.key for each in items}}
        return replace(choice, same_items=self.same_items, unaffected=unaffected)

    def guess(self, paths: Iterable[str], known: object) -> list[ev.ItemKey]:
        del known
        names = {Path(path).name for path in paths}
        return [(nodeid, 0) for name in names for nodeid in self.likely.get(name, ())]

    async def take(
        self, folder: Path, describe: object, finished: Sequence[ev.ItemFinished]
    ) -> Mapping[str, str | None]:
        del folder, describe
        self.taken.append([event.nodeid for event in finished])
        return {}

    read: Collection[str] = ("prices.json",)

    async def edited_since(self, doubtful: Sequence[str] = ()) -> Mapping[str, str | None]:
        return dict.fromkeys(doubtful, "another content")

    def wrote(self, folder: Path) -> Collection[str]:
        return (str(folder),)


class Sitting:
    """The project, the loop, and what it has told."""

    def __init__(self, explorer: Explorer, policy: Policy) -> None:
        self.folder = explorer.project.cwd
        self.store = Store()
        self.saves = Saves()
        self.memory = Memory()
        self.told: list[WatchEvent] = []
        self.ran: list[list[str]] = []
        """Nodeids of what each run ran, in its order."""
        self._news = asyncio.Event()
        self.runs = Runs(explorer, self.store, self._news.set)
        self.loop = Loop(self.runs, self.saves, self.memory, policy, self._tell)
        self._policy = policy
        self._watching = asyncio.create_task(self.loop.watch())

    async def leave(self) -> None:
        """Watch no longer."""
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    async def come_back(self) -> None:
        """Watch again, with a loop of its own."""
        before, self.loop = self.loop, Loop(self.runs, self.saves, self.memory, self._policy, self._tell)
        self.loop.take_over(before)
        ready = len(self.of(WatchReady))
        self._watching = asyncio.create_task(self.loop.watch(catch_up=True))
        await self.until(lambda: len(self.of(WatchReady)) > ready, "readiness")

    def _tell(self, event: WatchEvent) -> None:
        self.told.append(event)
        self._news.set()

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; told: {self.told}; {self.outcomes}") from None

    async def until_so(self, condition: Callable[[], bool], what: str) -> None:
        """The same of what other processes do, of which nobody is told."""
        try:
            async with asyncio.timeout(SECONDS):
                while not condition():  # noqa: ASYNC110 - nobody tells of it
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}") from None

    async def idle(self) -> None:
        await self.until(lambda: not self.runs.busy, "the end of the runs")
        if self.loop.learning is not None:
            await self.loop.learning

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(textwrap.dedent(text))
        os.utime(path, (0, 0))  # of old: that a file is younger than results is not what is tested here
        return str(path)

    async def save(self, *names: str, rest: bool = True, **contents: str) -> None:
        """Save files; ``contents`` are those of NAME.py. With ``rest``, up to the end of the round."""
        paths = {self.write(f"{name}.py", text): text for name, text in contents.items()}
        changed: dict[str, str | None] = {path: blake2b(text.encode()).hexdigest() for path, text in paths.items()}
        for name in names:
            path = self.folder / name
            changed[str(path)] = blake2b(path.read_bytes()).hexdigest() if path.exists() else None
        before = len(self.of(VerdictReached))
        await self.saves.queue.put(changed)
        if rest:
            await self.until(lambda: any(each.stage == "rest" for each in self.of(VerdictReached)[before:]), "the rest")
            await self.idle()

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        return [(event.stage, event.colour.value) for event in self.of(VerdictReached)]

    @property
    def phase(self) -> str:
        return str(self.loop.cycle.phase)

    @property
    def outcomes(self) -> dict[str, str]:
        """Words by nodeid; ``~`` behind those that are out of date."""
        return {item.nodeid: item.status.word + "~" * item.stale for item in self.store.tree.items()}

    @property
    def bar(self) -> str:
        shown = verdict(self.store)
        return f"{shown.word} {shown.text}".strip()


@asynccontextmanager
async def sit_down(
    explorer: Explorer,
    policy: Policy | None = None,
    *,
    run: bool = True,
    ready: bool = True,
    first_round: bool | None = None,
) -> AsyncIterator[Sitting]:
    """The loop watches the project, whose tests have been collected (if ``ready``) and, with ``run``, run.

    With ``first_round`` it runs them by itself; with False it does not, and nobody asks for them.
    """
    sitting = Sitting(explorer, policy or Policy(record="off"))
    sitting.loop.first_round() if first_round else sitting.loop.follow()
    if first_round:
        sitting.runs.begin_prepared(initial_order(Settings(coverage="off")), EVERYTHING_BY_LOOP)
    else:
        sitting.runs.begin_prepared(COLLECT)
    if ready:
        await sitting.idle()
        await sitting.until(lambda: bool(sitting.of(WatchReady)), "readiness")
        if run and first_round is None:
            sitting.runs.ask(EVERYTHING)
            await sitting.idle()
    try:
        yield sitting
    finally:
        await sitting.leave()


__all__ = ["FilesChanged", "Memory", "Saves", "SelectionMade", "Sitting", "VerdictReached", "sit_down"]
