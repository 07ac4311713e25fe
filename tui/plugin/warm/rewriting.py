"""pytest's assertion rewriting for plugins that are loaded before there is a pytest session.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import Any

from _pytest.assertion import AssertionState
from _pytest.assertion.rewrite import AssertionRewritingHook, assertstate_key


class _Silent:
    """Takes the place of what the hook would report to."""

    def get(self, _name: str) -> Any:
        return lambda *_args: None


class _Trace:
    root = _Silent()


class _Config:
    """As much of a pytest config as the hook asks for."""

    trace = _Trace()

    def __init__(self) -> None:
        self.stash: dict[Any, Any] = {}
        self.stash[assertstate_key] = AssertionState(self, "rewrite")  # type: ignore[arg-type] # stands in for it

    def getini(self, name: str) -> Any:
        return [] if name == "python_files" else False

    def getoption(self, *_args: Any, **_options: Any) -> int:
        return 0


class Rewriter(AssertionRewritingHook):
    """Rewrites the modules of these names and no others."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(_Config())  # type: ignore[arg-type] # the same
        self._names = names

    def _early_rewrite_bailout(self, name: str, state: Any) -> bool:  # noqa: ARG002 - the hook's own signature
        return name not in self._names

    def _should_rewrite(self, name: str, fn: str, state: Any) -> bool:  # noqa: ARG002 - the same
        return name in self._names
