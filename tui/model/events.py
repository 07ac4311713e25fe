"""The events of a run: a closed union of frozen values, named after pytest's hooks.

Paths are relative to rootdir unless said otherwise, with forward slashes; lines are 1-based or None; durations are in
seconds. Every event carries the number of its run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.values import Value, value

if TYPE_CHECKING:
    from tui.model.outcome import Status

Ref = int
"""Place of a line in the journals of one explorer; only the engine can look behind it."""

ItemKey = tuple[str, int]
"""An item: its nodeid, and how many items of the same nodeid come before it in collection order."""


@value
class Crash(Value):
    """Where a report says it failed (or was skipped)."""

    path: str
    line: int | None
    message: str


@value
class Section(Value):
    """A captured section: ``text`` whole, or its head and tail around ``cut`` characters that lie in ``file``.

    ``head`` is the number of characters before the cut; ``file`` is an absolute path.
    """

    name: str
    text: str
    cut: int = 0
    head: int = 0
    file: str | None = None


@value
class Frame(Value):
    """The person's own last frame of a failure: lines ``first`` to ``line``, and the locals that the last one names."""

    path: str
    line: int
    first: int
    name: str
    source: tuple[str, ...]
    locals: tuple[tuple[str, str], ...]


@value
class CollectedItem(Value):
    """An item as collection found it. ``file`` is the nodeid of its file, ``file_path`` that file's absolute path.

    ``collector`` is the nodeid of its direct collector, ``classes`` the names between file and item, ``function`` the
    name that its parametrised siblings share (None if it is not parametrised), ``path`` and ``line`` its definition.
    """

    nodeid: str
    index: int
    file: str
    file_path: str
    collector: str
    classes: tuple[str, ...]
    function: str | None
    path: str
    line: int | None
    markers: tuple[str, ...]
    fixtures: tuple[str, ...]


@value
class NotStarted(Value):
    """pytest could not start at all. ``words`` say what is missing and what to do, ``detail`` is the whole text."""

    run: int
    words: str
    detail: str = ""


@value
class SessionStarted(Value):
    """pytest has read its configuration. Paths are absolute; ``workers`` is 0 without xdist.

    ``layer`` is what the run was made of: ``parked`` (a session that waited before the edited file), ``host`` (a
    process with what is installed loaded) or ``cold``; ``colder`` says why it was nothing warmer. Both are empty where
    that is not known. ``norecursedirs`` are names and patterns of folders that pytest does not look into,
    ``python_files`` those of files in which it looks for tests.
    """

    run: int
    rootdir: str
    inifile: str | None
    invocation_dir: str
    python: str
    executable: str
    pytest: str
    workers: int
    layer: str = ""
    colder: str = ""
    norecursedirs: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()


@value
class CollectorReported(Value):
    """A collector is through. ``outcome`` is passed, failed or skipped; only files report that they passed.

    ``died`` says that the process ended meanwhile, so that nothing after it was collected.
    """

    run: int
    nodeid: str
    outcome: str
    longrepr: str | None = None
    crash: Crash | None = None
    sections: tuple[Section, ...] = ()
    ref: Ref | None = None
    died: bool = False


@value
class ItemsCollected(Value):
    """Items as pytest finds them; more may follow, and plugins may still drop or reorder them."""

    run: int
    items: tuple[CollectedItem, ...]


@value
class ItemsDeselected(Value):
    """Items that pytest or a plugin took out of the run (``-k``, ``-m``, ``--deselect``)."""

    run: int
    keys: tuple[ItemKey, ...]


@value
class CollectionFinished(Value):
    """What will run, in its order. ``items`` is the final word on numbers of equal nodeids."""

    run: int
    items: tuple[CollectedItem, ...]


@value
class ItemsMissing(Value):
    """Items that were asked for and are no longer there."""

    run: int
    keys: tuple[ItemKey, ...]


@value
class ItemStarted(Value):
    """An item's setup begins; ``worker`` is the id of an xdist worker."""

    run: int
    nodeid: str
    index: int = 0
    worker: str | None = None


@value
class PhaseReported(Value):
    """One report: of setup, call or teardown, of a subtest, or of an attempt that is run again."""

    run: int
    nodeid: str
    index: int
    when: str
    outcome: str
    category: str
    duration: float
    longrepr: str | None = None
    crash: Crash | None = None
    sections: tuple[Section, ...] = ()
    wasxfail: str | None = None
    subtest: str | None = None
    frame: Frame | None = None
    worker: str | None = None
    ref: Ref | None = None


@value
class ItemFinished(Value):
    """An item is through. ``status`` is the fold of its reports; ``ref`` leads to those that did not fail."""

    run: int
    nodeid: str
    index: int
    status: Status
    duration: float
    attempts: int = 1
    worker: str | None = None
    ref: Ref | None = None


@value
class WarningRecorded(Value):
    """A warning that pytest recorded; ``nodeid`` is empty outside of tests."""

    run: int
    nodeid: str
    when: str
    category: str
    message: str
    path: str
    line: int


@value
class InternalError(Value):
    """pytest or a plugin failed outside of any test."""

    run: int
    text: str


@value
class Interrupted(Value):
    """The session was interrupted: by ``pytest.exit`` (``by_exit``), by pytest itself, or, without words, by ctrl+c."""

    run: int
    reason: str
    by_exit: bool


@value
class OptionsDropped(Value):
    """Options of the person's that this run does without, by the name of their plugin."""

    run: int
    options: tuple[str, ...]


@value
class ProtocolError(Value):
    """The child side or the journal is not as it should be; the run goes on."""

    run: int
    text: str


@value
class SessionFinished(Value):
    """The process of the run has ended; nothing follows.

    ``exit`` is pytest's exit code, or the status of a process that died, or minus the signal; ``completed`` tells
    whether pytest itself came to its end. ``output`` are the last lines of a process that did not.
    """

    run: int
    exit: int
    completed: bool
    output: str = ""


@value
class Frozen(Value):
    """A copy of the process was kept at a failure, for a debugger: ``frozen`` is its id, ``when`` the phase."""

    run: int
    nodeid: str
    index: int
    when: str
    frozen: str
    pid: int


@value
class NotFrozen(Value):
    """No copy was kept of a failure; ``why`` in words."""

    run: int
    nodeid: str
    index: int
    when: str
    why: str


@value
class Thawed(Value):
    """The kept copy of a failure is gone; ``run`` is the one that it came from, over or not."""

    run: int
    frozen: str


@value
class Paused(Value):
    """A process of the run stands still and waits for a person with a debugger.

    ``why`` is breakpoint, trace (the first line of a test) or post-mortem; ``pause`` is the id by which it resumes.
    """

    run: int
    nodeid: str
    index: int
    pause: str
    why: str
    path: str
    line: int
    function: str
    debugger: str


@value
class Resumed(Value):
    """A paused process goes on."""

    run: int
    pause: str


Event = (
    NotStarted
    | SessionStarted
    | CollectorReported
    | ItemsCollected
    | ItemsDeselected
    | CollectionFinished
    | ItemsMissing
    | ItemStarted
    | PhaseReported
    | ItemFinished
    | WarningRecorded
    | InternalError
    | Interrupted
    | OptionsDropped
    | ProtocolError
    | SessionFinished
    | Frozen
    | NotFrozen
    | Thawed
    | Paused
    | Resumed
)
