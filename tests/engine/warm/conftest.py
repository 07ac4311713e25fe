"""Projects with an explorer each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.warm.desk import Desk

Sit = Callable[..., Desk]

FILES = {
    "pytest.ini": "[pytest]\n",
    "conftest.py": "import cart\n",
    "cart.py": "import prices\ndef total(): return 2 * prices.PRICE\n",
    "prices.py": "PRICE = 1\n",
    "test_cart.py": "import cart\ndef test_total(): assert cart.total() == 2\ndef test_other(): pass\n",
}
"""A conftest that imports the project, which is two modules deep."""


@pytest.fixture
def sit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sit]:
    """Makes a project and its explorer: ``sit({name: text}, *arguments for pytest)``; None leaves a file out."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_VERSION"):
        monkeypatch.delenv(name, raising=False)
    desks: list[Desk] = []

    def make(files: dict[str, str | None] | None = None, *args: str, python: str = sys.executable) -> Desk:
        folder = tmp_path / f"project{len(desks)}"
        folder.mkdir()
        desk = Desk(folder, *args, python=python)
        desks.append(desk)
        for name, text in {**FILES, **(files or {})}.items():
            if text is not None:
                desk.write(name, text)
        return desk

    yield make
    for desk in desks:
        desk.close()
