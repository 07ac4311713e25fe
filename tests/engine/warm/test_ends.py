"""Runs of warm processes that die, hang or leave something behind, and the end of the explorer itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.warm.conftest import FILES, Sit
from tests.engine.warm.desk import SECONDS, Desk, until
from tests.plugin.driver import lives
from tui.model import events as ev

GOOD = {"test_total": "passed", "test_other": "passed"}
ROOT = Path(__file__).parents[3]


async def two_layers(desk: Desk) -> None:
    """Warm, with a session that waits before the test file."""
    await desk.run()
    await desk.parked("test_cart.py")


@pytest.mark.parametrize(
    ("death", "status"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -9), ("os.kill(os.getpid(), 11)", -11)]
)
async def test_a_death_after_the_first_result(sit: Sit, death: str, status: int) -> None:
    """It counts as it is, and the next run is as good as any."""
    desk = sit()
    await two_layers(desk)
    text = f"import os\ndef test_a(): pass\ndef test_b(): pass\ndef test_dies(): {death}\n"
    result = await desk.save("test_cart.py", text)
    assert result.words == "parked before test_cart.py"
    assert result.outcomes == {"test_a": "passed", "test_b": "passed", "test_dies": "crashed"}
    assert result.exit == status
    result = await desk.save("test_cart.py", FILES["test_cart.py"])
    assert (result.words, result.outcomes) == ("parked before test_cart.py", GOOD)


async def test_a_fork_that_ends_without_a_word_is_repeated_cold(sit: Sit) -> None:
    desk = sit()
    await two_layers(desk)
    desk.write("conftest.py", "import os\nos.register_at_fork(after_in_child=lambda: os._exit(7))\n")
    await desk.run("conftest.py")
    await desk.rest()
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("cold: the warm process died before the first result", GOOD)


@pytest.mark.parametrize("layer", ["warm host", "parked"])
async def test_a_death_before_the_first_result_is_repeated_cold(sit: Sit, layer: str) -> None:
    """Once: what dies in a cold process too has died by its own doing."""
    desk = sit()
    await two_layers(desk)
    text = "import os\ndef test_dies(): os.kill(os.getpid(), 11)\n"
    desk.write("test_cart.py", text)
    options = {"extra": ("-v",)} if layer == "warm host" else {}
    result = await desk.run("test_cart.py", **options)
    assert result.words == "cold: the warm process died before the first result"
    assert result.outcomes == {"test_dies": "crashed"}
    (words,) = [event.text for event in result.all(ev.ProtocolError)]
    assert words == "The warm process ended (SIGSEGV) before the first result: repeated in a cold one."
    assert len(result.all(ev.SessionFinished)) == 1
    assert {event.run for event in result.events} == {result.one(ev.SessionFinished).run}


async def test_a_death_that_only_a_warm_process_dies(sit: Sit) -> None:
    text = """
        import os
        def test_total():
            if not os.path.exists("once"):
                open("once", "w").close()
                os.kill(os.getpid(), 11)
        def test_other(): pass
        """
    desk = sit()
    await two_layers(desk)
    result = await desk.save("test_cart.py", text)
    assert result.outcomes == GOOD
    assert result.exit == 0


async def test_the_trace_of_a_segfault_stands_in_the_output_of_its_run(sit: Sit) -> None:
    desk = sit()
    await two_layers(desk)
    text = "import faulthandler\ndef test_a(): pass\ndef test_dies(): faulthandler._sigsegv()\n"
    result = await desk.save("test_cart.py", text)
    assert result.words.startswith("parked")
    assert "Fatal Python error: Segmentation fault" in result.text
    assert "test_cart.py" in result.text.partition("Fatal Python error")[2]


@pytest.mark.parametrize("layer", ["warm host", "parked"])
@pytest.mark.parametrize("times", [1, 2])
async def test_stop(sit: Sit, layer: str, times: int) -> None:
    desk = sit()
    await two_layers(desk)
    ignore = "signal.signal(signal.SIGINT, signal.SIG_IGN)" if times > 1 else "pass"
    text = f"""
        import signal, time
        def test_first(): pass
        def test_hangs():
            {ignore}
            open("ready", "w").close()
            time.sleep(600)
        """
    desk.write("test_cart.py", text)
    stream = desk.begin("test_cart.py", **({"extra": ("-v",)} if layer == "warm host" else {}))
    following = asyncio.create_task(desk.follow(stream))
    ready = desk.folder / "ready"
    await until(ready.exists)
    for count in range(1, times + 1):
        assert desk.explorer.stop() == count
    result = await following
    assert result.words.startswith(layer)
    assert result.outcomes == {"test_first": "passed"}
    assert result.exit == (2 if times == 1 else -9)
    result = await desk.save("test_cart.py", FILES["test_cart.py"])
    assert (result.words, result.outcomes) == ("parked before test_cart.py", GOOD)


async def test_what_a_run_leaves_behind_harms_nobody(sit: Sit) -> None:
    """Threads, children, another folder, another environment."""
    text = """
        import os, subprocess, sys, threading, time
        def test_total():
            threading.Thread(target=time.sleep, args=(0.1,)).start()
            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
            with open("left", "w") as file:
                file.write(str(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid))
            os.chdir("/")
            os.environ["LEFT"] = "1"
            sys.path.clear()
        def test_other(): pass
        """
    desk = sit({"test_clean.py": "import os\ndef test_clean(): assert 'LEFT' not in os.environ\n"})
    await two_layers(desk)
    desk.write("test_cart.py", text)
    result = await desk.run("test_cart.py", names=("test_cart.py::test_total", "test_cart.py::test_other"))
    assert result.words.startswith("parked")
    assert result.outcomes == GOOD
    left = int((desk.folder / "left").read_text())
    result = await desk.save("test_cart.py", FILES["test_cart.py"])
    assert (result.words, result.outcomes) == ("parked before test_cart.py", {**GOOD, "test_clean": "passed"})
    desk.close()
    await until(lambda: not lives(left))


async def test_a_parked_session_that_was_killed(sit: Sit) -> None:
    desk = sit()
    await two_layers(desk)
    (park,) = desk.explorer._layers.parks
    assert park._connection is not None
    os.kill(park._connection.hello["pid"], signal.SIGKILL)
    result = await desk.run("test_cart.py")
    assert result.words.startswith("warm host")
    assert result.outcomes == GOOD
    await desk.rest()
    assert (await desk.run("test_cart.py")).words == "parked before test_cart.py"


async def test_a_parked_session_that_is_killed_with_its_run(sit: Sit) -> None:
    desk = sit()
    await two_layers(desk)
    text = "import os, time\ndef test_a(): pass\ndef test_dies(): os.kill(os.getppid(), 9); time.sleep(600)\n"
    stream = desk.begin("test_cart.py")
    await desk.follow(stream)
    desk.write("test_cart.py", text)
    stream = desk.begin("test_cart.py")
    async with asyncio.timeout(SECONDS):
        events = [event async for batch in stream.batches() for event in batch]
    words = [event.text for event in events if isinstance(event, ev.ProtocolError)]
    assert words == ["The process that starts the runs has died (it is gone), and the run with it."]
    result = await desk.save("test_cart.py", FILES["test_cart.py"])
    assert result.outcomes == GOOD


async def test_the_host_is_killed_while_sessions_wait(sit: Sit) -> None:
    desk = sit()
    await two_layers(desk)
    host = desk.explorer._host
    assert host is not None
    os.kill(host.pid, signal.SIGKILL)
    await until(lambda: not host.alive)
    result = await desk.run("test_cart.py")
    assert result.words.startswith("cold")
    assert result.outcomes == GOOD
    await desk.rest()
    assert (await desk.run("test_cart.py")).outcomes == GOOD


EXPLORER = """
    import asyncio, sys
    from pathlib import Path
    from tests.engine.warm.desk import Desk
    async def main():
        desk = Desk(Path.cwd())
        await desk.run()
        await desk.parked("test_cart.py")
        await desk.parked("prices.py")
        text = "import time\\ndef test_hangs():\\n open('ready', 'w').close()\\n time.sleep(600)\\n"
        desk.write("test_cart.py", text)
        stream = desk.begin("test_cart.py")
        pids = [park._connection.hello["pid"] for park in desk.explorer._layers.parks]
        async for batch in stream.batches():
            if Path("ready").exists():
                print(desk.explorer._host.pid, *pids, stream.pid, desk.explorer._private.folder, flush=True)
    asyncio.run(main())
"""


def test_kill_of_the_explorer_takes_everything_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Host, both parked sessions and the run, which sleeps and reads nothing."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    explorer = subprocess.Popen(
        [sys.executable, "-c", "\n".join(line[4:] for line in EXPLORER.splitlines())],
        cwd=tmp_path,
        env={**environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert explorer.stdout is not None
    *numbers, _ = explorer.stdout.readline().split()
    pids = [int(number) for number in numbers]
    assert len(pids) == 4
    assert all(lives(pid) for pid in pids)
    explorer.kill()
    explorer.communicate()
    deadline = time.monotonic() + SECONDS
    while any(lives(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_the_explorer_closes(sit: Sit) -> None:
    desk = sit()
    await two_layers(desk)
    pids = [park._connection.hello["pid"] for park in desk.explorer._layers.parks if park._connection]
    host = desk.explorer._host
    assert host is not None
    desk.close()
    assert not any(lives(pid) for pid in [*pids, host.pid])
