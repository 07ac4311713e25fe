"""Which process makes a run, and that a change of anything it holds leads to a colder one."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, until
from tui.engine.interpreter import Interpreter
from tui.engine.warmth import parks
from tui.engine.warmth.modules import module_name
from tui.engine.warmth.surroundings import Surroundings

GOOD = {"test_total": "passed", "test_other": "passed"}
BAD = {"test_total": "failed", "test_other": "passed"}


@pytest.mark.parametrize("edited", ["test_cart.py", "prices.py", "cart.py", "conftest.py"])
async def test_from_cold_to_parked(sit: Sit, edited: str) -> None:
    desk = sit()
    first = await desk.run()
    assert (first.words, first.outcomes) == ("cold: a new process of the interpreter", GOOD)
    await desk.rest()
    second = await desk.run(edited)
    assert (second.words, second.outcomes) == ("warm host: no session waits for this edit", GOOD)
    await desk.rest()
    third = await desk.run(edited)
    assert (third.words, third.outcomes) == (f"parked before {edited}", GOOD)


async def test_events_are_the_same_in_every_layer(sit: Sit) -> None:
    desk = sit()
    runs = [await desk.run()]
    await desk.rest()
    runs.append(await desk.run("test_cart.py"))
    await desk.rest()
    runs.append(await desk.run("test_cart.py"))
    assert [run.words.partition(" ")[0] for run in runs] == ["cold:", "warm", "parked"]
    kinds = [[type(event).__name__ for event in run.events] for run in runs]
    assert kinds[0] == kinds[1] == kinds[2]
    texts = [[line for line in run.text.splitlines() if not re.search(r" in \d", line)] for run in runs]
    assert texts[0] == texts[1] == texts[2]


async def test_two_files_in_turn_have_a_session_each(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    await desk.parked("prices.py")
    assert sorted(desk.hot) == ["prices.py", "test_cart.py"]
    edits = ["test_cart.py", "prices.py", "test_cart.py", "prices.py"]
    texts = {"test_cart.py": "import cart\ndef test_total(): assert cart.total() == {}\n", "prices.py": "PRICE = {}\n"}
    for round_, name in enumerate(edits, start=2):
        result = await desk.save(name, texts[name].format(round_))
        assert result.words == f"parked before {name}"
        await desk.rest()
        assert sorted(desk.hot) == ["prices.py", "test_cart.py"]


async def test_both_at_once(sit: Sit) -> None:
    """The one that has loaded neither of them."""
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    await desk.parked("prices.py")
    desk.write("prices.py", "PRICE = 2\n")
    desk.write("test_cart.py", "import cart\ndef test_total(): assert cart.total() == 4\ndef test_other(): pass\n")
    result = await desk.run("test_cart.py", "prices.py")
    assert (result.words, result.outcomes) == ("parked before prices.py", GOOD)


async def test_what_a_session_has_loaded_is_noticed_without_a_word(sit: Sit) -> None:
    """Nobody says that the file was edited."""
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    desk.write("prices.py", "PRICE = 100\n")
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == ("warm host: no session waits for this edit", BAD)


async def test_conftest(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.parked("prices.py")
    result = await desk.save("conftest.py", "import cart\ncart.total = lambda: 5\n")
    assert (result.words, result.outcomes) == ("warm host: no session waits for this edit", BAD)


async def test_a_conftest_that_is_new(sit: Sit) -> None:
    desk = sit({"sub/test_sub.py": "def test_sub(here): assert here == 1\n"})
    await desk.run()
    await desk.parked("sub/test_sub.py")
    result = await desk.save("sub/conftest.py", "import pytest\n@pytest.fixture\ndef here(): return 1\n")
    assert result.outcomes == {**GOOD, "test_sub": "passed"}


@pytest.mark.parametrize("edited", ["prices.py", "test_cart.py"])
async def test_settings_of_pytest(sit: Sit, edited: str) -> None:
    desk = sit()
    await desk.run()
    await desk.parked(edited)
    result = await desk.save("pytest.ini", "[pytest]\npython_functions = test_other\n")
    assert not result.words.startswith("parked")
    assert result.outcomes == {"test_other": "passed"}


async def test_a_file_that_a_conftest_read(sit: Sit) -> None:
    """It has been read before the session was parked; the edit is told of, or not."""
    desk = sit(
        {
            "numbers.txt": "2",
            "conftest.py": "import cart, pathlib\nEXPECTED = int(pathlib.Path('numbers.txt').read_text())\n",
            "test_cart.py": "import cart, conftest\ndef test_total(): assert cart.total() == conftest.EXPECTED\n",
        }
    )
    await desk.run()
    await desk.parked("test_cart.py")
    assert (await desk.run("test_cart.py")).words == "parked before test_cart.py"
    desk.write("numbers.txt", "3")
    result = await desk.run()
    assert (result.words, result.outcomes["test_total"]) == ("warm host: no session waits for this edit", "failed")


async def test_a_folder_that_a_conftest_listed(sit: Sit) -> None:
    desk = sit(
        {
            "cases/one.txt": "",
            "conftest.py": "import cart, os\nCASES = len(os.listdir('cases'))\n",
            "test_cart.py": "import conftest\ndef test_total(): assert conftest.CASES == 1\n",
        }
    )
    await desk.run()
    await desk.parked("test_cart.py")
    result = await desk.save("cases/two.txt", "")
    assert result.outcomes == {"test_total": "failed"}


async def test_new_and_deleted_modules(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    desk.write("fresh.py", "HERE = True\n")
    test = "import fresh\ndef test_total(): assert fresh.HERE\n"
    result = await desk.save("test_cart.py", test)
    assert (result.words, result.outcomes) == ("parked before test_cart.py", {"test_total": "passed"})
    await desk.rest()
    (desk.folder / "fresh.py").unlink()
    result = await desk.run("test_cart.py", "fresh.py")
    assert result.outcomes == {}
    assert "No module named 'fresh'" in result.text
    await desk.rest()
    result = await desk.save("fresh.py", "HERE = 1\n")
    assert result.outcomes == {"test_total": "passed"}


async def test_a_module_that_hides_one_that_is_loaded_ahead(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.rest()
    assert (await desk.run("test_cart.py")).words.startswith("warm host")
    desk.write("argparse.py", "")
    result = await desk.run("argparse.py")
    assert result.words == "cold: argparse.py has the name of a module that is loaded ahead"


async def test_cold_when_asked_for(sit: Sit) -> None:
    """And the processes that wait are none the worse."""
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    result = await desk.run("test_cart.py", cold=True)
    assert (result.words, result.outcomes) == ("cold: asked for", GOOD)
    result = await desk.run("test_cart.py")
    assert result.words == "parked before test_cart.py"


async def test_always_cold(sit: Sit) -> None:
    desk = sit()
    await desk.run(cold=True)
    desk.explorer.rested()
    assert desk.explorer._layers._state == "cold"
    result = await desk.run("test_cart.py", cold=True)
    assert (result.words, result.outcomes) == ("cold: asked for", GOOD)


async def test_other_options(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    result = await desk.run("test_cart.py", extra=("-k", "other"))
    assert result.words == "warm host: no session waits for this edit"
    assert result.outcomes == {"test_other": "passed"}


CHILD = "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1)\n"
THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"conftest.py": THREAD}, "threads are running"),
        ({"conftest.py": CHILD}, "a process that was started before the tests is still there"),
        (
            {"conftest.py": "import tempfile\nfolder = tempfile.TemporaryDirectory()\n"},
            "conftest.py makes a folder before any test runs",
        ),
        ({"conftest.py": "open('x.txt', 'w').close()\n"}, "conftest.py writes a file before any test runs"),
        (
            {"conftest.py": "import state\n", "state.py": "import sqlite3\nbase = sqlite3.connect('x.db')\n"},
            "state.py opens a database before any test runs",
        ),
        ({"pytest.ini": "[pytest]\naddopts = --setup-plan\n"}, "the option setupplan is decided at the start"),
        ({"pytest.ini": "[pytest]\naddopts = --log-file=x.log\n"}, "the option log_file is decided at the start"),
    ],
)
async def test_sessions_that_cannot_be_parked(sit: Sit, files: dict[str, str], words: str) -> None:
    desk = sit(files)
    await desk.run()
    await desk.rest()
    await desk.run("test_cart.py")
    await desk.rest()
    await desk.rest()
    assert (desk.hot, desk.unparkable) == ([], words)
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == (f"warm host: {words}", GOOD)


async def test_xdist(sit: Sit) -> None:
    """Few tests run without workers, in whatever layer; many are no matter for a parked session."""
    desk = sit({"pytest.ini": "[pytest]\naddopts = -p xdist -n1\n"})
    names = ("test_cart.py::test_total",)
    await desk.run(names=names)
    await desk.rest()
    await desk.run("test_cart.py", names=names)
    await desk.rest()
    few = await desk.run("test_cart.py", names=names)
    assert (few.words, few.outcomes) == ("parked before test_cart.py", {"test_total": "passed"})
    assert "OptionsDropped" in {type(event).__name__ for event in few.events}
    all_ = await desk.run("test_cart.py")
    assert (all_.words, all_.outcomes) == ("warm host: no session waits for this edit", GOOD)


async def test_interpreter_and_what_is_installed(tmp_path: Path) -> None:
    installed = tmp_path / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for name in ("bin/python", "pyvenv.cfg", "lib/site-packages/a.pth"):
        (tmp_path / name).write_text("")

    def surroundings() -> Surroundings:
        return Surroundings(Interpreter(str(tmp_path / "bin" / "python"), "test"), [str(installed)])

    now = surroundings()
    assert now.changed() is None
    (installed / "new-1.0.dist-info").mkdir()
    assert now.changed() == "site-packages"
    for name in ("bin/python", "pyvenv.cfg", "lib/site-packages/a.pth"):
        now = surroundings()
        (tmp_path / name).write_text("other")
        assert now.changed() == Path(name).name


async def test_an_upgrade_leads_to_a_new_host(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.parked("test_cart.py")
    layers = desk.explorer._layers
    assert layers._surroundings is not None
    layers._surroundings._paths[str(desk.folder)] = None
    old = layers.host
    result = await desk.run("test_cart.py")
    assert (result.words, result.outcomes) == (f"cold: {desk.folder.name} has changed", GOOD)
    assert layers.host is not old
    await desk.rest()
    assert (await desk.run()).words == "parked before test_cart.py"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a"),
        ("pkg/__init__.py", "pkg"),
        ("pkg/a.py", "pkg.a"),
        ("pkg/sub/a.py", "pkg.sub.a"),
        ("free/a.py", "a"),
    ],
)
def test_names_of_modules(tmp_path: Path, path: str, name: str) -> None:
    for each in ("pkg", "pkg/sub", "free"):
        (tmp_path / each).mkdir()
    for each in ("pkg", "pkg/sub"):
        (tmp_path / each / "__init__.py").touch()
    assert module_name(str(tmp_path / path)) == name


async def test_no_more_than_three_processes_when_idle(sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parks, "_SPARE_SECONDS", 0.5)
    desk = sit()
    await desk.run()
    for name in ("test_cart.py", "prices.py", "cart.py", "conftest.py", "prices.py"):
        await desk.parked(name)
    await until(lambda: len(below(desk)) <= 3)  # a session that nobody needs any more takes a moment to leave


def below(desk: Desk) -> list[int]:
    """Processes of the explorer."""
    host = desk.explorer._host
    assert host is not None
    assert host.process is not None
    found = [host.process.pid]
    for pid in found:
        with suppress(OSError):  # it has ended meanwhile
            found += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found
