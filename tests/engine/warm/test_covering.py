"""What pytest-cov says of a run that a waiting session makes: the same as of ``python -m pytest`` with those tests."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk
from tests.engine.warm.test_parity import recorded
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
data = coverage.CoverageData(suffix=sys.argv[1] or None)
data.read()
found = {}
for path in sorted(data.measured_files()):
    contexts = {str(line): sorted(each) for line, each in data.contexts_by_lineno(path).items()}
    arcs = sorted(map(list, data.arcs(path))) if data.has_arcs() else None
    found[os.path.relpath(path)] = [sorted(data.lines(path)), arcs, contexts]
print(json.dumps(found))
"""
HOT = "tests/test_cart.py"
ALL = ("tests/test_aside.py::test_thread", "tests/test_cart.py::test_apple", "tests/test_cart.py::test_pear")


@dataclass
class Measured:
    """What a run has left."""

    exit: int
    data: dict[str, Any]
    report: list[str]
    files: dict[str, str]


def measured(desk: Desk, python: str, exit_code: int, text: str, suffix: str = "") -> Measured:
    """Read it, and leave nothing but the data file."""
    done = subprocess.run(
        [python, "-c", READ, suffix.lstrip(".")], cwd=desk.folder, capture_output=True, text=True, check=True
    )
    files = {
        name: _stable((desk.folder / name).read_text())
        for name in ("coverage.xml", "coverage.json")
        if (desk.folder / name).exists()
    }
    for name in ("coverage.xml", "coverage.json"):
        (desk.folder / name).unlink(missing_ok=True)
    assert [path.suffix for path in desk.folder.glob(".coverage.*")] == ([suffix] if suffix else [])
    _, found, report = text.partition("coverage: ")
    report = re.sub("\x1b[^m]*m", "", report)
    lines = [line.rstrip(" =_-") for line in report.splitlines() if " in " not in line]
    return Measured(exit_code, json.loads(done.stdout), [found, *filter(None, lines)], files)


def _stable(text: str) -> str:
    return re.sub(r'timestamp"?[=:] ?"[^"]*"', "", text)


def plain(desk: Desk, python: str, names: tuple[str, ...], *args: str) -> Measured:
    done = subprocess.run(
        [python, "-m", "pytest", *names, *args],
        cwd=desk.folder,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    return measured(desk, python, done.returncode, done.stdout)


async def parked(desk: Desk, python: str, names: tuple[str, ...], hot: str = HOT) -> Measured:
    result = await desk.run(hot, names=names)
    assert result.words == f"parked before {hot.rpartition('/')[2]}", desk.unparkable
    return measured(desk, python, result.exit, result.text)


@pytest.fixture
def sit(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Plugins are found by their entry points."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    return sit


OPTIONS = {
    "no source": ("--cov",),
    "branch": ("--cov=shop", "--cov-branch", "--cov-report=term-missing"),
    "reports": ("--cov=shop", "--cov-report=xml", "--cov-report=json", "--cov-report=term"),
    "limit": ("--cov=shop", "--cov-fail-under=100"),
    "none": ("--cov=shop", "--cov-report="),
}


@pytest.mark.parametrize("python", VENVS)
async def test_as_in_a_plain_run(sit: Sit, python: str) -> None:
    await compare(sit, python, "--cov=shop", "--cov-context=test")


@pytest.mark.parametrize("python", VENVS[-1:])
@pytest.mark.parametrize("options", list(OPTIONS))
async def test_with_options(sit: Sit, python: str, options: str) -> None:
    await compare(sit, python, *OPTIONS[options])


async def compare(sit: Sit, python: str, *args: str) -> None:
    """A test that is measured starts a process or a thread; the second run is one of fewer tests."""
    desk = sit(FILES, *args, python=python)
    await desk.run()
    await desk.parked(HOT)
    for names in (ALL, ALL[1:2]):
        (desk.folder / ".coverage").unlink(missing_ok=True)
        expected = plain(desk, python, names, *args)
        (desk.folder / ".coverage").unlink(missing_ok=True)
        assert await parked(desk, python, names) == expected
        await desk.rest()


@pytest.mark.parametrize("python", VENVS[-1:])
async def test_wherever_it_waits(sit: Sit, python: str) -> None:
    """Within the import of a conftest as well, before pytest is configured; and so does what runs next there."""
    args = ("--cov=shop", "--cov-context=test", "--randomly-seed=3")
    desk = sit(FILES, *args, python=python)
    expected = plain(desk, python, ALL, *args)
    await desk.run()
    for hot in ("conftest.py", "shop/prices.py", "shop/cart.py"):
        await desk.parked(hot)
        for _ in range(2):
            (desk.folder / ".coverage").unlink()
            assert await parked(desk, python, ALL, hot) == expected
            await desk.rest()


@pytest.mark.parametrize("python", VENVS)
async def test_nothing_of_ours_is_measured(sit: Sit, python: str) -> None:
    """Where pytest-cov is told no source it measures all that is not installed: in a process of its own as well."""
    desk = sit(FILES, "--cov", "--cov-branch", python=python)
    expected = plain(desk, python, ALL, "--cov", "--cov-branch")
    result = await desk.run(names=ALL)
    assert measured(desk, python, result.exit, result.text) == expected


@pytest.mark.parametrize("python", VENVS[-1:])
@pytest.mark.parametrize("args", [(), ("--cov-append",)], ids=["anew", "append"])
async def test_what_was_measured_before(sit: Sit, python: str, args: tuple[str, ...]) -> None:
    """It is there while the session waits; the next run forgets it, unless it adds to it."""
    desk = sit(FILES, "--cov=shop", *args, python=python)
    await desk.run()
    await desk.parked(HOT)
    left = desk.folder / ".coverage.another"
    shutil.copy(desk.folder / ".coverage", left)
    everything = measured(desk, python, 0, "", ".another").data
    await parked(desk, python, ALL[1:2])
    await desk.rest()
    found = measured(desk, python, 0, "").data
    assert bool(found["shop/aside.py"][0]) == bool(args)
    assert everything["shop/aside.py"][0]


@pytest.mark.parametrize("python", VENVS[-1:])
async def test_only_tests_of_the_edited_file_run(sit: Sit, python: str) -> None:
    """Its other tests are not made ready to run, which is nothing that is measured."""
    desk = sit(FILES, "--cov=.", "--cov-branch", python=python)
    await desk.run()
    await desk.parked(HOT)
    text = (desk.folder / HOT).read_text()
    desk.write(HOT, text + "def test_more():\n    for _ in range(2):\n        assert total([]) == 0\n")
    names = (f"{HOT}::test_more",)
    expected = plain(desk, python, names, "--cov=.", "--cov-branch")
    assert await parked(desk, python, names) == expected


@pytest.mark.parametrize("python", VENVS[-1:])
@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {".coveragerc": "[run]\npatch = _exit\n"},
            "coverage.py is told to look after forks",
        ),
        (
            {
                ".coveragerc": "[run]\npatch = subprocess\n",
                "conftest.py": """
                    import subprocess, sys
                    subprocess.run([sys.executable, "-c", "from shop import cart"], check=True)
                    """,
            },
            "coverage.py measures processes that are started before any test runs",
        ),
        (
            {
                ".coveragerc": "[run]\ndynamic_context = test_function\n",
                "conftest.py": """
                    from shop.prices import price
                    def test_at_import(): price("apple")
                    test_at_import()
                    """,
            },
            "coverage.py has written before any test runs",
        ),
    ],
    ids=["forks", "processes", "contexts"],
)
async def test_where_forks_could_not_go_on(sit: Sit, python: str, files: dict[str, str], words: str) -> None:
    desk = sit({**FILES, **files}, "--cov=shop", python=python)
    await desk.run()
    await desk.rest()
    await desk.run(HOT)
    await desk.rest()
    assert desk.unparkable == words


@pytest.mark.parametrize("python", VENVS[-1:])
async def test_switched_off(sit: Sit, python: str) -> None:
    desk = sit(FILES, "--cov=shop", "--no-cov", python=python)
    await desk.run()
    await desk.parked(HOT)
    assert not (desk.folder / ".coverage").exists()


@pytest.mark.parametrize("python", VENVS)
async def test_our_record_beside_it(sit: Sit, python: str) -> None:
    """Both see the same lines, and neither takes them from the other."""
    desk = sit(FILES, "--cov=shop", python=python)
    await desk.run(record="selection")
    await desk.parked(HOT)
    words, cold = await recorded(desk, desk.run(HOT, record="selection", names=ALL, cold=True))
    expected = measured(desk, python, 0, "").data
    await desk.run(HOT, record="selection")
    await desk.rest()
    words, found = await recorded(desk, desk.run(HOT, record="selection", names=ALL))
    assert words == "parked before test_cart.py"
    assert _same_names(found) == _same_names(cold)
    assert measured(desk, python, 0, "").data == expected


def _same_names(record: dict[str, Any]) -> str:
    """With the data files that coverage.py writes first under one name, in whatever process."""
    return re.sub(r"\.coverage\.[^\"]+", ".coverage.x", json.dumps(record, sort_keys=True))
