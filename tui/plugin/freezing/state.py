"""What a run hands to the copy that it makes of itself.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..territory import Territory
    from .pristine import Snapshot


class State:
    """A failure and what its copy needs to serve it.

    ``hello`` are the fields of its first message that the run knows; ``node`` is pytest's item or collector;
    ``environ`` is what the environment was before the first test; ``globals_of_doctest`` are those of the example that
    failed, which doctest has cleared since.
    """

    def __init__(
        self,
        socket_path: str,
        hello: dict[str, Any],
        exception: BaseException,
        node: Any,
        territory: Territory,
        snapshot: Snapshot,
        environ: Mapping[str, str],
    ) -> None:
        self.socket_path = socket_path
        self.hello = hello
        self.exception = exception
        self.node = node
        self.territory = territory
        self.snapshot = snapshot
        self.environ = environ
        self.sections: list[tuple[str, str]] = []
        self.globals_of_doctest: dict[str, Any] | None = None

    def fill_doctest(self) -> None:
        """Put the globals of the example back."""
        test = getattr(getattr(self.node, "dtest", None), "globs", None)
        if self.globals_of_doctest is not None and type(test) is dict:
            test.update(self.globals_of_doctest)
