"""A person who saves files while ``redbar watch`` runs."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.headless.launch import SECONDS, Event, Project, validator


class Watching:
    """A running ``redbar watch``."""

    def __init__(self, project: Project, *args: str) -> None:
        self.project = project
        self.process = project.start("watch", *args)
        self.seen: list[Event] = []

    def until(self, name: str, **fields: Any) -> Event:
        """The next event of that name with these fields."""
        assert self.process.stdout is not None
        timer = threading.Timer(SECONDS, self.process.kill)
        timer.start()
        try:
            return self._until(self.process.stdout, name, fields)
        finally:
            timer.cancel()

    def _until(self, lines: Iterable[str], name: str, fields: dict[str, Any]) -> Event:
        for line in lines:
            event: Event = json.loads(line)
            validator().validate(event)
            self.seen.append(event)
            if event["event"] == name and all(event[key] == value for key, value in fields.items()):
                return event
        raise AssertionError(f"no {name} came; stderr: {self.process.communicate()[1]}")

    def ready(self) -> Event:
        """The verdict on the first run; from now on saves are seen."""
        first = self.until("VerdictReached", stage="rest")
        if not any(event["event"] == "WatchReady" for event in self.seen):
            self.until("WatchReady")
        return first

    def rest(self) -> Event:
        """The end of the round."""
        return self.until("VerdictReached", stage="rest")

    @property
    def ran(self) -> list[str]:
        """What has run since the last save was seen, in its order."""
        last = max(place for place, event in enumerate(self.seen) if event["event"] == "FilesChanged")
        return [event["nodeid"] for event in self.seen[last:] if event["event"] == "ItemFinished"]

    def made_of(self, *, first: bool = False) -> tuple[str, str | None]:
        """The layer of the last run, or of the first, and why it was nothing warmer."""
        sessions = [event for event in self.seen if event["event"] == "SessionStarted"]
        session = sessions[0 if first else -1]
        return session["layer"], session["colder"]

    def save(self, name: str, text: str) -> None:
        """As editors do: a new file takes the place of the old one."""
        self.save_all({name: text})

    def edit(self, texts: Mapping[str, str | None]) -> None:
        """Save some files one after the other; those of None are deleted."""
        for name, text in texts.items():
            if text is None:
                (self.project.folder / name).unlink()
            else:
                self.save(name, text)

    def save_all(self, texts: Mapping[str, str]) -> None:
        """The same of many files, one right after the other."""
        paths = [self.project.folder / name for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            _new(path).write_text(text)
        for path in paths:
            _new(path).replace(path)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def _new(path: Path) -> Path:
    """Where what is to be in a file is written first."""
    return path.with_name(f"{path.name}.tmp")


Watch = Callable[..., Watching]


def told_in_words(project: Project, name: str, text: str) -> list[str]:
    """The lines of ``redbar watch`` without ``--json``: from its start to the rest after that file was saved."""
    process = project.start("watch")
    assert process.stdout is not None
    timer = threading.Timer(SECONDS, process.kill)
    timer.start()
    lines: list[str] = []
    saved = False
    for line in process.stdout:
        lines.append(line.rstrip())
        if "at rest" in line and saved:
            break
        if line.startswith("watching "):
            project.write(name, text)
            saved = True
    timer.cancel()
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 128 + signal.SIGINT
    return lines
