"""A project that is watched: through a test's own hand, or for real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.watching.hand import Hand, Project


@pytest.fixture
async def project(tmp_path: Path) -> AsyncIterator[Project]:
    """Not started yet; its events are what the test says."""
    project = Project(tmp_path, Hand())
    yield project
    await project.watcher.close()


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Project]:
    """Not started yet; its events are the system's."""
    project = Project(tmp_path, None)
    yield project
    await project.watcher.close()
