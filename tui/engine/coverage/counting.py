"""Has files counted by the project's coverage.py, those alone of which something is new."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tui.engine.coverage.counts import (
    Counts,
    FileCount,
    RegionCount,
    config_of,
    count_of,
    digest_of,
    never_key,
    region_of,
)
from tui.model.impact.source import members

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from tui.model.executed import Executed
    from tui.plugin.wire import CountPlan

    Count = Callable[[CountPlan], Awaitable[dict[str, Any]]]
    Files = Mapping[str, tuple[str, Executed]]
    """By absolute path: content hash, and what was executed of it."""

_AT_ONCE = min(8, max(2, os.cpu_count() or 1))
"""Processes that count at the same time."""
_FIRST = 100
"""Files that are counted before somebody who waits sees any; then twice as many, and so on."""
_WORTH_IT = 40
"""Files from which a second process is worth its start."""


@dataclass(slots=True)
class Setting:
    """What the last run told of how it was measured; ``cov`` are pytest-cov's options, if it was at work."""

    roots: list[str] = field(default_factory=list)
    cov: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Why lines or branches are missing."""


@dataclass(slots=True)
class Tally:
    """Counted files by absolute path, and what coverage.py says besides. ``error`` in words: nothing was counted."""

    files: dict[str, FileCount] = field(default_factory=dict)
    fail_under: float | None = None
    precision: int = 0
    threshold_decimals: int | None = None
    wants_branches: bool = False
    """Whether the project's own configuration measures branches."""
    wants_children: bool = False
    """Whether it measures child processes."""
    lent: bool = False
    version: str = ""
    waiting: int = 0
    """Files that have not been counted yet, because somebody waits for the others."""
    notes: tuple[str, ...] = ()
    error: str = ""


class Counting:
    """Asks, and keeps the answers."""

    def __init__(self, count: Count, cwd: Path, cache: Path) -> None:
        """``cache`` is the folder for what is kept."""
        self._count = count
        self._cwd = cwd
        self._counts = Counts(cache / "counted.json")
        self._last = Tally()
        self._never: dict[str, str] = {}
        self._branches = False
        self._turn = 0
        self._turns: dict[str, int] = {}
        """When files were counted last, those that were not before those that were."""

    async def tally(
        self, files: Files, setting: Setting, *, branches: bool, search: bool = True, seconds: float | None = None
    ) -> Tally:
        """Count these files, given with content hash and what was executed; with ``search`` also those never executed.

        After ``seconds`` the others are left ``waiting`` for the next time; None: all are counted. What coverage.py
        cannot do is said in ``error`` and ``notes``.
        """
        others = [repr(sorted(setting.cov.items()))]
        await asyncio.to_thread(self._counts.use, config_of(self._cwd, others))
        if not self._last.version or branches != self._branches:
            self._branches = branches
            self._never = self._counts.never(branches=branches)
        keys = {path: f"{content} {digest_of(done, branches=branches)}" for path, (content, done) in files.items()}
        found = {path: self._counts.get(path, key) for path, key in keys.items()}
        wanted = [path for path, known in found.items() if known is None]
        if wanted or search or not self._last.version:
            tally = await self._asked(files, wanted, setting, keys, branches=branches, search=search, seconds=seconds)
            if tally.version and self._counts.is_of_another(tally.version):
                self._never = {}
                return await self.tally(files, setting, branches=branches, search=search, seconds=seconds)
            await asyncio.to_thread(self._counts.save)
        else:
            tally = replace(self._last, files={}, error="")
        tally.files.update((path, known) for path, known in found.items() if known is not None)
        if tally.waiting:
            self._add_earlier(tally, files)
        if not tally.error:
            self._last = tally
            self._add_never(tally, files)
        return tally

    def _add_earlier(self, tally: Tally, files: Files) -> None:
        """Of files that wait, what was counted of the same content before."""
        for path, (content, _) in files.items():
            earlier = self._counts.latest(path, content) if path not in tally.files else None
            if earlier is not None:
                tally.files[path] = earlier

    def _add_never(self, tally: Tally, files: Files) -> None:
        for path, content in self._never.items():
            known = self._counts.get(path, never_key(content, branches=self._branches))
            if path not in files and known is not None:
                tally.files[path] = known

    async def _asked(
        self,
        files: Files,
        wanted: list[str],
        setting: Setting,
        keys: Mapping[str, str],
        *,
        branches: bool,
        search: bool,
        seconds: float | None,
    ) -> Tally:
        tally = Tally()
        began = time.monotonic()
        # Who waits sees the first files soon; who does not gets all of them with the least work.
        size = _FIRST if seconds is not None else len(wanted)
        left = sorted(wanted, key=lambda path: self._turns.get(path, 0))
        while True:
            part, left = left[:size], left[size:]
            plans = self._plans(part, files, setting, branches=branches)
            plans[0]["search"] = search
            plans[0]["at_most"] = size if seconds is not None else 0
            answers = await asyncio.gather(*map(self._question, plans))
            for plan, answer in zip(plans, answers, strict=True):
                self._take(answer, tally, keys, searched=plan["search"])
            more = int(answers[0].get("left", 0))
            search = more > 0
            if tally.error or not (left or search):
                return tally
            if seconds is not None and time.monotonic() - began >= seconds:
                tally.waiting = len(left) + more
                return tally
            size *= 2

    def _plans(self, paths: list[str], files: Files, setting: Setting, *, branches: bool) -> list[CountPlan]:
        """Questions about these files, at least one, for as many processes as are worth their start."""
        parts = min(_AT_ONCE, 1 + len(paths) // _WORTH_IT)
        plans = []
        for part in range(parts):
            plan = self._plan({path: files[path][1] for path in paths[part::parts]}, setting, branches=branches)
            plan["executed"] = list(files)
            plans.append(plan)
        return plans

    def _take(self, answer: dict[str, Any], tally: Tally, keys: Mapping[str, str], *, searched: bool) -> None:
        tally.error = tally.error or str(answer.get("error", ""))
        tally.version = str(answer.get("coverage", "")) or tally.version
        tally.lent = bool(answer.get("lent"))
        tally.notes = (*tally.notes, *(str(note) for note in answer.get("notes", ())))
        configured = answer.get("configured", {})
        tally.fail_under = configured.get("fail_under", tally.fail_under)
        tally.precision = int(configured.get("precision", tally.precision))
        tally.threshold_decimals = configured.get("threshold_decimals", tally.threshold_decimals)
        tally.wants_branches = bool(configured.get("branch", tally.wants_branches))
        tally.wants_children = bool(configured.get("children", tally.wants_children))
        if searched and "same" in answer and not answer.get("error"):
            same = set(answer["same"])
            self._never = {path: content for path, content in self._never.items() if path in same or path in keys}
        for path, told in answer.get("files", {}).items():
            try:
                counted = count_of(told)
            except (KeyError, TypeError, ValueError):
                counted, told = FileCount("", error="coverage.py gave no answer that can be read"), {}  # noqa: PLW2901
            if counted.never:
                self._never[path] = counted.content
                self._counts.put(path, never_key(counted.content, branches=self._branches), told)
            tally.files[path] = counted
            self._turns[path] = self._turn = self._turn + 1
            key = keys.get(path)
            if key is not None and told and (counted.left_out or key.startswith(f"{counted.content} ")):
                self._counts.put(path, key, told)

    async def detail(
        self, path: str, done: Executed, setting: Setting, *, branches: bool
    ) -> tuple[FileCount, dict[int, str]]:
        """One file, with words about the branches that were not taken, by line."""
        plan = self._plan({path: done}, setting, branches=branches)
        plan["detail"] = True
        count, told = await self._one(path, plan)
        return count, {int(line): "; ".join(map(str, words)) for line, words in told.get("why", {}).items()}

    async def regions(
        self, path: str, done: Executed, setting: Setting, *, branches: bool
    ) -> tuple[FileCount, list[RegionCount]]:
        """One file, with its functions and classes, and last what is outside of functions."""
        plan = self._plan({path: done}, setting, branches=branches)
        plan["regions"] = True
        count, told = await self._one(path, plan)
        return count, [region_of(each) for each in told.get("regions", ())]

    async def _one(self, path: str, plan: CountPlan) -> tuple[FileCount, dict[str, Any]]:
        """The answer about one file, and all that was told of it."""
        answer = await self._question(plan)
        told = answer.get("files", {}).get(path)
        if answer.get("error") or told is None:
            return FileCount("", error=answer.get("error") or "coverage.py says nothing of this file"), {}
        return count_of(told), told

    async def export(self, files: Mapping[str, Executed], setting: Setting, kind: str, target: str) -> str:
        """Have coverage.py write a report; words on what went wrong or was left out, empty if nothing was."""
        branches = any(done.arcs for done in files.values())
        plan = self._plan(files, setting, branches=branches)
        plan["export"] = [kind, target]
        plan["executed"] = list(files)
        answer = await self._question(plan)
        return str(answer.get("error") or answer.get("exported") or "")

    async def _question(self, plan: CountPlan) -> dict[str, Any]:
        try:
            return await self._count(plan)
        except OSError as error:
            return {"error": str(error)}

    def _plan(self, files: Mapping[str, Executed], setting: Setting, *, branches: bool) -> CountPlan:
        from tui.engine.lending import lent  # takes longer than most that is asked here

        return {
            "files": {path: _told(done, branches=branches) for path, done in files.items()},
            "executed": [],
            "roots": setting.roots,
            "source": setting.cov.get("source"),
            "config_file": setting.cov.get("config"),
            "branch": setting.cov.get("branch"),
            "lend": lent("coverage"),
            "branches": branches,
            "search": False,
            "at_most": 0,
            "known": self._never,
            "detail": False,
            "regions": False,
            "export": None,
        }


def _told(done: Executed, *, branches: bool) -> dict[str, list[int]]:
    if branches and done.arcs is not None:
        # Lines whose arcs nobody saw are lines all the same.
        rest = set(members(done.lines)) - {end for arc in done.arcs for end in arc}
        arcs = sorted(done.arcs | {(-1, line) for line in rest})
        return {"lines": ranges_of(done.lines), "arcs": [end for arc in arcs for end in arc]}
    return {"lines": ranges_of(done.lines)}


def ranges_of(lines: int) -> list[int]:
    """A set of lines as inclusive ranges, flattened: the way back from ``line_set``."""
    flat: list[int] = []
    while lines:
        first = (lines & -lines).bit_length() - 1
        rest = ~(lines >> first)
        length = (rest & -rest).bit_length() - 1
        flat += (first, first + length - 1)
        lines = lines >> (first + length) << (first + length)
    return flat
