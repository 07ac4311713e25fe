"""The folders of an explorer: a private one for its socket, and in the project's cache one for each run."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = ".redbar_cache"
_EXPLORER = "explorer-"
"""Name of the file that a living explorer keeps locked, before the number of its first run."""
_RUNS_KEPT = 30
_BYTES_KEPT = 1 << 30
"""Of all runs together; those that a living explorer may show stay in any case."""
_PATH_LIMIT = 60
"""Bytes of the private folder's path: a socket's path is limited to 104 on macOS."""


class Private:
    """The private folder of this explorer: listening socket, log of the host, and a locked file while it lives.

    Raises OSError when no folder can be made.
    """

    def __init__(self) -> None:
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        if len(os.fsencode(base)) > _PATH_LIMIT - 12 or not os.access(base, os.W_OK | os.X_OK):
            base = "/tmp"  # noqa: S108 - mkdtemp makes it 0700, and the path has to be short
        _sweep(Path(base))
        self.folder = Path(tempfile.mkdtemp(prefix="rb-", dir=base))
        self._alive = _locked(self.folder / "alive")

    @property
    def socket(self) -> str:
        """Path of the listening socket."""
        return str(self.folder / "s")

    @property
    def log(self) -> Path:
        """What the host itself prints: nothing, if all is well."""
        return self.folder / "host.log"

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._alive)


def _locked(path: Path) -> int:
    """A new file that is locked from the first moment at which another process can see it; its descriptor."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    new.rename(path)
    return descriptor


def _is_locked(path: Path) -> bool:
    """Whether the process that made the file lives. Raises OSError when there is no such file."""
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _sweep(base: Path) -> None:
    """Remove private folders of explorers that were killed."""
    for folder in base.glob("rb-*"):
        try:
            if folder.stat().st_uid == os.getuid() and not _is_locked(folder / "alive"):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


class Cache:
    """The project's cache folder; it ignores itself in git. Where the project is read-only, XDG's cache holds it.

    Raises OSError when no folder can be made.
    """

    def __init__(self, project: Path) -> None:
        self.folder = (
            _writable(project / CACHE) or _writable(_elsewhere(project)) or Path(tempfile.mkdtemp(prefix="redbar-"))
        )
        self._runs = self.folder / "runs"
        self._first: int | None = None
        self._lock: int | None = None

    def new_run(self) -> tuple[int, Path]:
        """The number and the folder of a new run; numbers grow within a project. Raises OSError."""
        self._runs.mkdir(mode=0o700, parents=True, exist_ok=True)  # somebody may have removed the cache meanwhile
        number = max(self._numbers(), default=0)
        while True:
            number += 1
            folder = self._runs / str(number)
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            if self._first is None:
                self._first = number
                self._lock = _locked(self.folder / f"{_EXPLORER}{number}")
            return number, folder

    def run_folder(self, number: int) -> Path:
        """The folder of a run, of this explorer or another; it may be gone."""
        return self._runs / str(number)

    def earlier_runs(self) -> list[int]:
        """The numbers of the runs that there were before this explorer, in ascending order."""
        with contextlib.suppress(OSError):
            return sorted(number for number in self._numbers() if self._first is None or number < self._first)
        return []

    def _numbers(self) -> list[int]:
        return [int(folder.name) for folder in self._runs.iterdir() if folder.name.isdecimal()]

    def close(self) -> None:
        """Leave the runs to the explorers that come after this one, and remove old ones.

        The newest 30 are kept, and older ones that the last session is shown from at start, as long as they are not
        over 1 GB in all. The last one stays in any case, and so does what a living explorer may still show.
        """
        if self._lock is None:
            return
        (self.folder / f"{_EXPLORER}{self._first}").unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = None
        with contextlib.suppress(OSError):  # another explorer may be doing the same, or the cache is gone
            self._remove_old()

    def _remove_old(self) -> None:
        newest = sorted(self._numbers(), reverse=True)
        oldest_used = min((*self._in_use(), *newest[:1]), default=0)
        needed = self._needed() if len(newest) > _RUNS_KEPT else set()
        size = 0
        for place, number in enumerate(newest):
            folder = self._runs / str(number)
            size += sum(file.lstat().st_size for file in folder.rglob("*"))
            too_old = place >= _RUNS_KEPT and number not in needed
            if number < oldest_used and (too_old or size > _BYTES_KEPT):
                shutil.rmtree(folder, ignore_errors=True)

    def _needed(self) -> set[int]:
        from tui.engine.history import History

        return History(self.folder).runs_in_use()

    def _in_use(self) -> Iterator[int]:
        """The first run of every explorer that lives; locks of others are removed."""
        for lock in self.folder.glob(f"{_EXPLORER}*"):
            number = lock.name.removeprefix(_EXPLORER)
            try:
                if number.isdecimal() and _is_locked(lock):
                    yield int(number)
                elif number.isdecimal():
                    lock.unlink(missing_ok=True)
            except OSError:
                continue


def _elsewhere(project: Path) -> Path:
    """The folder in XDG's cache for a project that is read-only."""
    import hashlib  # it brings OpenSSL with it, and projects seldom are

    digest = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
    return platformdirs.user_cache_path("redbar") / f"{project.name[:40]}-{digest}"


def _writable(folder: Path) -> Path | None:
    try:
        (folder / "runs").mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder / "runs", os.W_OK):
            return None
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
            (folder / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    except OSError:
        return None
    return folder


def write_request(folder: Path, request: wire.Request) -> None:
    """Put a run's request into its folder. Raises OSError."""
    (folder / wire.REQUEST_FILE).write_bytes(wire.encode(request))
