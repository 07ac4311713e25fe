"""What a session has loaded ahead, the next one loads beside its first run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import tui
from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, until
from tui.engine.interpreter import Interpreter
from tui.engine.warmth.kept import Kept
from tui.engine.warmth.modules import Module, Modules
from tui.engine.warmth.surroundings import Surroundings
from tui.plugin import wire


async def test_the_second_session_is_warm_before_its_first_run_is_over(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.rest()
    desk.close()
    again = Desk(desk.folder)
    try:
        os.mkfifo(again.folder / "gate")
        again.write("test_gate.py", "open('gate').read()\ndef test_gate(): pass\n")
        again.explorer.anticipate()
        held = again.begin(collect_only=True)
        await until(lambda: again.explorer._layers._state == "warm")
        with (again.folder / "gate").open("w"):
            pass
        await again.follow(held)
        again.write("test_gate.py", "def test_gate(): pass\n")
        result = await again.run("test_gate.py")
        assert result.words == "warm host: no session waits for this edit"
        assert result.outcomes == {"test_total": "passed", "test_other": "passed", "test_gate": "passed"}
    finally:
        again.close()


async def test_nothing_is_loaded_where_all_is_to_be_cold_or_nobody_will_save(sit: Sit) -> None:
    desk = sit()
    await desk.run()
    await desk.rest()
    desk.close()
    for anticipates in (True, False):
        again = Desk(desk.folder)
        try:
            if anticipates:
                again.explorer.anticipate()
            await again.run(cold=anticipates)
            assert again.explorer._layers._state == "cold"
        finally:
            again.close()


MODULES = {"foreign": [["a", "/x/a.py", False]], "project": ["shop"], "environ": ["LANG"], "installed": []}


@pytest.fixture
def written(tmp_path: Path) -> Kept:
    """The list of a session with one package."""
    (tmp_path / "installed").mkdir()
    modules = Modules()
    modules.restore({**MODULES, "installed": [str(tmp_path / "installed")]})
    interpreter = Interpreter(sys.executable, "test")
    Kept(tmp_path, interpreter).write(modules, Surroundings(interpreter, modules.installed))
    return Kept(tmp_path, interpreter)


def test_what_is_kept(written: Kept) -> None:
    modules = Modules()
    assert written.read(modules) is not None
    assert modules.lacking()
    plan = modules.plan(cwd_on_path=True)
    assert (plan["names"], plan["project"], plan["environ"]) == (["a"], ["shop"], ["LANG"])


def test_what_is_installed_has_changed(written: Kept, tmp_path: Path) -> None:
    (tmp_path / "installed" / "pytest-9.9.dist-info").mkdir()
    assert written.read(Modules()) is None


def test_the_interpreter_has_changed(written: Kept, tmp_path: Path) -> None:
    del written
    assert Kept(tmp_path, Interpreter("/bin/sh", "test")).read(Modules()) is None


def test_another_version_of_ours(written: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tui, "__version__", "0.0")
    assert written.read(Modules()) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"modules": 1}', b"\xff"])
def test_a_file_that_is_none(written: Kept, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "modules.json").write_bytes(content)
    assert written.read(Modules()) is None


def test_a_list_that_has_not_grown_is_not_written_again(written: Kept, tmp_path: Path) -> None:
    modules = Modules()
    surroundings = written.read(modules)
    assert surroundings is not None
    before = (tmp_path / "modules.json").stat()
    written.write(modules, surroundings)
    assert (tmp_path / "modules.json").stat() == before
    modules._foreign["b"] = Module("b", "/x/b.py", rewritten=False, foreign=True, late=False)
    written.write(modules, surroundings)
    assert b'"b"' in (tmp_path / "modules.json").read_bytes()
    assert wire.decode((tmp_path / "modules.json").read_bytes())["modules"]["foreign"][1][0] == "b"
