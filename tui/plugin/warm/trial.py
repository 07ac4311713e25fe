"""Finds out which modules can be loaded ahead, in a process that is thrown away.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
import threading
import warnings
from dataclasses import dataclass
from importlib import machinery
from typing import TYPE_CHECKING, Any, Callable

from .guard import Guard
from .rewriting import Rewriter

if TYPE_CHECKING:
    from .places import Places

DENIED = frozenset(
    {
        "antigravity",
        "eventlet",
        "gevent",
        "grpc",
        "jax",
        "pytest_randomly",  # draws its seed when it is imported
        "random_order",  # the same
        "sitecustomize",
        "tensorflow",
        "this",
        "torch",
        "twisted.internet.epollreactor",
        "twisted.internet.reactor",
        "usercustomize",
    }
)
"""Not to be loaded before a fork: they draw, print, or begin what a fork does not survive."""

_ROUNDS = 4
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM)


class Trial:
    """Imports candidates and blames the module that did what a module loaded ahead may not do."""

    def __init__(self, places: Places, rewritten: frozenset[str], environ: frozenset[str]) -> None:
        self._places = places
        self._rewritten = rewritten
        self._environ = environ
        """Variables that the run itself sets: what reads them has to be loaded after that."""
        self.dropped: dict[str, str] = {}
        """Modules with the reason in words."""
        self._loading: list[tuple[str, _State]] = []
        self._warned: list[Any] = []
        self._blamed = False

    def go(self, names: list[str], blocked: frozenset[str]) -> bool:
        """Import all of them but ``blocked``; whether a module was blamed for more than that its import failed."""
        sys.meta_path.insert(0, Rewriter(self._rewritten))
        sys.meta_path.insert(0, Guard(self._places, blocked))
        self._watch_loaders()
        self._watch_environ()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            self._warned = warned
            for name in names:
                if name not in sys.modules and name not in blocked:
                    self._import(name)
        return self._blamed

    def _import(self, name: str) -> None:
        try:
            importlib.import_module(name)
        except BaseException as error:
            self.dropped.setdefault(name, f"{type(error).__name__}: {str(error)[:80]}")

    def _watch_loaders(self) -> None:
        external: Any = importlib._bootstrap_external  # noqa: SLF001 - nothing public
        kinds: list[Any] = [external._LoaderBasics, machinery.ExtensionFileLoader, Rewriter]  # noqa: SLF001 - the same
        for kind in kinds:
            kind.exec_module = self._watched(kind.exec_module)

    def _watched(self, execute: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        @functools.wraps(execute)
        def watched(loader: Any, module: Any) -> None:
            name = module.__spec__.name
            self._loading.append((name, _State(len(self._warned))))
            try:
                execute(loader, module)
            except BaseException as error:
                self.dropped.setdefault(name, f"{type(error).__name__}: {str(error)[:80]}")
                raise
            finally:
                _, before = self._loading.pop()
                self._compare(name, before)

        return watched

    def _compare(self, name: str, before: _State) -> None:
        now = _State(len(self._warned))
        words = before.against(now)
        if words:
            self.dropped[name] = words
            self._blamed = True
            for _, outer in self._loading:
                outer.excuse(before, now)

    def _watch_environ(self) -> None:
        kind: Any = type(os.environ)
        get = kind.__getitem__

        def read(environ: Any, key: str) -> Any:
            if self._loading and key in self._environ:
                self.dropped[self._loading[-1][0]] = f"reads {key}, which the run sets"
                self._blamed = True
            return get(environ, key)

        kind.__getitem__ = read


class _State:
    """What a module loaded ahead may not change."""

    def __init__(self, warned: int) -> None:
        self.threads = threading.active_count()
        self.files = _count("/dev/fd")
        self.warned = warned
        self.path = list(sys.path)
        self.folder = os.getcwd()
        self.handlers = [signal.getsignal(number) for number in _SIGNALS]

    def against(self, now: _State) -> str:
        """What has changed since, in words; empty if nothing has."""
        if now.threads > self.threads:
            return "starts a thread"
        if now.files > self.files:
            return "keeps a file open"
        if now.path != self.path:
            return "changes sys.path"
        if now.folder != self.folder:
            return "changes the current folder"
        if now.handlers != self.handlers:
            return "handles a signal"
        return "warns" if now.warned > self.warned else ""

    def excuse(self, before: _State, now: _State) -> None:
        """Another module has been blamed for the difference of these two."""
        self.threads += now.threads - before.threads
        self.files += now.files - before.files
        self.warned += now.warned - before.warned
        self.path, self.folder, self.handlers = now.path, now.folder, now.handlers


def _count(folder: str) -> int:
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0


@dataclass(frozen=True)
class Candidates:
    """Modules to be tried: their ``names`` in order, those of them that pytest ``rewritten``.

    ``environ`` are variables that the run sets, ``project`` names of modules that only the project may give.
    """

    names: list[str]
    rewritten: frozenset[str]
    environ: frozenset[str]
    project: frozenset[str]


def choose(candidates: Candidates, places: Places) -> dict[str, str]:
    """Which of them cannot be loaded ahead, with the reasons. Every round is a process of its own.

    Raises OSError, ValueError when such a process dies.
    """
    names = candidates.names
    dropped = {name: "is denied" for name in names if name in DENIED or name.partition(".")[0] in DENIED}
    for _ in range(_ROUNDS):
        before = len(dropped)
        blamed, found = _round(candidates, places, frozenset(dropped) | DENIED | candidates.project)
        dropped.update(found)
        if not blamed or len(dropped) == before:
            break
    return dropped


def _round(candidates: Candidates, places: Places, blocked: frozenset[str]) -> tuple[bool, dict[str, str]]:
    """Raises OSError when the process died, ValueError when it has not said everything."""
    from .. import wire

    end, other = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            trial = Trial(places, candidates.rewritten, candidates.environ)
            blamed = trial.go(candidates.names, blocked)
            with os.fdopen(other, "wb") as file:
                file.write(wire.encode([blamed, trial.dropped]))
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(0)
    os.close(other)
    with os.fdopen(end, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    blamed, dropped = wire.decode(data)
    return blamed, dropped
