"""The journal: an append-only file of JSON lines in the folder of the run, one for every process of the user's side.

PYTEST_DONT_REWRITE
"""

import errno
import os
from typing import Callable, Dict, List

from . import wire
from .posix import calls

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class Journal:
    """Writes events of this process, and of no other: a child that a test forks never writes here.

    ``name`` is ``main`` or the id of an xdist worker; ``poke`` is called at most every 20 ms after a write.
    """

    def __init__(self, folder: str, name: str, poke: Callable[[], None]) -> None:
        self._folder = folder
        self._path = os.path.join(folder, "journal-%s.jsonl" % name)
        self._poke = poke
        self._poked = 0.0
        self._pid = calls.getpid()
        self._torn = False
        self._sections = 0
        self.lost = 0
        """Lines that could not be written (full disk)."""
        self._open()

    def _open(self) -> None:
        self._descriptor = calls.raise_descriptor(calls.open(self._path, _FLAGS, 0o600))
        self._inode = calls.fstat(self._descriptor).st_ino

    def close_in_child(self) -> None:
        """Forget the file in a process that a test forked."""
        if self._pid != calls.getpid():
            try:
                calls.close(self._descriptor)
            except OSError:
                pass

    def write(self, *events: Dict[str, object]) -> None:
        """Append one line for each event; never raises, whatever the test did to the descriptor or the disk."""
        if calls.getpid() != self._pid:
            return
        lines: List[bytes] = []
        for event in events:
            line = wire.encode(event)
            if len(line) >= wire.LINE_LIMIT:
                line = wire.encode(_without_texts(event))
            lines.append(line)
        data = b"\n".join(lines) + b"\n"
        if self._torn:
            data = b"\n" + data
        try:
            self._append(data)
        except OSError as error:
            self.lost += len(events)
            self._torn = self._torn or error.errno == errno.ENOSPC
            return
        now = calls.monotonic()
        # A clock that a test set back must not silence the pokes for good.
        if now - self._poked > wire.POKE_SECONDS or now < self._poked:
            self._poked = now
            self._poke()

    def _append(self, data: bytes) -> None:
        try:
            # A test may close our descriptor and open another file under its number.
            if calls.fstat(self._descriptor).st_ino != self._inode:
                self._open()
        except OSError:
            self._open()
        written = calls.write(self._descriptor, data)
        while written < len(data):
            self._torn = True
            written += calls.write(self._descriptor, data[written:])
        self._torn = False

    def section(self, name: str, text: str) -> Dict[str, object]:
        """A captured section as it goes into an event: whole, or head and tail with the whole in a file.

        ``cut`` is the number of characters left out, ``file`` the path relative to the folder of the run, or None.
        """
        if len(text) <= wire.SECTION_LIMIT:
            return {"name": name, "text": text, "cut": 0, "file": None}
        keep = wire.SECTION_KEEP
        cut = len(text) - 2 * keep
        stored = None
        try:
            stored = self._store(text)
        except OSError:
            pass  # a full disk: head and tail are there all the same
        return {"name": name, "text": text[:keep] + text[-keep:], "cut": cut, "head": keep, "file": stored}

    def _store(self, text: str) -> str:
        folder = os.path.join(self._folder, wire.SECTIONS_FOLDER)
        try:
            calls.mkdir(folder, 0o700)
        except FileExistsError:
            pass
        self._sections += 1
        name = "%s/%d-%d.txt" % (wire.SECTIONS_FOLDER, self._pid, self._sections)
        descriptor = calls.open(os.path.join(self._folder, name), _FLAGS, 0o600)
        try:
            step = 1 << 20
            for at in range(0, len(text), step):
                chunk = text[at : at + step].encode("utf-8", "backslashreplace")
                while chunk:
                    chunk = chunk[calls.write(descriptor, chunk) :]
        finally:
            calls.close(descriptor)
        return name


def _without_texts(event: Dict[str, object]) -> Dict[str, object]:
    """``event`` with its long texts cut, for a line that would be over the limit of the protocol."""
    return {key: _shortened(value) for key, value in event.items()}


def _shortened(value: object) -> object:
    keep = wire.SECTION_KEEP
    if isinstance(value, str) and len(value) > 2 * keep:
        return value[:keep] + "\n… %d characters left out …\n" % (len(value) - 2 * keep) + value[-keep:]
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(item) for item in value]
    return value
