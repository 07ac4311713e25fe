"""Stands in for the engine where failures are frozen: talks to the copies, and gives them terminals."""

from __future__ import annotations

import os
import pty
import select
import socket
from typing import Any

from tests.plugin.driver import Connection, Driver, lives, until
from tests.plugin.outcome import Line, Outcome
from tui.plugin import wire


class Frozen:
    """One frozen failure, as the engine sees it."""

    def __init__(self, driver: Driver, connection: Connection) -> None:
        self.driver = driver
        self.connection = connection
        self.hello = connection.hello
        self.pid: int = self.hello["pid"]
        self._asked = 0

    @property
    def default(self) -> tuple[int, int]:
        exception, frame = self.hello["default"]
        return exception, frame

    @property
    def frame(self) -> Line:
        """The frame to begin at."""
        exception, frame = self.default
        found: Line = self.hello["exceptions"][exception]["frames"][frame]
        return found

    def send(self, message: Line, terminal: int | None = None) -> None:
        data = wire.frame(message)
        if terminal is None:
            self.connection.socket.sendall(data)
        else:
            socket.send_fds(self.connection.socket, [data], [terminal])

    def begin(self, do: str, **fields: object) -> int:
        """Ask a question; its id."""
        self._asked += 1
        place = {"exception": self.default[0], "frame": self.default[1]}
        number = os.getpid() * 1000 + self._asked + self.pid * 100
        self.send({"do": do, "id": number, **place, **fields})
        return number

    def answer(self, number: int) -> Line:
        return self.driver.message("answer", number)

    def ask(self, do: str, **fields: object) -> Line:
        return self.answer(self.begin(do, **fields))

    def values(self, **fields: object) -> dict[str, Line]:
        """The locals by name."""
        return {value["name"]: value for value in self.ask("locals", **fields)["values"]}

    def texts(self, **fields: object) -> dict[str, str]:
        return {name: value["text"] for name, value in self.values(**fields).items()}

    def evaluate(self, code: str, **fields: object) -> str:
        """What it gives, or the error."""
        answer = self.ask("evaluate", code=code, **fields)
        return str(answer["text"] or answer["error"])

    def leave(self) -> None:
        self.send({"do": "leave"})
        until(lambda: not lives(self.pid), "the end of a frozen failure")


class Terminal:
    """A pseudo-terminal whose other end a session gets."""

    def __init__(self, frozen: Frozen, number: int = 1, **fields: object) -> None:
        self.master, slave = pty.openpty()
        self.text = ""
        self.number = number
        self._driver = frozen.driver
        environ = {"TERM": "xterm", "HOME": os.environ.get("HOME", "/")}
        message = {"do": "debug", "session": number, "debugger": "pdb", "lend": {}, "environ": environ, **fields}
        frozen.send(message, slave)
        os.close(slave)

    def shows(self, text: str) -> bool:
        """Whether this has appeared since the last ``until``."""
        while select.select([self.master], [], [], 0)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the other end has been closed
                break
            if not data:
                break
            self.text += data.decode("utf-8", "replace")
        return text in self.text

    @property
    def has_ended(self) -> bool:
        return any(message.get("ended") == self.number for message in self._driver.messages)

    def until(self, text: str) -> str:
        """Read until this appears; everything since the last call."""
        try:
            self._driver.wait(lambda: self.shows(text), f"{text!r} on the terminal")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None
        before, found, self.text = self.text.partition(text)
        return before + found

    def type(self, line: str) -> None:
        os.write(self.master, line.encode() + b"\n")

    def ended(self) -> Line:
        return self._driver.message("ended", self.number)

    def close(self) -> None:
        os.close(self.master)


def frozen_of(driver: Driver) -> list[Frozen]:
    """The frozen failures that are connected now, in the order of their ids."""
    found = [Frozen(driver, each) for each in driver.connections if each.hello.get("role") == "frozen"]
    return sorted(found, key=lambda each: [int(n) if n.isdigit() else n for n in each.hello["frozen"].split("-")])


def freeze(driver: Driver, *args: str, count: int | None = None, **options: Any) -> tuple[Outcome, list[Frozen]]:
    """A run with freezing, from start to end; what it froze and what is still connected."""
    run = driver.run(*args, **{"freeze": 20, **options})
    expected = len(run.events("Frozen")) if count is None else count
    driver.wait(lambda: len(frozen_of(driver)) >= expected, f"{expected} frozen failures")
    frozen = frozen_of(driver)
    assert len(frozen) == expected
    return run, frozen
