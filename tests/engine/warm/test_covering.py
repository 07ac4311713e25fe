"""What pytest-cov says of a run that a waiting session makes: the same as of ``python -m pytest`` with those tests."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, Result
from tests.engine.warm.venvs import VENVS
from tests.plugin.driver import clean_environ

FILES: dict[str, str | None] = {
    "cart.py": None,
    "prices.py": None,
    "test_cart.py": None,
    "conftest.py": "import shop.prices\n",
    "shop/__init__.py": "",
    "shop/prices.py": """
        def price(name):
            if name == "apple":
                return 1
            return 2
        """,
    "shop/cart.py": """
        from shop.prices import price
        def total(names):
            return sum(price(each) for each in names)
        def empty():
            return []
        """,
    "shop/aside.py": "import threading\ndef work(into):\n    into.append(1)\n",
    "shop/unused.py": "def nothing():\n    pass\n",
    "tests/test_cart.py": """
        from shop.cart import total
        def test_apple(): assert total(["apple"]) == 1
        def test_pear(): assert total(["pear"]) == 2
        """,
    "tests/test_aside.py": """
        import os, subprocess, sys, threading
        from shop import aside
        def test_thread():
            done = []
            thread = threading.Thread(target=aside.work, args=(done,))
            thread.start()
            thread.join()
            assert done == [1]
        def test_child():
            subprocess.run([sys.executable, "-c", "from shop import cart; cart.empty()"], check=True)
        """,
}
READ = """
import json, os, sys
import coverage
data = coverage.CoverageData()
data.read()
found = {}
for path in sorted(data.measured_files()):
    contexts = {str(line): sorted(each) for line, each in data.contexts_by_lineno(path).items()}
    arcs = sorted(map(list, data.arcs(path))) if data.has_arcs() else None
    found[os.path.relpath(path)] = [sorted(data.lines(path)), arcs, contexts]
print(json.dumps(found))
"""
ALL = ("tests/test_aside.py::test_thread", "tests/test_cart.py::test_apple", "tests/test_cart.py::test_pear")


@dataclass
class Measured:
    """What a run has left."""

    exit: int
    data: dict[str, Any]
    report: list[str]
    files: dict[str, str]


def measured(desk: Desk, python: str, exit_code: int, text: str) -> Measured:
    """Read it, and leave nothing but the data file."""
    done = subprocess.run([python, "-c", READ], cwd=desk.folder, capture_output=True, text=True, check=True)
    files = {
        name: _stable((desk.folder / name).read_text())
        for name in ("coverage.xml", "coverage.json")
        if (desk.folder / name).exists()
    }
    for name in ("coverage.xml", "coverage.json"):
        (desk.folder / name).unlink(missing_ok=True)
    assert not list(desk.folder.glob(".coverage.*"))
    _, found, report = text.partition("coverage: ")
    lines = [line.rstrip(" =_-") for line in report.splitlines() if " in " not in line]
    return Measured(exit_code, json.loads(done.stdout), [found, *filter(None, lines)], files)


def _stable(text: str) -> str:
    return re.sub(r'timestamp="?:? ?"?[^",]*"', "", text)


def plain(desk: Desk, python: str, names: tuple[str, ...], *args: str) -> Measured:
    done = subprocess.run(
        [python, "-m", "pytest", *args, *names],
        cwd=desk.folder,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    return measured(desk, python, done.returncode, done.stdout)


async def parked(desk: Desk, python: str, hot: str, names: tuple[str, ...]) -> tuple[Result, Measured]:
    result = await desk.run(hot, names=names)
    assert result.words == f"parked before {Path(hot).name}", desk.unparkable
    return result, measured(desk, python, result.exit, result.text)


@pytest.fixture
def sit(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Plugins are found by their entry points."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    return sit


OPTIONS = {
    "source": ("--cov=shop",),
    "branch": ("--cov=shop", "--cov-branch", "--cov-report=term-missing"),
    "all": ("--cov",),
    "contexts": ("--cov=shop", "--cov-context=test"),
    "reports": ("--cov=shop", "--cov-report=xml", "--cov-report=json", "--cov-report=term"),
    "limit": ("--cov=shop", "--cov-fail-under=100"),
    "append": ("--cov=shop", "--cov-append"),
    "none": ("--cov=shop", "--cov-report="),
}


@pytest.mark.parametrize("python", VENVS)
@pytest.mark.parametrize("options", list(OPTIONS))
async def test_as_in_a_plain_run(sit: Sit, python: str, options: str) -> None:
    args = OPTIONS[options]
    desk = sit(FILES, *args, python=python)
    await desk.run()
    hot = "tests/test_cart.py"
    await desk.parked(hot)
    for names in (ALL, ALL[1:2], ALL):
        (desk.folder / ".coverage").unlink(missing_ok=True)
        expected = plain(desk, python, names, *args)
        (desk.folder / ".coverage").unlink(missing_ok=True)
        _, found = await parked(desk, python, hot, names)
        assert found == expected
        await desk.rest()
