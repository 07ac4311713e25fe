"""What waiting sessions have loaded, and when there are none."""

from __future__ import annotations

import os

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, until

GOOD = {"test_total": "passed", "test_other": "passed"}
APART = {"conftest.py": ""}
"""Nothing imports the project but its tests."""


def loaded(desk: Desk, hot: str) -> set[str]:
    """Modules of the project that the session before that file holds."""
    (park,) = [each for each in desk.explorer._layers.parks if each.hot == str(desk.folder / hot)]
    assert park._parked is not None
    return set(park._parked["modules"])


async def test_none_waits_before_it_is_known_what_runs_import(sit: Sit) -> None:
    """When the first verdict is there and the run goes on, it is not: a session would load nothing ahead."""
    desk = sit(APART)
    await desk.run()
    await desk.rest()
    os.mkfifo(desk.folder / "gate")
    desk.write("test_cart.py", "import cart\ndef test_total(): open('gate').close()\n")
    stream = desk.begin("test_cart.py")
    desk.explorer.judged()
    assert desk.hot == []
    (desk.folder / "gate").write_text("")
    await desk.follow(stream)
    stream = desk.begin("test_cart.py")
    desk.explorer.judged()
    await until(lambda: desk.hot == ["test_cart.py"] and desk.explorer._layers.parks.ready)
    assert loaded(desk, "test_cart.py") == {"conftest", "cart", "prices"}
    (desk.folder / "gate").write_text("")
    await desk.follow(stream)


async def test_one_that_loads_less_than_is_known_makes_way(sit: Sit) -> None:
    desk = sit({**APART, "test_cart.py": "def test_total(): pass\n", "more.py": "import prices\n"})
    await desk.run()
    await desk.parked("test_cart.py")
    assert loaded(desk, "test_cart.py") == {"conftest"}
    desk.write("test_cart.py", "import more\ndef test_total(): pass\n")
    result = await desk.run("test_cart.py")
    assert result.words == "parked before test_cart.py"
    await desk.rest()
    await until(lambda: desk.explorer._layers.parks.ready and len(desk.hot) == 1)
    assert loaded(desk, "test_cart.py") == {"conftest", "more", "prices"}


async def test_a_source_that_was_broken_for_a_while(sit: Sit) -> None:
    desk = sit(APART)
    await desk.run()
    await desk.parked("test_cart.py")
    await desk.save("prices.py", "PRICE = \n")
    await desk.rest()
    result = await desk.save("prices.py", "PRICE = 1\n")
    assert set(result.outcomes.values()) == {"passed"}
    await desk.rest()
    assert loaded(desk, "test_cart.py") == {"conftest", "cart", "prices"}


async def test_a_project_whose_modules_do_not_bear_a_fork(sit: Sit) -> None:
    """Sessions wait with nothing of it loaded."""
    thread = (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\nPRICE = 1\n"
    )
    desk = sit({**APART, "prices.py": thread})
    await desk.run()
    await desk.parked("test_cart.py")
    await until(lambda: "test_cart.py" in desk.hot and desk.explorer._layers.parks.ready)
    assert loaded(desk, "test_cart.py") == {"conftest"}
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("parked before test_cart.py", GOOD)


async def test_a_file_that_comes_from_the_future(sit: Sit) -> None:
    """Whether it was edited while a session read it cannot be told: that is tried twice, and not for ever."""
    desk = sit(APART)
    await desk.run()
    desk.write("test_cart.py", "import cart\ndef test_total(): pass\n")
    os.utime(desk.folder / "prices.py", (2e9, 2e9))
    await desk.rest()
    await desk.run("test_cart.py")
    parks = desk.explorer._layers.parks
    await desk.rest()
    await until(lambda: parks._failed == {str(desk.folder / "test_cart.py")})
    await desk.rest()
    assert (desk.hot, parks._count) == ([], 2)
