"""Sessions that wait for a run: nobody can be asked before there is one."""

from __future__ import annotations

import json
from pathlib import Path

from tests.plugin.debugging.conftest import Sit
from tests.plugin.debugging.person import Person
from tui.plugin import wire


def _park(person: Person, hot: Path) -> wire.Parked:
    folder = person.driver.folder(1000)
    folder.mkdir(parents=True)
    wanted: wire.ParkRequest = {
        "park": 1,
        "hot": [str(hot)],
        "ahead": [],
        "later": [],
        "spare": 30.0,
        "changed": [],
        "args": [],
        "cwd_on_path": True,
        "sequential": False,
        "record": "off",
    }
    (folder / wire.PARK_FILE).write_bytes(wire.encode(wanted))
    person.driver.command({"do": "park", "folder": str(folder), "id": 1})
    person.driver.connection("park")
    parked: wire.Parked = json.loads((folder / wire.PARKED_FILE).read_bytes())
    return parked


def test_breakpoint_in_a_run_from_a_park(sit: Sit, edge: str) -> None:
    person = sit({"conftest.py": "", "test_p.py": "def test_p():\n    breakpoint()\n    a = 1\n"}, python=edge)
    parked = _park(person, person.driver.cwd / "test_p.py")
    assert (parked["where"], parked["unfit"]) == ("collection", "")
    run = person.driver.start(debugger="pdb", host="park")
    assert person.is_paused()["nodeid"] == "test_p.py::test_p"
    person.sees("test_p()", "(Pdb)")
    person.steps_over(1)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output


def test_breakpoint_before_the_park(sit: Sit, edge: str) -> None:
    """No run may go on from it: that run would not stop there."""
    person = sit({"conftest.py": "breakpoint()\n", "test_p.py": "def test_p(): pass\n"}, python=edge)
    assert "debugger" in _park(person, person.driver.cwd / "test_p.py")["unfit"]
    assert person.pauses == []
