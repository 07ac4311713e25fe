"""The front of the record: takes what a run recorded, and answers which tests an edit touches."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tui.engine.record.ahead import Ahead
from tui.engine.record.database import Changed, Database
from tui.engine.record.description import described, hashes_of, source_of
from tui.engine.record.ingest import JournalReader, Journals, written_by
from tui.engine.record.lookup import executors
from tui.engine.record.merging import merge
from tui.model.impact import Choice, Edit, Facts, Index, likely, select
from tui.model.impact.index import TEST, Name
from tui.model.impact.paths import CONFTEST, folder_of
from tui.model.impact.words import names_between, words_of
from tui.model.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from typing import Any

    from tui.engine.record.description import Describe
    from tui.model.events import ItemFinished, ItemKey
    from tui.model.impact.source import Source

_Answer = TypeVar("_Answer")

_QUICK = 1 << 20
"""Bytes of the longest file that is looked through before anything runs."""
_SWEEP_EVERY = 20
"""Runs between two clean-ups of the file."""


class Record:
    """What is known about the tests of a project under one Python.

    The file is read at the first call that needs it; afterwards everything is answered from memory. Nothing here raises
    for what the file, a journal or the interpreter makes of it: in the worst case nothing is known, and more tests run.
    Calls may overlap; they are served one after the other.
    """

    def __init__(self, folder: Path, python: str) -> None:
        """``folder`` is the project's cache; ``python`` is the version of the interpreter that runs the tests."""
        self._database = Database(folder, python)
        self._index: Index | None = None
        self._lock = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._later: set[asyncio.Task[None]] = set()
        self._merging = False
        self._runs = 0
        self._readers: dict[Path, JournalReader] = {}
        """Of runs that go on, or have yet to be taken in."""
        self._ahead = Ahead()
        self._unwritten: list[Name] = []
        """Contexts that could not be written so far."""

    async def load(self) -> None:
        """Read the file now, before anybody waits for an answer."""
        async with self._lock:
            await self._loaded()

    async def _loaded(self) -> Index:
        if self._index is None:
            self._index = await asyncio.to_thread(self._database.load)
        return self._index

    async def look(self, work: Callable[[Index], _Answer]) -> _Answer:
        """What ``work`` makes of the index, in a thread, while nothing changes it."""
        async with self._lock:
            return await asyncio.to_thread(work, await self._loaded())

    @property
    def index(self) -> Index | None:
        """All that is recorded, as it stands now; None until it is loaded. A run may be taken in meanwhile."""
        return self._index

    def executors(self, path: str, content: str, wanted: int) -> list[ItemKey]:
        """The items that executed any of these lines of that content, from the file: before it has been read whole."""
        return executors(self._database.path, path, content, wanted)

    async def read_along(self, run_folder: Path, describe: Describe) -> None:
        """Read what a run that goes on has recorded so far, and have described what it imports.

        Then it takes less time to take it in. Nothing of it counts before that. Not to be called again before it ends.
        """
        reader = self._readers.setdefault(run_folder, JournalReader(run_folder))
        while await asyncio.to_thread(reader.read):
            pass
        files = await asyncio.to_thread(reader.files)
        if files:
            await self.load()
        if files and run_folder in self._readers:  # it has not been taken in meanwhile
            await self._ahead.describe(files, describe, self._is_described)

    def _is_described(self, path: str) -> bool:
        file = self._index.files.get(path) if self._index is not None else None
        return file is not None and file.source is not None

    async def take(
        self, run_folder: Path, describe: Describe, finished: Sequence[ItemFinished]
    ) -> dict[str, str | None]:
        """Take what a run recorded; ``finished`` are its results.

        What ran without a record is in doubt if files are not what they were when it was recorded. Gives the files that
        hold something else by now than the run saw, with the hash of that.
        """
        changed = Changed()
        async with self._lock:
            reader = self._readers.pop(run_folder, None) or JournalReader(run_folder)
            journals = await asyncio.to_thread(reader.rest)
            if not (journals.found or finished):
                return {}
            index = await self._loaded()
            if not journals.found:
                changed.contexts = await asyncio.to_thread(_doubted, index, finished)
                if changed.contexts:
                    await self._write(index, changed)
                return {}
            moved = await self._describe_run(index, journals, describe, changed)
            cut_off = {(event.nodeid, event.index) for event in finished if event.status is Status.CRASHED}
            whole = {(event.nodeid, event.index) for event in finished} - cut_off
            self._merging = True
            try:
                changed.contexts = await asyncio.to_thread(_taken, index, journals, whole, cut_off)
            finally:
                self._merging = False
            changed.imports, changed.wanted = journals.imports, journals.wanted
            changed.setting = {key: told for key, told in journals.setting.items() if index.setting.get(key) != told}
            index.setting.update(changed.setting)
            if not self._readers:
                self._ahead.forget()
        await self._write(index, changed)
        return moved

    async def choose(
        self, changes: Mapping[str, str | None], describe: Describe, facts_now: Callable[[], Facts]
    ) -> Choice:
        """Which items the changes touch. ``changes`` are paths with the hash of their new content; None: gone.

        ``facts_now`` is called when it is known what the files hold, in a thread.
        """
        changed = Changed()
        async with self._lock:
            index = await self._loaded()
            edits = await self._edits(index, changes, describe, changed)
            facts = await asyncio.to_thread(facts_now)
            if any(edit.path.endswith(".py") or edit.path in index.files for edit in edits):
                unknown = await asyncio.to_thread(_without_record, index, facts)
                await self._follow(index, unknown, describe, changed)
            choice = await asyncio.to_thread(select, index, edits, facts)
            index.gone.update(edit.path for edit in edits if edit.hash is None)
            index.gone.difference_update(edit.path for edit in edits if edit.hash is not None)
        if not changed.nothing:  # the answer does not wait for it
            writing = asyncio.create_task(self._write(index, changed))
            self._later.add(writing)
            writing.add_done_callback(self._later.discard)
        return choice

    def guess(self, paths: Iterable[str], known: Callable[[ItemKey], tuple[bool, float] | None]) -> list[ItemKey]:
        """The items that most likely show what was edited in these files; none where finding out takes time.

        ``known`` as in ``likely``.
        """
        index = self._index
        found: dict[ItemKey, None] = {}
        if index is not None and not self._merging:
            for path in paths:
                try:
                    text = Path(path).read_bytes() if path in index.files else b""
                except OSError:
                    continue
                if len(text) <= _QUICK:
                    found.update(dict.fromkeys(likely(index, path, text, known)))
        return list(found)

    @property
    def read(self) -> frozenset[str]:
        """The files, other than code, that tests are known to read; empty until the record is loaded."""
        return frozenset(self._index.data) if self._index is not None else frozenset()

    def wrote(self, run_folder: Path) -> set[str]:
        """The project paths that a run wrote, renamed or removed."""
        return written_by(run_folder)

    async def edited_since(self, doubtful: Sequence[str] = ()) -> dict[str, str | None]:
        """The changes of all known files against what was last known of them: what was edited while nobody watched.

        The ``doubtful`` files count as edited.
        """
        async with self._lock:
            index = await self._loaded()
            known = {path: file.current for path, file in index.files.items()}
            present = await asyncio.to_thread(hashes_of, known.keys() | set(doubtful))
        return {path: content for path, content in present.items() if path in doubtful or content != known[path]}

    async def _write(self, index: Index, changed: Changed) -> None:
        async with self._writing:
            changed.contexts = list(dict.fromkeys([*changed.contexts, *self._unwritten]))
            written = await asyncio.to_thread(self._database.write, index, changed)
            self._unwritten = [] if written else changed.contexts
            self._runs += bool(changed.contexts)
            if self._runs >= _SWEEP_EVERY:
                self._runs = 0
                await asyncio.to_thread(self._database.sweep)

    async def _describe_run(
        self, index: Index, journals: Journals, describe: Describe, changed: Changed
    ) -> dict[str, str | None]:
        """Learn what the files hold now, and have described what is not, with all that they import.

        Gives the files that hold something else than the run saw.
        """
        moved = [path for path, content in journals.hashes.items() if index.file(path).current != content]
        present = await asyncio.to_thread(hashes_of, moved)
        for path in moved:
            index.file(path).current = changed.current[path] = present[path]
        await self._follow(index, journals.hashes, describe, changed)
        return {path: content for path, content in present.items() if content != journals.hashes[path]}

    async def _edits(
        self, index: Index, changes: Mapping[str, str | None], describe: Describe, changed: Changed
    ) -> list[Edit]:
        edits: list[Edit] = []
        code = [path for path, content in changes.items() if content and (path.endswith(".py") or path in index.files)]
        unknown = [path for path in code if _undescribed(index, path, changes[path] or "")]
        before = {path: index.files[path].source for path in code if path in index.files}
        told = await self._describe(index, unknown, describe, changed)
        for path, content in changes.items():
            answer = told.get(path, {})
            if answer.get("error"):
                edits.append(Edit(path, content, error=str(answer["error"])))
                continue
            now = answer.get("hash", content)  # it may have been saved once more meanwhile
            source = _source(index, path, now) if path in code else None
            if path in index.files and index.files[path].current != now:
                index.files[path].current = changed.current[path] = now
            edits.append(Edit(path, now, source))
        return await asyncio.to_thread(_worded, edits, before)

    async def _follow(self, index: Index, paths: Iterable[str], describe: Describe, changed: Changed) -> None:
        """Have files described, and what they import, however indirectly, executed or not."""
        pending = set(paths)
        seen: set[str] = set()
        while pending := pending - seen:
            seen |= pending
            unknown = [path for path in pending if index.file(path).source is None]
            await self._describe(index, unknown, describe, changed)
            sources = [index.file(path).source for path in pending]
            pending = {imported for source in sources if source is not None for imported in source.imports}
        for path in seen:
            file = index.files[path]
            if not file.versions and file.current is None:
                del index.files[path]

    async def _describe(
        self, index: Index, paths: Sequence[str], describe: Describe, changed: Changed
    ) -> dict[str, dict[str, Any]]:
        """Have files described as they are now, and take that into the index."""
        if not paths:
            return {}
        told = await self._ahead.take(paths)
        told |= await described(describe, [path for path in paths if path not in told])
        sources = await asyncio.to_thread(_sources, told)
        for path, source in sources.items():
            file = index.file(path)
            file.version(source.hash, source)
            file.current = changed.current[path] = source.hash
            changed.told[path, source.hash] = told[path]
        return told


def _taken(
    index: Index, journals: Journals, finished: AbstractSet[ItemKey], cut_off: AbstractSet[ItemKey]
) -> list[Name]:
    """Take a run into the index, and drop what nothing leads to any more; the contexts that are different now."""
    touched = merge(index, journals, finished, cut_off)
    orphans = index.orphans()
    for name in orphans:
        index.drop(name)
    index.forget_versions()
    return touched + orphans


def _doubted(index: Index, finished: Sequence[ItemFinished]) -> list[Name]:
    """Tests that ran, and nobody knows with what, since files were edited: another edit may lead back to the record."""
    files = index.files.values()
    if all(lines.version.hash == file.current for file in files for lines in file.lines.values()):
        return []
    return [name for event in finished if index.doubt(name := Name(TEST, event.nodeid, event.index))]


def _without_record(index: Index, facts: Facts) -> set[str]:
    """The files of items of which nothing is known, and the conftest files above them."""
    homes = {facts.items[key] for key in index.unrecorded(facts.items)}
    return homes | _conftests_above(homes, facts.root)


def _conftests_above(homes: Iterable[str], root: str) -> set[str]:
    """The conftest files from the folders of these files up to ``root``: pytest imports them for the files."""
    folders: set[str] = set()
    for home in homes:
        folder = folder_of(home)
        while folder and folder not in folders and f"{folder}/".startswith(f"{root}/"):
            folders.add(folder)
            folder = folder_of(folder)
    return {path for folder in folders if Path(path := f"{folder}/{CONFTEST}").is_file()}


def _worded(edits: list[Edit], before: Mapping[str, Source | None]) -> list[Edit]:
    """The same edits, with the words of each."""
    return [replace(edit, words=_words(edit.path, edit.source, before.get(edit.path))) for edit in edits]


def _words(path: str, source: Source | None, before: Source | None) -> frozenset[str]:
    """The words of what was edited in a file."""
    if source is None or before is None or source is before:
        return frozenset()
    try:
        return words_of(Path(path).read_bytes(), before.line_hashes) | names_between(before, source)
    except OSError:
        return frozenset()


def _undescribed(index: Index, path: str, content: str) -> bool:
    return _source(index, path, content) is None


def _source(index: Index, path: str, content: str | None) -> Source | None:
    file = index.files.get(path)
    version = file.versions.get(content) if file is not None and content is not None else None
    return version.source if version is not None else None


def _sources(told: dict[str, dict[str, Any]]) -> dict[str, Source]:
    """The descriptions that are of any use."""
    sources: dict[str, Source] = {}
    for path, answer in told.items():
        if answer.get("error") or not answer.get("hash"):
            continue
        try:
            sources[path] = source_of(answer)
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
    return sources
