"""What the process does beyond executing lines, told by audit events: files, folders, other processes.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from ..posix import calls

if TYPE_CHECKING:
    from .recorder import Recorder

_STARTS = ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "os.startfile")
_LISTS = ("t", "f", "i")
"""Contexts in which listing a folder means something; pytest lists folders to collect them."""
_READS_SOURCE = {"linecache.py", "inspect.py", "traceback.py", "warnings.py", "runpy.py", "py_compile.py", "pkgutil.py"}
"""Modules of the standard library that open the sources of code that is loaded."""
_FRAMES = 40


class Effects:
    """An audit hook. It can never be removed, so that one flag of the recorder switches it off."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._getframe = sys._getframe  # noqa: SLF001 - the only way to the caller
        self._library = os.path.dirname(os.__file__)
        self._package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self._fspath = os.fspath

    def begin(self) -> None:
        """Listen from now on."""
        handlers: dict[str, Any] = dict.fromkeys(_STARTS, self._start)
        handlers.update(
            {
                "open": self._open,
                "os.listdir": self._list,
                "os.scandir": self._list,
                "os.rename": self._change_two,
                "os.link": self._change_two,
                "os.symlink": self._change_two,
                "os.remove": self._change,
                "os.rmdir": self._change,
                "os.truncate": self._truncate,
                "sqlite3.connect": self._connect,
                "ctypes.dlopen": self._load,
            }
        )
        handler_of, recorder = handlers.get, self._recorder

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            handler = handler_of(event)
            if handler is not None and recorder.live:
                try:
                    handler(arguments)
                except Exception:  # an audit hook that raises forbids what the test wants to do
                    pass

        sys.addaudithook(hook)

    def end(self) -> None:
        """Nothing to do: the recorder's flag is down."""

    def _named(self, name: Any, folder: Any = -1) -> str | None:
        """The path of the project that an argument means; ``folder`` is the descriptor it is relative to, or -1."""
        if isinstance(name, int) or name is None:
            return None
        name = self._fspath(name)
        if isinstance(name, bytes):
            name = name.decode("utf-8", "surrogateescape")
        if isinstance(folder, int) and folder >= 0 and not name.startswith("/"):
            try:
                name = f"{calls.readlink(f'/proc/self/fd/{folder}')}/{name}"
            except OSError:  # no such file system here
                return None
        # "<string>" and the like: a traceback looks whether there is such a file.
        return None if name.startswith("<") else self._recorder.territory.named(name)

    def _open(self, arguments: tuple[Any, ...]) -> None:
        name, mode, flags = arguments
        if type(name) is str and name.endswith(".pyc"):  # of every import
            return
        path = self._named(name)
        if path is None or path.endswith(".pyc"):
            return
        if isinstance(mode, str):
            reads = "r" in mode or "+" in mode
            writes = "r" not in mode or "+" in mode
        else:
            if flags & getattr(os, "O_DIRECTORY", 0):
                return
            access = flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
            reads = access != os.O_WRONLY
            writes = access != os.O_RDONLY or bool(flags & (os.O_CREAT | os.O_TRUNC))
        if writes:
            self._recorder.wrote(path)
        context = self._recorder.current
        # Outside of all tests a plugin looks through the sources for itself (hypothesis for constants): no test is
        # another one by what it finds.
        if reads and not (path.endswith(".py") and (context.kind == "s" or self._is_import())):
            context.data.add(path)

    def _is_import(self) -> bool:
        """Whether a source is read as source: by an import, or for a traceback."""
        frame: Any = self._getframe(3)
        for _ in range(_FRAMES):
            if frame is None:
                return True
            name = frame.f_code.co_filename
            folder, _, base = name.rpartition("/")
            if name.startswith("<frozen importlib") or base in _READS_SOURCE:
                return True
            if not folder.startswith(self._library) and not name.startswith("<"):
                return "/_pytest/" in name or "/coverage/" in name or name.startswith(self._package)
            if "site-packages" in folder:
                return "/_pytest/" in name or "/coverage/" in name
            frame = frame.f_back
        return False

    def _list(self, arguments: tuple[Any, ...]) -> None:
        context = self._recorder.current
        if context.kind not in _LISTS:
            return
        if "<frozen importlib" in self._getframe(2).f_code.co_filename:  # it looks into folders for modules
            return
        path = self._named("." if arguments[0] is None else arguments[0])
        if path is not None:
            context.listed.add(path)

    def _change(self, arguments: tuple[Any, ...]) -> None:
        """Of a path, or of a path and the descriptor of its folder."""
        path = self._named(*arguments[:2])
        if path is not None:
            self._recorder.wrote(path)

    def _truncate(self, arguments: tuple[Any, ...]) -> None:
        self._change(arguments[:1])

    def _change_two(self, arguments: tuple[Any, ...]) -> None:
        first, second, *folders = arguments
        self._change((first, *folders[:1]))
        self._change((second, *folders[-1:]))

    def _connect(self, arguments: tuple[Any, ...]) -> None:
        if arguments[0] != ":memory:":
            self._change(arguments[:1])
            self._load(arguments)

    def _load(self, arguments: tuple[Any, ...]) -> None:
        path = self._named(arguments[0])
        if path is not None:
            self._recorder.current.data.add(path)

    def _start(self, _arguments: tuple[Any, ...]) -> None:
        self._recorder.current.spawns = True


class ProcessCount:
    """How many processes multiprocessing has made: where they are no forks, no audit event tells of them."""

    def __init__(self) -> None:
        self._modules = sys.modules
        self._last = ""

    def grew(self) -> bool:
        """Whether there are more than at the last call."""
        module = self._modules.get("multiprocessing.process")
        if module is None:
            return False
        # A count cannot be asked without making it go on.
        count = repr(getattr(module, "_process_counter", ""))
        last, self._last = self._last or "count(1)", count
        return count != last
