"""Runs of pytest within the run: a debugger that they meet is theirs."""

from __future__ import annotations

from tests.plugin.debugging.conftest import Sit

FILES = {
    "conftest.py": "pytest_plugins = 'pytester'\n",
    "test_i.py": """
        import bdb, sys

        INNER = '''
            import bdb, pdb

            class Mine(pdb.Pdb):
                def set_trace(self, *args, **options):
                    print("theirs:", self.interaction.__func__ is pdb.Pdb.interaction)

            def test_in():
                breakpoint()
        '''

        def test_inner(pytester):
            pytester.makepyfile(inner=INNER, test_in="from inner import test_in")
            result = pytester.runpytest_inprocess("-s", "--pdbcls=inner:Mine", "-p", "no:cacheprovider", "test_in.py")
            result.assert_outcomes(passed=1)
            result.stdout.fnmatch_lines(["*theirs: True*"])
            breakpoint()
            a = 1
    """,
}


def test_a_debugger_of_an_inner_run(sit: Sit, edge: str) -> None:
    """It is left alone; the next one of the outer run is not."""
    person = sit(FILES, python=edge)
    run = person.driver.start("test_i.py", debugger="pdb")
    assert person.is_paused()["nodeid"] == "test_i.py::test_inner"
    person.steps_over(1)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert len(person.pauses) == 1
