"""Has files counted by the project's coverage.py, those alone of which something is new."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tui.engine.coverage.counts import Counts, FileCount, config_of, count_of, digest_of, never_key
from tui.model.impact.source import members

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from tui.model.executed import Executed
    from tui.plugin.wire import CountPlan

    Count = Callable[[CountPlan], Awaitable[dict[str, Any]]]
    Files = Mapping[str, tuple[str, Executed]]
    """By absolute path: content hash, and what was executed of it."""

_AT_ONCE = 2
"""Processes that count at the same time."""
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

    async def tally(self, files: Files, setting: Setting, *, branches: bool, search: bool = True) -> Tally:
        """Count these files, given with content hash and what was executed; with ``search`` also those never executed.

        What coverage.py cannot do is said in ``error`` and ``notes``.
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
            tally = await self._asked(files, wanted, setting, keys, branches=branches, search=search)
            if tally.version and self._counts.is_of_another(tally.version):
                self._never = {}
                return await self.tally(files, setting, branches=branches, search=search)
            await asyncio.to_thread(self._counts.save)
        else:
            tally = replace(self._last, files={}, error="")
        tally.files.update((path, known) for path, known in found.items() if known is not None)
        if not tally.error:
            self._last = tally
            self._add_never(tally, files)
        return tally

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
    ) -> Tally:
        parts = _AT_ONCE if len(wanted) >= _WORTH_IT else 1
        plans = []
        for part in range(parts):
            plan = self._plan({path: files[path][1] for path in wanted[part::parts]}, setting, branches=branches)
            plan["search"] = search and part == 0
            plan["executed"] = list(files)
            plans.append(plan)
        tally = Tally()
        for answer in await asyncio.gather(*map(self._question, plans)):
            self._take(answer, tally, keys, searched=search)
        return tally

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
            key = keys.get(path)
            if key is not None and told and (counted.left_out or key.startswith(f"{counted.content} ")):
                self._counts.put(path, key, told)

    async def detail(
        self, path: str, done: Executed, setting: Setting, *, branches: bool
    ) -> tuple[FileCount, dict[int, str]]:
        """One file, with words about the branches that were not taken, by line."""
        plan = self._plan({path: done}, setting, branches=branches)
        plan["detail"] = True
        answer = await self._question(plan)
        told = answer.get("files", {}).get(path)
        if answer.get("error") or told is None:
            return FileCount("", error=answer.get("error") or "coverage.py says nothing of this file"), {}
        why = {int(line): "; ".join(map(str, words)) for line, words in told.get("why", {}).items()}
        return count_of(told), why

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
            "known": self._never,
            "detail": False,
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
