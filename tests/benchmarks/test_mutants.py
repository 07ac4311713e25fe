"""Generated edits: where they are made, what they are held against, what is reported of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import mutation, selected

ROOT = Path(__file__).parents[2]
SOURCE = '''\
"""Words."""
import sys
RATE = 2


def price(n: int = 1) -> int:
    """Words."""
    if n == 1 and RATE:
        print("a")
    return n * RATE


class Cart:
    size = 3

    def room(self) -> bool:
        return not self.size
'''
TESTS = """\
from cart import Cart, price


def make():
    return Cart()


def test_price():
    assert price() == 2


def test_room():
    assert make().room() is False
"""


def described(text: str, *, is_test: bool = False) -> set[tuple[str, str, str, str]]:
    mutants = mutation.mutants_of("cart.py", text.encode(), is_test=is_test)
    return {(mutant.place, mutant.qualified, mutant.old, mutant.new) for mutant in mutants}


def test_edits_of_every_kind_of_place() -> None:
    assert described(SOURCE) == {
        ("module", "", "2", "3"),
        ("header", "price", "1", "2"),
        ("function", "price", " == ", " != "),
        ("function", "price", "1", "2"),
        ("function", "price", " and ", " or "),
        ("function", "price", 'print("a")', "None"),
        ("function", "price", '"a"', '"aX"'),
        ("function", "price", "n * RATE", "None"),
        ("class", "Cart", "3", "4"),
        ("function", "Cart.room", "not self.size", "None"),
        ("function", "Cart.room", "not self.size", "(self.size)"),
    }


def test_edits_of_tests_and_of_what_they_share() -> None:
    places = {(place, qualified) for place, qualified, _, _ in described(TESTS, is_test=True)}
    assert places == {("support", "make"), ("test", "test_price"), ("test", "test_room")}


def write(folder: Path) -> None:
    (folder / "tests").mkdir(parents=True)
    (folder / "cart.py").write_text(SOURCE)
    (folder / "tests" / "test_cart.py").write_text(TESTS)


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    write(tmp_path)
    arguments = (tmp_path, ["cart.py"], ["tests/test_cart.py"], 6)
    assert mutation.sample(*arguments, 1) == mutation.sample(*arguments, 1)
    assert len(mutation.sample(*arguments, 1)) == 6


def test_an_edit_is_written_where_it_compiles(tmp_path: Path) -> None:
    write(tmp_path)
    (mutant,) = [each for each in mutation.sample(tmp_path, ["cart.py"], [], 20, 1) if each.place == "class"]
    assert mutant.apply(tmp_path)
    assert (tmp_path / "cart.py").read_text() == SOURCE.replace("size = 3", "size = 4")


def test_the_whole_way_on_a_small_project(tmp_path: Path) -> None:
    write(tmp_path / "project")
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "benchmarks.mutants", str(tmp_path / "project"), "--count", "2", "--out", str(out)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["status"] for row in rows] == ["ok", "ok"]
    assert all(row["missed"][3] == [] for row in rows)
    assert "missed by all tiers: 0 tests in 0 mutants" in done.stdout
    assert (tmp_path / "project" / "cart.py").read_text() == SOURCE


def test_a_report_names_what_was_missed() -> None:
    row = {
        "status": "ok",
        "place": "module",
        "file": "cart.py",
        "line": 3,
        "old": "2",
        "new": "3",
        "suite": 10,
        "failing": ["a::b"],
        "selected": [0, 0, 1, 1],
        "missed": [["a::b"]] * 4,
        "first": None,
        "first_plain": [4, 1.0],
        "choose_ms": 3.0,
    }
    words = selected.report([row])
    assert "missed by all tiers: 1 tests in 1 mutants" in words
    assert "MISSED cart.py:3 '2' -> '3': a::b" in words


def test_a_report_where_no_mutant_ran_to_the_end() -> None:
    rows = [{"status": "hangs or breaks the session", "place": "module"}]
    assert selected.report(rows) == "1 mutants: 1 module, 1 hangs or breaks the session"


def test_where_nothing_was_recorded_no_mutant_is_tried(tmp_path: Path) -> None:
    write(tmp_path / "project")
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "benchmarks.mutants", str(tmp_path / "project"), "--out", str(out)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "--", "-k", "nothing"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "nothing was recorded of any" in done.stderr
    assert not out.exists()
