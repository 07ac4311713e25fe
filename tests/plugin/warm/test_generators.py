"""Generators of random numbers in forks."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tui.plugin.warm.generators import Generators


@pytest.fixture(autouse=True)
def own_state() -> Iterator[None]:
    """These tests seed what others draw from."""
    state = random.getstate()
    yield
    random.setstate(state)


def faker(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    module: Any = ModuleType("faker.generator")
    module.random = random.Random()
    monkeypatch.setitem(sys.modules, "faker.generator", module)
    return module.random  # type: ignore[no-any-return]


def test_what_was_seeded_goes_on_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    names = faker(monkeypatch)
    generators = Generators()
    random.seed(0)
    names.seed(1)
    expected = random.Random(0).random(), random.Random(1).random()
    generators.note()
    for _ in range(2):
        random.seed()
        names.seed()
        generators.restore()
        assert (random.random(), names.random()) == expected


def test_what_was_only_drawn_from_is_left_to_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    names = faker(monkeypatch)
    random.seed()
    generators = Generators()
    random.random()
    names.random()
    generators.note()
    random.seed(5)
    names.seed(5)
    generators.restore()
    expected = random.Random(5).random()
    assert (random.random(), names.random()) == (expected, expected)


def test_numpy() -> None:
    numpy = pytest.importorskip("numpy")
    before = Generators()
    numpy.random.seed(0)
    expected = numpy.random.RandomState(0).rand()
    before.note()
    numpy.random.seed()
    before.restore()
    assert numpy.random.rand() == expected
