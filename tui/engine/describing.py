"""Asks the host what files consist of and what is covered of them, as the user's interpreter sees it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

from tui.engine.warmth.silence import is_stopped
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui.engine.host import HostProcess

_FILES = 1000
"""Files in one question: a message has its limit."""
_LOOK = 0.5
"""Seconds between two looks at whether the host still lives."""


class Describing:
    """The open questions. ``folder`` is where the answers are written; ``host`` gives the one that is asked."""

    def __init__(self, folder: Path, host: Callable[[], HostProcess]) -> None:
        self._folder = folder
        self._host = host
        self._open: dict[int, asyncio.Future[int]] = {}
        self._count = self._plans = 0

    async def ask(self, paths: Sequence[str]) -> dict[str, Any]:
        """The answer for these files. Raises OSError when there is none."""
        answer: dict[str, Any] = {"files": {}}
        for at in range(0, max(len(paths), 1), _FILES):
            part = await self._ask(paths[at : at + _FILES])
            answer = {**part, "files": {**answer["files"], **part["files"]}}
        return answer

    async def count(self, plan: wire.CountPlan) -> dict[str, Any]:
        """What recorded lines cover: a ``wire.Counted``. Raises OSError when there is no answer."""
        self._plans += 1
        file = self._folder / f"plan-{self._plans}.json"
        content = await asyncio.to_thread(wire.encode, plan)
        await asyncio.to_thread(file.write_bytes, content)
        try:
            return await self._put({"do": "count", "plan": str(file)})
        finally:
            with contextlib.suppress(OSError):
                file.unlink()

    async def _ask(self, paths: Sequence[str]) -> dict[str, Any]:
        return await self._put({"do": "describe", "paths": list(paths)})

    async def _put(self, question: wire.Command) -> dict[str, Any]:
        """The answer to a question, whose number and file it gets here."""
        self._count += 1
        number = self._count
        host = self._host()
        file = self._folder / f"described-{number}.json"
        ended = self._open[number] = asyncio.get_running_loop().create_future()
        host.command({**question, "id": number, "answer": str(file)})
        try:
            while not ended.done():
                await asyncio.wait([ended], timeout=_LOOK)
                if is_stopped(host.pid) and not ended.done():
                    host.signal(signal.SIGKILL)  # nothing but another one gets on
                if not host.alive and not ended.done():
                    raise OSError("the interpreter's process has ended")
            if ended.result() != 0:
                raise OSError(f"the interpreter could not look at the files: exit {ended.result()}")
            try:
                answer: dict[str, Any] = wire.decode(await asyncio.to_thread(file.read_bytes))
            except ValueError as error:
                raise OSError(f"what the interpreter says of the files cannot be read: {error}") from None
            return answer
        finally:
            self._open.pop(number, None)
            with contextlib.suppress(OSError):
                file.unlink()

    def described(self, number: int, status: int) -> None:
        """The host says that the process of a question has ended."""
        ended = self._open.get(number)
        if ended is not None and not ended.done():
            ended.set_result(status)
