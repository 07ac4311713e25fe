"""What git is asked."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.headless.launch import gone
from tui.engine.coverage import git

SLOW = "#!/bin/sh\necho $$ > pid.part\nmv pid.part pid\nexec sleep 600\n"


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a git that never answers says its number."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(SLOW)
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "pid"


async def test_a_git_that_nobody_waits_for_any_more_is_ended(slow: Path) -> None:
    asking = asyncio.create_task(git.Git(slow.parent).head())
    while not slow.exists():  # noqa: ASYNC110, ASYNC240 - it is another process that writes
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert gone(int(slow.read_text()))  # noqa: ASYNC240 - the same


async def test_a_git_that_takes_too_long_is_ended(slow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "_SECONDS", 0.5)
    assert await git.Git(slow.parent).head() == ""
    assert not slow.exists() or gone(int(slow.read_text()))  # noqa: ASYNC240 - the same
