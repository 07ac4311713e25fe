"""Copies text to the clipboard of the machine where the person sits, over SSH too."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIMIT: Final = 74_994
"""Bytes of text that terminals take by OSC 52: 100,000 after encoding."""

_TMUX_PATIENCE: Final = 2.0
"""Seconds that tmux has for an answer."""


async def copy(text: str, *, write: Callable[[str], object], env: Mapping[str, str]) -> str:
    """Copy `text` and say in words where it went, or why it went nowhere.

    Inside tmux it goes to tmux, which hands it on to the terminal outside; elsewhere to the terminal
    by OSC 52. Terminals give no answer, so "to the terminal" is all that can be said.

    Args:
        text: What to copy.
        write: Writes to the terminal.
        env: The environment.
    """
    data = text.encode(errors="replace")
    if env.get("TMUX"):
        # -w (tmux 3.2) hands it on to the terminal outside as well.
        if await _tmux("load-buffer", "-w", "-", data=data):
            return "copied to tmux and the terminal's clipboard"
        if await _tmux("load-buffer", "-", data=data):
            return "copied to tmux (paste with prefix ])"
    if len(data) > LIMIT:
        return f"not copied: {len(data) // 1000} kB, and terminals take {LIMIT // 1000} kB"
    write(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
    return "copied to the terminal's clipboard"


async def _tmux(*arguments: str, data: bytes) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(data), _TMUX_PATIENCE)
    except (TimeoutError, OSError):
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode == 0
