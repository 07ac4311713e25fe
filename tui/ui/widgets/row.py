"""How one row of the tree looks: text and tone of each part, fitted to a width. No Textual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tui.model.nodes import Branch, Item, Kind, label_of
from tui.model.outcome import BAD, Status
from tui.model.outcome import STALE as STALE_COUNT
from tui.ui.status import CLOSED, CUT, FROZEN, MARKED, OPEN, SIGNS, STALE, Tone
from tui.ui.widgets.visible import first_line, fit, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.ui.status import Glyphs, Sign

_SECONDS_CELLS: Final = 6
_COUNTS_CELLS: Final = 17
"""Room for the counts that follow the passed ones, so that those end in the same column on every row."""
_PASSED_LETTER: Final = "p"
"""As in pytest's ``-rp``: its dot would make a decimal of the count."""
_WIDE: Final = 72
"""From this many cells on counts and seconds stand in columns."""
_NAME_SHARE: Final = 0.6
"""The part of a row that a long name may keep from its message."""
_LEAST_MESSAGE: Final = 4
_LEAST_LEFT: Final = 14
"""Cells that name and message need before anything stands at the right."""
_AFTER_PASSED: Final = (
    Status.FAILED,
    Status.ERROR,
    Status.CRASHED,
    Status.SKIPPED,
    Status.XFAILED,
    Status.XPASSED,
    Status.QUEUED,
)


class Part(NamedTuple):
    """A piece of a row. ``is_name`` is true for the piece that shows the cursor of a tree without focus."""

    text: str
    tone: Tone = Tone.PLAIN
    is_name: bool = False


def row_parts(
    node: Branch | Item, width: int, glyphs: Glyphs, *, opened: bool = False, elapsed: str = "", paused: str = ""
) -> list[Part]:
    """The parts of a row, together ``width`` cells wide (more only where not even its glyph has room).

    ``opened`` tells whether the rows below a branch are shown, ``elapsed`` how long a running item has been running,
    ``paused`` where it waits for a person.
    """
    head = [
        Part(glyphs.of(MARKED) if node.marked else " ", Tone.MARK),
        Part(" " * min(arrow_at(node) - 1, width // 3)),
        *(_branch_head(node, glyphs, opened=opened) if isinstance(node, Branch) else _item_head(node, glyphs)),
    ]
    room = width - _cells(head)
    right: list[Part] = []
    for right in _rights(node, width, glyphs, elapsed) if not paused else _waiting(paused, elapsed):
        if room - _cells(right) - 1 >= min(_LEAST_LEFT, width // 2):
            break
    else:
        right = []
    left, taken = _left(node, room - _cells(right) - bool(right), glyphs)
    blanks = Part(" " * (room - taken - _cells(right)))
    return [part for part in (*head, *left, blanks, *right) if part.text]


def arrow_at(node: Branch | Item) -> int:
    """The cell in which a row's arrow or glyph stands, where the row is wide enough."""
    return 1 + 2 * max(node.depth - 1, 0)


def _cells(parts: Iterable[Part]) -> int:
    """Cells of parts made of our own glyphs, each of which takes one."""
    return sum(len(part.text) for part in parts)


def _branch_head(branch: Branch, glyphs: Glyphs, *, opened: bool) -> Iterator[Part]:
    broken = branch.broken is not Status.NOT_RUN
    if branch.children or not broken:
        yield Part(glyphs.of(OPEN if opened else CLOSED), Tone.LIVE if branch.counts[Status.RUNNING] else Tone.PLAIN)
        yield Part(" ")
    if broken:
        yield from _outcome(SIGNS[branch.broken], glyphs, stale=branch.stale)


def _item_head(item: Item, glyphs: Glyphs) -> Iterator[Part]:
    yield from _outcome(SIGNS[item.status], glyphs, stale=item.stale)


def _outcome(sign: Sign, glyphs: Glyphs, *, stale: bool) -> Iterator[Part]:
    if stale:
        yield Part(f"{glyphs.of(sign)}{glyphs.of(STALE)} ", STALE.tone)
        return
    yield Part(glyphs.of(sign), sign.tone)
    yield Part(" ")


def _left(node: Branch | Item, room: int, glyphs: Glyphs) -> tuple[list[Part], int]:
    """Name and message in at most ``room`` cells, and how many they take."""
    cut = glyphs.of(CUT)
    is_stale = node.stale
    message, wanted = fit(first_line(node.note.message), room, cut) if node.note else ("", 0)
    kept = f" {glyphs.of(FROZEN)}" if isinstance(node, Item) and node.frozen and room > _LEAST_LEFT else ""
    room -= len(kept)
    share = max(room - wanted - 2, int(room * _NAME_SHARE)) if message else room
    name, taken = fit(_name(node), share, cut)
    left = [Part(name, Tone.FAINT if is_stale else Tone.PLAIN, is_name=True), Part(kept, FROZEN.tone)]
    if message and room - taken - 2 >= min(_LEAST_MESSAGE, wanted):
        message, wanted = fit(message, room - taken - 2, cut)
        status = node.broken if isinstance(node, Branch) else node.status
        left += [Part("  "), Part(message, Tone.WHY if status.is_bad and not is_stale else Tone.FAINT)]
        taken += 2 + wanted
    return left, taken + len(kept)


def _name(node: Branch | Item) -> str:
    if isinstance(node, Branch) and node.kind == Kind.ROOT:
        return node.path.rpartition("/")[2] or "."
    return label_of(node)


def _rights(node: Branch | Item, width: int, glyphs: Glyphs, elapsed: str) -> Iterator[list[Part]]:
    """What may stand at the right end, from all there is to say to less of it."""
    if isinstance(node, Item):
        yield _item_right(node, elapsed)
        return
    took = seconds(node.seconds) if node.seconds else ""
    passed, others = _counts(node, glyphs) if node.children else ([], [])
    if width >= _WIDE and not node.note:
        blanks = Part(" " * (_COUNTS_CELLS - _cells(others)))
        yield [*passed, *others, blanks, Part(took.rjust(_SECONDS_CELLS), Tone.FAINT)]
    packed = [*passed, *others]
    if took:
        yield [*packed, Part(f"  {took}", Tone.FAINT)]
    yield packed
    yield list(_count_parts(node, BAD, glyphs)) if node.children else []


def _waiting(paused: str, elapsed: str) -> Iterator[list[Part]]:
    """The right end of a test at which the run stands still."""
    yield [Part(f"paused at {paused}", Tone.MARK), Part(f" {elapsed}", Tone.LIVE)]
    yield [Part(f"paused at {paused}", Tone.MARK)]
    yield [Part("paused", Tone.MARK)]


def _item_right(item: Item, elapsed: str) -> list[Part]:
    if item.status is Status.RUNNING:
        words = " ".join(word for word in (item.worker, elapsed) if word)
        return [Part(words, Tone.LIVE)] if words else []
    return [Part(seconds(item.seconds), Tone.FAINT)] if item.status.is_outcome else []


def _counts(branch: Branch, glyphs: Glyphs) -> tuple[list[Part], list[Part]]:
    """The passed ones, or how many there are while none has run; and the others, each after a blank."""
    counts = branch.counts
    others = list(_count_parts(branch, _AFTER_PASSED, glyphs))
    if stale := counts[STALE_COUNT]:
        others += [Part(" "), Part(_counted(stale, STALE, glyphs), STALE.tone)]
    if passed := counts[Status.PASSED]:
        sign = SIGNS[Status.PASSED]
        return [Part(_counted(passed, sign, glyphs), sign.tone)], others
    if counts[Status.NOT_RUN] and not others:
        return [Part(f"{counts[Status.NOT_RUN]} ", Tone.FAINT)], others
    return [], others


def _counted(count: int, sign: Sign, glyphs: Glyphs) -> str:
    """A count with its sign; a letter comes first, for ``1s`` would read as a second and ``6.`` as a number."""
    if not glyphs.ascii_only:
        return f"{count}{glyphs.of(sign)}"
    return f"{_PASSED_LETTER if sign is SIGNS[Status.PASSED] else glyphs.of(sign)}{count}"


def _count_parts(branch: Branch, statuses: Iterable[Status], glyphs: Glyphs) -> Iterator[Part]:
    for status in statuses:
        if count := branch.counts[status]:
            sign = SIGNS[status]
            yield Part(" ")
            yield Part(_counted(count, sign, glyphs), sign.tone)
