"""The sample project is a copy that runs anywhere and shows every outcome."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

import tui.demo
from tui.demo import PROJECT_NAME, copy_project

# What the newest pytest says of the project; before version 9 nothing knows of single subtests.
OUTCOMES = {"failed": 11, "passed": 50, "skipped": 4, "xfailed": 2, "xpassed": 1, "errors": 3}
WITHOUT_SUBTESTS = OUTCOMES | {"failed": 9, "passed": 49, "skipped": 5}


def interpreters() -> list[ParameterSet]:
    """Return this Python and those of the prepared matrix."""
    matrix = Path(os.environ.get("REDBAR_MATRIX", os.devnull))
    prepared = sorted(matrix.glob("py*-pytest*/bin/python"))
    return [
        pytest.param(Path(sys.executable), id="own"),
        *(pytest.param(python, id=python.parents[1].name) for python in prepared),
    ]


def run_tests(python: Path, project: Path, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the project as a person would, apart from our own run's settings."""
    ours = ("PYTEST_", "COV_", "SHOP_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", *args]
    return subprocess.run(command, cwd=project, env=clean | environ, capture_output=True, text=True, check=False)


def counts(output: str) -> dict[str, int]:
    """Read the counts from pytest's last line."""
    last = output.rstrip().splitlines()[-1]
    found = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}
    return {word: number for word, number in found.items() if word in OUTCOMES}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def test_copy_is_a_project_that_may_be_edited(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "new" / "folder")
    assert root == tmp_path / "new" / "folder" / PROJECT_NAME
    assert (root / "pyproject.toml").is_file()
    assert (root / "tests" / "api" / "test_orders.py").is_file()
    cart = root / "shop" / "cart.py"
    cart.write_text(cart.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")


def test_copy_leaves_out_what_a_run_wrote(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(path.relative_to(project) for path in project.rglob("*"))
    for folder in ("shop/__pycache__", ".pytest_cache", ".redbar_cache"):
        (project / folder).mkdir()
        (project / folder / "left").touch()
    monkeypatch.setattr(tui.demo, "_SOURCE", project)
    again = copy_project(tmp_path / "again")
    assert sorted(path.relative_to(again) for path in again.rglob("*")) == files


def test_copy_never_overwrites(tmp_path: Path, project: Path) -> None:
    with pytest.raises(FileExistsError):
        copy_project(tmp_path)
    assert project.is_dir()


def test_file_names_are_plain_ascii(project: Path) -> None:
    names = [path.name for path in project.rglob("*")]
    assert len(names) > 15
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in names)


@pytest.mark.matrix
@pytest.mark.parametrize("python", interpreters())
def test_every_outcome_is_shown(python: Path, project: Path) -> None:
    run = run_tests(python, project, "-q")
    subtests = "subtests passed" in run.stdout
    assert counts(run.stdout) == (OUTCOMES if subtests else WITHOUT_SUBTESTS), run.stdout
    assert run.returncode == pytest.ExitCode.TESTS_FAILED


def test_warnings_and_captured_output_are_shown(project: Path) -> None:
    run = run_tests(Path(sys.executable), project, "-rA", "-m", "not slow")
    for text in (
        "DeprecationWarning: Cart.sum()",
        "Captured stdout call",
        "Captured stderr call",
        "Captured log call",
        "The above exception was the direct cause",
        "test_footer",
        "半額セール",
        "test_prices.txt::test_prices.txt",
        "set SHOP_CRASH=1 to see a crash",
    ):
        assert text in run.stdout, text


def test_ansi_is_in_the_captured_output(project: Path) -> None:
    run = run_tests(Path(sys.executable), project, "--color=yes", "-rA", "tests/api/test_payment.py", "-k", "colour")
    assert "\x1b[38;2;120;200;80mtrue colour\x1b[0m" in run.stdout


def test_crash_happens_only_when_asked_for(project: Path) -> None:
    run = run_tests(Path(sys.executable), project, "-s", "tests/api/test_orders.py", SHOP_CRASH="1")
    assert run.returncode == -signal.SIGSEGV
    assert "the light flickers" in run.stdout
