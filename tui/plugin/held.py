"""A descriptor of ours in a process whose tests may do anything to it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from .posix import calls


class Held:
    """Holds an open file under a high number, in this process and in no fork of it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._pid = calls.getpid()
        self._descriptor = -1
        self._identity = (-1, -1)

    def _hold(self, descriptor: int) -> None:
        """Take an open descriptor; the number it had is free afterwards. Raises OSError."""
        self._descriptor = calls.raise_descriptor(descriptor)
        self._identity = calls.identity(self._descriptor)

    def _is_ours(self) -> bool:
        """Whether this is the process that opened it."""
        return calls.getpid() == self._pid

    def _is_open(self) -> bool:
        """Whether the number is still ours: a test may close it and open another file under it."""
        try:
            return calls.identity(self._descriptor) == self._identity
        except OSError:
            return False

    def close_in_child(self) -> None:
        """Let go of it in a process that a test forked."""
        if not self._is_ours() and self._is_open():
            calls.close(self._descriptor)
