"""Tests that need others before them, and say so."""

from __future__ import annotations

from tests.engine.loop.conftest import Make
from tests.engine.loop.sitting import sit_down

PROJECT = {
    "pytest.ini": "[pytest]\nmarkers =\n    order\n",
    "conftest.py": """
        def pytest_configure(config):
            config.pluginmanager.register(object(), "orderingplugin")  # as pytest-order does
    """,
    "test_cart.py": """
        import pytest
        filled = []
        @pytest.mark.order(1)
        def test_fill(): filled.append(1)
        def test_other(): pass
        @pytest.mark.order(2)
        def test_pay(): assert filled
    """,
}
FILL, OTHER, PAY = (f"test_cart.py::test_{name}" for name in ("fill", "other", "pay"))


async def test_they_run_with_what_comes_before_them(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        before = len(sitting.memory.taken)
        sitting.memory.touched = {"cart.py": [(1, PAY)]}
        sitting.memory.likely = {"cart.py": [PAY]}
        await sitting.save(cart="")
        assert sitting.memory.taken[before:] == [[FILL, PAY]]
        assert sitting.loop.reason_of((FILL, 0)) == "runs with test_pay"
        sitting.memory.touched = {"cart.py": [(1, OTHER)]}
        await sitting.save(cart="x = 1\n")
        assert sitting.memory.taken[before + 1 :] == [[OTHER]]
        assert sitting.outcomes == dict.fromkeys((FILL, OTHER, PAY), "passed")
