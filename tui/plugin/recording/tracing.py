"""Executed lines by the C tracer of the project's coverage.py, on Pythons without ``sys.monitoring``.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
import threading
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any

from ..posix import calls
from ..wanting import coverage_words
from .arcs import learn
from .borrowing import BorrowedLines, collector_of

if TYPE_CHECKING:
    from ..territory import Territory

_TRACER = "coverage.tracer"


class TracedLines:
    """The tracer alone, without coverage.py around it: its data are taken where the tracer puts them.

    A second ``Coverage`` object would silence the user's own, and importing the package takes longer than many a run.
    """

    def __init__(self, territory: Territory, *, arcs: bool = False) -> None:
        """With ``arcs`` they are noted instead of lines.

        Raises RuntimeError when there is no coverage.py with a C tracer, or when the run is traced already.
        """
        if sys.gettrace() is not None:
            raise RuntimeError("another tool traces this run")
        module = _tracer_module()
        self._make = module.CTracer
        self._disposition = module.CFileDisposition
        self._path = territory.path
        self._arcs = arcs
        self._data: dict[str, Any] = {}
        self._known: dict[str, Any] = {}
        self._tracer: Any = None
        self._tracers: list[Any] = []
        """All of them: one that is deleted takes away the trace function of the thread it is deleted in."""
        self._gettrace = sys.gettrace
        self._settrace = sys.settrace
        self._threads: Any = threading.settrace
        self._live = True
        self._identify: Any = None
        """Tells greenlets apart, once there are some: each has a stack of its own."""
        self._paused = False
        self._borrowed: BorrowedLines | None = None
        self.problem: str | None = None
        self._reads_arcs = self._learn()
        if arcs and not self._reads_arcs:
            raise RuntimeError("coverage notes branches in a way that is not known")

    def _learn(self) -> bool:
        """See how this version packs arcs, ours or those of the person's own; whether in a way that is known."""
        name = f"{calls.getcwd()}/arcs.py"  # there need be no such file
        code: dict[str, Any] = {}
        exec(compile("\n" * 1000 + "def f(x):\n    y = x\n    return y\n", name, "exec"), code)  # noqa: S102 - ours
        wanted, self._arcs = self._arcs, True
        self._trace()
        try:
            code["f"](1)
        finally:
            self._settrace(None)
            self._tracers.clear()
            self._arcs = wanted
        seen = self._data.pop(name, set())
        self._known.pop(name, None)
        return learn(seen, {1001, 1002, 1003})

    def settle(self) -> None:
        """Follow greenlets, if there can be any by now."""
        if self._identify is None and "greenlet" in sys.modules:
            # The stacks that the tracers know begin anew with it.
            self._identify = getattr(sys.modules["greenlet"], "getcurrent", None)
            for tracer in self._tracers:
                tracer.concur_id_func = self._identify

    def begin(self) -> None:
        """Look from now on."""
        self._tracer = self._trace()
        self._threads(self._in_thread)

    def _trace(self) -> Any:
        tracer = self._make()
        tracer.data = self._data
        tracer.trace_arcs = self._arcs
        tracer.should_trace = self._disposed
        tracer.should_trace_cache = self._known
        for name, value in (
            ("warn", _ignore),
            ("concur_id_func", self._identify),
            ("file_tracers", {}),
            ("check_include", _ignore),
            ("should_start_context", None),
            ("switch_context", None),
            ("disable_plugin", _ignore),
            ("lock_data", _ignore),
            ("unlock_data", _ignore),
        ):
            try:
                setattr(tracer, name, value)
            except AttributeError:  # of other versions
                pass
        self._tracers.append(tracer)
        return tracer.start()

    def _in_thread(self, frame: Any, event: str, argument: Any) -> Any:
        """Become the real trace function of a new thread."""
        self._settrace(None)
        if not self._live:
            return None
        return self._trace()(frame, event, argument)

    def _is_ours(self, name: str) -> bool:
        return name.endswith(".py") and self._path(name) is not None

    def _disposed(self, name: str, _frame: Any = None) -> Any:
        disposition = self._disposition()
        disposition.original_filename = disposition.canonical_filename = name
        disposition.trace = traced = self._is_ours(name)
        disposition.source_filename = name if traced else None
        disposition.reason = ""
        disposition.file_tracer = None
        disposition.has_dynamic_filename = False
        return disposition

    def take(self, into: dict[str, set[int]], arcs: dict[str, set[int]] | None = None) -> bool:
        """Add the lines or arcs seen since the last call; whether the tracer was at work all the time."""
        mine = arcs if self._arcs and arcs is not None else into
        for name, seen in list(self._data.items()):
            if seen:
                # The tracer holds the set itself for frames that go on.
                known = mine.get(name)
                if known is None:
                    mine[name] = set(seen)
                else:
                    known.update(seen)
                seen.clear()
        tracing = self._gettrace()
        return self._paused or tracing is self._tracer or self._take_of(tracing, into, arcs)

    def _take_of(self, tracing: Any, into: dict[str, set[int]], arcs: dict[str, set[int]] | None) -> bool:
        """The same where the trace function is another one, or none any more."""
        borrowed = self._borrowed
        if borrowed is None and type(tracing) is self._make:
            collector = collector_of(tracing)
            if collector is None or (collector.branch and not self._reads_arcs):
                self.problem = "coverage.py measures this run"
                return False
            borrowed = self._borrowed = BorrowedLines(collector, self._is_ours, self._disposed)
        if borrowed is None:
            if tracing is None:
                self._tracer = self._trace()
            return False
        borrowed.take(into, arcs)
        if borrowed.has(tracing):
            return True
        borrowed.end()
        self._borrowed = None
        if tracing is None:
            self._tracer = self._trace()
        return tracing is None

    def pause(self) -> bool:
        """Let code that is nobody's run at full speed, until ``resume`` in the same function; whether that can be."""
        if self._gettrace() is not self._tracer or not self._live:
            return False
        self._settrace(None)
        self._paused = True
        return True

    def resume(self) -> None:
        """Look again, after a ``pause`` that said yes."""
        # The tracer saw the call of pause and sees the return from here: its stack of frames is even again.
        self._paused = False
        self._tracer.start()

    def end(self) -> None:
        """Look no more."""
        self._live = False
        if self._borrowed is not None:
            self._borrowed.end()
        if self._gettrace() is self._tracer:
            self._settrace(None)
        self._threads(None)


def _ignore(*_: object, **__: object) -> None:
    return None


class _Lender:
    """Gives the extension module to an ``import coverage`` of the project's: it can be loaded only once a process.

    A finder that stays, and the loader of that one module.
    """

    def __init__(self, module: Any, path: str) -> None:
        self._module = module
        self._path = path

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name != _TRACER:
            return None
        spec = ModuleSpec(name, self, origin=self._path)  # type: ignore[arg-type] # it has what is asked of a loader
        spec.has_location = True
        return spec

    def create_module(self, _spec: ModuleSpec) -> Any:
        return self._module

    def exec_module(self, _module: Any) -> None:
        """It has been executed."""


def _tracer_module() -> Any:
    """The extension module alone. Raises RuntimeError when there is none.

    The package around it takes 30 ms, and the tests may look which modules have been imported.
    """
    if _TRACER in sys.modules:
        return sys.modules[_TRACER]
    spec = PathFinder.find_spec("coverage")
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        for suffix in EXTENSION_SUFFIXES:
            path = f"{folder}/tracer{suffix}"
            try:
                calls.stat(path)
            except OSError:
                continue
            loader = ExtensionFileLoader(_TRACER, path)
            module = module_from_spec(ModuleSpec(_TRACER, loader, origin=path))
            loader.exec_module(module)
            sys.modules.pop(_TRACER, None)
            sys.meta_path.insert(0, _Lender(module, path))
            return module
    missing = "there is no coverage.py in this environment" if spec is None else "coverage.py has no C tracer here"
    raise RuntimeError(coverage_words(missing))
