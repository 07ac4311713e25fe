"""Panes of a real tmux, of a server of the test's own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ui.debugging.tmux import Tmux, needs_tmux
from tui.ui.debugging.terminals import PaneError, is_inside_tmux, pane

SECONDS = 30.0


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    made = Tmux(tmp_path)
    for name, value in made.environ().items():
        monkeypatch.setenv(name, value)
    try:
        yield made
    finally:
        made.close()


async def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def is_hung_up(terminal: int) -> bool:
    try:
        return os.read(terminal, 10) == b""
    except OSError:
        return True


@needs_tmux
async def test_a_pane_beside_ours_which_gets_the_keys(tmux: Tmux) -> None:
    (ours,) = tmux.panes
    async with pane() as made:
        assert tmux.panes == [ours, made.number]
        assert tmux("display-message", "-p", "#{pane_id}") == made.number
        async with made.lent():
            os.write(made.output, b"a debugger")
            await until(lambda: "a debugger" in tmux.shows(made.number))
            tmux("send-keys", "-t", made.number, "n", "Enter")
            assert os.read(made.input, 10) == b"n\n"
    assert tmux.panes == [ours]


@needs_tmux
async def test_keys_that_would_end_it_do_not(tmux: Tmux) -> None:
    async with pane() as made:
        tmux("send-keys", "-t", made.number, "C-c", "C-\\", "C-z", "x", "Enter")
        while os.read(made.input, 10)[-2:] != b"x\n":
            pass
        assert made.number in tmux.panes


@needs_tmux
async def test_a_pane_that_the_person_closes(tmux: Tmux) -> None:
    async with pane() as made:
        tmux("kill-pane", "-t", made.number)
        assert is_hung_up(made.input)
    assert len(tmux.panes) == 1


@contextmanager
def holder_of_a_pane() -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has opened a pane."""
    program = (
        "import asyncio\n"
        "from tui.ui.debugging.terminals import pane\n"
        "async def main():\n"
        "    async with pane():\n"
        "        print('open', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield process


@needs_tmux
async def test_no_pane_outlives_us(tmux: Tmux) -> None:
    with holder_of_a_pane() as process:
        assert len(tmux.panes) == 2
        process.kill()
    await until(lambda: len(tmux.panes) == 1)


async def test_no_server_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path}/none,1,0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PaneError, match=r"^tmux: No such file or directory$"):
        async with pane():
            pass


@needs_tmux
async def test_words_of_tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path}/none,1,0")
    with pytest.raises(PaneError, match=r"^tmux opened no pane: "):
        async with pane():
            pass


def test_whether_we_are_inside() -> None:
    assert is_inside_tmux({"TMUX": "/tmp/tmux-0/default,1,0"})
    assert not is_inside_tmux({"TMUX": ""})
    assert not is_inside_tmux({})
