from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.headless.launch import Project, environment


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project; what a test started and did not end is killed."""
    home = tmp_path / "home"
    folder = tmp_path / "project"
    home.mkdir()
    folder.mkdir()
    made = Project(folder, environment(home))
    yield made
    for process in made.started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
