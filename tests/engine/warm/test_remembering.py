"""Options by which pytest goes by earlier runs, or leaves something for later ones: the same in waiting sessions."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, Result
from tui.model import events as ev

HOT = "test_cart.py"
TESTS = """
    import pytest
    def test_one(): assert {}
    def test_two(): assert {}
    def test_three(): assert {}
"""
FILES = {HOT: TESTS.format(1, 1, 1), "test_zoo.py": "def test_lion(): assert 0\ndef test_zebra(): pass\n"}
EDITS = [
    TESTS.format(1, 0, 1),
    TESTS.format(1, 0, 0),
    TESTS.format(1, 1, 0) + "    def test_four(): pass\n",
    FILES[HOT],
]


def ran(result: Result) -> list[tuple[str, str]]:
    return [(event.nodeid, event.status.word) for event in result.all(ev.ItemFinished)]


def kept(desk: Desk) -> dict[str, Any]:
    """What pytest remembers."""
    folder = desk.folder / ".pytest_cache" / "v" / "cache"
    found = {path.name: json.loads(path.read_text()) for path in folder.iterdir()}
    if isinstance(found.get("stepwise"), dict):
        found["stepwise"].pop("last_cache_date_str", None)
    return found


@pytest.mark.parametrize("option", ["--lf", "--ff", "--nf", "--sw", "--ff --nf"])
async def test_tests_go_by_earlier_runs(sit: Sit, option: str, tmp_path: Path) -> None:
    """While the session waits another run fails elsewhere."""
    desk = sit(FILES, *option.split())
    await desk.run()
    await desk.parked(HOT)
    cache, copy = desk.folder / ".pytest_cache", tmp_path / "copy"
    for edit in EDITS:
        desk.write(HOT, edit)
        shutil.copytree(cache, copy)
        cold = await desk.run(HOT, cold=True)
        expected = kept(desk)
        shutil.rmtree(cache)
        shutil.move(copy, cache)
        found = await desk.run(HOT)
        assert found.words == f"parked before {HOT}", desk.unparkable
        assert ran(found) == ran(cold)
        assert found.exit == cold.exit
        assert kept(desk) == expected
        await desk.rest()


async def test_the_last_ones_that_failed_are_those_of_now(sit: Sit) -> None:
    desk = sit(FILES, "--lf")
    await desk.run()
    await desk.parked(HOT)
    failed = desk.folder / ".pytest_cache" / "v" / "cache" / "lastfailed"
    failed.write_text(json.dumps({f"{HOT}::test_two": True}))
    found = await desk.run(HOT)
    assert found.words == f"parked before {HOT}"
    assert ran(found) == [(f"{HOT}::test_two", "passed")]


async def test_a_report_of_the_run_alone(sit: Sit) -> None:
    """It has begun when the run has, and holds what cold runs write."""
    desk = sit(FILES, "--junitxml=report.xml")
    await desk.run()
    expected = cases(desk)
    await desk.parked(HOT)
    (desk.folder / "report.xml").unlink()
    before = datetime.now(UTC)
    result = await desk.run(HOT)
    assert result.words == f"parked before {HOT}"
    assert cases(desk) == expected
    (suite,) = ET.parse(desk.folder / "report.xml").getroot()
    began = datetime.fromisoformat(str(suite.get("timestamp")))
    assert began.astimezone(UTC) >= before


def cases(desk: Desk) -> list[tuple[str | None, list[str]]]:
    (suite,) = ET.parse(desk.folder / "report.xml").getroot()
    return [(case.get("name"), [inner.tag for inner in case]) for case in suite]


async def test_a_folder_for_temporary_files_is_emptied(sit: Sit) -> None:
    text = "def test_it(tmp_path): (tmp_path.parent / '{0}').touch(); open('seen', 'w').write(str(tmp_path.parent))\n"
    desk = sit({HOT: text.format("a")}, "--basetemp=base")
    await desk.run()
    await desk.parked(HOT)
    result = await desk.save(HOT, text.format("b"))
    assert result.words == f"parked before {HOT}"
    base = desk.folder / "base"
    assert (desk.folder / "seen").read_text() == str(base)
    assert (base / "b").exists()
    assert not (base / "a").exists()


async def test_a_log_that_is_opened_once(sit: Sit) -> None:
    """Runs would write into it one behind the other."""
    desk = sit({"pytest.ini": "[pytest]\nlog_file = all.log\n"})
    await desk.run()
    await desk.rest()
    await desk.run(HOT)
    await desk.rest()
    assert desk.unparkable == "log_file is opened at the start"


async def test_temporary_files_of_a_waiting_session(sit: Sit) -> None:
    """Its forks would share them."""
    conftest = """
        import pytest
        @pytest.hookimpl(trylast=True)
        def pytest_sessionstart(session):
            session.config._tmp_path_factory.mktemp("shared")
        """
    desk = sit({"conftest.py": conftest})
    await desk.run()
    await desk.rest()
    await desk.run(HOT)
    await desk.rest()
    assert desk.unparkable == "temporary files are made before any test runs"
