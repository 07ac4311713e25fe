"""The edge to watchfiles: a thread that waits for events and hands on those that can matter."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from watchfiles._rust_notify import RustNotify

STEP = 3
"""Milliseconds of quiet after which events are handed on."""

_DEBOUNCE = 20
"""Milliseconds after which they are even if more keep coming."""

_LAST_LOOKS = 10
"""Steps in which a thread that is to end is sure to hand on what it has: more than the debounce has."""

_ATTEMPTS = 5


class SourceError(Exception):
    """There are no events to be had; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that came together."""

    paths: frozenset[str] = frozenset()
    appeared: frozenset[str] = frozenset()
    """Those of the paths that were made or renamed to: if one is a folder, it is a new one."""
    count: int = 0
    """How many there were before the filter."""
    scan: bool = False
    """Events may have been lost: compare everything."""
    broken: bool = False
    """No more events come until the folders are given anew."""


class Source(Protocol):
    """Where events come from."""

    async def watch(self, folders: Sequence[str]) -> None:
        """See everything in these folders from now on, those given before included. Raises SourceError."""

    async def close(self) -> None:
        """No more events."""


class Events:
    """Events of the operating system. ``sink`` is called on the loop that ``watch`` was first awaited on.

    On Linux exactly the given folders are watched, for a watch on the whole tree would take one for each folder
    of an environment or of node_modules; elsewhere a watch on the root costs the same whatever lies below it.
    """

    def __init__(self, root: str, wanted: Callable[[str], bool], sink: Callable[[Batch], None]) -> None:
        self._root = root
        self._wanted = wanted
        self._sink = sink
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reader: _Reader | None = None
        self._ending: set[asyncio.Future[None]] = set()

    async def watch(self, folders: Sequence[str]) -> None:
        """See everything in these folders from now on. Raises SourceError."""
        self._loop = asyncio.get_running_loop()
        before = self._reader
        notify = await asyncio.to_thread(_notify, self._root, folders)
        self._reader = _Reader(notify, self._hand_on)
        self._reader.start()
        if before is not None:
            # The new one sees by now whatever happens; the old one may still hold what happened before.
            before.end()
            ending = asyncio.ensure_future(asyncio.to_thread(before.join))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """No more events."""
        if self._reader is not None:
            self._reader.end()
            await asyncio.to_thread(self._reader.join)
        await asyncio.gather(*self._ending)

    def _hand_on(self, changes: Collection[tuple[int, str]] | None) -> None:
        """In the reader's thread: filter, then wake the loop."""
        from watchfiles import Change

        if changes is None:
            batch = Batch(scan=True, broken=True)
        else:
            wanted = [(kind, path) for kind, path in changes if self._wanted(path)]
            if not wanted and len(changes) < STORM:
                return
            appeared = frozenset(path for kind, path in wanted if kind == Change.added)
            batch = Batch(frozenset(path for _, path in wanted), appeared, len(changes))
        assert self._loop is not None  # noqa: S101 - watch() made this thread
        try:
            self._loop.call_soon_threadsafe(self._sink, batch)
        except RuntimeError:
            return  # the loop was closed over our heads


STORM = 1_000
"""Events at once from which some may have been lost: the kernel's queue has an end."""


class _Reader(threading.Thread):
    """Waits for the events of one RustNotify; ``hand_on`` gets None when it cannot go on."""

    def __init__(self, notify: RustNotify, hand_on: Callable[[Collection[tuple[int, str]] | None], None]) -> None:
        super().__init__(name="redbar-watch", daemon=True)
        self._notify = notify
        self._hand_on = hand_on
        self._is_ending = False
        self._looks = 0

    def end(self) -> None:
        """Hand on what is there and end."""
        self._is_ending = True

    def is_set(self) -> bool:
        """Asked by watchfiles at every step: whether to throw away what there is, and stop.

        Only when it has been asked so often since the last events that there cannot be any.
        """
        if self._is_ending:
            self._looks += 1
        return self._looks > _LAST_LOOKS

    def run(self) -> None:
        """Until the end."""
        from watchfiles._rust_notify import WatchfilesRustInternalError

        with self._notify:
            while True:
                self._looks = 0
                try:
                    # No time limit: watchfiles forgets what comes in between its last look and the limit.
                    changes = self._notify.watch(_DEBOUNCE, STEP, 0, self)
                except (WatchfilesRustInternalError, OSError):
                    # A name that is no UTF-8, or a limit of the system: it says so at every further call.
                    if not self._is_ending:
                        self._hand_on(None)
                    return
                if isinstance(changes, str):
                    return
                self._hand_on(changes)


def _notify(root: str, folders: Sequence[str]) -> RustNotify:
    from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

    recursive = sys.platform != "linux"
    for attempt in range(_ATTEMPTS):
        paths = [root] if recursive else [each for each in folders if os.access(each, os.R_OK) and os.path.isdir(each)]
        try:
            return RustNotify(
                paths,
                debug=False,
                force_polling=False,
                poll_delay_ms=0,
                recursive=recursive,
                # Passes over any error. A folder that goes or is closed after the look at it is one to pass over,
                # a limit of the system is not.
                ignore_permission_denied=attempt == _ATTEMPTS - 1,
            )
        except (FileNotFoundError, PermissionError):
            continue
        except (OSError, WatchfilesRustInternalError) as error:
            raise SourceError(_words(str(error))) from error
    raise SourceError("its folders come and go")


def _words(message: str) -> str:
    if "watch limit" in message or "No space left" in message:
        return "the system's limit of watched folders is reached (fs.inotify.max_user_watches)"
    if "Too many open files" in message:
        return "the system's limit of watchers is reached (fs.inotify.max_user_instances)"
    return message
