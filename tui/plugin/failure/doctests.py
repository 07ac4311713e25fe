"""Failures of doctests: what was raised in an example, or an example that gave other output.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import linecache
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ERROR = "__redbar_mismatch__"
_places: dict[str, tuple[str, int]] = {}
"""By the name of an example's code: its file and the line before its first one."""


def unwrap(exception: BaseException) -> BaseException:
    """The exception that an example raised, or one raised in its place where its output was wrong.

    Also lets debuggers show the source of examples.
    """
    doctest = sys.modules.get("doctest")
    if doctest is None:
        return exception
    failures = getattr(exception, "failures", None)
    if type(exception).__name__ == "MultipleDoctestFailures" and failures:
        exception = failures[0]
    try:
        if isinstance(exception, doctest.UnexpectedException):
            show(exception.test)
            raised = exception.exc_info[1]
            return raised if isinstance(raised, BaseException) else exception
        if isinstance(exception, doctest.DocTestFailure):
            return _mismatch(exception)
    except Exception:  # examples and globals can be of any kind
        pass
    return exception


def place(filename: str, line: int) -> tuple[str, int] | None:
    """Absolute path and line, 1-based, of a line in an example that has been shown."""
    known = _places.get(filename)
    return (known[0], known[1] + line) if known else None


def file_of(test: Any, number: int) -> str:
    """What doctest calls the file that one example of a test is compiled from."""
    return f"<doctest {test.name}[{number}]>"


def show(test: Any, notes: Mapping[int, str] = MappingProxyType({})) -> None:
    """Put the sources of the examples, with ``notes`` behind some, where tracebacks and debuggers look for them."""
    for number, example in enumerate(test.examples):
        name = file_of(test, number)
        source = example.source + notes.get(number, "")
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        if test.filename and test.lineno is not None:
            _places[name] = (str(test.filename), test.lineno + example.lineno)


def _mismatch(failure: Any) -> BaseException:
    """An exception whose frame has the globals of the example: nothing was raised there."""
    test, example = failure.test, failure.example
    number = test.examples.index(example)
    note = _commented("expected", example.want) + _commented("got", failure.got)
    show(test, {number: note})
    error = AssertionError(f"expected {example.want!r}, got {failure.got!r}")
    names = test.globs
    names[_ERROR] = error
    try:
        exec(compile(f"raise {_ERROR}", file_of(test, number), "exec", dont_inherit=True), names)  # noqa: S102
    except AssertionError:
        traceback = error.__traceback__
        error.__traceback__ = traceback.tb_next if traceback is not None else None
        error.__context__ = None
    finally:
        names.pop(_ERROR, None)
    return error


def _commented(what: str, text: str) -> str:
    lines = text.splitlines() or ["(nothing)"]
    return "".join(f"# {what}: {line}\n" for line in lines)
