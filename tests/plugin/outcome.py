"""What a run left: its journals as lines, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.plugin import wire

Line = dict[str, Any]


@dataclass
class Outcome:
    """A run that has ended."""

    folder: Path
    status: int
    lines: list[Line]
    """Of the main journal."""
    workers: dict[str, list[Line]]

    @property
    def output(self) -> str:
        return (self.folder / wire.OUTPUT_FILE).read_text(encoding="utf-8", errors="replace")

    @property
    def all_lines(self) -> list[Line]:
        return [*self.lines, *(line for lines in self.workers.values() for line in lines)]

    def events(self, name: str) -> list[Line]:
        return [line for line in self.all_lines if line["event"] == name]

    def event(self, name: str) -> Line:
        (line,) = self.events(name)
        return line

    @property
    def names(self) -> list[str]:
        """Names of the events, in their order, of the main journal."""
        return [line["event"] for line in self.lines]

    @property
    def found(self) -> list[str]:
        """Nodeids in the order of collection: a position is an index of this."""
        return [row[0] for line in self.events("ItemsCollected") for row in line["items"]]

    @property
    def order(self) -> list[str]:
        """Nodeids in the order in which they run."""
        found = self.found
        ranges = [pair for line in self.events("CollectionFinished") for pair in line["positions"]]
        return [nodeid for first, end in ranges for nodeid in found[first:end]]

    @property
    def ran(self) -> list[str]:
        return [line["nodeid"] for line in self.events("ItemFinished")]

    @property
    def results(self) -> dict[str, str]:
        """Nodeid to the worst category of its reports."""
        rank = ["", "passed", "skipped", "xfailed", "xpassed", "failed", "error", "crashed"]
        worst = dict.fromkeys(self.ran, "")
        for phase in self.phases():
            known = worst.get(phase["nodeid"], "")
            category = phase["category"] if phase["category"] in rank else "failed"
            worst[phase["nodeid"]] = max(known, category, key=rank.index)
        return worst

    def phases(self, nodeid: str | None = None) -> list[Line]:
        """Every report, the plain ones included, those that were written at once first."""
        reports = [line for line in self.events("PhaseReported") if nodeid in {None, line["nodeid"]}]
        for line in self.events("ItemFinished"):
            for entry in line["phases"]:
                if nodeid not in {None, line["nodeid"]}:
                    continue
                if isinstance(entry, list):
                    category = "passed" if entry[0] == "call" else ""
                    reports.append({"nodeid": line["nodeid"], "when": entry[0], "category": category, "sections": []})
                else:
                    reports.append({"nodeid": line["nodeid"], **entry})
        return reports

    def sections(self, nodeid: str) -> list[tuple[str, str]]:
        return [(each["name"], each["text"]) for phase in self.phases(nodeid) for each in phase["sections"]]
