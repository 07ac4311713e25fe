"""A tmux server of a test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")


class Tmux:
    """A server with one session of one pane."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "tmux"
        self("-f", os.devnull, "new-session", "-d", "-x", "120", "-y", "30", "cat")

    def __call__(self, *arguments: str) -> str:
        """What a command answers."""
        command = ["tmux", "-S", str(self.socket), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    @property
    def panes(self) -> list[str]:
        """Their numbers."""
        return self("list-panes", "-F", "#{pane_id}").split()

    def shows(self, pane: str) -> str:
        """What is to be seen in a pane."""
        return self("capture-pane", "-p", "-t", pane)

    def environ(self) -> dict[str, str]:
        """The variables of programs inside."""
        return {"TMUX": self("display-message", "-p", "#{socket_path},#{pid},0"), "TMUX_PANE": self.panes[0]}

    def close(self) -> None:
        """End it."""
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], check=False, capture_output=True)
