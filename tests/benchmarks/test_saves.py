"""Saves side by side: the edits, how answers are read, and the table."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import edits, saves, trees
from benchmarks.answers import Answer, Lines, NoAnswerError, PytestLines, Reader, RedbarLines

ROOT = Path(__file__).parents[2]
SOURCE = '''\
def plain():
    return 1


@staticmethod
def decorated():
    """Words."""

    @property
    def inner():
        pass


class Cart:
    def total(self):
        """Words."""
        # a comment
        return 2

    def empty(self):
        """Words alone."""

    def short(self): return 3
'''


def folder_with(path: Path, text: str) -> Path:
    (path / "cart.py").write_text(text)
    return path


@pytest.mark.parametrize("qualname", ["plain", "decorated", "Cart.total"])
def test_an_edit_adds_one_statement_to_its_function(tmp_path: Path, qualname: str) -> None:
    edits.edit_of(folder_with(tmp_path, SOURCE), "cart.py", qualname).write(tmp_path)
    before, after = (dict(edits.functions(ast.parse(text))) for text in (SOURCE, (tmp_path / "cart.py").read_text()))
    assert before.keys() == after.keys()
    for name, function in after.items():
        added = [node for node in function.body if isinstance(node, ast.Assign)]
        assert len(added) == (1 if name == qualname else 0)
        function.body = [node for node in function.body if node not in added]
        assert ast.dump(function) == ast.dump(before[name])


def test_no_save_writes_what_was_there_before_nor_as_many_bytes(tmp_path: Path) -> None:
    edit = edits.edit_of(folder_with(tmp_path, SOURCE), "cart.py", "plain")
    texts = []
    for _ in range(20):
        edit.write(tmp_path)
        texts.append((tmp_path / "cart.py").read_text())
    assert len(set(texts)) == 20
    assert all(len(one) != len(other) for one, other in pairwise(texts))
    assert all(ast.parse(text) for text in texts)


def test_the_function_is_the_first_one_called_that_has_a_body(tmp_path: Path) -> None:
    folder_with(tmp_path, SOURCE)
    lines = {name: edits.first_line(function) for name, function in edits.functions(ast.parse(SOURCE))}
    assert lines["decorated"] == SOURCE.splitlines().index("@staticmethod") + 1
    called = [999, lines["Cart.short"], lines["Cart.empty"], lines["Cart.total"], lines["plain"]]
    assert edits.edit_at(tmp_path, "cart.py", called).qualname == "Cart.total"
    with pytest.raises(edits.EditError, match="executes no function"):
        edits.edit_at(tmp_path, "cart.py", [999])
    with pytest.raises(edits.EditError, match="no function Cart"):
        edits.edit_of(tmp_path, "cart.py", "Cart.none")


def read(reader: Reader, lines: list[str]) -> tuple[list[bool], Answer]:
    return [reader.take(at, line) for at, line in enumerate(lines, 1)], reader.answer()


def test_lines_of_pytest() -> None:
    lines = [
        "============================= test session starts ==============================",
        "tests/test_a.py::test_1[a b] PASSED                                     [ 50%]",
        "FAILED words of a test",
        "tests/test_a.py::test_2 FAILED                                          [100%]",
        "========================= 1 failed, 1 passed in 0.05s ==========================",
    ]
    ends, answer = read(PytestLines("tests/test_a.py::test_2"), lines)
    assert ends == [False, False, False, False, True]
    assert (answer.first, answer.named, answer.last, answer.verdict, answer.tests) == (2, 4, 4, 5, 2)


def test_a_pytest_that_breaks_down_has_no_answer() -> None:
    with pytest.raises(NoAnswerError, match="internal error"):
        read(PytestLines("t.py::test_1"), ["INTERNALERROR> Traceback (most recent call last):"])


def test_lines_of_redbar() -> None:
    events: list[dict[str, object]] = [
        {"event": "FilesChanged", "run": 7},
        {"event": "ItemFinished", "nodeid": "t.py::test_2", "run": 8},
        {"event": "ItemFinished", "nodeid": "t.py::test_1", "run": 8},
        {"event": "VerdictReached", "stage": "affected", "run": 8},
        {"event": "ItemFinished", "nodeid": "t.py::test_3", "run": 9},
        {"event": "VerdictReached", "stage": "rest", "run": 9},
    ]
    ends, answer = read(RedbarLines("t.py::test_1"), ["words\n", *map(json.dumps, events)])
    assert ends == [False] * 6 + [True]
    assert (answer.first, answer.named, answer.verdict, answer.last, answer.tests) == (3, 4, 5, 6, 3)
    assert answer.stages == {"FilesChanged": 2, "VerdictReached affected": 5, "VerdictReached rest": 7}


def test_outcomes_of_the_run_that_a_save_interrupts_are_not_counted() -> None:
    events: list[dict[str, object]] = [
        {"event": "ItemFinished", "nodeid": "t.py::test_1", "run": 7},
        {"event": "FilesChanged", "run": 7},
        {"event": "ItemFinished", "nodeid": "t.py::test_1", "run": 7},
        {"event": "SelectionMade", "run": 7},
        {"event": "ItemFinished", "nodeid": "t.py::test_1", "run": 8},
        {"event": "VerdictReached", "stage": "affected", "run": 8},
    ]
    ends, answer = read(RedbarLines("t.py::test_1", first_verdict=True), [*map(json.dumps, events)])
    assert ends == [False] * 5 + [True]
    assert (answer.first, answer.tests) == (5, 1)
    assert answer.stages == {"FilesChanged": 2, "SelectionMade": 4, "VerdictReached affected": 6}


def test_an_answer_without_the_named_test_is_none() -> None:
    with pytest.raises(NoAnswerError, match=r"t\.py::test_9 did not run; 1 others did"):
        read(PytestLines("t.py::test_9"), ["t.py::test_1 PASSED  [100%]", "=== 1 passed in 0.05s ==="])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_lines_of_a_program_its_cost_and_its_end(tmp_path: Path) -> None:
    program = "import sys, time\nwhile time.process_time() < 0.1: pass\nprint('one', flush=True); sys.stdin.read()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}]); print('two')"
    lines = Lines([sys.executable, "-c", outer], tmp_path, dict(os.environ))
    until = lines.started + 60
    texts = []
    while (line := lines.next(until)) is not None:
        texts.append(line[1])
    assert texts == ["one\n", "two\n"]
    assert lines.tail == "one\ntwo\n"
    assert trees.cpu_seconds(lines.process.pid) >= 0.09  # of a child that has ended
    assert lines.process.wait(60) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_tree_of_processes_ends_as_a_whole(tmp_path: Path) -> None:
    child = "import signal, time; signal.signal(15, signal.SIG_IGN); print('child', flush=True); time.sleep(600)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    lines = Lines([sys.executable, "-c", program], tmp_path, dict(os.environ))
    assert lines.next(lines.started + 60) is not None
    pids = trees.descendants(lines.process.pid)
    assert len(pids) == 2
    trees.end(lines.process, 60)
    assert lines.next(lines.started + 60) is None


def test_a_table_of_medians_minima_and_ratios() -> None:
    ours = [Answer(0.010, 0.020, 0.025, 0.030, 2, 0.1), Answer(0.020, 0.020, 0.025, 0.040, 2, 0.1)]
    others = [Answer(0.100, 0.100, 0.110, 0.100, 1, 0.3)]
    lines = saves.table({"test file": {"redbar": ours, "pytest": others, "xdist -f": []}}).splitlines()
    assert len(lines) == 3
    assert " ".join(lines[1].split()) == "test file redbar 15 10 1.0 1.0 20 20 1.0 25 25 1.0 35 30 1.0 2 100"
    assert " ".join(lines[2].split()) == "test file pytest 100 100 6.7 10.0 100 100 5.0 110 110 4.4 100 100 2.9 1 300"


TESTS = """\
from cart import Cart

def test_total():
    assert Cart().total() == 2
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_whole_way_on_a_small_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    folder_with(project, SOURCE.replace("@staticmethod\n", ""))
    (project / "test_cart.py").write_text(TESTS)
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "benchmarks.saves", str(project), "--python", sys.executable]
    command += ["--test", "test_cart.py::test_total", "--source", "cart.py", "--also", "pytest", "--rounds", "1"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "edits cart.py Cart.total" in done.stderr
    found = json.loads(out.read_text())
    counts = {
        (what, name): [each["tests"] for each in answers] for what in found for name, answers in found[what].items()
    }
    assert counts == {(what, name): [1] for what in ("test file", "source file") for name in ("redbar", "pytest")}
    assert (project / "test_cart.py").read_text() == TESTS
