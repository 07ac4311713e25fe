"""The app in a real pseudo-terminal: signals, job control, lending, and what is left behind."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ui.terminal import sample
from tests.ui.terminal.pseudoterminal import PseudoTerminal, start, wait_until

pytestmark = pytest.mark.pty

MODES_LEFT_OFF = (1049, 1000, 1003, 1006, 1004, 2004)


class Session:
    """The sample app, its terminal and its log."""

    def __init__(self, terminal: PseudoTerminal, log: Path) -> None:
        self.terminal = terminal
        self.log = log

    def wait_for_log(self, line: str) -> None:
        self.terminal.wait(lambda: any(entry.startswith(line) for entry in sample.lines(self.log)), f"log: {line}")

    def ticks(self) -> int:
        return sum(entry.startswith("tick") for entry in sample.lines(self.log))

    def wait_for_more_ticks(self, number: int = 1) -> None:
        before = self.ticks()
        self.terminal.wait(lambda: self.ticks() >= before + number, "more ticks")

    def threads(self) -> int:
        """Threads of the app; 0 where the system does not tell."""
        return sum(1 for _ in Path(f"/proc/{self.terminal.pid}").glob("task/*"))

    def wait_for_whole_picture(self, begin: int) -> None:
        """Until a terminal that listens since byte `begin` would show the whole screen."""

        def shown() -> bool:
            text = self.terminal.picture(begin)
            rows = ["".join(cell.text for cell in row) for row in text]
            return "test_plain" in rows[1] and "footer" in rows[23] and "18 test" in rows[19]

        self.terminal.wait(shown, "the whole picture")

    def assert_restored(self) -> None:
        """The terminal is as the shell had it."""
        terminal = self.terminal
        assert terminal.attributes == terminal.attributes_before
        modes = terminal.modes
        assert {mode: modes.get(mode) for mode in MODES_LEFT_OFF} == dict.fromkeys(MODES_LEFT_OFF, False)
        assert modes[25] is True
        assert modes[7] is True
        assert terminal.data.count(b"\x1b[>25u") <= terminal.data.count(b"\x1b[<u")


@contextmanager
def session(tmp_path: Path, *modes: str, env: dict[str, str] | None = None) -> Iterator[Session]:
    log = tmp_path / "log"
    with start(str(Path(sample.__file__)), str(log), *modes, env=env) as terminal:
        running = Session(terminal, log)
        running.wait_for_log("ready")
        terminal.wait_for("footer")
        assert terminal.is_raw()
        yield running


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_fatal_signal_restores_the_terminal(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with session(tmp_path, "live") as running:
        running.terminal.signal(number)
        assert running.terminal.wait_for_exit() == code
        running.assert_restored()


def test_a_stuck_event_loop_does_not_keep_the_terminal(tmp_path: Path) -> None:
    with session(tmp_path, "impatient") as running:
        running.terminal.press("h")
        running.wait_for_log("hanging")
        running.terminal.signal(signal.SIGTERM)
        assert running.terminal.wait_for_exit() == 143
        running.assert_restored()


def test_a_second_signal_insists(tmp_path: Path) -> None:
    with session(tmp_path) as running:
        terminal = running.terminal
        terminal.press("h")
        running.wait_for_log("hanging")

        def exited() -> bool:
            terminal.signal(signal.SIGTERM)
            return terminal.exited()

        terminal.wait(exited, "exit")
        assert terminal.wait_for_exit() == 143
        running.assert_restored()


def test_leaving_by_key_restores_the_terminal(tmp_path: Path) -> None:
    with session(tmp_path) as running:
        running.terminal.press("q")
        assert running.terminal.wait_for_exit() == 0
        running.assert_restored()


def test_a_bug_restores_the_terminal_shows_the_traceback_and_exits_with_1(tmp_path: Path) -> None:
    with session(tmp_path) as running:
        running.terminal.press("x")
        assert running.terminal.wait_for_exit() == 1
        running.assert_restored()
        assert b"boom" in running.terminal.data


def test_ctrl_z_gives_the_shell_its_terminal_and_fg_paints_everything(tmp_path: Path) -> None:
    with session(tmp_path) as running:
        terminal = running.terminal
        terminal.press("\x1a")
        terminal.wait_for_stop()
        terminal.wait(lambda: terminal.modes.get(25), "the cursor")
        assert terminal.attributes == terminal.attributes_before
        assert not terminal.modes[1049]
        begin = len(terminal.data)
        terminal.signal(signal.SIGCONT)
        running.wait_for_whole_picture(begin)
        assert terminal.is_raw()
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        running.assert_restored()


def test_sigcont_out_of_the_blue_puts_modes_and_picture_back_and_starts_no_threads(
    tmp_path: Path,
) -> None:
    with session(tmp_path) as running:
        terminal = running.terminal
        threads = running.threads()
        for _ in range(2):
            terminal.signal(signal.SIGSTOP)
            terminal.wait_for_stop()
            terminal.make_cooked()
            begin = len(terminal.data)
            terminal.signal(signal.SIGCONT)
            running.wait_for_whole_picture(begin)
            assert terminal.is_raw()
        assert running.threads() == threads
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        running.assert_restored()


def test_the_terminal_is_lent_while_updates_go_on(tmp_path: Path) -> None:
    with session(tmp_path, "live", "flood") as running:
        terminal = running.terminal
        terminal.press("e")
        terminal.wait_for("BORROWED\r\n")
        assert not terminal.is_raw()
        begin = len(terminal.data)
        # Enough for Textual's queue of 30 writes to fill several times over.
        running.wait_for_more_ticks(5)
        assert len(terminal.data) == begin
        terminal.press("\x03")
        terminal.wait_for("KeyboardInterrupt", begin)
        running.wait_for_log("back")
        running.wait_for_whole_picture(begin)
        assert terminal.is_raw()
        running.wait_for_more_ticks()
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        running.assert_restored()


def test_the_terminal_is_taken_back_when_lending_fails(tmp_path: Path) -> None:
    with session(tmp_path, "fail") as running:
        terminal = running.terminal
        terminal.press("e")
        terminal.wait_for("BORROWED\r\n")
        begin = len(terminal.data)
        terminal.press("line\r")
        running.wait_for_log("back [Errno")
        running.wait_for_whole_picture(begin)
        assert terminal.is_raw()
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("modes", [("live",), ("stuck", "impatient")])
def test_sigterm_while_the_terminal_is_lent_leaves_it_as_it_was(tmp_path: Path, modes: tuple[str, ...]) -> None:
    with session(tmp_path, *modes) as running:
        terminal = running.terminal
        terminal.press("e")
        terminal.wait_for("BORROWED\r\n")
        begin = len(terminal.data)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_for_exit() == 143
        assert terminal.attributes == terminal.attributes_before
        assert terminal.data[begin:] == b""


def test_a_frozen_terminal_does_not_stop_the_app(tmp_path: Path) -> None:
    with session(tmp_path, "live") as running:
        terminal = running.terminal
        before = running.ticks()
        # Nobody reads, nobody answers.
        wait_until(lambda: running.ticks() >= before + 8)
        begin = len(terminal.data)
        terminal.wait_for("footer")
        terminal.wait(lambda: len(terminal.data) > begin, "frames after the thaw")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
        running.assert_restored()


@pytest.mark.parametrize(
    ("env", "forbidden"),
    [
        ({"NO_COLOR": "1"}, rb"\x1b\[[0-9;]*\b(3[0-9]|4[0-9]|9[0-7]|10[0-7])(;[0-9;]*)?m"),
        ({"COLORTERM": "truecolor"}, rb"\x1b\[[0-9;]*[34]8;"),
    ],
    ids=["NO_COLOR", "16 colours"],
)
def test_colours_on_the_wire(tmp_path: Path, env: dict[str, str], forbidden: bytes) -> None:
    with session(tmp_path, env=env) as running:
        running.terminal.press("b")
        running.wait_for_log("burst")
        running.terminal.press("q")
        running.terminal.wait_for_exit()
        assert re.search(rb"\x1b\[[0-9;]*m", running.terminal.data)
        assert not re.search(forbidden, running.terminal.data)


def test_the_placeholder_is_handed_over_without_a_second_alternate_screen(tmp_path: Path) -> None:
    with session(tmp_path) as running:
        data = running.terminal.data
        assert data.startswith(b"\x1b[?1049h")
        assert data.count(b"\x1b[?1049h") == 1
        assert data.index(b"COLLECTING") < data.index(b"footer")
