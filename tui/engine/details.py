"""What lies behind a row: read from the journals when somebody looks, never kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine import decode

if TYPE_CHECKING:
    from tui.engine.journal import Shelf
    from tui.model import events as ev
    from tui.model.nodes import Branch, Item


def reports(item: Item, shelf: Shelf) -> list[ev.PhaseReported]:
    """All reports of the last run of an item in their order, with their whole texts."""
    refs = sorted({*(item.note.refs if item.note else ()), *(() if item.ref is None else (item.ref,))})
    found: list[ev.PhaseReported] = []
    for ref in refs:
        line = shelf.line(ref)
        if line is None or line.get("nodeid") != item.nodeid:
            continue  # its journal is gone, perhaps with another in its place: refs may be of an earlier session
        folder = shelf.folder(ref)
        entries = line["phases"] if line["event"] == "ItemFinished" else [line]
        for entry in entries:
            if isinstance(entry, list):
                found.append(decode.plain(0, item.nodeid, item.index, entry, item.worker))
            elif entry.get("event") == "ItemCrashed":
                whole = {"when": "call", "outcome": "failed", "category": "crashed", "duration": 0.0}
                whole["longrepr"] = entry["text"]
                found.append(decode.phase(0, item.nodeid, item.index, whole, item.worker, ref, folder))
            else:
                found.append(decode.phase(0, item.nodeid, item.index, entry, item.worker, ref, folder))
    order = ("setup", "call", "teardown")
    return sorted(found, key=lambda report: order.index(report.when) if report.when in order else 1)


def collector_report(branch: Branch, shelf: Shelf) -> ev.CollectorReported | None:
    """The report of a collector that failed or was skipped, with its whole text."""
    for ref in branch.note.refs if branch.note else ():
        line = shelf.line(ref)
        if line is not None:
            return decode.collector(0, line, ref, shelf.folder(ref))
    return None
