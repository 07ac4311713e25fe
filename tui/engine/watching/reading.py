"""Reads files and folders: what they hold, in hashes, and by which sign a change is seen without reading."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine.watching.links import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.watching.rules import Rules

LARGE = 16 << 20
"""Bytes from which a file is not read: its hash is that of its size and time."""

_CHUNK = 1 << 20
Signature = tuple[int, int, int, int]
"""Times of content and of inode (ns), size, inode: with an equal one a file is taken to be as it was."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found at a path."""

    path: str
    digest: str | None
    """Content hash; None: there is no file."""
    signature: Signature = (0, 0, 0, 0)
    """Taken before the content, so that a write in between is found by the next look."""
    at: int = 0
    """When the signature was taken, in nanoseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies below a folder, as far as the rules let one look."""

    folders: list[str]
    """With the folder itself. Folders that may not be read are left out."""
    files: dict[str, Signature]


EMPTY = hashlib.blake2b(digest_size=16).hexdigest()
"""The content hash of a file without content."""


def read(path: str) -> Reading | None:
    """What is at ``path`` now; None if something is there that may not be read."""
    at = time.time_ns()
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            status = os.stat(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return Reading(path, None)
    except OSError:
        # A link that leads nowhere or in a circle is no file; anything else is one that is closed to us.
        return Reading(path, None) if _is_broken_link(path) else None
    try:
        opened = os.fstat(descriptor)
        if not stat.S_ISREG(opened.st_mode):
            return Reading(path, None)
        digest = large(signed(status)) if opened.st_size > LARGE else _digest(descriptor)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return Reading(path, digest, signed(status), at)


def read_all(paths: Iterable[str]) -> list[Reading]:
    """What is at these paths now; without those that may not be read."""
    return [reading for reading in map(read, paths) if reading is not None]


def walk(top: str, rules: Rules, *, files: bool = True) -> Listing:
    """All watched files below ``top``, or its folders alone. Raises no OSError.

    Links to folders are followed that lead out of the project, those behind them are not. With the folders come those
    outside in which files are written that links lead to.
    """
    listing = Listing([], {})
    is_link = os.path.islink(top)
    waiting, links = ([], [top]) if is_link else ([top], [])
    while waiting or links:
        if waiting:
            _enter(waiting.pop(), rules, listing, waiting, links, files=files)
        else:
            _follow(links.pop(), rules, listing, files=files)
    return listing


def _enter(folder: str, rules: Rules, listing: Listing, waiting: list[str], links: list[str], *, files: bool) -> None:
    """List one folder; those in it, and links to others, come into ``waiting`` and ``links``."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        return
    listing.folders.append(folder)
    for entry in found:
        try:
            if entry.is_dir(follow_symlinks=False):
                if rules.folder(entry.path):
                    waiting.append(entry.path)
            elif entry.is_symlink() and entry.is_dir():
                if rules.folder(entry.path) and rules.links.is_folder(entry.path):
                    links.append(entry.path)
            elif files and rules.file(entry.path) and entry.is_file():
                listing.files[entry.path] = signed(entry.stat())
                if entry.is_symlink() and (outside := rules.links.file(entry.path)) is not None:
                    listing.folders.append(outside)
        except OSError:
            continue


def _follow(link: str, rules: Rules, listing: Listing, *, files: bool) -> None:
    """List what lies behind a link, unless that is too much."""
    behind = Listing([], {})
    waiting = [link]
    while waiting and len(behind.folders) <= MOST:
        _enter(waiting.pop(), rules, behind, waiting, [], files=files)
    if waiting or len(behind.folders) > MOST:
        rules.links.close(link)
    else:
        listing.folders.extend(behind.folders)
        listing.files.update(behind.files)


def signed(status: os.stat_result) -> Signature:
    """The signature of a file."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def large(signature: Signature) -> str:
    """What stands for the content hash of a large file."""
    return hashlib.blake2b(b"%d %d" % (signature[0], signature[2]), digest_size=16).hexdigest()


def _digest(descriptor: int) -> str:
    state = hashlib.blake2b(digest_size=16)
    while chunk := os.read(descriptor, _CHUNK):
        state.update(chunk)
    return state.hexdigest()


def _is_broken_link(path: str) -> bool:
    return os.path.islink(path) and not os.path.exists(path)
