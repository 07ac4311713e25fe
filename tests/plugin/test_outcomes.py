"""Every outcome in every phase, with what was printed."""

from __future__ import annotations

from tests.plugin.conftest import Plainly, Start
from tests.plugin.outcome import Outcome
from tui.plugin import wire

OUTCOMES = """
    import pytest, sys, logging, warnings

    @pytest.fixture
    def loud():
        print("in setup")
        yield
        print("in teardown")

    @pytest.fixture
    def bad_setup():
        print("going to fail")
        raise RuntimeError("no setup")

    @pytest.fixture
    def bad_teardown():
        yield
        raise RuntimeError("no teardown")

    def test_passes(loud): print("in call"); print("to stderr", file=sys.stderr)
    def test_plain(): pass
    def test_fails(loud):
        number = 41
        print("in call")
        logging.getLogger("shop").warning("logged")
        assert number == 42
    def test_error_in_setup(bad_setup): pass
    def test_error_in_teardown(bad_teardown): pass
    def test_fails_twice(bad_teardown): assert 0
    def test_skips(): pytest.skip("not here")
    @pytest.mark.skip(reason="by mark")
    def test_skip_mark(): pass
    @pytest.mark.xfail(reason="known")
    def test_xfails(): assert 0
    @pytest.mark.xfail
    def test_xpasses(): pass
    @pytest.mark.xfail(strict=True)
    def test_strict(): pass
    @pytest.mark.xfail(run=False)
    def test_never(): assert 0
    def test_warns(): warnings.warn("old way", DeprecationWarning)
    def test_exits(): sys.exit(3)
    def test_recursion():
        def f(n): return f(n + 1)
        f(0)
    class Odd:
        def __repr__(self): raise SystemExit(5)
    def test_odd_repr():
        odd = Odd()
        odd.nothing_of_that_name
"""


def test_every_outcome(drive: Start, python: str, plainly: Plainly) -> None:
    driver = drive({"test_o.py": OUTCOMES}, python=python)
    run = driver.run()
    results = {nodeid.partition("::test_")[2]: result for nodeid, result in run.results.items()}
    assert results == {
        "passes": "passed",
        "plain": "passed",
        "fails": "failed",
        "error_in_setup": "error",
        "error_in_teardown": "error",
        "fails_twice": "error",
        "skips": "skipped",
        "skip_mark": "skipped",
        "xfails": "xfailed",
        "xpasses": "xpassed",
        "strict": "failed",
        "never": "xfailed",
        "warns": "passed",
        "exits": "failed",
        "recursion": "failed",
        "odd_repr": "failed",
    }
    assert run.status == run.event("SessionFinished")["exit"] == 1
    assert run.names[0] == "SessionStarted"
    assert run.names[-1] == "SessionFinished"
    _sections_come_once(run)
    _failures_are_told_at_once(run)
    _details(run)
    plain = plainly(python, driver.cwd, "--color=no").stdout.splitlines()[-1]
    assert plain.rpartition(" in ")[0].strip("= ") in run.output


def _sections_come_once(run: Outcome) -> None:
    assert run.sections("test_o.py::test_passes") == [
        ("Captured stdout setup", "in setup\n"),
        ("Captured stdout call", "in call\n"),
        ("Captured stderr call", "to stderr\n"),
        ("Captured stdout teardown", "in teardown\n"),
    ]
    names = sorted(name for name, _ in run.sections("test_o.py::test_fails"))
    assert names == [
        "Captured log call",
        "Captured stdout call",
        "Captured stdout setup",
        "Captured stdout teardown",
    ]


def _failures_are_told_at_once(run: Outcome) -> None:
    failed = [(line["nodeid"].partition("::test_")[2], line["when"]) for line in run.events("PhaseReported")]
    assert failed == [
        ("fails", "call"),
        ("error_in_setup", "setup"),
        ("error_in_teardown", "teardown"),
        ("fails_twice", "call"),
        ("fails_twice", "teardown"),
        ("strict", "call"),
        ("exits", "call"),
        ("recursion", "call"),
        ("odd_repr", "call"),
    ]
    plain = next(line for line in run.events("ItemFinished") if line["nodeid"].endswith("test_plain"))
    assert [when for when, _ in plain["phases"]] == ["setup", "call", "teardown"]


def _details(run: Outcome) -> None:
    fails = next(line for line in run.events("PhaseReported") if line["nodeid"].endswith("test_fails"))
    line = OUTCOMES.splitlines().index("        assert number == 42")
    assert fails["crash"] == {"path": "test_o.py", "line": line + 1, "message": fails["crash"]["message"]}
    assert "assert 41 == 42" in fails["crash"]["message"]
    assert "assert 41 == 42" in fails["longrepr"]
    assert "\x1b" not in fails["longrepr"]
    assert (fails["frame"]["name"], fails["frame"]["line"]) == ("test_fails", line + 1)
    assert fails["frame"]["source"][-1] == "    assert number == 42"
    assert fails["frame"]["locals"] == [["number", "41"]]
    (skip,) = [phase for phase in run.phases("test_o.py::test_skip_mark") if phase["category"] == "skipped"]
    assert skip["longrepr"] == "Skipped: by mark"
    (xfail,) = [phase for phase in run.phases("test_o.py::test_xfails") if phase["category"] == "xfailed"]
    assert xfail["wasxfail"] == "known"
    warning = run.event("WarningRecorded")
    assert (warning["category"], warning["message"], warning["path"]) == ("DeprecationWarning", "old way", "test_o.py")
    assert warning["nodeid"] == "test_o.py::test_warns"
    odd = next(line for line in run.events("PhaseReported") if line["nodeid"].endswith("test_odd_repr"))
    assert odd["frame"]["locals"] == [["odd", "<Odd: repr raised SystemExit>"]]


BIG = """
    import sys, os
    def test_big():
        sys.stdout.write("head" + "x" * 3_000_000 + "tail")
    def test_big_and_failing():
        sys.stderr.write("y" * 100_000)
        assert 0
    def test_rubbish():
        os.write(1, bytes(range(256)) * 250)
        os.write(2, b"\\x00\\x1b[31m\\xff\\xfe" * 12_000)
    def test_surrogates():
        print("\\udc80".encode("utf-8", "surrogateescape").decode("latin-1"))
        assert "\\ud800" == "\\udfff"
"""


def test_big_sections_go_to_files(drive: Start, edge: str) -> None:
    run = drive({"test_b.py": BIG}, python=edge).run()
    sections = {line["nodeid"]: line["sections"] for line in run.phases() if line["sections"]}
    (big,) = sections["test_b.py::test_big"]
    assert big["text"].startswith("headx")
    assert big["text"].endswith("xtail")
    assert len(big["text"]) == 2 * wire.SECTION_KEEP
    assert big["head"] == wire.SECTION_KEEP
    assert big["cut"] + len(big["text"]) == 3_000_008
    assert (run.folder / big["file"]).read_text() == "head" + "x" * 3_000_000 + "tail"
    (failing,) = sections["test_b.py::test_big_and_failing"]
    assert (run.folder / failing["file"]).read_text() == "y" * 100_000
    # One file for each, although a report repeats the sections of those before it.
    assert len(list((run.folder / wire.SECTIONS_FOLDER).iterdir())) == len(
        [section for each in sections.values() for section in each if section["file"]]
    )
    rubbish = sections["test_b.py::test_rubbish"]
    assert [section["name"] for section in rubbish] == ["Captured stdout call", "Captured stderr call"]
    assert all(section["file"] for section in rubbish)
    assert "\ud800" in run.phases("test_b.py::test_surrogates")[0]["longrepr"]


def test_hundred_megabytes(drive: Start) -> None:
    """Written once, and not held: the lines stay small."""
    text = "def test_a():\n    for _ in range(100):\n        print('z' * 1_000_000)\n    assert 0\n"
    run = drive({"test_a.py": text}).run("--show-capture=no")
    (file,) = (run.folder / wire.SECTIONS_FOLDER).iterdir()
    assert file.stat().st_size == 100_000_100
    assert (run.folder / "journal-main.jsonl").stat().st_size < 100_000


def test_subtests_of_unittest_and_of_pytest(drive: Start, python: str) -> None:
    tests = """
        import pytest, unittest

        class Case(unittest.TestCase):
            def test_sub(self):
                for n in range(3):
                    with self.subTest("even", n=n):
                        self.assertEqual(n % 2, 0)

        if hasattr(pytest, "Subtests"):
            def test_fixture(subtests):
                for n in range(300):
                    with subtests.test(msg="small", n=n):
                        print("working on", n)
                        assert n != 2
    """
    run = drive({"test_s.py": tests}, python=python).run("-v")
    sub = run.phases("test_s.py::Case::test_sub")
    fixture = run.phases("test_s.py::test_fixture")
    if not fixture:  # before pytest 9 the last failure of a unittest is its only report
        assert run.results == {"test_s.py::Case::test_sub": "failed"}
        return
    failed = [phase.get("subtest") for phase in (*sub, *fixture) if phase.get("outcome") == "failed"]
    assert [label for label in failed if label] == ["[even] (n=1)", "[small] (n=2)"]
    texts = [text for _, text in run.sections("test_s.py::test_fixture")]
    assert texts.count("working on 2\n") == 1
    assert [line["nodeid"] for line in run.events("ItemFinished")] == run.order


RERUN = """
    import pytest
    from _pytest.runner import runtestprotocol

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(item, nextitem):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for attempt in range(3):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            failed = any(report.failed for report in reports)
            for report in reports:
                if report.failed and attempt < 2:
                    report.outcome = "rerun"
                item.ihook.pytest_runtest_logreport(report=report)
                if report.outcome == "rerun":
                    break
            if not failed:
                break
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_report_teststatus(report):
        if report.outcome == "rerun":
            return "rerun", "R", "RERUN"
"""


def test_attempts_of_a_plugin_that_runs_tests_again(drive: Start, python: str) -> None:
    tests = """
        import itertools, pytest
        attempts = itertools.count(1)
        @pytest.fixture
        def loud(): print("setup")
        def test_flaky(loud):
            n = next(attempts)
            print("attempt", n)
            assert n == 2
        def test_never(): assert 0
    """
    run = drive({"conftest.py": RERUN, "test_a.py": tests}, python=python).run()
    flaky = [line for line in run.lines if line.get("nodeid") == "test_a.py::test_flaky"]
    assert [line["event"] for line in flaky] == ["ItemStarted", "PhaseReported", "ItemFinished"]
    again, finished = flaky[1:]
    assert again["outcome"] == again["category"] == "rerun"
    assert [s["text"] for s in again["sections"]] == ["setup\n", "attempt 1\n"]
    texts = [s["text"] for phase in finished["phases"] if isinstance(phase, dict) for s in phase["sections"]]
    assert texts == ["setup\n", "attempt 2\n"]
    never = [line["outcome"] for line in run.events("PhaseReported") if line["nodeid"].endswith("never")]
    assert never == ["rerun", "rerun", "failed"]
