"""When a run takes the terminal back from somebody who has stepped out of what they debugged.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ..outer import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "redbar-pauses"


def watch(manager: Any, end: Callable[[], None]) -> None:
    """Call ``end`` whenever a phase of a test ends, from now on: a run without pauses does not pay for it."""
    if not manager.hasplugin(_NAME):
        manager.register(_Ends(end), _NAME)


class _Ends:
    """A plugin, from the first pause on: takes the terminal back at the end of what the person has stepped out of."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_runtest_makereport(self) -> None:
        """A phase of a test has ended."""
        self._end()

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_collectreport(self) -> None:
        """A file has been imported."""
        self._end()

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_configure(self) -> None:
        """The first conftests have been imported."""
        self._end()

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_runtest_logfinish(self) -> None:
        """At the latest."""
        self._end()
