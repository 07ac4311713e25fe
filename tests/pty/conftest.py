from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate import Gate


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Holds the tests of the project in ``tmp_path``."""
    held = Gate(tmp_path)
    yield held
    held.close()
