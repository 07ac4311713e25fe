"""A resident that is told to leave, and what it must not take along."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.plugin.conftest import Start
from tests.plugin.driver import lives, until
from tests.plugin.test_processes import FAMILY, NAMES, needs_subreaper, pids

WAITING = """
    import os, time
    open("run", "w").write(str(os.getpid()))
    def test_a():
        while not os.path.exists("go"): time.sleep(0.01)
"""


@needs_subreaper
def test_host_stays_for_what_is_kept_and_goes_with_it(drive: Start) -> None:
    driver = drive({"test_a.py": FAMILY, "leave": ""})
    number = driver.start()
    left = dict(zip(NAMES, pids(driver, *NAMES), strict=True))
    driver.message("exited", number)
    driver.command({"do": "leave", "keep": [left["daemon"]]})
    others = [pid for name, pid in left.items() if name != "daemon"]
    until(lambda: not any(map(lives, others)), "the end of all others")
    assert lives(left["daemon"])
    assert driver.host.poll() is None
    os.kill(left["daemon"], signal.SIGKILL)
    assert driver.host.wait(10) == 0


@needs_subreaper
def test_host_that_stays_goes_with_the_explorer_and_takes_what_is_kept(drive: Start) -> None:
    driver = drive({"test_a.py": FAMILY, "leave": ""})
    number = driver.start()
    daemon = pids(driver, "daemon")[0]
    driver.message("exited", number)
    driver.command({"do": "leave", "keep": [daemon]})
    driver.hang_up()
    assert driver.host.wait(10) == 0
    until(lambda: not lives(daemon), "the end of what was kept")


def test_nothing_below_that_is_to_be_kept(drive: Start) -> None:
    driver = drive({"test_a.py": "def test_a(): pass\n"})
    driver.run()
    driver.command({"do": "leave", "keep": [os.getpid()]})
    assert driver.host.wait(10) == 0


def test_a_kept_run_is_told_of_to_its_end(drive: Start) -> None:
    driver = drive({"test_a.py": WAITING})
    kept, other = driver.start(), driver.start()
    for number in (kept, other):
        driver.saw(number, "ItemStarted")
    pid = driver.message("forked", kept)["pid"]
    driver.command({"do": "leave", "keep": [pid]})
    assert driver.end(other).status == -signal.SIGKILL
    Path(driver.cwd, "go").touch()
    assert driver.end(kept).status == 0
    assert driver.host.wait(10) == 0
