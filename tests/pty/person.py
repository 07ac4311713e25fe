"""A person at a real terminal: starts the ``redbar`` command, presses keys, looks at what a terminal would show."""

import fcntl
import select
import struct
import sys
import tempfile
import termios
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.plugin.driver import lives
from tests.ui.terminal.emulator import Screen
from tests.ui.terminal.pseudoterminal import ROOT, PseudoTerminal, start

SECONDS = 30.0
"""Longest that anything may take; nothing comes near it."""

# The command without its entry point, and without the repository on the path of what it starts.
PROGRAM = (
    "import os, sys; os.chdir({folder!r}); sys.path.insert(0, {root!r}); from tui.cli import main; "
    "sys.argv[0] = 'redbar'; main()"
)
_MODES_OFF = (1049, 1000, 1003, 1006, 1004, 2004)


class Person:
    """Hands and eyes.

    Args:
        terminal: Where the command runs.
        folder: The project.
        runtime: Where the command keeps its sockets.
    """

    def __init__(self, terminal: PseudoTerminal, folder: Path, runtime: Path) -> None:
        self.terminal = terminal
        self.folder = folder
        self.runtime = runtime
        self._screen = Screen(80, 24)
        self._seen = 0

    def press(self, keys: str) -> None:
        """Send keys, all in one piece."""
        self.terminal.press(keys)

    def drag(self, width: int, height: int) -> int:
        """Make the window another size, of which the kernel tells; how many bytes had been written by then."""
        self._look()
        before = self._seen
        self._screen.resize(height, width)
        fcntl.ioctl(self.terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        return before

    def resize(self, width: int, height: int) -> None:
        """The same, and wait until the command has painted anew."""
        before = self.drag(width, height)
        self.wait(lambda: self._seen > before, f"anything at {width}x{height}")

    @property
    def lines(self) -> list[str]:
        """The screen's lines, as far as everything written so far tells."""
        self._look()
        return self._screen.rows

    @property
    def bar(self) -> str:
        """The first line."""
        return self.lines[0].strip()

    def sees(self, *words: str) -> None:
        """Wait until all the words are on the screen."""
        self.wait(lambda: _all_in(words, "\n".join(self.lines)), f"{words} on the screen")

    def sees_in_bar(self, *words: str) -> None:
        """Wait until all the words are in the first line."""
        self.wait(lambda: _all_in(words, self.bar), f"{words} in the first line")

    def wait(self, ready: Callable[[], object], what: str) -> None:
        """Read what the command writes until ``ready``; fails with what is on the screen."""
        end = time.monotonic() + SECONDS
        while not ready():
            shown = "\n".join(self.lines)
            assert time.monotonic() < end, f"never: {what}\n{shown}"
            self.terminal._read()

    def has_left(self) -> int:
        """The command's exit code, when it has ended; the terminal must be as it was."""
        self.wait(self.terminal.exited, "exit")
        code = self.terminal.wait_for_exit()
        modes = self.terminal.modes
        assert self.terminal.attributes == self.terminal.attributes_before
        assert {mode: modes.get(mode) for mode in _MODES_OFF} == dict.fromkeys(_MODES_OFF, False)
        assert modes[25] is True
        return code

    def process_of_the_run(self) -> int:
        """The process that the test under way has written to ``pid``."""
        path = self.folder / "pid"
        self.wait(lambda: path.exists() and path.read_text(encoding="ascii").endswith("\n"), "a process")
        return int(path.read_text(encoding="ascii"))

    def sees_end_of(self, process: int) -> None:
        """Wait until a process is gone, whoever its parent may be."""
        self.wait(lambda: not lives(process), f"the end of {process}")

    def _look(self) -> None:
        while not self.terminal.gone and select.select([self.terminal.master], [], [], 0)[0]:
            self.terminal._read()
        data = self.terminal.data
        self._screen.feed(data[self._seen :])
        self._seen = len(data)


def _all_in(words: tuple[str, ...], text: str) -> bool:
    return all(word in text for word in words)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, dedented."""
    for name, text in files.items():
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")


def environment(folder: Path, runtime: str) -> dict[str, str]:
    """The variables of a command that nothing of the person's own can reach."""
    return {
        "HOME": str(folder),
        "PYTHONPATH": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "XDG_RUNTIME_DIR": runtime,
    }


@contextmanager
def at(folder: Path, *arguments: str, **variables: str) -> Iterator[Person]:
    """A person before ``redbar`` in this folder, whose tests run in our own interpreter, in a terminal of 80x24."""
    program = PROGRAM.format(folder=str(folder), root=str(ROOT))
    with tempfile.TemporaryDirectory(prefix="rbt-", ignore_cleanup_errors=True) as runtime:
        environ = {**environment(folder, runtime), **variables}
        with start("-P", "-c", program, "--python", sys.executable, *arguments, env=environ) as terminal:
            yield Person(terminal, folder, Path(runtime))
