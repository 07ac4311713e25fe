"""What a conftest did once, for all runs that go on from there."""

from __future__ import annotations

import pytest

from tests.engine.warm.conftest import Sit

SEEDED = """
    import random
    random.seed(0)
    random.random()
"""
DRAWN = "import random\nrandom.random()\n"
TESTS = """
    import random
    def test_drawn():
        with open("drawn", "a") as file:
            print(random.random(), file=file)
"""
THIRD_RUN = 3


@pytest.mark.parametrize(("conftest", "different"), [(SEEDED, 1), (DRAWN, THIRD_RUN)])
async def test_generators_go_on_as_they_were_seeded(sit: Sit, conftest: str, different: int) -> None:
    desk = sit({"conftest.py": conftest, "test_cart.py": TESTS, "cart.py": None})
    await desk.run()
    await desk.rest()
    await desk.run("test_cart.py")
    await desk.rest()
    (desk.folder / "drawn").unlink()
    for _ in range(THIRD_RUN):
        assert (await desk.run("test_cart.py")).words == "parked before test_cart.py"
        await desk.rest()
    drawn = (desk.folder / "drawn").read_text().split()
    assert (len(drawn), len(set(drawn))) == (THIRD_RUN, different)


@pytest.mark.parametrize(
    "conftest",
    [
        "import os\nos.makedirs('build', exist_ok=True)\n",
        "log = open('all.log', 'a')\n",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', ''])\n",
        "import sqlite3\nbase = sqlite3.connect(':memory:')\n",
    ],
)
async def test_what_may_be_done_again_keeps_no_session_from_waiting(sit: Sit, conftest: str) -> None:
    desk = sit({"conftest.py": conftest})
    await desk.run()
    await desk.parked("test_cart.py")
    assert (await desk.run("test_cart.py")).words == "parked before test_cart.py"
