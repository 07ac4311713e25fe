"""What a session has printed and captured before it becomes a run, and where it does so from then on.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import io
import os
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND
_DESCRIPTORS = "/dev/fd"


def lead(earlier: str, later: str, changed: Mapping[str, str]) -> None:
    """Let all descriptors of this process that lead to the file ``earlier`` lead to ``later``.

    The new file begins with what stands in the old one, but for words that are others now: ``changed`` gives these.
    pytest keeps several: those that its capturing has put aside, and that of its handler for faults. Raises OSError.
    """
    with open(earlier, "rb") as file:
        data = file.read()
        known = _identity(file.fileno())
    for old, new in changed.items():
        data = data.replace(old.encode(), new.encode())
    output = os.open(later, _FLAGS, 0o600)
    try:
        while data:
            data = data[os.write(output, data) :]
        _redirect(known, output)
    finally:
        os.close(output)


def _redirect(known: tuple[int, int] | None, target: int) -> None:
    """Let all descriptors of one file lead where the descriptor ``target`` does."""
    for descriptor in map(int, os.listdir(_DESCRIPTORS)):
        if _identity(descriptor) == known:
            os.dup2(target, descriptor, os.get_inheritable(descriptor))


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:  # that of the listing itself
        return None
    return status.st_dev, status.st_ino


def captured(config: Any) -> tuple[str, str]:
    """What pytest has captured of this session and not yet shown: stdout and stderr. It is taken out of there."""
    manager = _capturing(config)
    if manager is None:
        return "", ""
    out, err = manager.read_global_capture()
    return out, err


def capture_anew(config: Any, before: tuple[str, str]) -> None:
    """Capture into new files from now on: those of the session are also those of its other forks.

    They begin with what was captured ``before``. ``sys.stdout`` and ``sys.stderr`` stay the objects that they are:
    handlers of logging that conftests have made keep those.
    """
    manager = _capturing(config)
    if manager is None:
        return
    capturing = manager._global_capturing  # noqa: SLF001 - there is nothing public
    for text, capture in zip(before, (capturing.out, capturing.err)):
        _renew(capture.tmpfile)
        if text:
            io.TextIOWrapper.write(capture.tmpfile, text)  # with tee-sys its own method writes to the terminal, too
            capture.tmpfile.flush()


def _renew(file: Any) -> None:
    """Give the file of a capture, which is empty, another place on the disk; one in memory is its process's own."""
    try:
        descriptor = file.fileno()
    except (OSError, ValueError):
        return
    with tempfile.TemporaryFile(buffering=0) as other:
        _redirect(_identity(descriptor), other.fileno())


def _capturing(config: Any) -> Any:
    """The manager of capturing, if it captures anything."""
    manager = config.pluginmanager.get_plugin("capturemanager") if config is not None else None
    return manager if manager is not None and manager.is_globally_capturing() else None
