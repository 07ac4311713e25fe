"""Loads modules of others into the host, a few at a time, so that its forks have them already.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
import time
import warnings
from typing import Any

from .. import wire
from .guard import Guard, orphans
from .places import Places
from .trial import DENIED, Candidates, choose

_SLICE = 0.02
"""Seconds between two looks at the socket, if no single import takes longer."""


class Plan:
    """What the engine asks the host to load: ``names`` in order, some of them with their asserts rewritten."""

    def __init__(self, path: str) -> None:
        """Read it from a file. Raises OSError, ValueError."""
        with open(path, "rb") as file:
            plan: dict[str, Any] = wire.decode(file.read())
        self.path = path
        self.names: list[str] = plan["names"]
        self.rewritten: frozenset[str] = frozenset(plan["rewritten"])
        self.environ: frozenset[str] = frozenset(plan["environ"])
        self.project: frozenset[str] = frozenset(plan["project"])
        """Names of the project's own modules: none of them may come along."""
        self.paths = _Paths(on=plan["cwd_on_path"])

    def try_out(self) -> None:
        """In a fork that nobody needs afterwards: find out what cannot be loaded ahead, and write it down."""
        os.nice(19)
        with self.paths:
            candidates = Candidates(self.names, self.rewritten, self.environ, self.project)
            found = choose(candidates, Places(os.getcwd()))
        with open(self.path + ".dropped", "wb") as file:
            file.write(wire.encode(found))

    def tried(self) -> tuple[dict[str, str], dict[str, str]]:
        """What ``try_out`` found: the harmful ones, and those that fail. Raises OSError, ValueError."""
        with open(self.path + ".dropped", "rb") as file:
            harmful, failed = wire.decode(file.read())
        return harmful, failed


class Loading:
    """The imports of one plan that are still to be made."""

    def __init__(self, plan: Plan) -> None:
        from .rewriting import Rewriter

        gc.disable()
        self._plan = plan
        harmful, failed = plan.tried()
        self._left = [name for name in reversed(plan.names) if name not in harmful and name not in failed]
        self._left_out = harmful.keys() | failed.keys()
        self._finders: list[Any] = [
            Guard(Places(os.getcwd()), frozenset(harmful) | DENIED | plan.project),
            Rewriter(plan.rewritten),
        ]
        self._threads = threading.active_count()
        self._path = list(sys.path)

    def go_on(self) -> bool:
        """Load for a moment; whether something is left."""
        until = time.monotonic() + _SLICE
        sys.meta_path[:0] = self._finders
        try:
            with warnings.catch_warnings(), self._plan.paths:
                warnings.simplefilter("ignore")
                while self._left and time.monotonic() < until:
                    _load(self._left.pop())
        finally:
            for finder in self._finders:
                sys.meta_path.remove(finder)
        return bool(self._left)

    def settle(self) -> str:
        """Make the memory fit to be shared; why this process must not be forked any more, or nothing."""
        with warnings.catch_warnings(), self._plan.paths:
            warnings.simplefilter("ignore")
            # Not the entry: it begins to record when it is imported.
            for name in (".reporter", ".run", ".selection", ".warm.listing", ".blocks", ".debugging.live"):
                _load(wire.PACKAGE + name)
        gc.collect()
        gc.freeze()
        if threading.active_count() > self._threads:
            return "modules start threads when they are loaded ahead"
        if sys.path != self._path:
            return "modules change sys.path when they are loaded ahead"
        lonely = [name for name in orphans() if name.rpartition(".")[0] in self._left_out]
        if lonely:
            return f"{lonely[0]} is loaded without its package"
        leaked = sorted(self._plan.project & sys.modules.keys())
        return f"{leaked[0]} is loaded by modules of others" if leaked else ""


def _load(name: str) -> None:
    if name not in sys.modules:
        try:
            importlib.import_module(name)
        except BaseException:
            pass  # a run will meet the same, and say so


class _Paths:
    """``sys.path`` as a run has it, while modules are loaded."""

    def __init__(self, *, on: bool) -> None:
        self._on = on and not getattr(sys.flags, "safe_path", False)
        self._own: list[str] = []

    def __enter__(self) -> None:
        self._own = list(sys.path)
        if self._on:
            sys.path.insert(0, os.getcwd())

    def __exit__(self, *_: object) -> None:
        if self._on and sys.path[1:] == self._own:
            del sys.path[0]
