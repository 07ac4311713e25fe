"""From an exception to what a person wants to see of it: its chain, tracebacks without the runner, where to begin.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import builtins
import sys
import types
from typing import TYPE_CHECKING, Any

from ..posix import calls
from . import doctests
from .machinery import is_runner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..territory import Territory

_EXCEPTIONS = 30
"""Of a chain; a group of failures can hold thousands."""
_HEAD, _TAIL = 100, 200
"""Frames kept of the first exception at either end: a recursion has a thousand."""
_HEAD_OF_OTHERS, _TAIL_OF_OTHERS = 20, 30
_MESSAGE = 2000
"""Characters."""
_DOORS = {
    ("_pytest.python", "pytest_pyfunc_call"),
    ("_pytest.fixtures", "call_fixture_func"),
    ("_pytest.fixtures", "_teardown_yield_fixture"),
    ("_pytest.unittest", "runtest"),
    ("_pytest.doctest", "runtest"),
}
"""Where pytest calls the person's code. Hooks of a conftest stand above these, and are no part of the test."""

_CAUSE: Any = BaseException.__dict__["__cause__"]
_CONTEXT: Any = BaseException.__dict__["__context__"]
_SUPPRESS: Any = BaseException.__dict__["__suppress_context__"]
_TRACEBACK: Any = BaseException.__dict__["__traceback__"]


class Frame:
    """One frame as it is told to others. ``line`` is 1-based; ``path`` is absolute unless there is no such file.

    ``own``: of the project, neither installed nor of the standard library. ``hidden``: by ``__tracebackhide__``.
    """

    def __init__(self, path: str, line: int, function: str, *, own: bool, hidden: bool) -> None:
        self.path = path
        self.line = line
        self.function = function
        self.own = own
        self.hidden = hidden

    def describe(self) -> dict[str, object]:
        """As it goes over the socket."""
        return {
            "path": self.path,
            "line": self.line,
            "function": self.function,
            "own": self.own,
            "hidden": self.hidden,
        }


class Raised:
    """One exception of the chain.

    ``label`` is ``raised``, ``cause``, ``context`` or ``member N``; ``parent`` the index of the exception that it
    belongs to. ``traceback`` is a new one over the same frames, as long as ``frames``: without those of the runner
    before the person's code, without the middle of a deep recursion. It is None for what was never raised.
    """

    def __init__(self, value: BaseException, label: str, parent: int | None, message: str) -> None:
        self.value = value
        self.label = label
        self.parent = parent
        self.message = message
        self.traceback: types.TracebackType | None = None
        self.frames: list[Frame] = []

    def entries(self) -> list[types.TracebackType]:
        """The entries of ``traceback``, outermost first."""
        return list(_entries(self.traceback))

    def begin(self) -> int:
        """Index of the frame to begin at: the person's own last one, if there is one; -1 without any frame."""
        frames = self.frames
        own = [at for at, frame in enumerate(frames) if frame.own and not frame.hidden]
        shown = [at for at, frame in enumerate(frames) if not frame.hidden]
        return (own or shown or [len(frames) - 1])[-1]

    @property
    def has_own(self) -> bool:
        """Whether the person's own code is in it."""
        return any(frame.own and not frame.hidden for frame in self.frames)


class View:
    """What there is to see of a failure. ``default`` are the indices of the exception and the frame to begin at.

    Runs code of the project where that hides frames by calling something, or has exceptions with a ``__str__`` of
    their own. What these raise is kept away, nothing else.
    """

    def __init__(
        self,
        exception: BaseException,
        territory: Territory,
        *,
        sections: Sequence[tuple[str, str]] = (),
        bare: bool = False,
    ) -> None:
        """``sections`` is the captured output; ``bare`` does without code of the project."""
        self.sections = list(sections)
        self.exceptions: list[Raised] = []
        self._territory = territory
        self._bare = bare
        self._known: set[int] = set()
        self._visit(doctests.unwrap(_imported(exception)), "raised", None)
        chosen = self._default()
        self.default = (chosen, self.exceptions[chosen].begin())

    def describe(self) -> dict[str, object]:
        """``exceptions`` and ``default`` as they go over the socket."""
        exceptions = [
            {
                "label": each.label,
                "type": type(each.value).__name__,
                "message": each.message,
                "parent": each.parent,
                "frames": [frame.describe() for frame in each.frames],
            }
            for each in self.exceptions
        ]
        return {"exceptions": exceptions, "default": list(self.default)}

    def _visit(self, exception: BaseException | None, label: str, parent: int | None) -> None:
        pending: list[tuple[BaseException | None, str, int | None]] = [(exception, label, parent)]
        while pending and len(self.exceptions) < _EXCEPTIONS:
            value, name, above = pending.pop(0)
            if value is None or id(value) in self._known:
                continue
            self._known.add(id(value))
            mine = len(self.exceptions)
            raised = Raised(value, name, above, self._message(value))
            self._look_at(raised)
            self.exceptions.append(raised)
            below: list[tuple[BaseException | None, str, int | None]] = []
            for number, member in enumerate(_members(value), 1):
                below.append((member, f"member {number}", mine))
            cause = _CAUSE.__get__(value)
            if cause is not None:
                below.append((cause, "cause", mine))
            elif not _SUPPRESS.__get__(value):
                below.append((_CONTEXT.__get__(value), "context", mine))
            pending[:0] = below

    def _message(self, value: BaseException) -> str:
        if self._bare:
            return ""
        try:
            text = str(value)
        except Exception as error:
            return f"its text cannot be had: {type(error).__name__}"
        return text if len(text) <= _MESSAGE else text[:_MESSAGE] + "…"

    def _look_at(self, raised: Raised) -> None:
        entries = _without_runner(list(_entries(_TRACEBACK.__get__(raised.value))))
        head, tail = (_HEAD_OF_OTHERS, _TAIL_OF_OTHERS) if self.exceptions else (_HEAD, _TAIL)
        if len(entries) > head + tail:
            entries = entries[:head] + entries[-tail:]
        raised.traceback = _chained(entries)
        raised.frames = [self._frame(entry, raised.value) for entry in entries]

    def _frame(self, entry: types.TracebackType, value: BaseException) -> Frame:
        code = entry.tb_frame.f_code
        path, line = code.co_filename, _line(entry)
        place = doctests.place(path, line)
        if place is not None:
            path, line = place
        own = self._territory.named(path) is not None if not path.startswith("<") else place is not None
        if not path.startswith(("/", "<")):
            path = f"{calls.getcwd()}/{path}"
        return Frame(
            path,
            line,
            str(getattr(code, "co_qualname", code.co_name)),
            own=own,
            hidden=self._is_hidden(entry, value),
        )

    def _is_hidden(self, entry: types.TracebackType, value: BaseException) -> bool:
        frame = entry.tb_frame
        for names in (frame.f_locals, frame.f_globals):
            hides = names.get("__tracebackhide__")
            if hides is None:
                continue
            if not callable(hides):
                return hides is True or (type(hides) in (int, str) and bool(hides))
            return not self._bare and _asks(hides, value)
        return False

    def _default(self) -> int:
        chosen = 0
        while True:  # a group of one member says nothing that the member does not
            members = [
                at
                for at, each in enumerate(self.exceptions)
                if each.parent == chosen and each.label.startswith("member")
            ]
            if len(members) != 1:
                break
            chosen = members[0]
        if not self.exceptions[chosen].has_own:
            chosen = next((at for at, each in enumerate(self.exceptions) if each.has_own), chosen)
        return chosen


def _imported(exception: BaseException) -> BaseException:
    """What pytest wraps when a conftest cannot be imported."""
    if type(exception).__name__ == "ConftestImportFailure":
        cause = getattr(exception, "cause", None) or (getattr(exception, "excinfo", None) or (None, None))[1]
        if isinstance(cause, BaseException):
            return cause
    return exception


def _members(value: BaseException) -> tuple[BaseException, ...]:
    """Those of an exception group; of the backport, too, which Python had before 3.11."""
    group = getattr(builtins, "BaseExceptionGroup", None)
    backport = getattr(sys.modules.get("exceptiongroup"), "BaseExceptionGroup", None)
    for kind in (group, backport):
        if isinstance(kind, type) and isinstance(value, kind):
            members = getattr(value, "exceptions", ())
            return tuple(each for each in members if isinstance(each, BaseException))
    return ()


def _asks(hides: Any, value: BaseException) -> bool:
    """What a ``__tracebackhide__`` that is to be called says; pytest hands it an ExceptionInfo."""
    try:
        from _pytest._code import ExceptionInfo

        return bool(hides(ExceptionInfo.from_exc_info((type(value), value, value.__traceback__))))  # type: ignore[arg-type]
    except Exception:
        return True  # a helper that knows of pytest in some way


def _entries(traceback: types.TracebackType | None) -> Iterator[types.TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _without_runner(entries: list[types.TracebackType]) -> list[types.TracebackType]:
    """What the test or fixture did: behind the first door, else from the first one on that is not the runner's.

    The last alone where all are the runner's.
    """
    door = next((at for at, entry in enumerate(entries) if _place(entry) in _DOORS), -1)
    for at, entry in enumerate(entries):
        if at > door and not is_runner(entry.tb_frame):
            return entries[at:]
    return entries[-1:]


def _place(entry: types.TracebackType) -> tuple[Any, str]:
    return entry.tb_frame.f_globals.get("__name__"), entry.tb_frame.f_code.co_name


def _chained(entries: list[types.TracebackType]) -> types.TracebackType | None:
    """A new traceback over the frames of these: the old one belongs to the run."""
    traceback: types.TracebackType | None = None
    for entry in reversed(entries):
        traceback = types.TracebackType(traceback, entry.tb_frame, entry.tb_lasti, _line(entry))
    return traceback


def _line(entry: types.TracebackType) -> int:
    """Its line; code without line numbers has its first."""
    line: int | None = entry.tb_lineno
    return line if line is not None and line > 0 else max(1, entry.tb_frame.f_code.co_firstlineno)
