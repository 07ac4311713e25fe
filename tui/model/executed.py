"""What recorded runs executed of a file as it is now, and of which lines nobody knows.

Records speak of the content that was executed. Lines of blocks (functions, classes, the module) that are still the same
keep what is known of them; of blocks that are not, nothing is known until what executed them has run again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tui.model.arcs import unpacked
from tui.model.impact.source import members, set_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.model.arcs import Arc
    from tui.model.impact.index import Context, File, Version
    from tui.model.impact.source import Block, Source


@dataclass(slots=True)
class Executed:
    """``lines`` were executed, of ``stale`` ones nobody knows; both are sets as in ``Source``.

    ``arcs`` is None where some record of the file has none. ``words`` say why all is stale, if it is.
    """

    lines: int = 0
    stale: int = 0
    arcs: set[Arc] | None = field(default_factory=set)
    words: str = ""


@dataclass(slots=True)
class _Seen:
    """What contexts executed of one content: lines, and packed sets of arcs."""

    lines: int = 0
    arcs: set[bytes] = field(default_factory=set)
    union: set[Arc] = field(default_factory=set)
    without: bool = False
    """Whether some context has lines and no arcs."""


_VERSIONS = 2
"""Contents of a file whose arcs are kept: what it holds, and what it held before the last save."""


class Unions:
    """Arcs of many packed sets taken together; one file's are unpacked again only when its sets are others.

    They are kept of the contents of a file that were asked for last.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[str, tuple[set[bytes], set[Arc]]]] = {}

    def __len__(self) -> int:
        """How many unions are kept."""
        return sum(map(len, self._known.values()))

    def of(self, version: Version, sets: set[bytes]) -> set[Arc]:
        """The union of the sets of one version; not to be changed."""
        kept = self._known.setdefault(version.file.path, {})
        before, union = kept.pop(version.hash, (set(), set()))
        if not before <= sets:
            before, union = set(), set()
        for data in sets - before:
            union.update(unpacked(data))
        kept[version.hash] = (sets, union)
        while len(kept) > _VERSIONS:
            del kept[next(iter(kept))]
        return union


def executed(
    file: File, content: str, source: Source | None, counts: Callable[[Context], bool], unions: Unions | None = None
) -> Executed:
    """What the contexts that count executed of that content of a file; ``source`` describes it."""
    found = Executed()
    unions = unions or Unions()
    for version, seen in _by_version(file, counts).items():
        if not seen.without and found.arcs is not None:
            seen.union = unions.of(version, seen.arcs)
        if version.hash == content:
            found.lines |= seen.lines
            _add_arcs(found, seen, None)
        elif version.source is None or source is None:
            found.words = "it changed since it was measured"
            found.stale = -1
        else:
            _carry_over(found, version.source, source, seen)
    found.stale &= ~found.lines
    return found


def _by_version(file: File, counts: Callable[[Context], bool]) -> dict[Version, _Seen]:
    found: dict[Version, _Seen] = {}
    for lines in list(file.lines.values()):
        for context in list(lines.contexts):
            if not counts(context):
                continue
            seen = found.setdefault(lines.version, _Seen())
            seen.lines |= lines.bits
            arcs = context.arcs_of(lines)
            if arcs is None:
                seen.without = True
                if not context.arcs:
                    break
            else:
                seen.arcs.add(arcs)
    return found


def places(old: Source, new: Source) -> dict[int, int]:
    """Where the lines of blocks that are still the same are now."""
    there = {(block.qual, block.hash): block for block in new.blocks}
    found: dict[int, int] = {}
    for block in old.blocks:
        same = there.get((block.qual, block.hash))
        if same is not None:
            found.update(within(block, same, old.line_hashes, new.line_hashes))
    return found


def _carry_over(found: Executed, old: Source, new: Source, seen: _Seen) -> None:
    """Take what an older content says of the parts that are still the same."""
    there = {(block.qual, block.hash): block for block in new.blocks}
    known = {(block.qual, block.hash) for block in old.blocks}
    move = places(old, new)
    arrived = set_of(move.values())
    lost = False
    for block in old.blocks:
        same = there.get((block.qual, block.hash))
        if not block.lines & seen.lines:
            continue
        if same is None:
            lost = True
        else:
            found.stale |= same.lines & ~arrived
    for line in members(seen.lines):
        if line in move:
            found.lines |= 1 << move[line]
    if lost:
        for block in new.blocks:
            if (block.qual, block.hash) not in known:
                found.stale |= block.lines
    _add_arcs(found, seen, move)


def within(old: Block, new: Block, old_hashes: Sequence[int], new_hashes: Sequence[int]) -> dict[int, int]:
    """The lines of a block by those it had before; only where their text is the same."""
    before, after = list(members(old.lines)), list(members(new.lines))
    texts = [_text(old_hashes, line) for line in before]
    others = [_text(new_hashes, line) for line in after]
    if texts == others:
        return dict(zip(before, after, strict=True))
    mapped = {}
    for match in SequenceMatcher(None, texts, others, autojunk=False).get_matching_blocks():
        for step in range(match.size):
            mapped[before[match.a + step]] = after[match.b + step]
    return mapped


def _text(hashes: Sequence[int], line: int) -> int:
    return hashes[line - 1] if 0 < line <= len(hashes) else -line


def _add_arcs(found: Executed, seen: _Seen, move: dict[int, int] | None) -> None:
    if seen.without:
        found.arcs = None
    if found.arcs is None:
        return
    found.arcs.update(seen.union if move is None else moved(seen.union, move))


def moved(arcs: Iterable[Arc], move: dict[int, int]) -> Iterable[Arc]:
    """Arcs between lines that are still there. The first line of a code object may lie in the block around it."""
    for start, end in arcs:
        new_start, new_end = _place(start, move), _place(end, move)
        if new_start and new_end:
            yield new_start, new_end


def _place(line: int, move: dict[int, int]) -> int:
    place = move.get(abs(line), 0)
    return -place if line < 0 else place
