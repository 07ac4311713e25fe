"""The few system calls that must go on working whatever a test does to ``os``, ``time``, ``socket`` or ``json``.

Module-level names are not enough: freezegun and pyfakefs replace the aliases that they find in loaded modules. They
do not look into attributes of a private object, so the originals live there.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import _socket  # the methods of socket.socket can be patched, those of the type that it wraps cannot
import fcntl
import os
import select
import time

HIGH_DESCRIPTOR = 200
"""Our descriptors lie from here upwards, out of the way of tests that count or close the low ones."""
_READ = 1 << 16
"""Bytes that are read at once."""


class Calls:
    """Originals, bound before the first line of the user's code runs."""

    def __init__(self) -> None:
        self.read = os.read
        self.write = os.write
        self.open = os.open
        self.close = os.close
        self.fstat = os.fstat
        self.stat = os.stat
        self.readlink = os.readlink
        self.getcwd = os.getcwd
        self.getpid = os.getpid
        self.mkdir = os.mkdir
        self.listdir = os.listdir
        self.kill = os.kill
        self.killpg = os.killpg
        self.dup2 = os.dup2
        self.poll = select.poll
        self.fcntl = fcntl.fcntl
        self.monotonic = time.monotonic
        self.socket = _socket.socket

    def raise_descriptor(self, descriptor: int) -> int:
        """Move ``descriptor`` to a high number, closed on exec; the low one is closed. Raises OSError."""
        try:
            high: int = self.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR)
        except OSError:
            return descriptor  # a limit below that number (`ulimit -n 128`): the low one does as well
        self.close(descriptor)
        return high

    def identity(self, descriptor: int) -> tuple[int, int]:
        """What is open under that number, whoever opened it. Raises OSError when nothing is."""
        status = self.fstat(descriptor)
        return status.st_dev, status.st_ino

    def read_file(self, path: str) -> bytes:
        """What a file holds. Raises OSError."""
        descriptor = self.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return b"".join(iter(lambda: self.read(descriptor, _READ), b""))
        finally:
            self.close(descriptor)


calls = Calls()
