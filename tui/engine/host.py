"""The host: the resident process of the user's interpreter, parent of all runs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from tui.engine.remains import ending
from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.folders import Private
    from tui.engine.interpreter import Interpreter
    from tui.engine.server import Connection

_GRACE = 2.0
"""Seconds that the host has to leave by itself after its connection was closed."""


class HostProcess:
    """Starts the host, passes it commands and finds out why it could not start.

    Commands given before it has connected wait for it.
    """

    def __init__(self, interpreter: Interpreter, private: Private, cwd: Path, first: Path | None) -> None:
        """Spawn it; ``first`` is the folder of a run that it forks at once."""
        self.interpreter = interpreter
        self._log = private.log
        self._connection: Connection | None = None
        self._waiting: list[wire.Command] = []
        self.failure = ""
        """Why the process could not even be started; empty if it could."""
        self.process: subprocess.Popen[bytes] | None = None
        argv = [interpreter.path, "-c", wire.BOOT_HOST, wire.FOLDER, private.socket, *([str(first)] if first else [])]
        with private.log.open("ab") as log:
            try:
                self.process = subprocess.Popen(
                    argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            except OSError as error:
                self.failure = f"{interpreter.path} cannot be started: {error.strerror}."

    @property
    def alive(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """The number of its process; -1 if it could not be started."""
        return self.process.pid if self.process is not None else -1

    def connected(self, connection: Connection) -> None:
        """It has said hello."""
        self._connection = connection
        for command in self._waiting:
            connection.send(command)
        self._waiting = []

    @property
    def is_connected(self) -> bool:
        """Whether it has said hello."""
        return self._connection is not None

    def signal(self, number: int) -> None:
        """Send a signal to its process group: for a host that never connects."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def command(self, command: wire.Command) -> None:
        """Send a command, now or when it has connected."""
        if self._connection is None:
            self._waiting.append(command)
        else:
            self._connection.send(command)

    def words(self) -> tuple[str, str]:
        """Why a host that is not alive is not: in words for the person, and all that it printed."""
        if self.failure:
            return self.failure, ""
        text = self._log.read_text(errors="replace").strip() if self._log.exists() else ""
        where = f"{self.interpreter.path} ({self.interpreter.origin})"
        lines = [line for line in text.splitlines() if line.strip()] or [""]
        if lines[-1].startswith("redbar: python "):
            version = lines[-1].removeprefix("redbar: python ")
            oldest = "{}.{}".format(*wire.OLDEST_PYTHON)
            return f"Python {version} at {where} is too old: Redbar needs {oldest} or newer there.", text
        # A traceback says what happened at its end, any other program at its beginning.
        said = lines[-1] if lines[0].startswith("Traceback") else lines[0]
        words = f"{where} does not work as a Python: it ended at once ({self.ending()})"
        return f"{words}: {said}" if said else f"{words}.", text

    def ending(self) -> str:
        """How its process ended, in words."""
        code = self.process.poll() if self.process is not None else None
        return ending(code or 0)

    def end(self) -> None:
        """Its connection is closed: wait for it to leave with all its runs, then insist."""
        if self.process is None:
            return
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
