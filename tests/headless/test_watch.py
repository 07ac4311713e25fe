"""``redbar watch``: real saves in a real folder."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.headless.launch import SECONDS, WATCH_EVENTS, Event, Project, validator

CART = "def price(): return 1\ndef unused(): return 0\n"
FILES = {
    "cart.py": CART,
    "test_cart.py": "import cart\ndef test_price(): assert cart.price() == 1\ndef test_other(): pass\n",
    "test_far.py": "def test_far(): pass\n",
}
PRICE = "test_cart.py::test_price"


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

    def save(self, name: str, text: str) -> None:
        """As editors do: a new file takes the place of the old one."""
        path = self.project.folder / name
        new = path.with_name(f"{name}.tmp")
        new.write_text(text)
        new.replace(path)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def watching(project: Project) -> Iterator[Watching]:
    for name, text in FILES.items():
        project.write(name, text)
    each = Watching(project, "--json")
    yield each
    each.process.kill()
    each.process.communicate()


def test_red_and_green(watching: Watching) -> None:
    first = watching.until("VerdictReached", stage="rest")
    assert (first["colour"], first["counts"]) == ("green", {"passed": 3})
    if not any(event["event"] == "WatchReady" for event in watching.seen):
        watching.until("WatchReady")
    watching.save("cart.py", CART.replace("1", "2"))
    assert watching.until("FilesChanged")["paths"] == ["cart.py"]
    made = watching.until("SelectionMade")
    assert PRICE in [item["nodeid"] for item in made["items"]]
    assert all(item["reason"] for item in made["items"])
    failed = watching.until("ItemFinished", nodeid=PRICE)
    assert failed["outcome"] == "failed"
    assert watching.until("VerdictReached", stage="rest")["colour"] == "red"
    watching.save("cart.py", CART)
    assert watching.until("VerdictReached", stage="affected")["colour"] in ("green", "neutral")
    assert watching.until("VerdictReached", stage="rest")["colour"] == "green"
    assert watching.end() == 128 + signal.SIGINT
    assert {event["event"] for event in watching.seen} >= WATCH_EVENTS
