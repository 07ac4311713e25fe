"""A fork that answers questions about a failure. Here the user's code runs, and may do anything: it can be replaced.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import io
import linecache
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .. import wire
from . import limits
from .calls import calls
from .completion import complete
from .reprs import bounded, type_name
from .values import VALUES, Looking, follow

if TYPE_CHECKING:
    import types

    from ..failure.view import View

PRINTED = 20_000
"""Characters kept of what was printed."""
_RESULT = 10_000
_SOURCE = "<evaluated>"
_parse, _format = ast.parse, traceback.format_exception_only


def serve(view: View, descriptor: int, *, safe: bool) -> None:
    """Answer what comes in over a socket until it ends."""
    limits.listen()
    for name in ("stdin", "__stdin__"):
        setattr(sys, name, calls.string_file())
    sys.breakpointhook = lambda *_args, **_named: None
    inspector = Inspector(view, safe=safe)
    frames = wire.Frames()
    while True:
        data = calls.read(descriptor, 65536)
        if not data:
            return
        for question in frames.feed(data):
            if question is not None:
                calls.write_all(descriptor, wire.frame(inspector.answer(question)))


class _Printed(io.StringIO):
    """Keeps the beginning."""

    def write(self, s: str) -> int:
        if self.tell() < PRINTED:
            super().write(s[:PRINTED])
        return len(s)


class Inspector:
    """Knows the names of every frame, with those that the person has added to them."""

    def __init__(self, view: View, *, safe: bool) -> None:
        self._view = view
        self._safe = safe
        self._spaces: dict[tuple[int, int], dict[str, Any]] = {}
        self._printed = _Printed()

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question; ``why`` says why there is none."""
        self._printed = _Printed()
        for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
            setattr(sys, name, self._printed)
        try:
            return self._asked(question)
        except (Exception, limits.TooLongError) as error:
            return {"why": f"{type_name(type(error))}: {error}"}

    def _asked(self, question: dict[str, Any]) -> dict[str, Any]:
        at = (question["exception"], question["frame"])
        asked = question["do"]
        if asked == "locals":
            return self._locals(at)
        if asked == "expand":
            (_, name), *path = question["path"]
            return Looking(safe=self._safe).members(follow(self._space(at)[name], path))
        if asked == "evaluate":
            return self._evaluate(at, question["code"], question.get("seconds") or 5)
        if asked == "complete":
            return complete(question["text"], self._space(at))
        return {"why": f"nobody knows how to {asked}"}

    def _frame(self, at: tuple[int, int]) -> types.FrameType:
        return self._view.exceptions[at[0]].entries()[at[1]].tb_frame

    def _locals(self, at: tuple[int, int]) -> dict[str, Any]:
        frame = self._frame(at)
        module = frame.f_locals is frame.f_globals
        found = [
            (name, value, ["name", name])
            for name, value in dict(frame.f_locals).items()
            # pytest's rewritten asserts have names of their own; those of modules say nothing.
            if not name.startswith("@") and not (module and name.startswith("__"))
        ]
        return Looking(safe=self._safe).answer(found[:VALUES], len(found))

    def _space(self, at: tuple[int, int]) -> dict[str, Any]:
        """One dictionary for globals and locals, so that functions made in it see both."""
        space = self._spaces.get(at)
        if space is None:
            frame = self._frame(at)
            space = self._spaces[at] = {**frame.f_globals, **frame.f_locals}
        return space

    def _evaluate(self, at: tuple[int, int], code: str, seconds: float) -> dict[str, Any]:
        text = error = ""
        try:
            text = limits.within(seconds, self._run, code, self._space(at))
        except limits.TooLongError:
            error = f"stopped after {seconds:g} seconds"
        except BaseException as raised:  # SystemExit, too
            error = _words(raised)
        printed = self._printed.getvalue()
        return {"text": text, "printed": printed[:PRINTED], "error": error}

    def _run(self, code: str, space: dict[str, Any]) -> str:
        """Run statements; the repr of what the last one gives, if it is an expression of any value."""
        tree = _parse(code.strip(), _SOURCE)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        linecache.cache[_SOURCE] = (len(code), None, code.splitlines(keepends=True), _SOURCE)
        exec(compile(tree, _SOURCE, "exec", dont_inherit=True), space)  # noqa: S102 - the person asked for it
        if not isinstance(last, ast.Expr):
            return ""
        value = eval(compile(ast.Expression(last.value), _SOURCE, "eval", dont_inherit=True), space)  # noqa: S307 - the same
        if value is None:
            return ""
        space["_"] = value
        return _shown(value)


def _shown(value: object) -> str:
    return bounded(value, _RESULT)[:_RESULT]


def _words(raised: BaseException) -> str:
    lines: list[str] = []
    with suppress(Exception):
        lines = _format(type(raised), raised)
    return "".join(lines).strip()[:_RESULT] or type_name(type(raised))
