"""The journal: an append-only file of JSON lines in the folder of the run, one for every process of the user's side.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import wire
from .held import Held
from .posix import calls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_CHUNK = 1 << 20
_BYTES_A_CHARACTER = 2
"""Of a section that stays in its line; control characters take six."""
_SHORTER = (wire.SECTION_KEEP, 1024, 64)
"""Characters of head and tail of each text in a line that is too long, tried in this order."""


class Journal(Held):
    """Writes events of this process, and of no other: a child that a test forks never writes here.

    ``name`` is ``main`` or the id of an xdist worker; ``poke`` is called at most every 20 ms after a write, and after
    one that is ``urgent``.
    """

    def __init__(self, folder: str, name: str, poke: Callable[[], None], *, file: str = wire.JOURNAL_FILE) -> None:
        """Create ``file``, with the name filled in. Raises OSError."""
        super().__init__()
        self._folder = folder
        self._path = os.path.join(folder, file.format(name))
        self._poke = poke
        self._poked = 0.0
        self._torn = False
        self._sections = 0
        self.lost = 0
        """Lines that could not be written (full disk)."""
        self._open()

    def _open(self) -> None:
        self._hold(calls.open(self._path, _FLAGS, 0o600))

    def write(self, *events: Mapping[str, object], urgent: bool = False) -> None:
        """Append one line for each event; never raises, whatever the test did to the descriptor or the disk."""
        if not self._is_ours():
            return
        data = b"\n".join([_line(event) for event in events]) + b"\n"
        try:
            self._append(data)
        except OSError:
            self.lost += len(events)
            return
        now = calls.monotonic()
        # A clock that a test set back must not silence the pokes for good.
        if urgent or now - self._poked > wire.POKE_SECONDS or now < self._poked:
            self._poked = now
            self._poke()

    def _append(self, data: bytes) -> None:
        if not self._is_open():
            self._open()
        if self._torn:  # the beginning of a line lies there
            data = b"\n" + data
        written = calls.write(self._descriptor, data)
        while written < len(data):
            self._torn = True
            written += calls.write(self._descriptor, data[written:])
        self._torn = False

    def section(self, name: str, text: str) -> dict[str, object]:
        """A captured section as it goes into an event: whole, or head and tail with the whole in a file.

        ``cut`` is the number of characters left out after the first ``head`` ones, ``file`` the path relative to the
        folder of the run, or None.
        """
        limit = wire.SECTION_LIMIT
        if len(text) * 6 <= limit or (len(text) <= limit and len(wire.encode(text)) <= limit * _BYTES_A_CHARACTER):
            return {"name": name, "text": text, "cut": 0, "file": None}
        stored = None
        try:
            stored = self._store(text)
        except OSError:
            pass  # a full disk: head and tail are there all the same
        keep = min(wire.SECTION_KEEP, len(text) // 4)
        cut = len(text) - 2 * keep
        return {"name": name, "text": text[:keep] + text[-keep:], "cut": cut, "head": keep, "file": stored}

    def _store(self, text: str) -> str:
        folder = os.path.join(self._folder, wire.SECTIONS_FOLDER)
        try:
            calls.mkdir(folder, 0o700)
        except FileExistsError:
            pass
        self._sections += 1
        name = f"{wire.SECTIONS_FOLDER}/{self._pid}-{self._sections}.txt"
        descriptor = calls.open(os.path.join(self._folder, name), _FLAGS, 0o600)
        try:
            for at in range(0, len(text), _CHUNK):
                chunk = text[at : at + _CHUNK].encode("utf-8", "backslashreplace")
                while chunk:
                    chunk = chunk[calls.write(descriptor, chunk) :]
        finally:
            calls.close(descriptor)
        return name


class NoJournal(Journal):
    """Of a session without a run: takes everything, writes nothing."""

    def __init__(self) -> None:
        self.lost = 0

    def write(self, *events: Mapping[str, object], urgent: bool = False) -> None:
        """Forget them."""

    def section(self, name: str, text: str) -> dict[str, object]:
        """Nothing of it."""
        return {"name": name, "text": "", "cut": len(text), "head": 0, "file": None}

    def close_in_child(self) -> None:
        """There is nothing to close."""


def _line(event: Mapping[str, object]) -> bytes:
    line = wire.encode(event)
    for keep in _SHORTER:
        if len(line) < wire.LINE_LIMIT:
            break
        line = wire.encode(_shortened(event, keep))
    return line


def _shortened(value: object, keep: int) -> object:
    if isinstance(value, str) and len(value) > 2 * keep:
        return f"{value[:keep]}\n… {len(value) - 2 * keep} characters left out …\n{value[-keep:]}"
    if isinstance(value, dict):
        # Without its nodeid a line belongs to nobody.
        return {key: item if key == "nodeid" else _shortened(item, keep) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(item, keep) for item in value]
    return value
