"""Shapes of what the two worlds write for each other.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import Any, TypedDict


class Scope(TypedDict, total=False):
    """A part of the tree that a run asks for; exactly one of the keys is set.

    ``path``: absolute folder or file; ``nodeid``: a collector; ``function``: ``[nodeid of its collector, name]`` for
    all parametrised items of one function. ``file`` is the absolute path of the file the part lies in.
    """

    path: str
    nodeid: str
    function: list[str]
    file: str


class Debug(TypedDict):
    """A run for somebody who debugs: nothing stands between them and the test.

    ``mode`` is ``trace`` (stop on the first line of each test), ``hold`` (stay at each failure) or ``breakpoints``
    (stop there alone); ``debugger`` as in ``Request``.
    """

    mode: str
    debugger: str


class Lend(TypedDict, total=False):
    """Modules of Redbar's own interpreter for a project that lacks them; empty when there are none.

    ``python`` is the least version that they run on, ``modules`` the file of each top-level name.
    """

    python: list[int]
    modules: dict[str, str]


class Request(TypedDict):
    """Content of ``request.json`` in the folder of a run.

    ``items`` are ``[nodeid, n, absolute path of the file]``; ``everything`` means no selection at all.
    ``args`` are pytest's, without the plugin; ``columns`` is the width pytest's terminal writer takes.
    With ``lead`` over 0 the items stand in the order in which they are to run: the first ``lead`` one by one, the rest
    in groups, those behind the first ``stage`` ones after all others. ``fresh`` are files of which every item runs
    that is not among the known ones: ``[absolute path, [[nodeid, n], ...]]``; with ``lead``, but neither these nor
    ``scopes``, nothing but the items is looked for. ``record`` is ``off``, ``selection`` or ``full``.
    ``changed`` are paths of files edited since the last runs, ``saved`` those since the very last; ``modules`` asks for
    ``modules.json`` at the end.
    ``freeze`` is how many failures may be frozen (0: none).
    ``debug`` makes it a run to be debugged (None: an ordinary one); ``debugger`` is the person's, for ordinary runs:
    ``pudb``, ``pdb``, ``ipdb`` or ``module:Class``; ``breakpoints`` are ``[absolute path, line]``, lines 1-based.
    """

    run: int
    args: list[str]
    columns: int
    everything: bool
    scopes: list[Scope]
    items: list[list[Any]]
    cwd_on_path: bool
    sequential: bool
    record: str
    changed: list[str]
    saved: list[str]
    modules: bool
    lead: int
    stage: int
    fresh: list[list[Any]]
    freeze: int
    debug: Debug | None
    debugger: str
    breakpoints: list[list[Any]]
    lend: Lend


class ParkRequest(TypedDict):
    """A session that is to stop before the first of the files ``hot`` is imported.

    ``ahead`` are modules of the project, ``[name, file]`` in the order of their imports, that it loads before that;
    ``later`` are files that are imported after it, each with whether its asserts are rewritten.
    For ``spare`` seconds after it was last of use it keeps a fork ready for the next run.
    The rest is as in ``Request``.
    """

    park: int
    hot: list[str]
    ahead: list[list[str]]
    later: list[tuple[str, bool]]
    spare: float
    changed: list[str]
    args: list[str]
    cwd_on_path: bool
    sequential: bool
    record: str


class Parked(TypedDict):
    """What a parked session holds. ``files`` are ``[modification time in ns, size, inode]`` by path, or null.

    ``modules`` are the names of the project's modules in it; ``where`` is the module before which it stopped, or
    ``collection``. ``unfit`` says why it must not be used, and ``passing`` whether one made after another edit might;
    ``dropped`` is what was left out of the person's options.
    """

    where: str
    unfit: str
    passing: bool
    files: dict[str, list[int] | None]
    modules: dict[str, str]
    dropped: list[str]


class Command(TypedDict, total=False):
    """Engine to host: what to ``do``, with its other keys.

    ``run``: fork one (``folder``); with ``late`` it waits for ``selected.json`` before it collects, of which ``select``
    on its own connection tells. ``signal``: to the group of run ``run`` (``number``). ``describe``: fork a process that
    writes what the files ``paths`` consist of into the file ``answer`` (``id``). ``count``: the same for what the
    ``CountPlan`` in the file ``plan`` asks; ``described`` tells the end of both. ``preload``: load the modules of the
    file ``plan`` (``id``). ``park``: fork a session that waits (``folder``, ``id``). ``stock``: that session is to keep
    code of ``files`` (as ``later`` of its request; ``paths`` have been edited). ``leave``: end, and all that is below
    with it, but for the processes ``keep`` and what is below them.
    """

    do: str
    run: int
    folder: str
    late: bool
    number: int
    maxfail: int
    id: int
    paths: list[str]
    files: list[tuple[str, bool]]
    answer: str
    plan: str
    keep: list[int]


class CountPlan(TypedDict):
    """What is to be counted: ``files`` by absolute path, with ``lines`` as ranges or ``arcs`` as pairs, flattened.

    ``executed`` are all files that were; ``roots`` are further folders of ``sys.path``. ``source``, ``config_file`` and
    ``branch`` are what pytest-cov was told, if it was. ``lend`` has a coverage.py for a project without
    one. ``branches``: count them also where no arc is given. ``search``: look for files that
    nothing executed; those in ``known``, path to content hash, are not counted again, and not more than ``at_most`` at
    once, unless it is 0. ``detail``: say where branches did not go. ``regions``: take the numbers apart by function and
    class. ``export`` is ``[kind, target]`` instead of counting.
    """

    files: dict[str, dict[str, list[int]]]
    executed: list[str]
    roots: list[str]
    source: list[str] | None
    config_file: str | None
    branch: bool | None
    lend: Lend
    branches: bool
    search: bool
    at_most: int
    known: dict[str, str]
    detail: bool
    regions: bool
    export: list[str] | None


class Counted(TypedDict, total=False):
    """The answer. ``error`` says in words why nothing was counted; ``exported`` what an export left out.

    ``files`` have either ``left_out`` or ``error``, in words, or: ``statements``, ``missing``, ``excluded`` as ranges,
    ``numbers`` (statements, missing, excluded, branches, branches not taken, those of executed statements), ``half``
    (lines with branches not taken), ``why`` (words by such a line), ``hash`` (of the content that was counted, empty if
    it changed meanwhile), ``never`` (it was searched for), ``regions`` (each with ``kind``, which is function, class
    or, for what is outside of functions, module; ``name``, ``first`` line, ``lines`` as ranges and ``numbers``).
    ``same`` are the known files that are still the same,
    ``left`` is how many that nothing executed have not been counted.
    ``configured``: ``fail_under``, ``precision``, ``threshold_decimals`` (those that count there), ``branch``,
    ``children`` (whether child processes are measured).
    """

    coverage: str
    lent: bool
    error: str
    files: dict[str, dict[str, Any]]
    same: list[str]
    left: int
    notes: list[str]
    configured: dict[str, Any]
    exported: str


class Hello(TypedDict, total=False):
    """First message of every process on its connection. ``role``: host, run or worker."""

    role: str
    protocol: int
    pid: int
    run: int
    worker: str | None
    python: str
    capture: list[str]
