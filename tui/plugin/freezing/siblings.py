"""Forks a child for the parent of this process: one that no ``wait`` here sees, and at half the cost of two forks.

Linux alone can do that, and only by a system call that the C library has no function for. What its ``fork`` does
beyond that call matters where there are other threads; then, and wherever anything is not as expected, there is none.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import Any

from .calls import calls

_CLONE3 = 435
"""Number of the system call, on every machine."""
_CLONE_PARENT = 0x00008000
_CLONE_CHILD_SETTID = 0x01000000
_CLONE_CHILD_CLEARTID = 0x00200000
_GET_TID_ADDRESS = 40
_THREADS = "/proc/self/task"
_LINKS_OF_ONE = 3
"""Of that folder: its name, its own ``.``, and one of each thread. To list it would take a descriptor."""


class Siblings:
    """Makes them. To be built before the first test: it loads what a test could keep it from."""

    def __init__(self) -> None:
        self._call: Any = None
        self._hooks: tuple[Any, Any, Any] | None = None
        try:
            if sys.platform == "linux":
                self._prepare()
        except Exception:  # no ctypes, or another C library
            self._call = None

    def fork(self) -> int | None:
        """As ``os.fork``, but the child is one of this process's parent; None where that cannot be done."""
        if self._call is None or self._hooks is None or not _has_one_thread():
            return None
        before, in_child, in_parent = self._hooks
        before()
        pid = self._call()
        if pid == 0:
            in_child()
        else:
            in_parent()
        return int(pid) if pid >= 0 else None

    def _prepare(self) -> None:
        import ctypes

        class Arguments(ctypes.Structure):
            _fields_ = [
                (name, ctypes.c_uint64)
                for name in ("flags", "pidfd", "child_tid", "parent_tid", "exit_signal", "stack", "stack_size", "tls")
            ]

        # These keep the interpreter's lock, so that nothing else happens meanwhile.
        python = ctypes.PyDLL(None)
        system = python.syscall
        system.restype = ctypes.c_long
        address = ctypes.c_void_p()
        python.prctl(_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0)
        # The C library keeps the number of the thread there, and goes by it.
        if not address.value or ctypes.c_int.from_address(address.value).value != os.getpid():
            return
        arguments = Arguments()
        arguments.flags = _CLONE_PARENT | _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID
        arguments.child_tid = address.value
        number, reference = ctypes.c_long(_CLONE3), ctypes.byref(arguments)
        size = ctypes.c_size_t(ctypes.sizeof(arguments))
        hooks = (python.PyOS_BeforeFork, python.PyOS_AfterFork_Child, python.PyOS_AfterFork_Parent)
        for hook in hooks:
            hook.restype = None
            hook.argtypes = []
        self._hooks = hooks
        self._call = lambda: system(number, reference, size)


def _has_one_thread() -> bool:
    try:
        return bool(calls.stat(_THREADS).st_nlink == _LINKS_OF_ONE)
    except OSError:  # there is no /proc
        return False
