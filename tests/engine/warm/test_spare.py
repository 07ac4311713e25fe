"""The fork that a parked session keeps ready: the next run, as if it had been forked for that."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.engine.warm.conftest import FILES, Sit
from tests.engine.warm.desk import Desk, until
from tests.plugin.driver import lives
from tui.engine.warmth import parks, silence
from tui.engine.warmth.park import Park

TALKATIVE = {
    "conftest.py": """
        import sys
        print("before")
        import cart
        print("after")
        print("error", file=sys.stderr)
    """,
    "cart.py": "def total(): return 1\n",
    "test_cart.py": """
        import cart
        def test_total():
            total = cart.total()
            print("in", "the test")
            assert total == 2
    """,
}
OUTCOMES = {"test_total": "passed", "test_other": "passed"}


async def at_work(sit: Sit) -> Desk:
    """A session waits for the next edit of the tests."""
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    return desk


def park_of(desk: Desk, name: str) -> Park:
    (park,) = [each for each in desk.explorer._layers.parks if Path(each.hot).name == name]
    return park


def children(park: Park) -> list[int]:
    assert park._connection is not None
    pid = park._connection.hello["pid"]
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def spare_of(park: Park) -> int:
    """Its pid, as soon as it has prepared all that it can."""
    await until(lambda: list(Path(park.folder).glob("output-*")) and children(park))
    (pid,) = children(park)
    await until(lambda: Path(park.folder, f"output-{pid}").exists())
    return pid


async def test_the_run_is_the_spare_and_another_follows(sit: Sit) -> None:
    desk = await at_work(sit)
    park = park_of(desk, "test_cart.py")
    used = []
    for _ in range(3):
        spare = await spare_of(park)
        stream = desk.begin("test_cart.py")
        result = await desk.follow(stream)
        assert (result.words, result.outcomes, stream.pid) == ("parked before test_cart.py", OUTCOMES, spare)
        used.append(spare)
        await desk.rest()
    assert len(set(used)) == 3


@pytest.mark.parametrize("name", ["test_cart.py", "cart.py"])
async def test_what_was_printed_stands_there_once(sit: Sit, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whether the session waits in the middle of a conftest, whose words are captured, or before the tests."""
    desk = sit({**TALKATIVE, "prices.py": None})
    expected = await desk.run()
    assert expected.text.count("in the test") == 1
    for seconds in (30.0, 0.0):
        monkeypatch.setattr(parks, "_SPARE_SECONDS", seconds)
        await desk.parked(name)
        for _ in range(2):
            result = await desk.run(name)
            assert result.words == f"parked before {name}"
            assert lines(result.text) == lines(expected.text)
            await desk.rest()
        desk.write("pytest.ini", f"[pytest]\n# {seconds}\n")  # the sessions leave
        await desk.run("pytest.ini")


def lines(text: str) -> list[str]:
    """Of what pytest printed, without durations."""
    return [line for line in text.splitlines() if " in 0." not in line]


async def test_a_spare_that_was_killed(sit: Sit) -> None:
    desk = await at_work(sit)
    spare = await spare_of(park_of(desk, "test_cart.py"))
    os.kill(spare, signal.SIGKILL)
    await until(lambda: not lives(spare))
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("parked before test_cart.py", OUTCOMES)


async def test_a_spare_that_does_not_go_on(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_PATIENCE", 0.2)
    desk = await at_work(sit)
    spare = await spare_of(park_of(desk, "test_cart.py"))
    os.kill(spare, signal.SIGSTOP)
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("cold: the warm process died before the first result", OUTCOMES)
    await until(lambda: not lives(spare))
    await desk.rest()
    assert (await desk.run("test_cart.py")).words == "warm host: a session that waited did not go on"


async def test_a_session_or_a_host_that_does_not_go_on(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_PATIENCE", 0.2)
    desk = await at_work(sit)
    park = park_of(desk, "test_cart.py")
    os.kill(park.pid, signal.SIGSTOP)
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("warm host: the parked session was gone", OUTCOMES)
    await until(lambda: not lives(park.pid))
    await desk.rest()
    host = desk.explorer._layers.host
    assert host is not None
    os.kill(host.pid, signal.SIGSTOP)
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("cold: a new process of the interpreter", OUTCOMES)
    assert not host.alive
    again = desk.explorer._layers.host
    assert again is not None
    os.kill(again.pid, signal.SIGSTOP)
    with pytest.raises(OSError, match="has ended"):
        await desk.explorer.describe([str(desk.folder / "test_cart.py")])
    assert "error" not in await desk.explorer.describe([str(desk.folder / "test_cart.py")])


async def test_a_session_for_which_there_is_no_room(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.rest()
    layers = desk.explorer._layers
    (Path(layers._private.folder) / f"park-{layers.parks._count + 1}").touch()  # as if the disk were full
    result = await desk.run("test_cart.py")
    await desk.rest()
    assert (result.outcomes, [*layers.parks]) == (OUTCOMES, [])
    await desk.parked("test_cart.py")  # after the next save


async def test_who_does_not_save_for_long_has_none(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parks, "_SPARE_SECONDS", 0.5)
    desk = await at_work(sit)
    park = park_of(desk, "test_cart.py")
    await until(lambda: not children(park))
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("parked before test_cart.py", OUTCOMES)


async def test_it_leaves_with_its_session(sit: Sit) -> None:
    desk = await at_work(sit)
    spare = await spare_of(park_of(desk, "test_cart.py"))
    desk.write("conftest.py", FILES["conftest.py"] + "#\n")
    await desk.run("conftest.py")
    await until(lambda: not lives(spare))


async def test_it_leaves_with_the_explorer(sit: Sit) -> None:
    desk = await at_work(sit)
    spare = await spare_of(park_of(desk, "test_cart.py"))
    desk.close()
    assert not lives(spare)
