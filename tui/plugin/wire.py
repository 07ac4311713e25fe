"""What both worlds agree on: protocol version, limits, frames of the control socket, shapes of the messages.

The only module of this package that Redbar's own process imports.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any, TypedDict
from zlib import crc32

PROTOCOL = 1
"""Version of the journal lines and of the control messages; both sides must have the same."""

PACKAGE = "_redbar_plugin"
"""Name under which this package is loaded in the user's interpreter."""

OLDEST_PYTHON = (3, 9)
OLDEST_PYTEST = (7, 0)

POKE_SECONDS = 0.02
"""Least time between two pokes of one process; a send costs about 45 us because it wakes the reader."""
SECTION_LIMIT = 64 * 1024
"""Characters of a captured section above which the whole goes to a file of the run."""
SECTION_KEEP = 16 * 1024
"""Characters kept of the head and of the tail of such a section."""
OUTPUT_LIMIT = 1 << 30
"""Bytes that a run may write to its descriptors 1 and 2; then the host stops it."""
LINE_LIMIT = 1024 * 1024
"""Bytes of one journal line; a longer one is a protocol error."""

CANNOT_START = 70
"""Status of a debugger on a frozen failure that could not begin: what it needs has been replaced by the test."""
GONE = 250
"""Exit status of a fork that could not become what it was made for."""

REQUEST_FILE = "request.json"
SELECTED_FILE = "selected.json"
"""The whole request of a run that had begun before it was known which tests it runs."""
OUTPUT_FILE = "output"
"""What the run wrote to its descriptors 1 and 2."""
MODULES_FILE = "modules.json"
"""What the run imported: ``modules`` as ``[name, file, rewritten, foreign, late]``, ``environ`` the variables that it
changed, ``installed`` the folders of installed packages."""
PARK_FILE = "park.json"
"""In the folder of a park: what it is to be, a ``ParkRequest``."""
PARKED_FILE = "parked.json"
"""The same, written by it: what it has read, a ``Parked``."""
SECTIONS_FOLDER = "sections"
MAIN_JOURNAL = "main"

BOOT = """\
import sys
if sys.version_info < (3, 9):
    sys.exit("redbar: python %d.%d" % sys.version_info[:2])
def load(folder):
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location("_redbar_plugin", folder + "/__init__.py", submodule_search_locations=[folder])
    package = sys.modules["_redbar_plugin"] = module_from_spec(spec)
    spec.loader.exec_module(package)
"""
"""Source that defines ``load``; it runs on any Python, so that an old one can be told from a broken one."""

BOOT_HOST = (
    BOOT
    + """\
if sys.path[:1] == [""]:
    del sys.path[0]
load(sys.argv[1])
from _redbar_plugin import host
host.main(sys.argv[2:])
"""
)
BOOT_WORKER = BOOT + "if '_redbar_plugin' not in sys.modules:\n    load({folder!r})\n"


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
    """Modules of Redbar's own interpreter for a project without pudb; empty when there are none.

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
    ``changed`` are paths of files edited since the last runs; ``modules`` asks for ``modules.json`` at the end.
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

    ``ahead`` are modules of the project, ``[name, file]`` in the order of their imports, that it loads before that.
    The rest is as in ``Request``.
    """

    park: int
    hot: list[str]
    ahead: list[list[str]]
    changed: list[str]
    args: list[str]
    cwd_on_path: bool
    sequential: bool
    record: str


class Parked(TypedDict):
    """What a parked session holds. ``files`` are ``[modification time in ns, size, inode]`` by path, or null.

    ``modules`` are the names of the project's modules in it; ``where`` is the module before which it stopped, or
    ``collection``. ``unfit`` says why it must not be used, ``dropped`` what was left out of the person's options.
    """

    where: str
    unfit: str
    files: dict[str, list[int] | None]
    modules: dict[str, str]
    dropped: list[str]


class Command(TypedDict, total=False):
    """Engine to host: what to ``do``, with its other keys.

    ``run``: fork one (``folder``); with ``late`` it waits for ``selected.json`` before it collects, of which ``select``
    on its own connection tells. ``signal``: to the group of run ``run`` (``number``). ``describe``: fork a process that
    writes what the files ``paths`` consist of into the file ``answer`` (``id``). ``count``: the same for what the
    ``CountPlan`` in the file ``plan`` asks; ``described`` tells the end of both. ``preload``: load the modules of the
    file ``plan`` (``id``). ``park``: fork a session that waits (``folder``, ``id``). ``leave``: end, and all that is
    below with it, but for the processes ``keep`` and what is below them.
    """

    do: str
    run: int
    folder: str
    late: bool
    number: int
    maxfail: int
    id: int
    paths: list[str]
    answer: str
    plan: str
    keep: list[int]


class CountPlan(TypedDict):
    """What is to be counted: ``files`` by absolute path, with ``lines`` as ranges or ``arcs`` as pairs, flattened.

    ``executed`` are all files that were; ``roots`` are further folders of ``sys.path``. ``source``, ``config_file`` and
    ``branch`` are what pytest-cov was told, if it was. ``lend`` is ``{"init", "python", "version"}`` of a coverage.py
    for a project without one. ``branches``: count them also where no arc is given. ``search``: look for files that
    nothing executed; those in ``known``, path to content hash, are not counted again. ``detail``: say where branches
    did not go. ``export`` is ``[kind, target]`` instead of counting.
    """

    files: dict[str, dict[str, list[int]]]
    executed: list[str]
    roots: list[str]
    source: list[str] | None
    config_file: str | None
    branch: bool | None
    lend: dict[str, Any] | None
    branches: bool
    search: bool
    known: dict[str, str]
    detail: bool
    export: list[str] | None


class Counted(TypedDict, total=False):
    """The answer. ``error`` says in words why nothing was counted; ``exported`` what an export left out.

    ``files`` have either ``left_out`` or ``error``, in words, or: ``statements``, ``missing``, ``excluded`` as ranges,
    ``numbers`` (statements, missing, excluded, branches, branches not taken, those of executed statements), ``half``
    (lines with branches not taken), ``why`` (words by such a line), ``hash`` (of the content that was counted, empty if
    it changed meanwhile), ``never`` (it was searched for). ``same`` are the known files that are still the same.
    ``configured``: ``fail_under``, ``precision``, ``branch``.
    """

    coverage: str
    lent: bool
    error: str
    files: dict[str, dict[str, Any]]
    same: list[str]
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


class _Encoder(json.JSONEncoder):
    """Holds what it needs of its base class by itself: tests and libraries patch that class."""

    encode = json.JSONEncoder.encode
    iterencode = json.JSONEncoder.iterencode

    def default(self, o: object) -> str:
        """A stand-in for a value that a plugin put where pytest has a plain one."""
        return f"<{type(o).__name__}>"


class _Decoder(json.JSONDecoder):
    """The same."""

    decode = json.JSONDecoder.decode
    raw_decode = json.JSONDecoder.raw_decode


_encoder = _Encoder(separators=(",", ":"))
_decoder = _Decoder()
_HEADER = struct.Struct(">I")


def encode(message: object) -> bytes:
    """``message`` as JSON without line breaks; pure ASCII, so lone surrogates survive as escapes."""
    return _encoder.encode(message).encode("ascii")


def decode(data: bytes) -> Any:
    """The value of one JSON text. Raises ValueError."""
    return _decoder.decode(data.decode("utf-8"))


_PASSING = (".swp", ".swo", ".swx", ".tmp", "~", "___jb_tmp___", "___jb_old___", "__pycache__", "_cache", ".pyc")
"""Ends of the names that editors and runs put into a folder for a moment, or that say nothing of its content."""


def state_of(path: str) -> list[int] | None:
    """What tells one state of a file or folder from another; None for nothing.

    Of a file time of modification in ns, size in bytes, inode. Of a folder a checksum of the names in it: editors that
    save by renaming change its time each time.
    """
    try:
        if os.path.isdir(path):
            names = os.listdir(path)
            known = sorted(name for name in names if not name.endswith(_PASSING) and not name.startswith(".#"))
            return [0, len(known), crc32("\0".join(known).encode("utf-8", "surrogateescape"))]
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size, status.st_ino]


def frame(message: object) -> bytes:
    """``message`` as one frame of the control socket: 4 bytes of length, big endian, then JSON."""
    data = encode(message)
    return _HEADER.pack(len(data)) + data


POKE = _HEADER.pack(0)
"""An empty frame: new lines lie in the journal."""


class Frames:
    """Cuts the bytes of one connection into messages."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[dict[str, Any] | None]:
        """The messages that ``data`` completes; None stands for a poke. Raises ValueError on anything else."""
        self._buffer += data
        messages: list[dict[str, Any] | None] = []
        while len(self._buffer) >= _HEADER.size:
            (length,) = _HEADER.unpack_from(self._buffer)
            if length > LINE_LIMIT:
                raise ValueError(f"a message of {length} bytes")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            body, self._buffer = self._buffer[_HEADER.size : end], self._buffer[end:]
            messages.append(decode(body) if length else None)
        return messages
