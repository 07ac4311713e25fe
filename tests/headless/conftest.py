from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.headless.launch import Project, environment
from tests.headless.watching import Watch, Watching


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


@pytest.fixture
def watch(project: Project) -> Iterator[Watch]:
    """Starts ``redbar watch`` on these files."""
    begun = []

    def start(files: dict[str, str], *args: str) -> Watching:
        for name, text in files.items():
            project.write(name, text)
        begun.append(Watching(project, "--json", *args))
        return begun[-1]

    yield start
    for each in begun:
        each.process.kill()
        each.process.communicate()
