"""System calls for processes that begin in the middle of a test, whatever that has patched.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import _socket
import io
import os
import posix as system  # coverage replaces os._exit, and os.fork may be a test's own
import resource
import select
import signal
from typing import Any

from ..posix import Calls


class ForkCalls(Calls):
    """The originals, as in ``Calls``."""

    def __init__(self) -> None:
        super().__init__()
        self.fork = system.fork
        self.exit = system._exit  # noqa: SLF001 - nothing of what the run has put off until its end happens here
        self.pipe = system.pipe
        self.waitpid = system.waitpid
        self.waitid = getattr(system, "waitid", None)
        self.setpgid = system.setpgid
        self.setsid = system.setsid
        self.getpgid = system.getpgid
        self.lseek = system.lseek
        self.chdir = system.chdir
        self.putenv = system.putenv
        self.unsetenv = system.unsetenv
        self.set_blocking = system.set_blocking
        self.poll = select.poll
        self.signal = signal.signal
        self.getsignal = signal.getsignal
        self.signals = tuple(signal.valid_signals())
        self.set_wakeup_fd = signal.set_wakeup_fd
        self.mask = signal.pthread_sigmask
        self.setitimer = signal.setitimer
        self.limit = resource.getrlimit
        self.set_limit = resource.setrlimit
        self.usage = resource.getrusage
        self.socketpair = _socket.socketpair
        self.open_file = io.open
        self.string_file = io.StringIO
        self.path_of = os.fspath

    def ready(self, descriptors: list[int], seconds: float | None) -> list[int]:
        """Those of ``descriptors`` that can be read or have ended, within that time (None: wait for one)."""
        poll = self.poll()  # select() cannot watch numbers above 1023
        for descriptor in descriptors:
            poll.register(descriptor, select.POLLIN)
        found = poll.poll(None if seconds is None else max(0, int(seconds * 1000) + 1))
        return [descriptor for descriptor, _ in found]

    def has_ended_child(self) -> bool:
        """Whether a child has ended that nobody has waited for; it stays so."""
        if self.waitid is None:
            return False
        try:
            return self.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except OSError:
            return False

    def write_all(self, descriptor: int, data: bytes) -> None:
        """Write every byte. Raises OSError."""
        while data:
            data = data[self.write(descriptor, data) :]

    def lift_limit(self) -> Any:
        """Allow as many descriptors as can be; gives what ``lower_limit`` needs."""
        try:
            limit = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
        except (OSError, ValueError):
            return None
        return limit

    def lower_limit(self, limit: Any) -> None:
        """Put the former limit back."""
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)


calls = ForkCalls()
