"""The resident process of the user's interpreter: every run is its fork.

It loads nothing but the standard library's smallest parts, has one thread, polls its socket and its children, and
ends with the explorer: an EOF on the socket takes everything below it along.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import time

from . import wire

_WATCH_SECONDS = 1.0
"""Between two looks at how much a run has printed."""
_GONE = 250
"""Exit status of a fork that could not become a run at all."""
_ROUNDS = 200
"""At the end: how often to look for processes below, a pause (seconds) between two of these."""
_PAUSE = 0.005


def main(arguments: list[str]) -> None:
    """Serve the engine at the socket ``arguments[0]``; fork a run for each folder in the rest at once."""
    _Host(arguments[0]).serve(arguments[1:])


class _Host:
    def __init__(self, path: str) -> None:
        self._path = path
        self._runs: dict[int, int] = {}
        self._outputs: dict[int, str] = {}
        self._frames = wire.Frames()
        self._wake, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._wake, False)
        self._wake_end = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)

    def serve(self, folders: list[str]) -> None:
        hello: dict[str, object] = {
            "role": "host",
            "protocol": wire.PROTOCOL,
            "pid": os.getpid(),
            "python": ".".join(map(str, sys.version_info[:3])),
            "executable": sys.executable,
        }
        self._send(hello)
        for folder in folders:
            self._begin(folder)
        _become_subreaper()
        while True:
            select.select([self._socket.fileno(), self._wake], [], [], _WATCH_SECONDS if self._runs else None)
            try:
                os.read(self._wake, 4096)
            except BlockingIOError:
                pass
            self._reap()
            self._cap_outputs()
            if not self._listen():
                self._leave()

    def _listen(self) -> bool:
        """Obey what has come in; False when the engine is gone."""
        try:
            data = self._socket.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:  # it died with unread data of ours: not an EOF, but means the same
            return False
        if not data:
            return False
        for message in self._frames.feed(data):
            if message is None:
                continue
            command = message.get("do")
            if command == "run":
                self._begin(message["folder"])
            elif command == "signal":
                self._signal(message["run"], message["number"])
        return True

    def _cap_outputs(self) -> None:
        """End a run that fills the disk with what it prints."""
        for pid, run in self._runs.items():
            try:
                size = os.stat(self._outputs[pid]).st_size
            except OSError:
                continue
            if size > wire.OUTPUT_LIMIT:
                self._send({"run": run, "output": size})
                _kill_group(pid, signal.SIGKILL)

    def _signal(self, run: int, number: int) -> None:
        for pid, each in self._runs.items():
            if each == run:
                _kill_group(pid, number)

    def _begin(self, folder: str) -> None:
        """Fork a run. One that cannot even begin ends at once; the host goes on."""
        run: int | None = None
        try:
            with open(os.path.join(folder, wire.REQUEST_FILE), "rb") as file:
                run = json.loads(file.read())["run"]
            self._fork(folder, run)
        except (OSError, ValueError, KeyError) as error:
            self._send({"exited": run, "status": _GONE, "folder": folder, "error": repr(error)})

    def _fork(self, folder: str, run: int) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            status = _GONE
            try:
                status = self._become_run(folder)
            except BaseException:  # the log, or the output of the run, is where somebody looks
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(status)
        self._runs[pid] = run
        self._outputs[pid] = os.path.join(folder, wire.OUTPUT_FILE)
        self._send({"forked": run, "pid": pid})

    def _become_run(self, folder: str) -> int:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._wake)
        os.close(self._wake_end)
        self._socket.close()
        from . import run

        return run.main(folder, self._path)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            number = self._runs.pop(pid, None)
            if number is not None:
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self._send({"exited": number, "status": code})

    def _send(self, message: dict[str, object]) -> None:
        try:
            self._socket.sendall(wire.frame(message))
        except OSError:
            self._leave()

    def _leave(self) -> None:
        """The explorer is gone: nothing may outlive it."""
        for _ in range(_ROUNDS):
            # Before their parents die: without a subreaper the orphans would be out of sight.
            below = _descendants()
            for pid in self._runs:
                _kill_group(pid, signal.SIGKILL)
            for pid in below:
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
            if not self._bury():
                break
        os._exit(0)

    def _bury(self) -> bool:
        """Wait for what was killed; whether there may be more, of processes that were being born meanwhile."""
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid:
                self._runs.pop(pid, None)
            else:
                time.sleep(_PAUSE)
                return True


def _kill_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except OSError:
        try:
            os.kill(pid, number)  # between its fork and its setsid
        except OSError:
            pass


def _become_subreaper() -> None:
    """On Linux, inherit what runs leave behind, so that it can be ended with the explorer."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, prctl(2)
    except Exception:  # no ctypes in this interpreter: daemons of tests then stay
        pass


def _descendants() -> list[int]:
    """Every process below this one, by /proc; empty where there is none."""
    parents: dict[int, list[int]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            parent = _parent_of(name)
            if parent is not None:
                parents.setdefault(parent, []).append(int(name))
    found: list[int] = []
    pending = [os.getpid()]
    while pending:
        children = parents.get(pending.pop(), [])
        found += children
        pending += children
    return found


def _parent_of(name: str) -> int | None:
    try:
        with open(f"/proc/{name}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
