"""A session that waits within a conftest starts on shorter ways, and is the same session in the end."""

from __future__ import annotations

from tests.engine.warm.conftest import Sit

CONFTEST = """
    import functools, pytest, cart
    class Instance:
        @pytest.fixture
        def method(self): return "method"
    def pytest_configure(config): config.pluginmanager.register(Instance())
    @pytest.fixture
    def ordinary(): return "ordinary"
    @pytest.fixture(name="other")
    def named(): return "other"
    @pytest.fixture(autouse=True)
    def always(): return "always"
"""
TESTS = """
    import pytest
    @pytest.fixture
    def own(ordinary): return ordinary + " own"
    class TestIt:
        @pytest.fixture
        def inner(self): return "inner"
        def test_inner(self, inner, always): assert inner == "inner"
    def test_names(own, other, method, request, pytestconfig):
        assert (own, other, method) == ("ordinary own", "other", "method")
        manager = vars(request._fixturemanager)
        found = [(name, list(map(str, each))) for name, each in manager.items() if isinstance(each, dict)]
        assert any("ordinary" in each for _, each in found)
        last = pytestconfig.pluginmanager.get_plugin("nfplugin")
        with open("found", "a") as file:
            file.write(repr([found, sorted(map(str, last.cached_nodeids))]) + "\\n")
"""


async def test_the_same_fixtures_and_the_same_memory(sit: Sit) -> None:
    desk = sit({"conftest.py": CONFTEST, "test_cart.py": TESTS})
    await desk.run()
    await desk.parked("cart.py")
    result = await desk.run("cart.py")
    assert (result.words, result.outcomes) == (
        "parked before cart.py",
        {"test_inner": "passed", "test_names": "passed"},
    )
    await desk.run("cart.py", cold=True)
    *_, parked, cold = (desk.folder / "found").read_text().splitlines()
    assert "ordinary" in cold
    assert cold.count("::test_names") == 1
    assert parked == cold
