"""What a run leaves out when somebody debugs."""

from __future__ import annotations

import pytest

from tests.plugin.debugging.conftest import Sit
from tui.plugin import wire

BREAKPOINTS = wire.Debug(mode="breakpoints", debugger="pdb")

# Plugins as they would be installed: options of their own, marks, hooks that get in the way.
PLUGINS = {
    "pytest_timeout.py": """
        import pytest

        def pytest_addoption(parser):
            parser.addoption("--timeout", type=float)
            parser.addini("timeout", "seconds")

        def pytest_configure(config):
            config.addinivalue_line("markers", "timeout(seconds): so long")

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_call(item):
            config = item.config
            if config.getini("timeout") or config.getoption("--timeout") or item.get_closest_marker("timeout"):
                raise TimeoutError("too long")
            yield
    """,
    "pytest_rerunfailures.py": """
        def pytest_addoption(parser):
            parser.addoption("--reruns", type=int)

        def pytest_configure(config):
            config.addinivalue_line("markers", "flaky(reruns): often")

        def pytest_runtest_protocol(item):
            if item.config.getoption("--reruns") or item.get_closest_marker("flaky"):
                raise RuntimeError("again")
    """,
    "pytest_cov.py": """
        def pytest_addoption(parser):
            parser.addoption("--cov", action="append", default=[], dest="cov_source", nargs="?", const=True)

        def pytest_load_initial_conftests(early_config):
            if early_config.known_args_namespace.cov_source:
                raise RuntimeError("covered")
    """,
    "conftest.py": "",
    "test_p.py": """
        import pytest

        @pytest.mark.timeout(1)
        def test_one():
            assert 0

        @pytest.mark.flaky(reruns=2)
        def test_two():
            print("to the terminal")
            assert 0
    """,
}
INSTALLED = {
    f"{name}-1.0.dist-info/{file}": text
    for name, plugin in (
        ("pytest_timeout", "timeout"),
        ("pytest_rerunfailures", "rerunfailures"),
        ("pytest_cov", "pytest_cov"),
    )
    for file, text in (
        ("METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"),
        ("entry_points.txt", f"[pytest11]\n{plugin} = {name}\n"),
    )
}
OPTIONS = (
    "[pytest]\naddopts = --strict-markers -x --timeout=1 --reruns=2 --cov=. --pdb --trace -p xdist -n2\ntimeout = 3\n"
)


def test_nothing_is_in_the_way(sit: Sit, edge: str) -> None:
    person = sit({**PLUGINS, **INSTALLED, "pytest.ini": OPTIONS}, python=edge)
    run = person.driver.start(debug=BREAKPOINTS, record="selection")
    outcome = person.end(run)
    assert outcome.results == {"test_p.py::test_one": "failed", "test_p.py::test_two": "failed"}, outcome.output
    dropped = outcome.event("OptionsDropped")["options"]
    assert sorted(dropped) == ["cov", "maxfail", "pdb", "reruns", "timeout", "trace", "xdist"]
    assert outcome.sections("test_p.py::test_two") == []
    assert "to the terminal" in outcome.output
    assert outcome.workers == {}
    assert not list(outcome.folder.glob("coverage-*"))


def test_everything_is_there_otherwise(sit: Sit) -> None:
    """The stand-ins do get in the way of an ordinary run."""
    person = sit({**PLUGINS, **INSTALLED, "pytest.ini": "[pytest]\n"})
    outcome = person.end(person.driver.start("-k", "one"))
    assert "too long" in outcome.output
    outcome = person.end(person.driver.start("-k", "two"))
    assert "again" in outcome.output
    assert outcome.events("OptionsDropped") == []


def test_only_what_is_registered(sit: Sit, edge: str) -> None:
    """No option is known, so none may be touched; capture alone is always there."""
    person = sit({"test_a.py": "def test_a(): pass\n"}, python=edge)
    outcome = person.end(person.driver.start("-p", "no:xdist", debug=BREAKPOINTS))
    assert outcome.status == 0, outcome.output
    assert outcome.events("OptionsDropped") == []


@pytest.mark.parametrize("option", ["--capture=fd", "--capture=sys", "--capture=tee-sys"])
def test_fixtures_of_capture_work(sit: Sit, option: str) -> None:
    body = "def test_a(capfd):\n    print('x')\n    assert capfd.readouterr().out == 'x\\n'\n"
    person = sit({"test_a.py": body})
    outcome = person.end(person.driver.start(option, debug=BREAKPOINTS))
    assert outcome.status == 0, outcome.output
