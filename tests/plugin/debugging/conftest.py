"""A person for each test, and the interpreters in which there is a debugger to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.conftest import Start
from tests.plugin.debugging.person import Person

Sit = Callable[..., Person]


@pytest.fixture
def sit(drive: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sit]:
    """Writes a project and sits down before it: ``sit(files, python=...)``."""
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:

        def start(files: dict[str, str], **options: Any) -> Person:
            environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), **options.pop("environ", {})}
            person = Person(drive(files, environ=environ, **options))
            stack.callback(person.close)
            return person

        yield start


def installed(python: str, name: str) -> bool:
    """Whether that interpreter has a package of this name."""
    folders = Path(python).parent.parent.glob("lib/python*/site-packages")
    return any((folder / name).exists() or (folder / f"{name}.py").exists() for folder in folders)
