"""One run for all tests of documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.detail.looking import Looked, run_all


@pytest.fixture(scope="session")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    """What is known after a run of a project with every kind of failure."""
    made, explorer = run_all(tmp_path_factory.mktemp("kinds"))
    yield made
    explorer.close()
