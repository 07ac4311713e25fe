"""What coverage says of files and tests that are edited, gone or generated, and of a store that is broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.coverage.conftest import Sit
from tests.engine.coverage.shop import AGAIN, CART, FILES, PRICE, TESTS, TOTAL, missing
from tui.engine import wishes
from tui.model.coverage import LineState


async def test_an_edit_makes_stale_what_it_changes(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    sitting.write("cart.py", "# a line before\n" + CART.replace("    return n * 10", "    return n * 5 * 2"))
    lines = await sitting.coverage.lines("cart.py")
    assert "changed" in lines.words
    by_source = dict(zip(lines.source, lines.states, strict=True))
    assert by_source["    return sum(prices)"] is LineState.COVERED
    assert by_source["    return 1"] is LineState.MISSED
    assert by_source["    return n * 5 * 2"] is LineState.STALE
    assert by_source["    if n > 3:"] is LineState.STALE
    assert "cart.py changed since it was measured" in (await sitting.coverage.report()).notes
    assert set(sitting.coverage.tests_of("cart.py", 10, 10)) == {TOTAL, AGAIN}
    await sitting.run()
    lines = await sitting.coverage.lines("cart.py")
    assert LineState.STALE not in lines.states
    assert lines.words == ""


async def test_of_a_file_that_is_no_python_any_more_nothing_is_known(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    sitting.write("cart.py", "def broken(:\n    pass\n")
    lines = await sitting.coverage.lines("cart.py")
    assert set(lines.states) == {LineState.UNKNOWN}
    assert lines.words
    report = await sitting.coverage.report()
    assert "cart.py" not in missing(report)
    assert any("cart.py" in note for note in report.notes)


async def test_a_file_that_is_gone(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    (sitting.folder / "cart.py").unlink()
    report = await sitting.coverage.report()
    assert list(missing(report)) == ["test_cart.py"]
    assert "cart.py is gone since the last run" in report.notes
    lines = await sitting.coverage.lines("cart.py")
    assert lines.source == ()
    assert "cannot be read" in lines.words


async def test_settings_that_cannot_be_read_are_no_lack_of_a_record(sit: Sit) -> None:
    sitting = sit(FILES)
    assert not (await sitting.coverage.report()).hindered
    await sitting.run()
    sitting.write(".coveragerc", "[run\n")
    report = await sitting.coverage.report()
    assert report.hindered
    assert report.files == ()
    assert "Couldn't read config file .coveragerc" in report.notes[0]
    sitting.write(".coveragerc", "")
    assert not (await sitting.coverage.report()).hindered


async def test_generated_code_is_no_file(sit: Sit) -> None:
    tests = """\
        def test_generated():
            exec(compile("x = 1\\ny = 2\\n", "generated.py", "exec"))
            exec("z = 3")
    """
    sitting = sit({"test_cart.py": tests})
    await sitting.run()
    assert missing(await sitting.coverage.report()) == {"test_cart.py": ()}


async def test_tests_that_are_gone_cover_nothing(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    sitting.write("test_cart.py", TESTS.replace("test_again(sum): assert", "test_other(): assert True or"))
    await sitting.run()
    await sitting.run(wishes.COLLECT)
    assert sitting.coverage.tests_of("cart.py", 6, 6) == [PRICE]


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"no database" * 999), lambda path: _spoil(path)])  # noqa: PLW0108
async def test_a_corrupt_store_is_an_empty_one(sit: Sit, spoil: Callable[[Path], object]) -> None:
    first = sit(FILES)
    await first.run()
    first.close()
    _spoil_cache(first.folder / ".redbar_cache", spoil)
    later = sit()
    await later.run(wishes.COLLECT)
    assert (await later.coverage.report()).files == ()
    await later.run()
    assert missing(await later.coverage.report())["cart.py"] == (5, 12)


def _spoil_cache(cache: Path, spoil: Callable[[Path], object]) -> None:
    (path,) = cache.glob("record-*.sqlite")
    for name in ("-wal", "-shm"):
        Path(f"{path}{name}").unlink(missing_ok=True)
    spoil(path)
    for other in ("counted.json", "coverage-head.json"):
        (cache / other).write_text('{"format": 1, "files": 3')


def _spoil(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("update context set arcs = x'0102030405060708', lines = x'0102030405060708'")
    connection.commit()
    connection.close()
