"""Leaves the asserts of test functions that do not run as they are: rewriting them is most of what a save costs.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _pytest.assertion.rewrite import rewrite_asserts

from .. import outer
from . import stock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .. import wire

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)

_parsed: dict[str, tuple[bytes, ast.Module]] = {}
"""Sources that have been looked at before it was known which of their tests run, by file."""


def is_broken(path: str) -> bool:
    """Whether a source cannot be parsed. What was made of it serves the import that follows."""
    try:
        _parsed[path] = _parse(path)
    except (SyntaxError, ValueError):
        return True
    except OSError:
        pass
    return False


def _parse(path: str) -> tuple[bytes, ast.Module]:
    """The source and its tree. Raises OSError, SyntaxError, ValueError."""
    with open(path, "rb") as file:
        source = file.read()
    return source, ast.parse(source, filename=path)


class Trim:
    """For the edited files of which single tests run. Their bytecode is never written to the cache."""

    def __init__(self, request: wire.Request) -> None:
        self._running: dict[str, set[str]] = {}
        """Names of the functions that run, by file."""
        self._known: dict[str, set[str]] = {}
        """Names of the functions that are known, by file of which all others run."""
        for nodeid, _, path in request["items"]:
            self._running.setdefault(path, set()).add(_function(nodeid))
        for path, known in request["fresh"]:
            self._known[path] = {_function(nodeid) for nodeid, _ in known}
        asked = self._running.keys() | self._known.keys()
        whole = tuple(scope.get("file") or scope["path"] for scope in request["scopes"])
        self._files = {path for path in request["changed"] if path in asked and not path.startswith(whole)}
        self._kept = stock.stock.rewritten if stock.stock is not None else set()
        """Files whose code may have been made before."""

    def install(self, config: Any) -> None:
        """Let the rewriting hook of this session compile those files our way."""
        hook = config.pluginmanager.rewrite_hook
        if not (self._files or self._kept) or not hasattr(hook, "exec_module"):
            return
        execute = hook.exec_module

        def exec_module(module: Any) -> None:
            path = module.__spec__.origin
            code = stock.stock.code(path, rewritten=True) if stock.stock is not None and path in self._kept else None
            if code is None and path in self._files:
                code = self._compiled(path, config)
            if code is None:
                execute(module)
            else:
                hook._rewritten_names[module.__name__] = Path(path)  # noqa: SLF001 - as the hook itself does
                exec(code, module.__dict__)  # noqa: S102 - the same

        hook.exec_module = exec_module

    def _compiled(self, path: str, config: Any) -> Any:
        """None where pytest had better do it itself, and say what is wrong."""
        try:
            ahead = _parsed.pop(path, None)
            source, tree = ahead or _parse(path)
        except (OSError, SyntaxError, ValueError):
            return None
        try:
            functions = list(self._idle(tree, path))
            bodies = [function.body for function in functions]
            for function in functions:
                function.body = [ast.copy_location(ast.Pass(), function.body[0])]
            rewrite_asserts(tree, source, path, config)
            for function, body in zip(functions, bodies):
                function.body = body
            return compile(tree, path, "exec", dont_inherit=True)
        except Exception as error:
            outer.report_fault("trim", error)
            return None

    def _idle(self, tree: Any, path: str) -> Iterator[Any]:
        """Test functions that do not run."""
        running, known = self._running.get(path, set()), self._known.get(path)
        for node in getattr(tree, "body", ()):
            if isinstance(node, ast.ClassDef):
                yield from self._idle(node, path)
            if not isinstance(node, _Function) or not node.name.startswith("test") or node.name in running:
                continue
            if known is None or node.name in known:
                yield node


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0].rpartition("::")[2]
