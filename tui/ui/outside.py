"""What leaves the screen: editor, pager, clipboard."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine import editor

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.editor import Command
    from tui.ui.terminal.app import TerminalApp


class Outside:
    """Opens other programs on the terminal; ``say`` tells the person how it went."""

    def __init__(self, app: TerminalApp, say: Callable[[str], None], configured: str | None) -> None:
        self._app = app
        self._say = say
        self._configured = configured

    async def edit(self, path: str, line: int | None) -> None:
        """Open the editor at a line, and come back."""
        if not path:
            self._say("there is no file to edit here")
            return
        try:
            command = editor.edit(Path(path), line, self._configured, os.environ)
        except (ValueError, IndexError):  # a quote that is not closed; nothing but blanks
            self._say("the command of the editor cannot be read: set $EDITOR or the setting anew")
            return
        if command is None:
            self._say("no editor: set $EDITOR")
            return
        await self._run(command)

    async def page(self, what: Path | str) -> None:
        """Show a file, or a text, in the pager."""
        if isinstance(what, Path):
            await self._page(what)
            return
        with tempfile.NamedTemporaryFile("w", prefix="redbar-", suffix=".txt", errors="backslashreplace") as file:
            file.write(what)
            file.flush()
            await self._page(Path(file.name))

    async def _page(self, file: Path) -> None:
        try:
            command = editor.page(file, os.environ)
        except (ValueError, IndexError):
            self._say("the command of the pager cannot be read: set $PAGER anew")
            return
        if command is None:
            self._say("no pager: set $PAGER")
        else:
            await self._run(command)

    async def copy(self, text: str) -> None:
        """Copy; says where it went, and the text itself for the mouse."""
        where = await self._app.copy_text(text)
        self._say(f"{where}: {text}")

    async def _run(self, command: Command) -> None:
        name = command.argv[0]
        try:
            if command.own_window:
                null = subprocess.DEVNULL
                await asyncio.create_subprocess_exec(*command.argv, stdin=null, stdout=null, stderr=null)
                self._say(f"opened in {name}")
                return
            await self._app.hear_answers()
            with self._app.lend_terminal():
                process = await asyncio.create_subprocess_exec(*command.argv)
                status = await process.wait()
        except OSError as error:
            self._say(f"{name}: {error.strerror}")
            return
        if status:
            self._say(f"{name} ended with {status}")
