"""The first line: cheap, on the screen before Textual, and undone when the start fails."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.ui.terminal.pseudoterminal import ROOT
from tui.ui.terminal import placeholder


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Master and slave of a pseudo-terminal."""
    master, slave = pty.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)


def shown_on(terminal: tuple[int, int]) -> bytes:
    """All that has been written. It comes in pieces: a mark says where it ends."""
    master, slave = terminal
    os.write(slave, b"#")
    found = b""
    while not found.endswith(b"#"):
        found += os.read(master, 4096)
    return found[:-1]


def test_importing_it_loads_neither_textual_nor_rich() -> None:
    code = (
        "import sys; before = set(sys.modules); import tui.ui.terminal.placeholder;"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "tui.ui.terminal.placeholder" in loaded
    assert not {name.partition(".")[0] for name in loaded} & {"textual", "rich", "asyncio"}


def test_it_is_undone_when_the_start_fails(terminal: tuple[int, int]) -> None:
    def fail() -> None:
        with placeholder.shown(output=terminal[1]):
            raise ImportError("textual")

    with pytest.raises(ImportError):
        fail()
    written = shown_on(terminal)
    assert written.startswith(b"\x1b[?1049h")
    assert b"\x1b[7m COLLECTING" in written
    assert written.endswith(b"\x1b[?1049l\x1b[?25h")


def test_it_is_left_alone_when_the_app_took_over(terminal: tuple[int, int]) -> None:
    with placeholder.shown("RUNNING", output=terminal[1]):
        assert placeholder.take_over()
        assert not placeholder.take_over()
    written = shown_on(terminal)
    assert b"\x1b[7m RUNNING" in written
    assert b"1049l" not in written


def test_nothing_is_shown_where_there_is_no_terminal() -> None:
    reading, writing = os.pipe()
    with placeholder.shown(output=writing):
        assert not placeholder.take_over()
    os.close(writing)
    assert os.read(reading, 10) == b""
    os.close(reading)


def test_a_fatal_signal_before_the_app_takes_over_undoes_it(terminal: tuple[int, int]) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def be_terminated() -> None:
        with placeholder.shown(output=terminal[1]):
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit) as exit_:
        be_terminated()
    assert exit_.value.code == 143
    assert shown_on(terminal).endswith(b"\x1b[?1049l\x1b[?25h")
    assert signal.getsignal(signal.SIGTERM) is before
