"""Copies this process by fork, so that the run notices nothing of it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import errno
import os
import signal
import struct
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable

from .calls import calls
from .quiet import go_first, silence
from .seal import seal
from .siblings import Siblings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SEAL_SECONDS = 2.0
"""In which a copy has to let go of all that it shares with the run."""
_PROCESSOR = 2.0
"""The same on a machine that is busy with other things: seconds of a processor."""
_LOOK = 0.1
"""Seconds between two looks whether it still does."""
DOUBLE_BELOW = 300 << 20
"""Bytes of a process that is forked twice. Then the copy is nobody's child, which ``os.wait`` would wait for; of a
bigger one each fork costs too much."""
_RECORD = struct.Struct("=ci")
"""On the pipe, in any order: the pid of the copy, and that it is sealed."""
_PID, _SEALED = b"p", b"s"
_TICKS = os.sysconf("SC_CLK_TCK")
_SIBLING, _CHILD, _TWICE = "sibling", "child", "child of a child"
_WARNS = sys.version_info[:2] >= (3, 12)
_threads = sys._current_frames  # noqa: SLF001 - native threads are in it, too


class NotFrozenError(Exception):
    """No copy was made; the message says why, in words for the person."""


class Copier:
    """Makes copies of this process. To be built before the first test."""

    def __init__(self) -> None:
        self._siblings = Siblings()

    def copy(self, become: Callable[[list[str]], None], known: Mapping[int, tuple[int, int]], *, twice: bool) -> int:
        """Fork a copy that runs ``become`` and ends after it; its pid, once it shares nothing with this process.

        ``become`` gets in words what was open and is not ``known``. The copy is no child of this process where that is
        to be had cheaply; ``twice``: nor anywhere else. Raises NotFrozenError.
        """
        readable, writable = _pipe()
        me = calls.getpid()
        try:
            with _children_unnoticed(), _warnings_unnoticed():
                child, kind = self._fork(writable, twice=twice)
                if child == 0:
                    _be_copy(become, known, (readable, writable), twice=kind == _TWICE)
                try:
                    return _sealed(readable, child, knows_pid=kind != _TWICE)
                except BaseException:
                    if kind != _SIBLING:
                        _kill(child)
                        _wait(child)
                    raise
                finally:
                    if kind == _TWICE:
                        _wait(child)
        finally:
            if calls.getpid() != me:
                calls.exit(0)  # a signal that came at once: nothing of the run goes on here
            calls.close(readable)

    def _fork(self, writable: int, *, twice: bool) -> tuple[int, str]:
        """The child (0 in it), and what it is to this process. Raises NotFrozenError."""
        child: int | None = None
        try:
            child = self._siblings.fork()
            if child is not None:
                return child, _SIBLING
            child = calls.fork()
        except OSError as error:
            raise NotFrozenError(f"no process can be made: {error.strerror}") from None
        finally:
            if child != 0:
                calls.close(writable)
        return child, _TWICE if twice else _CHILD


def _sealed(readable: int, child: int, *, knows_pid: bool) -> int:
    """The pid of the copy, once it has closed its end of the pipe as the last thing that it shared.

    That is ``child`` where ``knows_pid``, else ``child`` says it. Raises NotFrozenError; then there is no copy.
    """
    until = calls.monotonic() + SEAL_SECONDS
    said = b""
    found: dict[bytes, int] = {_PID: child} if knows_pid else {}
    sealed = False
    why = "its copy did not let go of what it shares with the run in time"
    try:
        while True:
            if not calls.ready([readable], until - calls.monotonic()):
                if not _is_at_it(found.get(_PID, child)):
                    break
                until = calls.monotonic() + _LOOK
                continue
            data = calls.read(readable, 64)
            if not data:
                sealed = found.keys() == {_PID, _SEALED}
                why = "its copy ended at once"
                break
            said += data
            found.update(_RECORD.iter_unpack(said[: len(said) - len(said) % _RECORD.size]))
    finally:
        if not sealed and _PID in found:
            _kill(found[_PID])
    if not sealed:
        raise NotFrozenError(why)
    return found[_PID]


def _is_at_it(pid: int) -> bool:
    """Whether a copy runs or waits for a processor, and has not had much of one yet; False where nobody tells."""
    try:
        fields = calls.read_file(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        return fields[0] == b"R" and int(fields[11]) + int(fields[12]) < _PROCESSOR * _TICKS
    except (OSError, ValueError, IndexError):
        return False


def _pipe() -> tuple[int, int]:
    """Both ends, even where a test has lowered the limit of descriptors. Raises NotFrozenError."""
    limit = None
    try:
        return calls.pipe()
    except OSError as error:
        if error.errno == errno.EMFILE:
            limit = calls.lift_limit()
    try:
        return calls.pipe()
    except OSError as error:
        raise NotFrozenError(f"no descriptor is left: {error.strerror}") from None
    finally:
        calls.lower_limit(limit)


def _be_copy(
    become: Callable[[list[str]], None], known: Mapping[int, tuple[int, int]], pipe: tuple[int, int], *, twice: bool
) -> None:
    """In the fork; does not return."""
    readable, writable = pipe
    try:
        if twice:
            pid = calls.fork()
            if pid:
                calls.write(writable, _RECORD.pack(_PID, pid))
                return
        calls.setpgid(0, 0)  # what ends the run spares it
        silence()
        go_first()
        calls.lift_limit()
        calls.close(readable)
        words = seal({writable}, known)
        calls.write(writable, _RECORD.pack(_SEALED, 0))
        calls.close(writable)
        become(words)
    except BaseException:  # whose it ever is: nothing of the run goes on here
        pass
    finally:
        calls.exit(0)


def _wait(pid: int) -> None:
    try:
        calls.waitpid(pid, 0)
    except OSError:
        pass  # a thread of the test waits for all children


def _kill(pid: int) -> None:
    try:
        calls.kill(pid, signal.SIGKILL)
    except OSError:
        pass


@contextmanager
def _children_unnoticed() -> Iterator[None]:
    """No SIGCHLD for a handler of the test's, in whichever thread; none is lost that another child sends meanwhile."""
    handler = calls.getsignal(signal.SIGCHLD)
    if handler in (None, signal.SIG_DFL, signal.SIG_IGN):
        yield
        return
    ended = calls.has_ended_child()
    calls.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield
    finally:
        calls.signal(signal.SIGCHLD, handler)
        if not ended and calls.has_ended_child():
            calls.kill(calls.getpid(), signal.SIGCHLD)


@contextmanager
def _warnings_unnoticed() -> Iterator[None]:
    """Python 3.12 and later warn of a fork where there are threads; ours has none of the test's in mind."""
    if not _WARNS or len(_threads()) == 1:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
