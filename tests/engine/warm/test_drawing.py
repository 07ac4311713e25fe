"""Plugins that shuffle tests and seed generators: in forks of a waiting session they draw as in any other process."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, Result
from tests.engine.warm.venvs import VENVS, has
from tests.plugin.driver import clean_environ

DRAWS = """
    import random
    import pytest
    @pytest.mark.parametrize("n", range(6))
    def test_draws(n, request):
        seed = request.config.getoption("randomly_seed", None)
        with open("drawn", "a") as file:
            file.write(f"{n} {random.random()} {seed}\\n")
"""
FILES = {"test_cart.py": DRAWS, "conftest.py": "import cart\n"}
HOT = "test_cart.py"


@pytest.fixture
def sit(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Plugins are found by their entry points."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    return sit


def drawn(desk: Desk) -> list[list[str]]:
    """What the last run has drawn: in its order parameter, number and seed."""
    file = desk.folder / "drawn"
    lines = [line.split() for line in file.read_text().splitlines()]
    file.unlink()
    return lines


def plainly(desk: Desk, python: str, *args: str) -> list[list[str]]:
    (desk.folder / "drawn").unlink(missing_ok=True)
    command = [python, "-m", "pytest", *args, HOT]
    subprocess.run(command, cwd=desk.folder, env=clean_environ(), capture_output=True, check=True)
    return drawn(desk)


async def parked(desk: Desk) -> Result:
    result = await desk.run(HOT)
    assert result.words == f"parked before {HOT}", desk.unparkable
    await desk.rest()
    return result


def said(result: Result, option: str) -> str:
    (seed,) = re.findall(rf"Using --{option}=(\d+)\n", result.text)
    return str(seed)


async def waiting(sit: Sit, python: str, *args: str) -> Desk:
    """A session waits, and nothing has been drawn yet."""
    desk = sit(FILES, *args, python=python)
    await desk.run()
    await desk.parked(HOT)
    (desk.folder / "drawn").unlink()
    return desk


def last_seed(desk: Desk) -> str:
    return str(json.loads((desk.folder / ".pytest_cache/v/randomly_seed").read_text()))


@pytest.mark.parametrize("python", VENVS)
async def test_every_run_has_a_seed_of_its_own(sit: Sit, python: str) -> None:
    """It is the one that the header names and that the cache keeps, and with it a plain run does the same."""
    _wants(python, "pytest_randomly")
    desk = await waiting(sit, python)
    seeds = set()
    for _ in range(2):
        seed = said(await parked(desk), "randomly-seed")
        found = drawn(desk)
        assert {line[2] for line in found} == {seed}
        assert last_seed(desk) == seed
        assert plainly(desk, python, f"--randomly-seed={seed}") == found
        seeds.add(seed)
    assert len(seeds) == 2


@pytest.mark.parametrize("python", VENVS)
@pytest.mark.parametrize("seed", ["11", "last"])
async def test_a_seed_that_was_given(sit: Sit, python: str, seed: str) -> None:
    _wants(python, "pytest_randomly")
    desk = sit(FILES, f"--randomly-seed={seed}", python=python)
    await desk.run()
    await desk.parked(HOT)
    expected = plainly(desk, python, "--randomly-seed=11")
    await parked(desk)
    assert drawn(desk) == expected
    assert last_seed(desk) == "11"
    if seed == "last":
        expected = plainly(desk, python, "--randomly-seed=12")
        await parked(desk)
        assert drawn(desk) == expected


@pytest.mark.parametrize("python", VENVS[-1:])
async def test_modules_that_draw_when_they_are_imported(sit: Sit, python: str) -> None:
    """They are imported by each run: with another seed they draw something else."""
    _wants(python, "pytest_randomly")
    test = """
        import cart
        def test_it(request):
            open("drawn", "a").write(f"0 {cart.X} {request.config.getoption('randomly_seed')}\\n")
    """
    desk = sit({"conftest.py": "", "cart.py": "import random\nX = random.random()\n", HOT: test}, python=python)
    await desk.run()
    await desk.parked(HOT)
    (desk.folder / "drawn").unlink()
    found = [(said(await parked(desk), "randomly-seed"), drawn(desk)) for _ in range(2)]
    assert found[0] != found[1]
    for seed, lines in found:
        assert plainly(desk, python, f"--randomly-seed={seed}") == lines


@pytest.mark.parametrize("python", VENVS[-1:])
async def test_without_the_plugin(sit: Sit, python: str) -> None:
    _wants(python, "pytest_randomly")
    desk = sit(FILES, "-p", "no:randomly", python=python)
    await desk.run()
    await desk.parked(HOT)
    assert "randomly" not in (await parked(desk)).text


@pytest.mark.parametrize("python", VENVS)
async def test_random_order(sit: Sit, python: str) -> None:
    _wants(python, "random_order")
    args = ("-p", "no:randomly", "--random-order-bucket=global")
    desk = await waiting(sit, python, *args)
    seeds = set()
    for _ in range(2):
        seed = said(await parked(desk), "random-order-seed")
        order = [line[0] for line in drawn(desk)]
        assert [line[0] for line in plainly(desk, python, *args, f"--random-order-seed={seed}")] == order
        seeds.add(seed)
    assert len(seeds) == 2


def _wants(python: str, module: str) -> None:
    if not has(python, module):
        pytest.skip(f"{python} has no {module}")
