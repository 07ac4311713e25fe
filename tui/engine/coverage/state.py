"""What is executed of every recorded file as it is now: the record, and what the present run has added."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.coverage.counting import Setting
from tui.model.executed import Executed, executed
from tui.model.impact.index import IMPORT, TEST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tui.engine.coverage.contents import Contents
    from tui.engine.coverage.live import Live
    from tui.engine.record.store import Record
    from tui.model.executed import Unions
    from tui.model.impact.index import Context, Index

    Counts = Callable[[Context], bool]

_AT_ONCE = 50
"""Files that are looked at before others get their turn with the record."""


@dataclass(slots=True)
class State:
    """``files``: content hash and what was executed, by absolute path. ``gone`` were measured and are not there now."""

    files: dict[str, tuple[str, Executed]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    setting: Setting = field(default_factory=Setting)
    in_part: int = 0
    """How many tests executed lines that nobody saw."""
    children: bool = False
    """Whether some test started a process."""

    @property
    def nothing(self) -> bool:
        """Whether no line was recorded."""
        return not self.gone and not any(done.lines or done.stale for _, done in self.files.values())

    @property
    def stale(self) -> list[str]:
        """The files of which something is not known because they changed."""
        return [path for path, (_, done) in self.files.items() if done.stale]

    @property
    def branches(self) -> bool:
        """Whether arcs were recorded."""
        return any(done.arcs for _, done in self.files.values())

    @property
    def mixed(self) -> bool:
        """Whether arcs were recorded of some files only."""
        return self.branches and any(done.arcs is None for _, done in self.files.values())


async def gather(
    record: Record,
    contents: Contents,
    counts: Counts,
    *,
    live: Live | None = None,
    only: Collection[str] | None = None,
    unions: Unions | None = None,
) -> State:
    """The state of all files that contexts which count have executed, or of those in ``only``."""
    paths = [path for path in await record.look(_paths) if only is None or path in only]
    running = [path for path in (live.files if live is not None else ()) if only is None or path in only]
    present = await contents.hashes(dict.fromkeys([*paths, *running]))
    there = {path: content for path, content in present.items() if content is not None}
    unknown = await record.look(lambda index: _undescribed(index, contents, there))
    await contents.describe(unknown)
    state = State()
    for at in range(0, len(there), _AT_ONCE):  # somebody may have saved meanwhile, and wait for the record
        part = dict(list(there.items())[at : at + _AT_ONCE])
        await record.look(partial(_add, state, contents=contents, there=part, counts=counts, unions=unions))
    await record.look(partial(_add_rest, state, paths=[path for path in paths if path not in there], counts=counts))
    if live is not None:
        live.add_to(state.files, there)
    return state


def _executed(index: Index) -> list[str]:
    return [path for path, file in index.files.items() if file.lines]


def _paths(index: Index) -> list[str]:
    """Files of which lines were executed, or that were imported and have none."""
    imported = (name.text for name in index.contexts if name.kind == IMPORT)
    return list(dict.fromkeys([*_executed(index), *imported]))


def _undescribed(index: Index, contents: Contents, there: dict[str, str]) -> dict[str, str]:
    """Files that changed since they were executed, and whose content nobody has described."""
    found = {}
    for path, content in there.items():
        file = index.files.get(path)
        moved = file is not None and any(each.version.hash != content for each in file.lines.values())
        if moved and contents.source(index, path, content) is None:
            found[path] = content
    return found


def _add(
    state: State, index: Index, *, contents: Contents, there: dict[str, str], counts: Counts, unions: Unions | None
) -> None:
    for path, content in there.items():
        file = index.files.get(path)
        done = Executed()
        if file is not None and file.lines:
            done = executed(file, content, contents.source(index, path, content), counts, unions)
        state.files[path] = (content, done)


def _add_rest(state: State, index: Index, *, paths: list[str], counts: Counts) -> None:
    doubtful = [index.contexts[name] for name in index.doubtful if name.kind == TEST and name in index.contexts]
    state.in_part = sum(map(counts, doubtful))
    state.children = any(context.spawns and counts(context) for context in list(index.tests.values()))
    once = set(_executed(index))
    state.gone = [path for path in paths if path in once]
    told = index.setting
    state.setting = Setting(list(told.get("roots", ())), dict(told.get("cov", {})), list(told.get("faults", ())))
