"""The folders of an explorer: a private one for its socket, and in the project's cache one for each run."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import platformdirs

from tui.plugin import wire

CACHE = ".redbar_cache"
_RUNS_KEPT = 30
_BYTES_KEPT = 1 << 30
"""Of the runs of earlier explorers; those of this one stay until it ends."""
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
        self._alive = (self.folder / "alive").open("w")
        fcntl.flock(self._alive, fcntl.LOCK_EX)

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
        self._alive.close()


def _sweep(base: Path) -> None:
    """Remove private folders of explorers that were killed."""
    for folder in base.glob("rb-*"):
        try:
            if folder.stat().st_uid != os.getuid():
                continue
            with (folder / "alive").open("r+") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


class Cache:
    """The project's cache folder; it ignores itself in git. Where the project is read-only, XDG's cache holds it."""

    def __init__(self, project: Path) -> None:
        elsewhere = platformdirs.user_cache_path("redbar") / str(project).strip("/").replace("/", "-")
        self.folder: Path = (
            _writable(project / CACHE) or _writable(elsewhere) or Path(tempfile.mkdtemp(prefix="redbar-"))
        )
        self._own: set[str] = set()

    def new_run(self) -> tuple[int, Path]:
        """The number and the folder of a new run; numbers grow within a project. Raises OSError."""
        runs = self.folder / "runs"
        runs.mkdir(mode=0o700, exist_ok=True)
        number = max((int(entry) for entry in os.listdir(runs) if entry.isdigit()), default=0)
        while True:
            number += 1
            try:
                (runs / str(number)).mkdir(mode=0o700)
            except FileExistsError:
                continue
            self._own.add(str(number))
            return number, runs / str(number)

    def tidy(self) -> None:
        """Remove old runs of other explorers: all but the newest 30, and what is over 1 GB in all."""
        runs = self.folder / "runs"
        if not runs.is_dir():
            return
        size = 0
        newest = sorted((int(name) for name in os.listdir(runs) if name.isdigit()), reverse=True)
        for place, number in enumerate(newest):
            folder = runs / str(number)
            if str(number) in self._own:
                continue
            size += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            if place >= _RUNS_KEPT or size > _BYTES_KEPT:
                shutil.rmtree(folder, ignore_errors=True)


def _writable(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
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
