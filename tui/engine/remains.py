"""What a process of a run leaves behind when it dies: capture files, output, and the line that is written of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from typing import TYPE_CHECKING, Any

from tui.engine.plain import plain
from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.journal import Shelf
    from tui.model.events import Ref

_TAIL = 16 * 1024
"""Bytes of the output that are kept for the words about a run that broke."""
_LAST_LINES = 15
_FATAL = "Fatal Python error"
"""With it begins what Python writes of its own end."""
_JOURNAL = "crashes.jsonl"
"""Not named as the journals of the user's side are: nobody follows it."""


class Remains:
    """The capture files and the output of one run. ``None`` as a worker stands for the process of the run itself."""

    def __init__(self, folder: Path, shelf: Shelf) -> None:
        self._folder = folder
        self._shelf = shelf
        self._captures: dict[str | None, list[tuple[str, int]]] = {}
        self._number: int | None = None

    def keep(self, worker: str | None, names: list[str], descriptors: list[int]) -> None:
        """Keep the capture files of a process: ``names`` are stdout and stderr, as far as pytest captures them."""
        self._captures.setdefault(worker, []).extend(zip(names, descriptors, strict=False))
        for descriptor in descriptors[len(names) :]:
            os.close(descriptor)

    def close(self) -> None:
        """Let go of all files."""
        for captures in self._captures.values():
            for _, descriptor in captures:
                os.close(descriptor)
        self._captures = {}

    def tail(self) -> str:
        """The last lines that the run wrote to its terminal, without escapes."""
        try:
            with (self._folder / wire.OUTPUT_FILE).open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return plain(text).strip()

    def last_words(self) -> str:
        """The last lines of the output, and what pytest had captured and not yet shown."""
        captured = [f"{section['name']}:\n{plain(section['text'])}" for section in self._sections(None)]
        return "\n\n".join(part.strip() for part in (self.tail(), *captured) if part.strip())

    def crash(self, worker: str | None, nodeid: str, index: int, words: str) -> tuple[dict[str, Any], Ref | None]:
        """What is known of an item during which the process died, as a line of a journal of the engine's own.

        ``words`` say how it died. The place of the line is None if it could not be written.
        """
        tail = self.tail() if worker is None else ""
        line: dict[str, Any] = {
            "event": "PhaseReported",
            "nodeid": nodeid,
            "index": index,
            "when": "call",
            "outcome": "failed",
            "category": "crashed",
            "duration": 0.0,
            "longrepr": f"{words}\n\n{tail}" if tail else words,
            "crash": {"path": nodeid.partition("::")[0], "line": None, "message": words},
            "sections": self._sections(worker),
        }
        return line, self._write(line)

    def cut_off(self, nodeid: str, words: str) -> tuple[dict[str, Any], Ref | None]:
        """The same of a file whose collection the process did not survive."""
        tail = self.tail()
        fatal = tail.find(_FATAL)
        last = tail[fatal:] if fatal >= 0 else "\n".join(tail.splitlines()[-_LAST_LINES:])
        terminal = {"name": "Last lines of the terminal", "text": last, "cut": 0, "file": None}
        line: dict[str, Any] = {
            "event": "CollectorReported",
            "nodeid": nodeid,
            "outcome": "failed",
            "longrepr": words,
            "crash": {"path": nodeid, "line": None, "message": words},
            "sections": [*self._sections(None), *([terminal] if last else [])],
        }
        return line, self._write(line)

    def _write(self, line: dict[str, Any]) -> Ref | None:
        path = self._folder / _JOURNAL
        if self._number is None:
            self._number = self._shelf.put(path)
        try:
            with path.open("ab") as file:
                at = file.tell()
                file.write(wire.encode(line) + b"\n")
        except OSError:
            return None
        return self._shelf.ref(self._number, at)

    def _sections(self, worker: str | None) -> list[dict[str, Any]]:
        found = []
        for name, descriptor in self._captures.get(worker, []):
            with contextlib.suppress(OSError):
                found.append(self._section(f"Captured {name} until then", descriptor))
        return [section for section in found if section["text"]]

    def _section(self, name: str, descriptor: int) -> dict[str, Any]:
        size, keep = os.fstat(descriptor).st_size, wire.SECTION_KEEP
        if size <= wire.SECTION_LIMIT:
            text = os.pread(descriptor, size, 0).decode("utf-8", "replace")
            return {"name": name, "text": text, "cut": 0, "file": None}
        head = os.pread(descriptor, keep, 0).decode("utf-8", "replace")
        tail = os.pread(descriptor, keep, size - keep).decode("utf-8", "replace")
        cut = size - 2 * keep
        return {"name": name, "text": head + tail, "cut": cut, "head": len(head), "file": self._copied(descriptor)}

    def _copied(self, descriptor: int) -> str | None:
        """A copy of a capture file, which has no name of its own; its path in the folder of the run."""
        folder = self._folder / wire.SECTIONS_FOLDER
        name = f"{wire.SECTIONS_FOLDER}/crash-{descriptor}.txt"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.dup(descriptor), "rb") as source, (self._folder / name).open("wb") as target:
                source.seek(0)
                shutil.copyfileobj(source, target)
        except OSError:
            return None
        return name


def ending(status: int) -> str:
    """How a process ended, in words: ``status`` is its exit code, or minus the signal."""
    if status >= 0:
        return f"exit {status}"
    return signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"


def kill_group(pid: int) -> None:
    """End what a run has left of its process group, if there is anything."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        return
