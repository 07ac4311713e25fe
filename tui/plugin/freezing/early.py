"""Failures that pytest tells of too late, when what they were about has been cleared away.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_FAILURES = (pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception)
_TELLS_AT_ONCE = sys.version_info[:2] >= (3, 11)
"""Whether unittest tells of a failure before it tears down."""
_REPORTS = ("report_failure", "report_unexpected_exception")


class UnitTests:
    """Tells of a failure in a ``unittest.TestCase`` before its ``tearDown``: from Python 3.11 on unittest knows then.

    Not of tests marked as expected to fail: whether that is a failure only pytest can say.
    """

    def __init__(self, config: Any, failed: Callable[[Any, BaseException], None]) -> None:
        self._config = config
        self._failed = failed
        self._kind: Any = None
        self._original: Any = None

    def install(self) -> None:
        """Listen, where this pytest can be listened to."""
        kind = getattr(sys.modules.get("_pytest.unittest"), "TestCaseFunction", None)
        original = getattr(kind, "_addexcinfo", None)
        if not _TELLS_AT_ONCE or original is None:
            return
        told = self._told

        def add_exception(item: Any, raw: Any, *rest: Any, **named: Any) -> Any:
            told(item, raw)
            return original(item, raw, *rest, **named)

        self._kind, self._original = kind, original
        kind._addexcinfo = add_exception  # type: ignore[union-attr] # noqa: SLF001 - it has no public one

    def remove(self) -> None:
        """Listen no more."""
        if self._kind is not None:
            self._kind._addexcinfo = self._original  # noqa: SLF001 - the same
            self._kind = None

    def _told(self, item: Any, raw: Any) -> None:
        try:
            error = raw[1]
            if (
                item.config is self._config  # tests of pytest plugins run pytest in here
                and isinstance(error, BaseException)
                and not isinstance(error, _NO_FAILURES)
                and item.get_closest_marker("xfail") is None
            ):
                self._failed(item, error)
        except Exception:
            pass


class DocTests:
    """Keeps the globals of the first example of an item that fails: doctest clears them before pytest tells of it."""

    def __init__(self) -> None:
        self._test: Any = None
        self._globals: dict[str, Any] | None = None

    def install(self, items: Sequence[Any]) -> None:
        """Listen to the runners of those items that have one."""
        kind = getattr(sys.modules.get("_pytest.doctest"), "DoctestItem", None)
        if kind is None:
            return
        runners = {id(item.runner): item.runner for item in items if isinstance(item, kind)}
        for runner in runners.values():
            for name in _REPORTS:
                report = getattr(runner, name, None)
                if report is not None:
                    setattr(runner, name, self._wrapped(report))

    def globals_of(self, item: Any) -> dict[str, Any] | None:
        """Of the example of that item which failed first."""
        return self._globals if self._test is getattr(item, "dtest", self) else None

    def forget(self) -> None:
        """The item is over."""
        self._test = self._globals = None

    def _wrapped(self, report: Callable[..., Any]) -> Callable[..., Any]:
        def reporting(out: Any, test: Any, *rest: Any, **named: Any) -> Any:
            if self._test is not test:
                self._test, self._globals = test, dict(test.globs)
            return report(out, test, *rest, **named)

        return reporting
