from __future__ import annotations

import pytest

from tests.model.making import Player


@pytest.fixture
def player() -> Player:
    """A store of which nothing is known yet."""
    return Player()
