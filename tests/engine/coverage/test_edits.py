"""What an edit did: lines that a save has brought, and lines that differ from git."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.engine.coverage.conftest import Sit
from tests.engine.coverage.shop import CART, FILES, TESTS, missing
from tui.engine.coverage.git import changed_lines
from tui.engine.coverage.heads import Heads
from tui.engine.coverage.saves import new_lines
from tui.model.coverage import DiffCoverage, LineState

NEW = CART + "\ndef added(x):\n    y = x\n    return y\n"


async def test_new_lines_that_nothing_covers(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    path = await sitting.save("cart.py", NEW)
    await sitting.run()
    assert await sitting.coverage.since_save([path]) == "cart.py: lines 18-19 are new and not covered"
    lines = await sitting.coverage.lines("cart.py")
    assert lines.saved == {16, 17, 18, 19}
    test = await sitting.save("test_cart.py", TESTS + "\ndef test_added(): cart.added(1)\n")
    await sitting.run()
    assert await sitting.coverage.since_save([test]) == ""
    assert (await sitting.coverage.lines("cart.py")).saved == frozenset()


async def test_a_new_file(sit: Sit) -> None:
    sitting = sit(FILES)
    await sitting.run()
    path = await sitting.save("shop.py", "def f():\n    return 1\n")
    sitting.write("test_cart.py", TESTS + "\nimport shop\n")
    await sitting.run()
    assert await sitting.coverage.since_save([path]) == "shop.py: line 2 is new and not covered"


async def test_difference_to_git(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    sitting = sit(FILES)
    sitting.git("init", "-q", "-b", "main")
    sitting.write(".gitignore", ".redbar_cache\n__pycache__\n")
    sitting.git("add", ".")
    sitting.git("commit", "-qm", "first")
    await sitting.run()
    coverage = sitting.coverage
    wrote_in = []
    save = Heads._save

    def noted(heads: Heads, numbers: dict[str, list[Any]]) -> None:
        wrote_in.append(threading.current_thread())
        save(heads, numbers)

    monkeypatch.setattr(Heads, "_save", noted)
    report = await coverage.report()
    assert report.head == {}
    assert report.committed
    assert wrote_in
    assert threading.main_thread() not in wrote_in
    assert await coverage.diff() == DiffCoverage("HEAD")
    sitting.write("cart.py", NEW)
    sitting.write("fresh.py", "X = 1\n")
    sitting.write("test_cart.py", TESTS + "\nimport fresh\n")
    await sitting.run()
    found = await coverage.diff()
    assert all(found.code[path].keys() == set(lines) for path, lines in found.missing.items())
    assert (found.statements, found.covered) == (5, 3)
    assert found.missing == {"cart.py": (18, 19)}
    report = await coverage.report()
    assert report.head["cart.py"].missing == 2
    assert missing(report)["cart.py"] == (5, 12, 18, 19)
    assert (await coverage.lines("cart.py")).against_git == {16, 17, 18, 19}
    sitting.git("checkout", "-qb", "topic")
    sitting.git("commit", "-qam", "second")
    assert (await coverage.diff()).missing == {}
    assert (await coverage.diff("main")).missing == {"cart.py": (18, 19)}
    assert "cannot compare" in (await coverage.diff("nowhere")).words
    assert "no commit" in (await coverage.diff("--output=x")).words


async def test_without_git(sit: Sit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sitting = sit(FILES)
    await sitting.run()
    assert not (await sitting.coverage.report()).committed
    assert (await sitting.coverage.diff()).words == "this folder is in no git repository"
    assert (await sitting.coverage.report()).head == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await sitting.coverage.diff()).words == "git is not installed"
    assert (await sitting.coverage.lines("cart.py")).against_git == frozenset()


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [1, 2], {1, 2}),
        ([1, 2, 3], [1, 2, 3], set()),
        ([1, 2, 3], [1, 9, 3], {2}),
        ([1, 2, 3], [1, 3], set()),
        ([1, 2, 3], [1, 2, 8, 9, 3], {3, 4}),
        ([1, 2, 3], [0, 1, 2, 3], {1}),
        ([1, 1], [1, 1, 1], {3}),
        ([], list(range(9000)), set(range(1, 9001))),
        (list(range(5000)), [-1, *range(1, 4999), -2], {1, 5000} | set(range(2, 5000))),
    ],
)
def test_lines_that_are_new(before: list[int], now: list[int], expected: set[int]) -> None:
    assert new_lines(before, now) == expected


def test_a_diff_of_odd_names_and_lines(tmp_path: Path) -> None:
    diff = (
        b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@ def\n-x\n+++ b/other.py\n+y\n"
        b"@@ -9,2 +10,0 @@\n-a\n-b\n"
        b'diff --git "a/\\303\\244.py" "b/\\303\\244.py"\n'
        b'--- "a/\\303\\244.py"\n+++ "b/\\303\\244.py"\n@@ -0,0 +1 @@\n+x\n'
        b"diff --git a/gone.py b/gone.py\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        b"diff --git a/sp ace.py b/sp ace.py\n--- a/sp ace.py\t\n+++ b/sp ace.py\t\n@@ -3 +3 @@\n-x\n+y\n"
    )
    folder = tmp_path.resolve()
    assert changed_lines(diff, folder) == {
        str(folder / "a.py"): {1, 2},
        str(folder / "ä.py"): {1},
        str(folder / "sp ace.py"): {3},
    }


@pytest.mark.parametrize("broken", ["cart.py", "test_cart.py"])
async def test_a_file_that_is_broken_and_mended_has_lost_nothing(sit: Sit, broken: str) -> None:
    sitting = sit(FILES)
    await sitting.run()
    numbers = (await sitting.coverage.report()).files
    assert (await sitting.coverage.lines(broken)).source[0] == FILES[broken].splitlines()[0]
    assert not sitting.coverage.is_outdated(broken)
    await sitting.save(broken, f"def (:\n{FILES[broken]}")
    assert sitting.coverage.is_outdated(broken)
    await sitting.run()
    shown = await sitting.coverage.lines(broken)
    assert shown.source[0] == "def (:"
    assert set(shown.states) == {LineState.UNKNOWN}
    assert "as Python source" in shown.words
    report = await sitting.coverage.report()
    assert report.files == tuple(file for file in numbers if file.path != broken)
    assert not report.before
    await sitting.save(broken, FILES[broken])
    for run in (False, True):
        if run:
            await sitting.run()
        report = await sitting.coverage.report()
        assert report.files == numbers
        assert not report.before
