"""A session begins with what the last one left: its tree and its results, all of them out of date."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tui.engine import details, restoring
from tui.engine.explorer import COLLECT, Explorer, Project
from tui.engine.interpreter import Interpreter
from tui.engine.restoring import restore
from tui.engine.runs import Runs
from tui.engine.wishes import EVERYTHING, Wish, of_nodes
from tui.model.nodes import Item
from tui.model.outcome import STALE
from tui.model.store import Store

SECONDS = 60
FILES = {
    "test_a.py": """
        import pytest

        def test_passes():
            print("all is well")

        def test_fails():
            print("before it")
            left = 1
            assert left == 2

        @pytest.mark.skip(reason="not today")
        def test_skipped():
            pass
    """,
    "sub/test_b.py": """
        import pytest

        class TestThing:
            @pytest.mark.parametrize("value", ["x", "y"])
            def test_values(self, value):
                pass
    """,
}
AT_REST = {
    "test_a.py::test_passes": "passed~",
    "test_a.py::test_fails": "failed~",
    "test_a.py::test_skipped": "skipped~",
    "sub/test_b.py::TestThing::test_values[x]": "passed~",
    "sub/test_b.py::TestThing::test_values[y]": "passed~",
}


class Session:
    """One explorer of the project with its store."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.store = Store()
        self._news = asyncio.Event()
        self.runs = Runs(explorer, self.store, self._news.set)

    async def idle(self) -> None:
        await self.until(lambda: not self.runs.busy)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def collect(self) -> None:
        self.runs.begin_prepared(COLLECT)
        await self.idle()

    async def run(self, wish: Wish = EVERYTHING) -> None:
        self.runs.ask(wish)
        await self.idle()

    async def restore(self) -> None:
        async with asyncio.timeout(SECONDS):
            await restore(self.runs, self._news.set)

    def item(self, nodeid: str, index: int = 0) -> Item:
        item = self.store.tree.item(nodeid, index)
        assert item is not None
        return item

    @property
    def tree(self) -> dict[str, str]:
        """Words by nodeid, in order of the tree; ``~`` behind those that are out of date."""
        return {item.nodeid: item.status.word + "~" * item.stale for item in self.store.tree.items()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    path = tmp_path / "project"
    path.mkdir()
    (path / "pytest.ini").write_text("[pytest]\n")
    write(path, FILES)
    return path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        os.utime(path, (0, 0))  # that a file is younger than results is not what is tested here


@asynccontextmanager
async def session(folder: Path, *args: str, python: str = sys.executable) -> AsyncIterator[Session]:
    explorer = Explorer(Project(folder, Interpreter(python, "test"), args))
    try:
        yield Session(explorer)
    finally:
        explorer.close()


async def run_all(folder: Path, *args: str) -> None:
    async with session(folder, *args) as first:
        await first.run()


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


async def test_another_setup_shows_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await run_all(folder)
    link = tmp_path / "python"
    link.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    link.chmod(0o755)
    async with session(folder, "sub") as other:
        await other.restore()
        assert other.tree == {}
    async with session(folder, python=str(link)) as other:
        await other.restore()
        assert other.tree == {}
    monkeypatch.setenv("PYTEST_ADDOPTS", "--maxfail=9")
    async with session(folder) as other:
        await other.restore()
        assert other.tree == {}
    monkeypatch.delenv("PYTEST_ADDOPTS")
    await run_all(folder, "sub")
    async with session(folder) as same:
        await same.restore()
        assert same.tree == AT_REST


async def test_a_session_that_was_killed(folder: Path) -> None:
    """What had ended before is there; nothing had to be said at the end."""
    first = Explorer(Project(folder, Interpreter(sys.executable, "test")))
    copy = folder.with_name("copy")
    try:
        sitting = Session(first)
        await sitting.collect()
        await sitting.run(of_nodes([sitting.item("test_a.py::test_fails")], "one"))
        shutil.copytree(folder / ".redbar_cache", copy)
    finally:
        first.close()
    shutil.rmtree(folder / ".redbar_cache")
    copy.rename(folder / ".redbar_cache")
    async with session(folder) as second:
        await second.restore()
        assert second.tree == {**dict.fromkeys(AT_REST, "not run"), "test_a.py::test_fails": "failed~"}


async def test_results_are_kept_while_a_run_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that little is lost to a kill -9."""
    monkeypatch.setattr("tui.engine.runs._RECORDED_AFTER", 0.0)
    os.mkfifo(folder / "gate")
    write(folder, {"test_z.py": "def test_waits(): open('gate').read()\n"})
    async with session(folder) as first:
        await first.collect()
        first.runs.ask(EVERYTHING)
        await first.until(lambda: first.item("test_z.py::test_waits").status.word == "running")
        async with asyncio.timeout(SECONDS), session(folder) as second:
            while len(second.runs.history.newer(0)) < len(AT_REST):  # noqa: ASYNC110 - another process would look, too
                await asyncio.sleep(0.01)
            await second.restore()
            assert second.tree == {**AT_REST, "test_z.py::test_waits": "not run"}
        os.close(os.open(folder / "gate", os.O_WRONLY))
        await first.idle()


async def test_a_cut_collection_is_no_tree(folder: Path) -> None:
    """The one before it is."""
    await run_all(folder, "--maxfail=1")
    write(folder, {"sub/test_b.py": "import gone\n"})
    async with session(folder, "--maxfail=1") as cut:
        await cut.collect()
        assert not cut.store.complete
    async with session(folder, "--maxfail=1") as third:
        await third.restore()
        assert third.tree == {**AT_REST, "test_a.py::test_skipped": "not run"}


@pytest.mark.parametrize("content", [b"", b"\xff\n", b'{"event": "SessionStarted"}\n', b'{"event": 1}\n[]\n', b"{}\n"])
async def test_a_damaged_journal(folder: Path, content: bytes) -> None:
    await run_all(folder)
    (folder / ".redbar_cache" / "runs" / "1" / "journal-main.jsonl").write_bytes(content)
    async with session(folder) as second:
        await second.restore()
        assert second.tree == {}
        await second.collect()
        assert second.tree == dict.fromkeys(second.tree, "not run")
        assert second.store.complete


@pytest.mark.parametrize("gone", ["history.sqlite", "runs"])
async def test_a_cache_of_which_a_part_is_gone(folder: Path, gone: str) -> None:
    await run_all(folder)
    path = folder / ".redbar_cache" / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    async with session(folder) as second:
        await second.restore()
        assert second.tree == {}


async def test_odd_items(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal nodeids, and ids that are no text; more of them than go into the tree at once."""
    monkeypatch.setattr(restoring, "_AT_ONCE", 2)
    write(
        folder,
        {
            "conftest.py": """
                def pytest_collection_modifyitems(items):
                    items += [item for item in items if item.name == "test_twice"]
            """,
            "test_a.py": """
                import pytest

                count = 0

                def test_twice():
                    global count
                    count += 1
                    assert count == 2

                @pytest.mark.parametrize("value", ["b"], ids=["\\\\udcff"])
                def test_odd(value):
                    assert 0, "\\\\udcfe"
            """,
        },
    )
    async with session(folder) as first:
        await first.run()
        before = [(*item.key, item.status) for item in first.store.tree.items()]
        messages = [item.note.message for item in first.store.tree.items() if item.note]
    assert {word for _, _, word in before} > {first.item("test_a.py::test_twice", 1).status}
    async with session(folder) as second:
        await second.restore()
        assert [(*item.key, item.status) for item in second.store.tree.items()] == before
        assert [item.note.message for item in second.store.tree.items() if item.note] == messages
        assert second.store.tree.root.counts[STALE] == len(before) == 5


async def test_a_test_that_killed_its_process(folder: Path) -> None:
    write(
        folder,
        {"test_a.py": "import os\n\ndef test_dies():\n    os.write(1, b'last words')\n    os.kill(os.getpid(), 9)\n"},
    )
    async with session(folder) as first:
        await first.collect()
        await first.run()
        message = first.item("test_a.py::test_dies").note
    async with session(folder) as second:
        await second.restore()
        item = second.item("test_a.py::test_dies")
        assert (item.status.word, item.stale) == ("crashed", True)
        assert item.note is not None
        assert message is not None
        assert item.note.message == message.message
        (report,) = details.reports(item, second.explorer.shelf)
        assert "SIGKILL" in (report.longrepr or "")


async def test_nobody_waits_for_it(folder: Path) -> None:
    """The screen is left at once."""
    await run_all(folder)
    async with session(folder) as second:
        task = asyncio.create_task(second.restore())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert second.tree == {}


async def test_durations_are_known(folder: Path) -> None:
    """So that orders and estimates are good from the first run on."""
    async with session(folder) as first:
        await first.run()
        seconds = {item.nodeid: item.seconds for item in first.store.tree.items()}
    async with session(folder) as second:
        await second.restore()
        assert {item.nodeid: item.seconds for item in second.store.tree.items()} == seconds
        assert {nodeid: each for (nodeid, _), each in second.runs.history.seconds().items()} == seconds
