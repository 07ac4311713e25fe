"""Has files described before anybody waits for that: those that a run imports, while it goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tui.engine.record.description import described, hashes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from tui.engine.record.description import Describe

_AT_ONCE = 20
"""Files of one question: who asks for some of them does not wait for many others."""


class Ahead:
    """Descriptions that nobody has asked for yet; each holds as long as its file is what it was."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}
        self._asked: Sequence[str] = ()
        self._asking: asyncio.Task[None] | None = None
        self._stopped = False

    async def describe(self, paths: Iterable[str], describe: Describe, known: Callable[[str], bool]) -> None:
        """Have files described that are not ``known``, with all that they import, until somebody takes some.

        Not to be called again before it has ended.
        """
        self._stopped = False
        seen = dict.fromkeys(paths)
        pending = list(seen)
        while pending and not self._stopped:
            some, pending = pending[:_AT_ONCE], pending[_AT_ONCE:]
            self._asked = [path for path in some if not (path in self._told or known(path))]
            if self._asked:
                self._asking = asyncio.create_task(self._ask(describe))
                await self._asking
            imported = [each for path in some for each in self._told.get(path, {}).get("imports") or ()]
            pending += [path for path in dict.fromkeys(imported) if path not in seen]
            seen.update(dict.fromkeys(imported))

    async def _ask(self, describe: Describe) -> None:
        self._told.update(await described(describe, self._asked))

    async def take(self, paths: Collection[str]) -> dict[str, dict[str, Any]]:
        """What is told of these files as they are now, or of some of them.

        What is just being asked for is waited for, and no more.
        """
        self._stopped = True
        if self._asking is not None and not set(self._asked).isdisjoint(paths):
            await asyncio.wait([self._asking])
        told = {path: self._told.pop(path) for path in paths if path in self._told}
        present = await asyncio.to_thread(hashes_of, list(told))
        return {path: answer for path, answer in told.items() if answer.get("hash") == present[path]}

    def forget(self) -> None:
        """Nothing of it is needed any more."""
        self._stopped = True
        self._told.clear()
