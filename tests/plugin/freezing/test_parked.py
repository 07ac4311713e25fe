"""Runs that are forked from a parked session freeze their failures as others do."""

from __future__ import annotations

from pathlib import Path

from tests.plugin.conftest import Start
from tests.plugin.driver import lives, until
from tests.plugin.freezing.desk import Terminal, frozen_of
from tui.plugin import wire


def test_run_of_a_parked_session(drive: Start, tmp_path: Path) -> None:
    """What it froze outlives that session where it is to be kept, and goes with the explorer."""
    tests = "import lib\ndef test_a():\n    lib.fall(3)\n"
    driver = drive({"lib.py": "def fall(x):\n    inner = x\n    assert 0\n", "test_a.py": tests})
    folder = tmp_path / "park"
    folder.mkdir()
    wanted: wire.ParkRequest = {
        "park": 1,
        "hot": [str(driver.cwd / "lib.py")],
        "ahead": [],
        "later": [],
        "spare": 30.0,
        "changed": [],
        "args": [],
        "cwd_on_path": True,
        "sequential": True,
        "record": "selection",
    }
    (folder / wire.PARK_FILE).write_bytes(wire.encode(wanted))
    driver.command({"do": "park", "id": 1, "folder": str(folder)})
    park = driver.connection("park")
    run = driver.end(driver.start(freeze=20, record="selection", host="park"))
    assert run.results == {"test_a.py::test_a": "failed"}
    driver.wait(lambda: frozen_of(driver), "the frozen failure")
    (frozen,) = frozen_of(driver)
    assert (frozen.frame["function"], frozen.texts()["inner"], frozen.hello["descriptors"]) == ("fall", "3", [])
    park.socket.sendall(wire.frame({"do": "leave", "keep": [frozen.pid]}))
    driver.wait(lambda: not driver._of("park"), "the parked session to leave")
    assert frozen.evaluate("inner + 1") == "4"
    terminal = Terminal(frozen)
    terminal.until("(Pdb)")
    terminal.type("q")
    assert terminal.ended()["status"] == 0
    terminal.close()
    driver.hang_up()
    until(lambda: not lives(frozen.pid), "its end")
