"""A person who debugs: a failure that is kept, what can go wrong in a debugger, and the way back."""

import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pty.person import PROGRAM, Person, at, environment, write
from tests.ui.terminal.pseudoterminal import ROOT, start

FAILING = {
    "test_red.py": """
        def test_red():
            wanted = [1, 2, 3]
            assert len(wanted) == 4

        def test_green(): pass
    """,
}
PAUSING = {
    "test_red.py": """
        def test_red():
            number = 41
            breakpoint()
            number += 1
            assert number == 42
    """,
}
_APP_MODES = {1049: True, 1004: True, 2004: True, 25: False}


def settings(debugger: str) -> dict[str, str]:
    """The file that chooses a debugger."""
    return {"pyproject.toml": f"[tool.redbar]\ndebugger = '{debugger}'\n"}


@contextmanager
def before_a_failure(folder: Path, debugger: str = "pdb") -> Iterator[Person]:
    """A person with the cursor on a failed test whose process is kept."""
    write(folder, {**FAILING, **settings(debugger)})
    with at(folder) as person:
        fail(person)
        yield person


def fail(person: Person) -> None:
    """Run everything and go to the failure."""
    person.sees_in_bar("READY 2 tests")
    person.press("R")
    person.sees_in_bar("RED", "1 failed", " in ")
    person.press("n")
    person.sees("✗ test_red ❄")


def enter(person: Person, prompt: str = "(Pdb)") -> None:
    """Open the debugger."""
    person.press("d")
    person.sees(prompt)


def is_back(person: Person) -> None:
    """The explorer is there again, has all of the terminal, and hears keys."""
    person.sees_in_bar("RED", "1 failed")
    person.sees("✗ test_red")
    person.wait(person.terminal.is_raw, "raw mode")
    person.wait(lambda: {mode: person.terminal.modes.get(mode) for mode in _APP_MODES} == _APP_MODES, "its modes")
    person.press("?")
    person.sees("Esc closes")
    person.press("\x1b")
    person.wait(lambda: "Esc closes" not in "\n".join(person.lines), "the end of the help")


def session_of(person: Person) -> tuple[int, int]:
    """The processes of the debugger at whose prompt the person is, and of the failure that it is a copy of."""
    mark = "processes"
    person.press(f"import os; print({mark!r}, os.getpid(), os.getppid(), '!')\n")
    found: list[re.Match[str]] = []

    def told() -> bool:
        found[:] = re.finditer(rf"^{mark} (\d+) (\d+) !$", "\n".join(person.lines), re.MULTILINE)
        return bool(found)

    person.wait(told, "process ids")
    return int(found[-1][1]), int(found[-1][2])


# What can happen in a debugger. Each begins and ends in the explorer, before the same failure.


def quits(person: Person) -> None:
    enter(person)
    person.press("len(wanted)\n")
    person.sees("3")
    person.press("q\n")
    is_back(person)


def leaves_by_exit(person: Person) -> None:
    enter(person)
    person.press("import os; os._exit(3)\n")
    is_back(person)


def crashes(person: Person) -> None:
    enter(person)
    person.press("import ctypes; ctypes.string_at(0)\n")
    is_back(person)


def is_killed(person: Person) -> None:
    enter(person)
    session, _ = session_of(person)
    os.kill(session, signal.SIGKILL)
    is_back(person)


def leaves_a_mess(person: Person) -> None:
    """It dies with the alternate screen, the mouse, an odd keyboard and a hidden cursor on, and echo off."""
    enter(person)
    mess = r"\x1b[?1049h\x1b[?1000;1003;1006h\x1b[>1u\x1b[>4;2m\x1b[?25l\x1b[?1h"
    person.press(f"import os, sys, tty; tty.setraw(0); sys.stdout.write('{mess}'); sys.stdout.flush(); os._exit(1)\n")
    is_back(person)


def interrupts(person: Person) -> None:
    enter(person)
    person.press("while True: pass\n")
    person.wait(lambda: "while True" in "\n".join(person.lines), "the echo")
    person.press("\x03")
    person.sees("KeyboardInterrupt")
    person.press("print(6 * 7)\n")
    person.sees("42")
    person.press("q\n")
    is_back(person)


def hangs(person: Person) -> None:
    """It hears neither ctrl+c nor a single ctrl+backslash."""
    enter(person)
    person.press(
        "import signal, time; signal.pthread_sigmask(signal.SIG_BLOCK, {2, 3}); print('deaf', '!'); time.sleep(600)\n"
    )
    person.sees("deaf !")
    person.press("\x03\x1c\x1c")
    is_back(person)


def suspends(person: Person) -> None:
    enter(person)
    person.press("\x1a")
    person.press("print(6 * 7)\n")
    person.sees("42")
    person.press("q\n")
    is_back(person)


def resizes(person: Person) -> None:
    enter(person)
    for columns, lines in ((100, 30), (80, 24)):
        person.drag(columns, lines)
        person.press("import os; tuple(os.get_terminal_size())\n")
        person.sees(f"({columns}, {lines})")
    person.press("q\n")
    is_back(person)


FAULTS: dict[str, Callable[[Person], None]] = {
    each.__name__: each
    for each in (quits, leaves_by_exit, crashes, is_killed, leaves_a_mess, interrupts, hangs, suspends, resizes)
}

# Ends of the explorer

_SHELL = """\
import os, subprocess, sys, termios
explorer = subprocess.Popen([sys.executable, *sys.argv[1:]])
with open("explorer", "w") as file:
    file.write(f"{explorer.pid}\\n")
explorer.wait()
print("the shell is back", flush=True)
sys.stdin.readline()
"""


@contextmanager
def in_a_shell(folder: Path, files: dict[str, str], debugger: str = "pdb") -> Iterator[Person]:
    """A person whose explorer has a process above it that has the terminal before and after."""
    write(folder, {**files, **settings(debugger)})
    program = PROGRAM.format(folder=str(folder), root=str(ROOT))
    shell = f"import os; os.chdir({str(folder)!r})\n{_SHELL}"
    with tempfile.TemporaryDirectory(prefix="rbt-", ignore_cleanup_errors=True) as runtime:
        arguments = ("-c", shell, "-P", "-c", program, "--python", sys.executable)
        with start(*arguments, env=environment(folder, runtime)) as terminal:
            yield Person(terminal, folder, Path(runtime))


def explorer_of(person: Person) -> int:
    """The process of the explorer below the shell."""
    return int((person.folder / "explorer").read_text(encoding="ascii"))


def family(root: int) -> set[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, pending = set[int](), [root]
    while pending:
        pid = pending.pop()
        found.add(pid)
        pending += parents.get(pid, [])
    return found


def wait(person: Person) -> None:
    """Run everything, up to a breakpoint."""
    person.sees_in_bar("READY 1 tests")
    person.press("R")
    person.sees("(Pdb)")


def killed_explorer(person: Person) -> None:
    """The explorer is killed by force while a debugger is open: the terminal is as before, and nobody is left."""
    explorer = explorer_of(person)
    processes = family(explorer)
    os.kill(explorer, signal.SIGKILL)
    person.terminal.wait_for("the shell is back")
    person.wait(lambda: person.terminal.attributes == person.terminal.attributes_before, "the modes of before")
    person.wait(lambda: person.terminal.modes.get(1049) is False and person.terminal.modes.get(25) is True, "a reset")
    for process in processes:
        person.sees_end_of(process)


def hung_up(person: Person) -> None:
    """The line goes down while a debugger is open: nobody is left."""
    processes = family(explorer_of(person))
    os.close(person.terminal.master)
    person.terminal.master = os.open(os.devnull, os.O_RDWR)  # closed at the end
    person.terminal.gone = True
    for process in processes:
        person.sees_end_of(process)
