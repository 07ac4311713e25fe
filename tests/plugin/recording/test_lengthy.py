"""What pytest does at length by itself runs at full speed, and nothing of the project is missed for that."""

from __future__ import annotations

from tests.plugin.conftest import Start
from tests.plugin.recording.reading import LIB, TRACED, recorded

CONFTEST = """
    import sys
    from _pytest.assertion import rewrite

    class Loud:
        def __get__(self, plugin, kind):
            seen("fixtures")

    class Plugin:
        loud = Loud()

    def seen(what):
        with open("seen", "a") as file:
            file.write(f"{what} {sys.gettrace() is not None}\\n")

    def pytest_configure(config):
        config.pluginmanager.register(Plugin())
        original = rewrite._get_assertion_exprs
        def rewritten(*args):
            seen("asserts")
            return original(*args)
        rewrite._get_assertion_exprs = rewritten
        rewrite.AssertionRewriter.enable_assertion_pass_hook = property(lambda self: True, lambda self, value: None)
"""
TESTS = """
    import lib, conftest
    def test_it():
        conftest.seen("test")
        assert lib.called() == 2
"""


@TRACED
def test_nobody_looks_at_what_pytest_does_at_length(drive: Start) -> None:
    driver = drive({"conftest.py": CONFTEST, "test_h.py": TESTS, "lib.py": LIB})
    outcome, record = recorded(driver)
    assert outcome.status == 0, outcome.output
    lines = (driver.cwd / "seen").read_text().splitlines()
    assert set(lines) == {"fixtures False", "asserts False", "test True"}
    assert record.test("test_h.py::test_it").code["lib.py"] == {"return 2"}


@TRACED
def test_who_is_told_of_plugins_is_looked_at(drive: Start) -> None:
    conftest = CONFTEST + "    def pytest_plugin_registered(): seen('registered')\n"
    driver = drive({"conftest.py": conftest, "test_h.py": TESTS, "lib.py": LIB})
    outcome, record = recorded(driver)
    assert outcome.status == 0, outcome.output
    assert "def pytest_plugin_registered(): seen('registered')" in record.module("conftest.py").code["conftest.py"]
    lines = (driver.cwd / "seen").read_text().splitlines()
    assert "registered False" not in lines
    assert "fixtures True" in lines
