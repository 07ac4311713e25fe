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

from .. import wire
from .guard import Guard, NotAhead, orphans
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


@dataclass(frozen=True)
class Candidates:
    """Modules to be tried: their ``names`` in order, those of them that pytest ``rewritten``.

    ``environ`` are variables that the run sets, ``project`` names of modules that only the project may give.
    """

    names: list[str]
    rewritten: frozenset[str]
    environ: frozenset[str]
    project: frozenset[str]


class Trial:
    """Imports candidates and blames the module that did what a module loaded ahead may not do."""

    def __init__(self, candidates: Candidates, places: Places, blocked: frozenset[str]) -> None:
        self._candidates = candidates
        self._blocked = blocked
        self._guard = Guard(places, blocked)
        self.harmful: dict[str, str] = {}
        """Modules with the reason in words."""
        self.failed: dict[str, str] = {}
        """Modules whose import fails, which those that import them may bear."""
        self._loading: list[tuple[str, _State]] = []
        self._warned: list[Any] = []

    def go(self) -> None:
        """Import all that is not blocked."""
        sys.meta_path.insert(0, Rewriter(self._candidates.rewritten))
        sys.meta_path.insert(0, self._guard)
        self._watch_loaders()
        self._watch_environ()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            self._warned = warned
            for name in self._candidates.names:
                if name not in sys.modules and name not in self._blocked:
                    self._import(name)

    def _import(self, name: str) -> None:
        try:
            importlib.import_module(name)
        except BaseException as error:
            self._blame(name, error)
            left = orphans()
            while left:
                for each in left:
                    del sys.modules[each]
                left = orphans()

    def _blame(self, name: str, error: BaseException) -> None:
        if isinstance(error, NotAhead):
            self.harmful.setdefault(name, f"wants {error}")
        else:
            words = f"{type(error).__name__}: {str(error)[:80]}"
            (self.failed if isinstance(error, Exception) else self.harmful).setdefault(name, words)

    def _watch_loaders(self) -> None:
        external: Any = importlib._bootstrap_external  # noqa: SLF001 - nothing public
        kinds: list[Any] = [external._LoaderBasics, machinery.ExtensionFileLoader, Rewriter]  # noqa: SLF001 - the same
        for kind in kinds:
            kind.exec_module = self._watched(kind.exec_module)

    def _watched(self, execute: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        @functools.wraps(execute)
        def watched(loader: Any, module: Any) -> None:
            name = module.__spec__.name
            refusals = self._guard.refusals
            self._loading.append((name, _State(len(self._warned))))
            try:
                execute(loader, module)
            except BaseException as error:
                self._blame(name, error)
                raise
            finally:
                _, before = self._loading.pop()
                self._compare(name, before)
                if self._guard.refusals > refusals:
                    self.harmful.setdefault(name, "wants the project, or what is dropped")

        return watched

    def _compare(self, name: str, before: _State) -> None:
        now = _State(len(self._warned))
        words = before.against(now)
        if words:
            self.harmful[name] = words
            for _, outer in self._loading:
                outer.excuse(before, now)

    def _watch_environ(self) -> None:
        kind: Any = type(os.environ)
        get = kind.__getitem__

        def read(environ: Any, key: str) -> Any:
            if self._loading and key in self._candidates.environ:
                self.harmful[self._loading[-1][0]] = f"reads {key}, which the run sets"
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


def choose(candidates: Candidates, places: Places) -> tuple[dict[str, str], dict[str, str]]:
    """Which of them do harm when they are loaded ahead, and which cannot be imported at all; with the reasons.

    Every round is a process of its own: what is found to do harm is not there in the next one, nor what needs it.
    Raises OSError, ValueError when such a process dies.
    """
    harmful = {name: "is denied" for name in candidates.names if {name, name.partition(".")[0]} & DENIED}
    failed: dict[str, str] = {}
    for _ in range(_ROUNDS):
        found, failed = _round(candidates, places, frozenset(harmful) | DENIED | candidates.project)
        if not found:
            break
        harmful.update(found)
    return harmful, failed


def _round(candidates: Candidates, places: Places, blocked: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
    end, other = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            trial = Trial(candidates, places, blocked)
            trial.go()
            with os.fdopen(other, "wb") as file:
                file.write(wire.encode([trial.harmful, trial.failed]))
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(0)
    os.close(other)
    with os.fdopen(end, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    harmful, failed = wire.decode(data)
    return harmful, failed
