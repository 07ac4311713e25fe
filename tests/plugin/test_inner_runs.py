"""Projects about pytest itself, and projects that use our names."""

from __future__ import annotations

import subprocess

import pytest

from tests.plugin.conftest import Start

NAMESAKES = {
    "tui/__init__.py": "mine = True\n",
    "tui/plugin.py": "mine = True\n",
    "host.py": "mine = True\n",
    "wire.py": "mine = True\n",
    "run.py": "mine = True\n",
    "conftest.py": "import tui, tui.plugin, host, wire, run\npytest_plugins = ['outer', 'redbar_plugin', 'entry']\n",
    "outer.py": "import pytest\n@pytest.fixture\ndef outer(): return 'theirs'\n",
    "redbar_plugin.py": "import pytest\n@pytest.fixture\ndef plugin(): return 'theirs'\n",
    "entry.py": "import pytest\n@pytest.fixture\ndef entry(): return 'theirs'\n",
    "_redbar_plugin/__init__.py": "raise RuntimeError('nobody asked for this')\n",
    "test_a.py": """
        import sys, tui, tui.plugin, host, wire, run
        def test_a(outer, plugin, entry):
            assert all(each.mine for each in (tui, tui.plugin, host, wire, run))
            assert outer == plugin == entry == "theirs"
    """,
}


def test_a_project_with_our_names(drive: Start, edge: str) -> None:
    run = drive(NAMESAKES, python=edge).run("test_a.py")
    assert run.status == 0, run.output
    assert run.ran == ["test_a.py::test_a"]


INNER = """
    import os, pytest, sys

    INNER = '''
        import pytest
        def test_inner(): print("inner output")
        def test_inner_fails(): assert 0
        def test_forks():
            import os
            if os.fork() == 0: os._exit(0)
    '''

    def test_before(): pass

    @pytest.mark.parametrize("way", ["runpytest_inprocess", "runpytest_subprocess"])
    def test_runs(pytester, way):
        pytester.makepyfile(INNER)
        result = getattr(pytester, way)("-v")
        result.assert_outcomes(passed=2, failed=1)
        # The interpreter's own folder may have the word in its name.
        text = (result.stdout.str() + result.stderr.str()).replace(sys.prefix, "")
        assert "redbar" not in text

    def test_inline(pytester):
        pytester.makepyfile(INNER)
        record = pytester.inline_run()
        assert len(record.listoutcomes()[2]) == 1
        assert not [call for call in map(str, record.getcalls("pytest_plugin_registered")) if "_redbar_plugin" in call]
        items, _ = pytester.inline_genitems()
        assert len(items) == 3

    def test_main(pytester):
        pytester.makepyfile(INNER)
        assert pytest.main(["-q"]) == 1

    def test_workers(pytester):
        pytest.importorskip("xdist")
        pytester.makepyfile(INNER)
        pytester.runpytest_subprocess("-n1").assert_outcomes(passed=2, failed=1)

    def test_fails(): assert 0
"""


@pytest.mark.parametrize("args", [[], ["-n1"], ["--assert=plain"]], ids=["", "n1", "plain"])
def test_inner_runs_of_pytester(drive: Start, edge: str, args: list[str]) -> None:
    if args == ["-n1"] and subprocess.run([edge, "-c", "import xdist"], check=False, capture_output=True).returncode:
        pytest.skip(f"{edge} has no pytest-xdist")
    files = {"test_p.py": INNER, "conftest.py": "pytest_plugins = 'pytester'\n"}
    run = drive(files, python=edge).run("-pno:asyncio", *args)
    assert sorted(run.ran) == sorted(run.order)
    assert len(run.ran) == 7
    failed = [nodeid for nodeid, result in run.results.items() if result == "failed"]
    assert failed == ["test_p.py::test_fails"], run.output


def test_an_inner_run_with_the_arguments_of_the_outer_one(drive: Start, edge: str) -> None:
    """As plugins do that run what failed once more: our own ``-p`` is among them."""
    tests = """
        import pytest
        def test_outer(request):
            args = request.config.invocation_params.args
            assert pytest.main([*args[:-1], "inner", "-pno:cacheprovider"]) == 1
    """
    files = {"test_o.py": tests, "inner/test_i.py": "def test_i(): assert 0\n"}
    run = drive(files, python=edge).run("test_o.py")
    assert run.ran == run.order == run.found == ["test_o.py::test_outer"], run.output
    assert run.names.count("SessionStarted") == run.names.count("SessionFinished") == 1
    assert run.status == 0


def test_a_conftest_that_runs_pytest_when_it_is_imported(drive: Start) -> None:
    """The inner run comes before the outer one has a session."""
    conftest = """
        import os, pytest
        if not os.environ.get("INNER"):
            os.environ["INNER"] = "1"
            assert pytest.main(["inner", "-q", "-s", "-pno:cacheprovider"]) == 0
            del os.environ["INNER"]
    """
    files = {"conftest.py": conftest, "inner/test_i.py": "def test_i(): pass\n", "test_o.py": "def test_o(): pass\n"}
    run = drive(files).run("test_o.py")
    assert run.ran == ["test_o.py::test_o"], run.output
    assert run.names.count("SessionStarted") == 1
