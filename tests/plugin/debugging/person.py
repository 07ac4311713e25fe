"""A person at a pseudo-terminal, beside the driver that stands in for the engine."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import struct
import termios
import time
from collections.abc import Callable
from typing import Any

from tests.plugin.driver import PATIENCE, Connection, Driver
from tests.plugin.outcome import Line
from tests.ui.terminal.emulator import Screen
from tui.plugin import wire

WIDTH, HEIGHT = 200, 30
STOPS = {
    "test_a.py": """
        def test_before():
            pass

        def test_stops():
            a = 1
            print("before")
            breakpoint()
            b = a + 1
            print("between")
            breakpoint()
            assert b == 2

        def test_after():
            import sys
            assert sys.gettrace() is None
    """
}
"""A test that stops twice, between two others."""


class Terminal:
    """Keys in, a screen out."""

    def __init__(self) -> None:
        self._master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        os.set_blocking(self._master, False)
        self._screen = Screen(WIDTH, HEIGHT)
        self.output = b""

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def look(self, seconds: float = 0.0) -> str:
        """What stands on the screen."""
        select.select([self._master], [], [], seconds)
        try:
            while data := os.read(self._master, 65536):
                self.output += data
                self._screen.feed(data)
        except (BlockingIOError, OSError):
            pass
        return "\n".join(self._screen.rows)

    def wipe(self) -> None:
        """Forget what stands on the screen."""
        self.look()
        self._screen.reset()

    @property
    def line_mode(self) -> bool:
        """Whether the terminal is as it was when it was made."""
        return bool(termios.tcgetattr(self.slave)[3] & termios.ICANON)

    def close(self) -> None:
        os.close(self._master)
        os.close(self.slave)


class Person:
    """Answers every pause with the terminal, while ``there``."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.terminal = Terminal()
        self.there: bool | None = True
        """None: nothing is answered at all."""
        self.environ = {"TERM": "xterm-256color"}
        self._answered: set[str] = set()

    def _attend(self) -> None:
        self.driver.pump(0.01)
        for message in self.pauses:
            if message["paused"] not in self._answered:
                self._answered.add(message["paused"])
                self._answer(message)

    def _answer(self, message: Line) -> None:
        connection = self._of(message["pid"])
        if self.there:
            self.terminal.wipe()
            answer = {"do": "go", "pause": message["paused"], "environ": self.environ}
            socket.send_fds(connection.socket, [wire.frame(answer)], [self.terminal.slave])
        elif self.there is False:
            connection.socket.sendall(wire.frame({"do": "refuse", "pause": message["paused"]}))

    def _of(self, pid: int) -> Connection:
        return next(each for each in self.driver.connections if each.hello.get("pid") == pid)

    @property
    def pauses(self) -> list[Line]:
        return [message for message in self.driver.messages if "paused" in message]

    @property
    def resumed(self) -> list[str]:
        return [message["resumed"] for message in self.driver.messages if "resumed" in message]

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Attend to pauses until ``condition`` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain: {what}\n{self.look()}\n{self.driver.log.read_text()}"
            self._attend()
            self.look(0.01)

    def look(self, seconds: float = 0.0) -> str:
        return self.terminal.look(seconds)

    def sees(self, *words: str) -> str:
        """Wait until all of that stands on the screen; the screen."""
        self.until(lambda: all(each in self.look() for each in words), f"{words} on the screen")
        return self.look()

    def press(self, keys: str) -> None:
        self.terminal.press(keys)

    def says(self, line: str) -> None:
        """Type a line at a prompt, once that is there."""
        self.until(self._has_prompt, "a prompt")
        before = len(self.terminal.output)
        self.press(f"{line}\n")
        self.until(lambda: self.look() and len(self.terminal.output) > before, f"the echo of {line}")

    def steps_over(self, times: int) -> None:
        """At that pause: ``next``, and ``continue`` if that was not the end of it."""
        self.says("n")
        self.until(lambda: self._has_prompt() or len(self.resumed) >= times, "the next line")
        if len(self.resumed) < times:
            self.says("c")
        self.goes_on(times)

    def _has_prompt(self) -> bool:
        return self.look().rstrip().endswith(("(Pdb)", "ipdb>"))

    def interrupt(self, pause: Line) -> None:
        """What the relay does for ctrl+c while the terminal makes signals of keys."""
        os.kill(pause["pid"], signal.SIGINT)

    def is_paused(self, times: int = 1) -> Line:
        """Wait until a run waits; the message."""
        self.until(lambda: len(self.pauses) >= times, f"pause {times}")
        return self.pauses[times - 1]

    def goes_on(self, times: int = 1) -> None:
        self.until(lambda: len(self.resumed) >= times, f"resumed {times}")

    def end(self, run: int) -> Any:
        """Wait for the end of a run."""
        self.until(lambda: any(each.get("exited") == run for each in self.driver.messages), "the end of the run")
        return self.driver.end(run)

    def close(self) -> None:
        self.terminal.close()
