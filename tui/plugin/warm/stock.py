"""Code of the project's files that the next run will import, made while the session waits.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import warnings
from hashlib import blake2b
from importlib.machinery import SourceFileLoader
from time import time
from typing import TYPE_CHECKING, Any

from .. import wire
from ..posix import calls

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from types import CodeType

_UNSURE = 0.05
"""Seconds after an edit in which another one may leave the same time of modification."""
_LIMIT = 8_000_000
"""Bytes of sources whose code is kept."""


class _Kept:
    """The code of a file and the hash of what it held, with the state of the file by which it is known."""

    __slots__ = ("by_content", "code", "digest", "size", "state")

    def __init__(self, state: list[int], source: bytes, code: CodeType, *, by_content: bool) -> None:
        self.state = state
        self.size = len(source)
        self.digest = _digest(source)
        self.code = code
        self.by_content = by_content or state[0] > (time() - _UNSURE) * 1e9

    def holds(self, path: str) -> bool:
        """Whether the file is still what it was."""
        if self.by_content:
            return _digest(calls.read_file(path)) == self.digest
        return wire.state_of(path) == self.state


class Stock:
    """What is kept, by file. Forks of the process that has made it take it from here as long as it holds."""

    def __init__(self, config: Any, loaded: Iterable[str]) -> None:
        """``config`` is pytest's: by that asserts are rewritten. The files ``loaded`` are imported already."""
        self._config = config
        self._loaded = frozenset(loaded)
        self._kept: dict[str, _Kept] = {}
        self._lacking: list[tuple[str, bool, bool]] = []
        self._size = 0
        """Of the sources of all that is kept, bytes."""
        self.rewritten: set[str] = set()
        """Files of which it is the code with asserts rewritten."""

    def want(self, files: Iterable[tuple[str, bool]], edited: Collection[str]) -> None:
        """Have these files, each with whether its asserts are rewritten, by and by.

        The bytecode that lies beside the ``edited`` ones is not to be trusted. Of files with asserts only those are
        kept: the others cost less than it does to ask.
        """
        self.doubt(edited)
        later = ((path, rewritten) for path, rewritten in files if path not in self._loaded)
        wanted = {path: rewritten for path, rewritten in later if path in edited or not rewritten}
        self._kept = {path: kept for path, kept in self._kept.items() if path in wanted and _holds(kept, path)}
        self._size = sum(kept.size for kept in self._kept.values())
        self.rewritten &= self._kept.keys()
        lacking = [(path, rewritten, path in edited) for path, rewritten in wanted.items() if path not in self._kept]
        self._lacking = lacking[::-1]

    def doubt(self, edited: Iterable[str]) -> None:
        """Times do not tell the states of these files apart: they were saved a moment ago."""
        for path in edited:
            if path in self._kept:
                self._kept[path].by_content = True

    @property
    def is_lacking(self) -> bool:
        """Whether some that are wanted have not been made yet."""
        return bool(self._lacking)

    def make(self) -> None:
        """Make one of them. A file that cannot be compiled, or not without a warning, is left to the run."""
        path, rewritten, edited = self._lacking.pop()
        try:
            state = wire.state_of(path)
            source = calls.read_file(path)
            if self._size + len(source) > _LIMIT:
                return
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                code = self._compiled(path, source, rewritten=rewritten, edited=edited)
            if state is None or code is None or said or wire.state_of(path) != state:
                return
            self._size += len(source)
            self._kept[path] = _Kept(state, source, code, by_content=edited)
            if rewritten:
                self.rewritten.add(path)
        except (OSError, SyntaxError, ValueError, RecursionError, AttributeError):
            pass

    def _compiled(self, path: str, source: bytes, *, rewritten: bool, edited: bool) -> CodeType | None:
        if rewritten:
            from _pytest.assertion.rewrite import rewrite_asserts

            tree = ast.parse(source, filename=path)
            rewrite_asserts(tree, source, path, self._config)
            return compile(tree, path, "exec", dont_inherit=True)
        if edited:
            return compile(source, path, "exec", dont_inherit=True)
        return SourceFileLoader("", path).get_code("")

    def code(self, path: str, *, rewritten: bool = False) -> CodeType | None:
        """The code of a file as it is now; None if it is not kept."""
        kept = self._kept.get(path)
        if kept is None or (path in self.rewritten) is not rewritten or not _holds(kept, path):
            return None
        return kept.code

    def digest(self, path: str) -> str | None:
        """The hash of what a file holds now; None if it is not kept."""
        kept = self._kept.get(path)
        return kept.digest if kept is not None and _holds(kept, path) else None

    def serve(self, loader: Any) -> None:
        """Let an ordinary loader of a source find its code here, once."""
        if type(loader) is not SourceFileLoader or loader.path not in self._kept or loader.path in self.rewritten:
            return

        def get_code(name: str) -> Any:
            loader.__dict__.pop("get_code", None)
            code = self.code(loader.path)
            return loader.get_code(name) if code is None else code

        loader.__dict__["get_code"] = get_code


def _holds(kept: _Kept, path: str) -> bool:
    try:
        return kept.holds(path)
    except OSError:
        return False


def _digest(source: bytes) -> str:
    return blake2b(source, digest_size=16).hexdigest()


stock: Stock | None = None
"""Of the session that this process is a fork of."""


def begin(config: Any, loaded: Iterable[str]) -> Stock:
    """Keep code from now on, but not of what is ``loaded``."""
    global stock  # noqa: PLW0603 - one session a process
    stock = Stock(config, loaded)
    return stock
