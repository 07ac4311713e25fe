"""Lets go of every kernel object that a copy shares with the process that it was made from.

Otherwise the copy would disturb the run: a port stays bound, a lock stays held, a peer never sees the end of a pipe.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import _socket
import fcntl
import os
import stat
from typing import TYPE_CHECKING

from .calls import calls

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

_GUESSED = 256
"""Descriptors that are looked at where the system does not list them."""
_STREAMS = 3
_FOLDER = "/proc/self/fd"
_OTHER_FOLDER = "/dev/fd"
_NULL = "/dev/null"
_GET_PATH = 50
"""F_GETPATH of macOS."""
_PATH_LIMIT = 1024
_TOLD = 200
"""Descriptors that are told of."""


def identities() -> dict[int, tuple[int, int]]:
    """What is open in this process, by its number."""
    found: dict[int, tuple[int, int]] = {}
    for descriptor in _open_ones():
        try:
            found[descriptor] = calls.identity(descriptor)
        except OSError:
            continue  # that of the listing itself
    return found


def seal(keep: Container[int], known: Mapping[int, tuple[int, int]]) -> list[str]:
    """Replace what is open in this process, except ``keep``; says in words what was there that is not ``known``.

    Numbers stay taken. Files and folders are opened anew for reading, at the same place: contents stay readable even
    when the run deletes them, without their locks, and nothing can be written. All else becomes /dev/null, which the
    standard streams are, too.
    """
    null = calls.open(_NULL, os.O_RDWR | os.O_CLOEXEC)
    words: list[str] = []
    for descriptor in _open_ones():
        if descriptor in keep or descriptor == null:
            continue
        try:
            is_known = known.get(descriptor) == calls.identity(descriptor)
            text = _replace(descriptor, null)
        except OSError:
            continue  # the same
        if text and not is_known and len(words) < _TOLD:
            words.append(f"{descriptor}: {text}")
    for stream in range(_STREAMS):
        if stream not in keep and stream != null:
            calls.dup2(null, stream)
    if null >= _STREAMS:
        calls.close(null)
    return words


def _open_ones() -> list[int]:
    for folder in (_FOLDER, _OTHER_FOLDER):
        try:
            return sorted(int(name) for name in calls.listdir(folder))
        except (OSError, ValueError):
            continue
    return list(range(_GUESSED))


def _replace(descriptor: int, null: int) -> str:
    mode = calls.fstat(descriptor).st_mode
    inheritable = not calls.fcntl(descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
    if descriptor < _STREAMS:
        return ""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        name = _name(descriptor)
        try:
            _reopen(descriptor, mode, inheritable=inheritable)
        except OSError:
            calls.dup2(null, descriptor, inheritable)
            return f"file {name}, which cannot be opened again"
        return f"file {name}, for reading alone" if stat.S_ISREG(mode) else ""
    text = _socket_words(descriptor) if stat.S_ISSOCK(mode) else _words(descriptor, mode)
    calls.dup2(null, descriptor, inheritable)
    return f"{text}, closed" if text else ""


def _reopen(descriptor: int, mode: int, *, inheritable: bool) -> None:
    """Another description of the same file under the same number. Raises OSError."""
    path = f"{_FOLDER}/{descriptor}"
    try:
        calls.readlink(path)
    except OSError:
        path = _name(descriptor)
    access = calls.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    place = calls.lseek(descriptor, 0, os.SEEK_CUR) if stat.S_ISREG(mode) and access != os.O_WRONLY else 0
    new = calls.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if calls.identity(new) != calls.identity(descriptor):
            raise OSError(path)
        if place:
            calls.lseek(new, place, os.SEEK_SET)
        calls.dup2(new, descriptor, inheritable)
    finally:
        calls.close(new)


def _name(descriptor: int) -> str:
    try:
        return calls.readlink(f"{_FOLDER}/{descriptor}")
    except OSError:
        pass
    try:
        found: bytes = calls.fcntl(descriptor, _GET_PATH, bytes(_PATH_LIMIT))
        return found.rstrip(b"\0").decode("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return ""


def _words(descriptor: int, mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "pipe"
    name = _name(descriptor)
    if name == _NULL:
        return ""
    return f"device {name}" if stat.S_ISCHR(mode) else name


def _socket_words(descriptor: int) -> str:
    end = calls.socket(fileno=descriptor)
    try:
        kind = {_socket.AF_UNIX: "unix socket", _socket.AF_INET: "socket"}.get(end.family, "socket")
        names: list[str] = []
        for ask in (end.getsockname, end.getpeername):
            try:
                address = ask()
            except OSError:
                continue
            if isinstance(address, tuple):
                address = ":".join(map(str, address[:2]))
            if address:
                names.append(str(address))
        return " ".join([kind, " -> ".join(names)]).rstrip()
    finally:
        end.detach()
