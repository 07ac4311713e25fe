"""What a debugger in a test comes to where nobody can debug."""

from __future__ import annotations

import pytest

from tests.headless.launch import Project


@pytest.mark.parametrize("call", ["breakpoint()", "import pdb; pdb.set_trace()"])
def test_a_run_goes_on(project: Project, call: str) -> None:
    project.write("test_a.py", f"def test_a():\n    {call}\n    print('went on')\n\ndef test_b(): assert 0\n")
    lines, events = project.both()
    assert (lines.code, events.outcomes) == (1, {"test_a.py::test_a": "passed", "test_a.py::test_b": "failed"})
    assert lines.err.startswith("redbar: test_a.py:")
    assert "nobody is here to debug, test_a.py::test_a went on" in lines.err
    paused, resumed = events.one("Paused"), events.one("Resumed")
    assert (paused["nodeid"], paused["path"], paused["why"]) == ("test_a.py::test_a", "test_a.py", "breakpoint")
    assert paused["pause"] == resumed["pause"]
    assert events.named("Frozen") == []


def test_pytests_own_options_do_not_stay_either(project: Project) -> None:
    project.write("test_a.py", "def test_a(): assert 0\n")
    lines, events = project.both("--", "--pdb")
    assert lines.code == 1
    assert events.outcomes == {"test_a.py::test_a": "failed"}
    assert events.one("Paused")["why"] == "post-mortem"
