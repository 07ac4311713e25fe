"""The front of coverage: answers for the screen and the command line, out of what runs have recorded."""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.coverage import gutter, words
from tui.engine.coverage.by_test import ByTest
from tui.engine.coverage.contents import Contents
from tui.engine.coverage.counting import Counting, Tally
from tui.engine.coverage.difference import covered_of
from tui.engine.coverage.filling import Filling
from tui.engine.coverage.git import Git
from tui.engine.coverage.heads import Heads
from tui.engine.coverage.parts import regions_of
from tui.engine.coverage.saves import Saves
from tui.engine.coverage.state import State, gather
from tui.model.coverage import DiffCoverage, FileCoverage, FileLines, FileRegions, Report, Share, total_of
from tui.model.executed import Executed, Unions
from tui.model.impact.index import TEST
from tui.model.impact.source import line_set, set_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tui.engine.coverage.state import Counts
    from tui.engine.record.store import Record
    from tui.engine.runs import Runs
    from tui.engine.settings import Settings
    from tui.model.events import ItemKey


_PATIENCE = 0.3
"""Seconds after which somebody who looks at files sees those that have been counted."""


class Coverage:
    """What is covered, file by file, line by line, test by test; one for the runs of an explorer.

    Paths that go in may be absolute or relative to the rootdir; those that come out are relative to it where they lie
    below it. Nothing here raises for what a project, its files or its coverage.py are like: words say what is wrong.
    """

    def __init__(self, runs: Runs, settings: Settings) -> None:
        explorer = runs.explorer
        self._runs = runs
        self._policy = settings.coverage
        self._contents = Contents(explorer.describe)
        self._counting = Counting(explorer.count, explorer.project.cwd, explorer.cache.folder)
        self._git = Git(explorer.project.cwd)
        self._heads = Heads(explorer.cache.folder / "coverage-head.json")
        self._saves = Saves()
        self._comparing: asyncio.Task[None] | None = None
        self.version = 0
        """Another number whenever the record has changed."""
        runs.records.after.append(self._renew)  # before anybody is told of the change
        self._filling = Filling(runs)
        self._by_test = ByTest(self._contents, runs.store)
        self._unions = Unions()
        self._given: dict[str, object] = {}
        """The sign of the file that was given line by line last, by its path."""
        self._branches = False
        """Whether the last report counted branches."""
        self._viewed = False
        self._before: State | None = None
        runs.records.before.append(self._keep)
        runs.records.saving.append(self._save)

    @property
    def on_change(self) -> Callable[[], None]:
        """Called when the answers are different: at most every second while tests run, and after a run."""
        return self._filling.on_change

    @on_change.setter
    def on_change(self, call: Callable[[], None]) -> None:
        self._filling.on_change = call

    def begin(self) -> str:
        """Record every run from now on, watched or not; words for the person, empty where nothing has to be said."""
        if self._policy == "off":
            return "nothing is recorded: the setting coverage is off"
        self._viewed = True
        self._filling.begin()
        self._runs.recording = self._policy
        return ""

    # Files

    async def report(self) -> Report:
        """All files. Only those of which anything has changed are counted again."""
        began = time.monotonic()
        patience = _PATIENCE if self._viewed else None
        filling = self._filling.live is not None
        state, tally = await self._counted(search=not filling, seconds=patience)
        if tally.waiting and self._filling.live is None:
            asyncio.get_running_loop().call_soon(self.on_change)
        self._filling.took = time.monotonic() - began
        if self._record.index is not None:
            await self._by_test.weigh(self._record.index)
        shown = self._shown(tally)
        files = tuple(sorted(shown.values(), key=lambda file: file.path))
        commit = await self._git.head()
        head = await self._head(commit, state, tally, shown)
        return Report(
            files,
            total_of(files),
            tally.fail_under,
            state.branches,
            words.notes(state, tally, self._policy),
            await self._before_of(state, shown),
            head,
            tally.precision,
            tally.threshold_decimals,
            hindered=bool(tally.error) and (bool(state.setting.faults) or not state.nothing),
            filling=filling,
            unrecorded=self._filling.is_in_vain,
            committed=bool(commit),
        )

    async def _counted(
        self, *, search: bool = True, only: Collection[str] | None = None, seconds: float | None = None
    ) -> tuple[State, Tally]:
        """What is executed, and what coverage.py counts of it: of all files or of those in ``only``.

        After ``seconds`` some files may be left for the next time.
        """
        if self._runs.store.session is None:
            return State(), Tally(error="nothing is known before the tests have been collected")
        state = await self._gathered(only)
        if only is None:
            self._branches = state.branches
            if state.nothing:
                why = "" if state.setting.faults else words.nothing_recorded(self._policy, self._runs.recording)
                return state, Tally(error=why or state.setting.faults[0])
        branches = self._branches or state.branches
        counting = self._counting.tally(state.files, state.setting, branches=branches, search=search, seconds=seconds)
        return state, await counting

    async def _gathered(self, only: Collection[str] | None = None) -> State:
        live = self._filling.live
        return await gather(self._record, self._contents, self._counts(), live=live, only=only, unions=self._unions)

    def _shown(self, tally: Tally) -> dict[str, FileCoverage]:
        """The files that have numbers, by absolute path."""
        counted = {path: count for path, count in tally.files.items() if not count.left_out and not count.error}
        return {path: count.coverage(self.relative(path)) for path, count in counted.items()}

    async def _head(
        self, commit: str, state: State, tally: Tally, shown: Mapping[str, FileCoverage]
    ) -> dict[str, FileCoverage]:
        if not commit or self._filling.live is not None:
            return {}
        differing = (await self._git.difference("HEAD")).lines
        contents = {path: tally.files[path].content for path in shown}
        complete = {path: file for path, file in shown.items() if path not in state.stale}
        found = await asyncio.to_thread(self._heads.update, commit, contents, complete, differing)
        return {shown[path].path: _renamed(file, shown[path].path) for path, file in found.items()}

    async def _keep(self, record: Record) -> None:
        """Before a run is taken in: what was executed until then."""
        if self._viewed and record.index is not None:
            self._before = await gather(record, self._contents, self._counts(), unions=self._unions)

    async def _renew(self, _record: Record) -> None:
        self.version += 1
        self._by_test.forget()

    async def _before_of(self, state: State, shown: Mapping[str, FileCoverage]) -> dict[str, FileCoverage]:
        """The numbers before the last run, of the files whose content is the same and whose numbers are not."""
        if self._before is None:
            return {}
        same = {
            path: (content, done)
            for path, (content, done) in self._before.files.items()
            if state.files.get(path, ("", None))[0] == content and path in shown
        }
        earlier = await self._counting.tally(same, state.setting, branches=self._branches, search=False)
        found = {path: file for path, file in self._shown(earlier).items() if path in same}
        return {file.path: file for path, file in found.items() if file != shown[path]}

    # One file

    async def lines(self, path: str) -> FileLines:
        """A file line by line."""
        absolute = self.absolute(path)
        name = self.relative(absolute)
        self._given = {absolute: self._contents.sign(absolute)}
        source, problem = await asyncio.to_thread(gutter.source_of, Path(absolute))
        if not source and problem:
            return FileLines(name, words=problem)
        state, tally = await self._counted(search=False, only={absolute})
        against_git = await self._git.difference("HEAD")
        changed = frozenset(against_git.lines.get(absolute, ()))
        await self._compared()
        saved = self._saves.lines(absolute)
        content, done = state.files.get(absolute, ("", Executed()))
        if tally.error or (absolute not in state.files and absolute not in tally.files):
            said = tally.error or "nothing of this file was executed"
            return FileLines(name, source, gutter.unknown(len(source)), {}, saved, changed, said)
        count, why = await self._counting.detail(absolute, done, state.setting, branches=state.branches)
        said = words.of_file(count, done, problem)
        if count.error or count.left_out:
            return FileLines(name, source, gutter.unknown(len(source)), {}, saved, changed, said)
        if content and count.content != content:
            return FileLines(name, source, gutter.outdated(len(source)), {}, saved, changed, said)
        states = gutter.states_of(len(source), count, done)
        return FileLines(name, source, states, why, saved, changed, said, count.coverage(name))

    async def functions(self, path: str) -> FileRegions:
        """The functions and classes of a file."""
        absolute = self.absolute(path)
        name = self.relative(absolute)
        self._given = {absolute: self._contents.sign(absolute)}
        state, tally = await self._counted(search=False, only={absolute})
        if tally.error or (absolute not in state.files and absolute not in tally.files):
            return FileRegions(name, words=tally.error or "nothing of this file was executed")
        content, done = state.files.get(absolute, ("", Executed()))
        count, told = await self._counting.regions(absolute, done, state.setting, branches=state.branches)
        said = words.of_file(count, done, "")
        if count.error or count.left_out or done.stale < 0 or (content and count.content != content):
            return FileRegions(name, words=said or words.CHANGED)
        count_tests = partial(self._by_test.numbers_of, path=absolute, parts=[each.lines for each in told])
        return FileRegions(name, regions_of(told, await self._record.look(count_tests)), said)

    def is_outdated(self, path: str) -> bool:
        """Whether a file is not any more what ``lines`` or ``functions`` has given last."""
        absolute = self.absolute(path)
        return absolute in self._given and self._given[absolute] != self._contents.sign(absolute)

    # Tests

    def tests_of(self, path: str, first: int, last: int) -> list[ItemKey]:
        """The items that executed any of these lines (both included), the fastest and most specific first.

        As long as the record has not been read whole, by ``report`` or ``lines``, its file is asked.
        """
        if self._runs.store.session is None:
            return []
        index = self._record.index
        absolute = self.absolute(path)
        if index is not None:
            return self._by_test.tests_of(index, absolute, first, last)
        content = self._contents.hash(absolute)
        wanted = line_set([max(first, 1), max(first, last, 1)])
        return self._by_test.ranked(self._record.executors(absolute, content, wanted), {}) if content else []

    async def numbers(self, path: str) -> dict[int, int]:
        """How many items executed each line of a file; lines that none did are left out."""
        if self._runs.store.session is None:
            return {}
        return await self._record.look(partial(self._by_test.numbers, path=self.absolute(path)))

    async def of_test(self, key: ItemKey) -> list[Share]:
        """What one item executes, with its shared fixtures."""
        if self._runs.store.session is None:
            return []
        found = await self._record.look(partial(self._by_test.shares, key=key, counts=self._counts()))
        return [Share(self.relative(path), lines, only) for path, lines, only in found]

    # Edits

    async def diff(self, base: str = "HEAD") -> DiffCoverage:
        """Coverage of the lines that differ from a commit, or from where this branch left another one."""
        difference = await self._git.difference(base)
        if difference.words:
            return DiffCoverage(base, words=difference.words)
        state, tally = await self._counted()
        if tally.error:
            return DiffCoverage(base, words=tally.error)
        return await asyncio.to_thread(covered_of, base, difference, state, tally, self.relative)

    async def since_save(self, paths: Iterable[str]) -> str:
        """What the last save of these files has brought: 'cart.py: lines 41-44 are new and not covered', or ''."""
        await self._compared()
        changed = {path: lines for path in map(self.absolute, paths) if (lines := self._saves.lines(path))}
        if not changed or self._policy == "off":
            return ""
        state, tally = await self._counted(search=False, only=changed.keys())
        found = {}
        for path, lines in changed.items():
            count = tally.files.get(path)
            stale = state.files[path][1].stale if path in state.files else 0
            if count is not None and not count.left_out and not count.error and stale >= 0:
                found[self.relative(path)] = set_of(lines) & count.missing & ~stale
        return words.since_save(found)

    async def _save(self, record: Record, paths: Collection[str]) -> None:
        """Files have been saved: their lines are compared with what they held before, while tests are chosen."""
        index = record.index
        known = await record.look(partial(self._saves.known, paths=paths)) if index is None else None
        before = known if index is None else self._saves.known(index, paths)
        self._comparing = asyncio.create_task(asyncio.to_thread(self._saves.take, list(paths), before or {}))

    async def _compared(self) -> None:
        """The lines of the last save are known."""
        if self._comparing is not None:
            await asyncio.wait([self._comparing])

    async def export(self, kind: str, target: Path) -> str:
        """Write a data file, html, xml, lcov or json (``kind``) through coverage.py; words for the person."""
        state, tally = await self._counted(search=False)
        if tally.error:
            return tally.error
        files = {path: done for path, (_, done) in state.files.items()}
        said = await self._counting.export(files, state.setting, kind, os.path.abspath(target))  # noqa: ASYNC240,PTH100 - reads no disk
        stale = words.stale(state)
        return f"{said or f'written to {target}'}{f'; {stale}' if stale else ''}"

    # Names

    @property
    def _record(self) -> Record:
        return self._runs.records.present

    @property
    def _rootdir(self) -> str:
        session = self._runs.store.session
        return os.path.realpath(session.rootdir if session is not None else self._runs.explorer.project.cwd)

    def relative(self, path: str) -> str:
        """An absolute path as it is shown."""
        return path.removeprefix(f"{self._rootdir}{os.sep}")

    def absolute(self, path: str) -> str:
        """A path as the record has it."""
        return os.path.realpath(os.path.join(self._rootdir, path))  # noqa: PTH118 - paths are texts on this seam

    def _counts(self) -> Counts:
        """Tests that are not collected any more cover nothing; of a file that cannot be collected nobody knows."""
        store = self._runs.store
        broken = tuple(store.tree.broken)
        if not store.complete or "" in broken:
            return lambda _context: True
        there = {item.key for item in store.tree.items()}
        below = tuple(f"{nodeid}{end}" for nodeid in broken for end in ("/", "::"))
        return lambda context: context.name.kind != TEST or context.key in there or context.name.text.startswith(below)


def _renamed(file: FileCoverage, path: str) -> FileCoverage:
    return FileCoverage(path, file.statements, file.missing, file.excluded, file.branches, file.partial, (), file.half)
