"""Last sessions that were killed, cut short, damaged, or of another setup; and odd tests in them."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.engine.restoring.session import AT_REST, run_all, session, write
from tui.engine import details, restoring
from tui.engine.wishes import EVERYTHING
from tui.model.outcome import STALE


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
    """What had ended is there, with all that is known of it, although nobody had time to write it down."""
    os.mkfifo(folder / "gate")
    write(folder, {"test_z.py": "def test_waits(): open('gate').read()\n"})
    copy = folder.with_name("copy")
    async with session(folder) as first:
        await first.collect()
        first.runs.ask(EVERYTHING)
        await first.until(lambda: first.item("test_z.py::test_waits").status.word == "running")
        shutil.copytree(folder / ".redbar_cache", copy)
        os.close(os.open(folder / "gate", os.O_WRONLY))
        await first.idle()
    shutil.rmtree(folder / ".redbar_cache")
    copy.rename(folder / ".redbar_cache")
    async with session(folder, "-x") as other:
        await other.collect()
        await other.restore()
        assert set(other.tree.values()) == {"not run"}
    async with session(folder) as second:
        await second.restore()
        assert second.tree == {**AT_REST, "test_z.py::test_waits": "not run"}
        item = second.item("test_a.py::test_fails")
        assert item.note is not None
        assert item.note.message == "assert 1 == 2"
        reports = details.reports(item, second.explorer.shelf)
        assert [(report.when, report.outcome) for report in reports][1] == ("call", "failed")
        assert "assert left == 2" in (reports[1].longrepr or "")


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


async def test_items_that_were_deselected(folder: Path) -> None:
    await run_all(folder, "-k", "fails or TestThing")
    async with session(folder, "-k", "fails or TestThing") as second:
        await second.restore()
        assert second.tree == {
            "sub/test_b.py::TestThing::test_values[x]": "passed~",
            "sub/test_b.py::TestThing::test_values[y]": "passed~",
            "test_a.py::test_fails": "failed~",
        }


async def test_items_in_an_order_of_their_own(folder: Path) -> None:
    write(folder, {"conftest.py": "def pytest_collection_modifyitems(items): items.reverse()"})
    async with session(folder) as first:
        await first.run()
        order = list(first.tree)
    async with session(folder) as second:
        await second.restore()
        assert list(second.tree) == order
        assert order[0] == "test_a.py::test_skipped"
        assert set(second.tree) == set(AT_REST)
