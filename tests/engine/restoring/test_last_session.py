"""A session begins with what the last one left: its tree and its results, all of them out of date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.restoring.session import AT_REST, FILES, run_all, session, write
from tui.engine import details
from tui.engine.wishes import of_nodes
from tui.model.outcome import STALE, Status


async def test_the_last_session_is_there_before_anything_is_collected(folder: Path) -> None:
    await run_all(folder)
    async with session(folder) as second:
        await second.restore()
        assert list(second.tree.items()) == [
            ("sub/test_b.py::TestThing::test_values[x]", "passed~"),
            ("sub/test_b.py::TestThing::test_values[y]", "passed~"),
            ("test_a.py::test_passes", "passed~"),
            ("test_a.py::test_fails", "failed~"),
            ("test_a.py::test_skipped", "skipped~"),
        ]
        assert not second.store.complete
        assert second.store.run is None
        assert second.store.tree.root.counts[STALE] == 5
        assert second.store.tree.root.seconds > 0.0
        failed = second.item("test_a.py::test_fails")
        assert (failed.line, failed.module.path) == (7, str(folder / "test_a.py"))
        assert second.runs.bad_items() == second.runs.fresh_failures == [failed]


async def test_details_can_be_read(folder: Path) -> None:
    """The journals of the last session are where they were."""
    await run_all(folder)
    async with session(folder) as second:
        await second.restore()
        item = second.item("test_a.py::test_fails")
        assert item.note is not None
        assert (item.note.message, item.note.path, item.note.line) == ("assert 1 == 2", "test_a.py", 10)
        reports = details.reports(item, second.explorer.shelf)
        assert [(report.when, report.outcome) for report in reports] == [
            ("setup", "passed"),
            ("call", "failed"),
            ("teardown", "passed"),
        ]
        assert "assert left == 2" in (reports[1].longrepr or "")
        assert reports[1].sections[0].text == "before it\n"
        assert reports[1].frame is not None
        skipped = second.item("test_a.py::test_skipped")
        assert skipped.note is not None
        assert skipped.note.message == "Skipped: not today"
        passed = details.reports(second.item("test_a.py::test_passes"), second.explorer.shelf)
        assert [section.text for report in passed for section in report.sections] == ["all is well\n"]


async def test_a_line_of_another_test_is_no_detail(folder: Path) -> None:
    """Somebody removed the runs, and another run got the number of the old one."""
    await run_all(folder)
    async with session(folder) as second:
        await second.restore()
        item = second.item("test_a.py::test_fails")
        journal, _ = second.explorer.shelf.place(item.ref or 0)
        text = journal.read_bytes()
        journal.write_bytes(text.replace(b"test_fails", b"test_other"))
        assert details.reports(item, second.explorer.shelf) == []
        journal.unlink()
        assert details.reports(item, second.explorer.shelf) == []


async def test_collection_corrects_it(folder: Path) -> None:
    await run_all(folder)
    (folder / "sub" / "test_b.py").unlink()
    write(folder, {"test_a.py": "def test_fails(): pass\ndef test_new(): pass\n", "test_c.py": "def test_c(): pass\n"})
    async with session(folder) as second:
        await second.restore()
        assert second.tree == AT_REST
        await second.collect()
        assert second.tree == {
            "test_a.py::test_fails": "failed~",
            "test_a.py::test_new": "not run",
            "test_c.py::test_c": "not run",
        }
        assert second.store.complete
        await second.run(of_nodes(second.runs.bad_items(), "failed"))
        assert second.tree["test_a.py::test_fails"] == "passed"
        assert second.store.tree.root.counts[STALE] == 0


async def test_results_come_after_a_quick_collection_too(folder: Path) -> None:
    """Items that this session has not found do not come back, and what has run in it stays."""
    await run_all(folder)
    (folder / "sub" / "test_b.py").unlink()
    async with session(folder) as second:
        await second.collect()
        write(folder, {"test_a.py": FILES["test_a.py"].replace("left == 2", "left")})
        await second.run(of_nodes([second.item("test_a.py::test_fails")], "one"))
        await second.restore()
        assert second.tree == {
            "test_a.py::test_passes": "passed~",
            "test_a.py::test_fails": "passed",
            "test_a.py::test_skipped": "skipped~",
        }


async def test_failures_can_be_run_before_collection_is_through(folder: Path) -> None:
    await run_all(folder)
    async with session(folder) as second:
        await second.restore()
        await second.run(of_nodes(second.runs.bad_items(), "failed"))
        assert second.store.complete, "collected afterwards"
        assert second.tree == {**AT_REST, "test_a.py::test_fails": "failed"}


async def test_runs_of_parts_since_the_last_collection(folder: Path) -> None:
    """A new test that ran alone is known; results come from the run in which they were made."""
    async with session(folder) as first:
        await first.collect()
        assert set(first.tree.values()) == {"not run"}
        write(folder, {"test_a.py": FILES["test_a.py"] + "\n\n        def test_new(): pass\n"})
        await first.run(of_nodes([first.item("test_a.py::test_passes").module], "test_a.py"))
    async with session(folder) as second:
        await second.restore()
        assert second.tree == {
            **dict.fromkeys(AT_REST, "not run"),
            **{nodeid: word for nodeid, word in AT_REST.items() if nodeid.startswith("test_a.py")},
            "test_a.py::test_new": "passed~",
        }
        assert second.item("test_a.py::test_new").module is second.item("test_a.py::test_passes").module


async def test_tests_that_a_broken_file_hid(folder: Path) -> None:
    await run_all(folder)
    good = (folder / "test_a.py").read_text()
    write(folder, {"test_a.py": "import gone\n"})
    async with session(folder) as broken:
        await broken.collect()
    write(folder, {"test_a.py": good})
    async with session(folder) as third:
        await third.restore()
        assert third.tree == AT_REST
        assert third.item("test_a.py::test_fails").module.path == str(folder / "test_a.py")
        await third.collect()
        assert third.tree == AT_REST


async def test_files_that_were_broken(folder: Path) -> None:
    """They are still, as far as anybody knows; what is said of them is out of date like all else."""
    await run_all(folder)
    good = (folder / "test_a.py").read_text()
    for name in ("test_a.py", "test_c.py", "sub/test_d.py"):
        write(folder, {name: "import gone\n"})
    async with session(folder) as first:
        await first.collect()
        assert [first.store.tree.broken[name].stale for name in ("test_a.py", "test_c.py")] == [False, False]
        (folder / "sub" / "test_d.py").unlink()
        below = first.item("sub/test_b.py::TestThing::test_values[x]").module.parent
        assert below is not None
        await first.run(of_nodes([below], "sub"))
    write(folder, {"test_a.py": good})
    async with session(folder) as second:
        await second.restore()
        branch = second.store.tree.broken["test_c.py"]
        assert (branch.broken, branch.stale, branch.path) == (Status.ERROR, True, str(folder / "test_c.py"))
        assert branch.note is not None
        assert "No module named 'gone'" in branch.note.message
        assert "No module named 'gone'" in str(second.explorer.shelf.line(branch.note.refs[-1]))
        assert branch in second.runs.bad_items()
        stale = second.store.tree.root.counts[STALE]
        assert stale == len(list(second.store.tree.items())) + len(second.store.tree.broken)
        await second.collect()
        assert list(second.store.tree.broken) == ["test_c.py"]
        assert not second.store.tree.broken["test_c.py"].stale
        assert second.tree == AT_REST
        assert second.store.tree.root.counts[STALE] == len(AT_REST)


async def test_durations_are_known(folder: Path) -> None:
    """So that orders and estimates are good from the first run on."""
    async with session(folder) as first:
        await first.run()
        seconds = {item.nodeid: item.seconds for item in first.store.tree.items()}
    async with session(folder) as second:
        await second.restore()
        assert {item.nodeid: item.seconds for item in second.store.tree.items()} == seconds
        known, took = second.runs.history.took([(nodeid, 0) for nodeid in seconds])
        assert known == 5
        assert took == pytest.approx(sum(seconds.values()))
