"""The answers of coverage, out of real runs of a small project."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.engine.coverage.conftest import Sit
from tests.engine.coverage.shop import AGAIN, CART, FILES, PRICE, TESTS, TOTAL, missing, only, states
from tui.engine import wishes
from tui.engine.coverage import Coverage
from tui.engine.settings import Settings
from tui.model.coverage import LineState


async def test_before_anything_ran(sit: Sit) -> None:
    sitting = sit(FILES)
    report = await sitting.coverage.report()
    assert report.files == ()
    assert "collected" in report.notes[0]
    await sitting.run(wishes.COLLECT)
    report = await sitting.coverage.report()
    assert report.files == ()
    assert "nothing has been recorded yet" in report.notes[0]
    assert sitting.coverage.tests_of("cart.py", 1, 99) == []
    assert await sitting.coverage.of_test(PRICE) == []
    assert (await sitting.coverage.lines("cart.py")).words


async def test_a_report(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    report = await sitting.coverage.report()
    assert missing(report) == {"cart.py": (5, 12), "test_cart.py": ()}
    assert report.total.statements == 18
    assert report.total.missing == 2
    assert not report.branches_measured
    assert report.notes == ()
    lines = await sitting.coverage.lines("cart.py")
    assert states(lines) == "cpccmcpccpcmpee"
    assert lines.source[2] == "def price(n):"
    assert lines.words == ""


async def test_tests_of_a_line_and_lines_of_a_test(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    coverage = sitting.coverage
    assert set(coverage.tests_of("cart.py", 6, 6)) == {PRICE, AGAIN}
    assert set(coverage.tests_of(str(sitting.folder / "cart.py"), 9, 9)) == {TOTAL, AGAIN}
    assert coverage.tests_of("cart.py", 12, 12) == []
    assert coverage.tests_of("nowhere.py", 1, 9) == []
    assert coverage.tests_of("test_cart.py", 8, 8) == [PRICE]
    shares = {share.path: share for share in await coverage.of_test(TOTAL)}
    assert shares["cart.py"].lines == (9,)
    assert shares["cart.py"].only == ()
    assert shares["test_cart.py"].only == (10,)


async def test_how_many_tests_execute_each_line(sit: Sit) -> None:
    sitting = sit(FILES)
    assert await sitting.coverage.numbers("cart.py") == {}
    await sitting.run()
    assert await sitting.coverage.numbers("cart.py") == {4: 2, 6: 2, 9: 2}
    assert await sitting.coverage.numbers("nowhere.py") == {}
    sitting.write("cart.py", "# a new first line\n" + CART)
    assert await sitting.coverage.numbers("cart.py") == {}  # nobody knows yet what these lines are
    await sitting.coverage.lines("cart.py")
    assert await sitting.coverage.numbers("cart.py") == {5: 2, 7: 2, 10: 2}
    item = sitting.store.tree.item(*PRICE)
    assert item is not None
    sitting.write("test_cart.py", TESTS.replace("def test_price", "def check_price"))
    await sitting.run()
    assert (await sitting.coverage.numbers("cart.py"))[5] == 1


async def test_the_fastest_and_most_specific_come_first(sit: Sit) -> None:
    tests = """\
        import cart
        def test_slow(): cart.price(1)
        def test_wide(): cart.total(); cart.unused(); cart.price(1)
        def test_fast(): cart.price(1)
    """
    sitting = sit({"cart.py": CART, "test_cart.py": tests})
    await sitting.run()
    for name, seconds in (("slow", 0.5), ("wide", 0.001), ("fast", 0.001)):
        item = sitting.store.tree.item(f"test_cart.py::test_{name}", 0)
        assert item is not None
        item.seconds = seconds
    names = [nodeid.rpartition("::")[2] for nodeid, _ in sitting.coverage.tests_of("cart.py", 4, 4)]
    assert names == ["test_fast", "test_wide", "test_slow"]


async def test_branches_at_full(sit: Sit) -> None:
    sitting = sit(FILES, "full")
    await sitting.run()
    report = await sitting.coverage.report()
    assert report.branches_measured
    (cart,) = [file for file in report.files if file.path == "cart.py"]
    assert (cart.branches, cart.partial, cart.half) == (2, 1, 1)
    assert cart.percent == pytest.approx(100 * (9 + 2 - 3) / 11)
    lines = await sitting.coverage.lines("cart.py")
    assert lines.states[3] is LineState.PARTIAL
    assert "line 5" in lines.why[4]
    assert set(sitting.coverage.tests_of("cart.py", 6, 6)) == {PRICE, AGAIN}


async def test_a_closed_record_gives_the_same(sit: Sit) -> None:
    for policy in ("selection", "full"):
        first = sit(FILES, policy)
        await first.run()
        before = await first.coverage.report()
        first.close()
        later = sit(None, policy)
        await later.run(wishes.COLLECT)
        assert set(later.coverage.tests_of("cart.py", 6, 6)) == {PRICE, AGAIN}
        assert set(later.coverage.tests_of("cart.py", 9, 9)) == {TOTAL, AGAIN}
        assert later.runs.records.present.index is None
        assert (await later.coverage.report()).files == before.files
        shutil.rmtree(later.folder / ".redbar_cache")


async def test_warm_and_cold_runs_give_the_same(sit: Sit) -> None:
    """Lines of modules that a warm process has imported before the run are covered as in a cold one."""
    for policy in ("selection", "full"):
        cold = sit(FILES, policy)
        cold.runs.cold = True
        await cold.run()
        expected = await cold.coverage.report()
        cold.close()
        shutil.rmtree(cold.folder / ".redbar_cache")
        warm = sit(None, policy)
        await warm.run(wishes.COLLECT)
        for _ in range(2):
            warm.explorer.rested()
            while not warm.explorer.ready:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
            await warm.run()
        assert (await warm.coverage.report()).files == expected.files
        shutil.rmtree(warm.folder / ".redbar_cache")


async def test_a_partial_run_merges(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    sitting.write("test_cart.py", TESTS.replace("cart.price(1) == 10", "cart.price(4) == 2"))
    await sitting.run(only(sitting, "test_price"))
    report = await sitting.coverage.report()
    assert missing(report)["cart.py"] == (12,)
    assert report.before["cart.py"].missing_lines == (5, 12)


async def test_many_files_are_shown_as_they_are_counted(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.coverage.front._PATIENCE", 0.0)
    names = [f"shop/m{number}.py" for number in range(250)]
    imports = "".join(f"import shop.m{number}\n" for number in range(110))
    tests = f"{imports}def test_it(): pass\n"
    sitting = sit({**dict.fromkeys(names, "X = 1\n"), "shop/__init__.py": "", "test_all.py": tests})
    sitting.write(".coveragerc", "[run]\nsource = .\n")
    await sitting.run()
    changed = 0

    def change() -> None:
        nonlocal changed
        changed += 1

    sitting.coverage.on_change = change
    seen = []
    while True:
        report = await sitting.coverage.report()
        seen.append(len(report.files))
        if not any("being counted" in note for note in report.notes):
            break
        await asyncio.sleep(0)
        assert changed == len(seen)
    assert seen == sorted(set(seen))
    assert seen[0] < seen[-1] == len(names) + 2
    assert report.total.missing == 140
    # Nothing that is known gets lost when many files are counted again.
    sitting.write("test_all.py", f"{tests}def test_more(): pass\n")
    for name in names[:60]:
        sitting.write(name, "X = 1\nY = 2\n")
    await sitting.run()
    report = await sitting.coverage.report()
    while any("being counted" in note for note in report.notes):
        report = await sitting.coverage.report()
    assert len(report.files) == len(names) + 2
    assert report.total.missing == 140


async def test_it_fills_while_tests_run(sit: Sit) -> None:
    tests = """\
        import os, cart
        def test_price(): cart.price(1)
        def test_waits():
            with open("fifo") as fifo: fifo.read()
    """
    import os

    sitting = sit({"cart.py": CART, "test_cart.py": tests})
    os.mkfifo(sitting.folder / "fifo")
    await sitting.run(wishes.COLLECT)
    changed = asyncio.Event()
    sitting.coverage.on_change = changed.set
    sitting.runs.ask(wishes.EVERYTHING)
    while 6 in missing(await sitting.coverage.report()).get("cart.py", (6,)):
        await changed.wait()
        changed.clear()
    assert sitting.runs.busy
    writer = await asyncio.to_thread((sitting.folder / "fifo").open, "w")
    writer.close()
    await sitting.rest()
    assert 6 not in missing(await sitting.coverage.report())["cart.py"]


@pytest.mark.parametrize("kind", ["data", "html", "xml", "lcov", "json"])
async def test_export(sit: Sit, tmp_path: Path, kind: str) -> None:
    sitting = sit(FILES)
    await sitting.run()
    target = tmp_path / f"out-{kind}"
    assert str(target) in await sitting.coverage.export(kind, target)
    assert target.exists()


async def test_nothing_is_recorded_with_the_policy_off(sit: Sit) -> None:
    sitting = sit(FILES, "off")
    await sitting.run()
    assert "off" in sitting.coverage.begin()
    assert "off" in (await sitting.coverage.report()).notes[0]


async def test_run_that_began_before_coverage_was_opened_is_not_recorded(sit: Sit) -> None:
    tests = """\
        import cart
        def test_waits():
            with open("fifo") as fifo: fifo.read()
    """
    import os

    sitting = sit({"cart.py": CART, "test_cart.py": tests})
    os.mkfifo(sitting.folder / "fifo")
    runs = sitting.runs
    runs.recording = "off"
    coverage = Coverage(runs, Settings())
    await sitting.run(wishes.COLLECT)
    runs.ask(wishes.EVERYTHING)
    writer = await asyncio.to_thread((sitting.folder / "fifo").open, "w")  # it is open when the test is on
    coverage.begin()
    assert (await coverage.report()).unrecorded
    assert not (await coverage.report()).filling
    writer.close()
    await sitting.rest()
    assert not (await coverage.report()).unrecorded
    runs.ask(wishes.EVERYTHING)
    writer = await asyncio.to_thread((sitting.folder / "fifo").open, "w")
    assert not (await coverage.report()).unrecorded
    writer.close()
    await sitting.rest()
    assert (await coverage.report()).files
