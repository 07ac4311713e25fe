"""What pudb needs beside what every debugger needs.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .frames import outermost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SEEN = "z999"
"""As the level of welcome that the person has seen: later than any."""
_TYPED = "<pudb command line>"
_SAMPLE = "def f(x):\n    return f'{x}'\n"


class InterruptedExpressionError(Exception):
    """ctrl+c while an expression of the person runs: pudb's command line shows it."""


def is_pudb(kind: Any) -> bool:
    """Whether a class is pudb's debugger, or made from it."""
    module = sys.modules.get("pudb.debugger")
    return module is not None and isinstance(kind, type) and issubclass(kind, module.Debugger)


def be_quiet() -> None:
    """Show no welcome: it would lie over the first frame. Not written to the person's configuration."""
    module: Any = sys.modules["pudb.debugger"]
    module.CONFIG["seen_welcome"] = _SEEN


def maker() -> Callable[[], Any]:
    """What makes pudb's debugger. Raises whatever its import raises."""
    import pudb.debugger

    be_quiet()

    class Debugger(pudb.debugger.Debugger):  # type: ignore[misc] # it has no types
        def save_breakpoints(self) -> None:
            """Not those that came with the run: they are not pudb's to keep."""
            from pudb.settings import save_breakpoints

            kept = [
                each
                for path, lines in self.get_all_breaks().items()
                for line in lines
                for each in self.get_breaks(path, line)
                if not each.temporary and not getattr(each, "of_the_run", False)
            ]
            save_breakpoints(kept)

    return Debugger


def current() -> Any:
    """The one debugger that pudb allows in a process, if it has been made."""
    module = sys.modules.get("pudb.debugger")
    known: list[Any] = module.Debugger._current_debugger if module is not None else []  # noqa: SLF001 - no other way
    return known[0] if known else None


class Alone:
    """Makes room for another one of pudb's debuggers while it is entered."""

    def __init__(self) -> None:
        self._before: list[Any] = []

    def __enter__(self) -> None:
        module = sys.modules.get("pudb.debugger")
        if module is not None:
            self._before = list(module.Debugger._current_debugger)  # noqa: SLF001 - no other way
            module.Debugger._current_debugger.clear()  # noqa: SLF001 - the same

    def __exit__(self, *_: object) -> None:
        module = sys.modules.get("pudb.debugger")
        if module is not None:
            module.Debugger._current_debugger[:] = self._before  # noqa: SLF001 - the same


def bind(debugger: Any) -> None:
    """Let its screen use the streams of now: urwid takes those of its own import, which may be pytest's."""
    screen = debugger.ui.screen
    for name, stream in (("_term_input_file", sys.stdin), ("_term_output_file", sys.stdout)):
        if hasattr(screen, name):
            setattr(screen, name, stream)


def handle_interrupts(debugger: Any, *, live: bool) -> None:
    """ctrl+c: nothing in pudb's screen, an exception in a typed expression; ``live`` code stops where it is."""
    if threading.current_thread() is not threading.main_thread():
        return

    def interrupt(_number: int, frame: FrameType | None) -> None:
        walker = frame
        while walker is not None:
            if walker.f_code.co_filename == _TYPED:
                raise InterruptedExpressionError("interrupted")
            if walker.f_code.co_name == "event_loop" and walker.f_globals.get("__name__") == "pudb.debugger":
                return  # KeyboardInterrupt would tear the screen down
            walker = walker.f_back
        if live:
            debugger.set_trace(frame, as_breakpoint=False)

    signal.signal(signal.SIGINT, interrupt)


def cut_stack(debugger: Any, frame: FrameType | None) -> None:
    """Let the stack that pudb shows begin at the person's code."""
    if frame is not None:
        debugger.bottom_frame = outermost(frame)


def post_mortem(debugger: Any, value: BaseException, traceback: Any, index: int) -> None:
    """Stay at an entry of the traceback until the person leaves."""

    def interaction(_frame: Any, exception: Any = None, _dialog: bool = False) -> None:  # noqa: FBT001, FBT002 - pudb's
        bind(debugger)
        debugger.stack, _ = debugger.get_shortened_stack(None, exception[2])
        debugger.set_frame_index(min(index, len(debugger.stack) - 1))
        debugger.ui.call_with_ui(debugger.ui.interaction, exception, show_exc_dialog=False)

    debugger.reset()
    debugger.post_mortem = True
    inner = debugger.interaction
    # A run has wrapped it, and asks for the terminal there.
    replace = getattr(inner, "replace", None)
    if replace is not None:
        replace(interaction)
    else:
        debugger.interaction = interaction
    debugger.interaction(None, (type(value), value, traceback))


@contextmanager
def without_warnings(debugger: Any) -> Iterator[None]:
    """Keep warnings of pudb's own from the test, which may take them for errors; other debuggers have none."""
    if not is_pudb(type(debugger)):
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def in_three_parts(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments of its interaction: where others take an exception it takes type, value and traceback."""
    if args and isinstance(args[0], BaseException):
        return (type(args[0]), args[0], args[0].__traceback__), *args[1:]
    return args


def preload() -> None:
    """Import all that its first screen needs; more than half of its start."""
    for name in ("pudb.debugger", "pudb.shell"):
        importlib.import_module(name)
    for name in ("pudb.theme", "pudb.var_view", "urwid_readline"):  # which it imports where it makes its screen
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    try:
        importlib.import_module("pygments.styles.default")
        lexer = importlib.import_module("pygments.lexers.python").PythonLexer(stripnl=False)
        list(lexer.get_tokens(_SAMPLE))  # compiles a hundred expressions, which its class keeps
    except ImportError:
        pass
