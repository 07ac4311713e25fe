"""Much output, and rubbish: it is all there, in files, and our own memory does not grow with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.headless.launch import ROOT, Project, Result

# As the command, and its own greatest memory in the end.
MEASURED = """\
import sys
sys.path.insert(0, {root!r})
from tui.cli import main
sys.argv[0] = "redbar"
try:
    main()
finally:
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    open({peak!r}, "w").write(line.split()[1])
"""
MIB = 1024 * 1024
BOUND = 60 * MIB
"""Of our own process; it has about 35 MiB when nothing happens."""

TESTS = """
    import os, sys
    def test_bytes():
        for _ in range(100): sys.stdout.write(("x" * 99 + "\\n") * 10_486)
        assert 0
    def test_lines():
        sys.stderr.write("\\n".join(map(str, range(1_000_000))))
        assert 0
    def test_rubbish():
        os.write(1, bytes(range(256)) * 1000); os.write(2, b"\\x1b]0;title\\x07\\x1b[2J\\xff\\xfe" * 10)
        assert 0
    def test_values():
        assert "a" * 3_000_000 == "b" * 3_000_000, "c" * 3_000_000
    def test_name():
        raise type("E" * 2_000_000, (Exception,), {})("m" * 2_000_000)
"""


def measured(project: Project, tmp_path: Path, *args: str) -> tuple[Result, int]:
    """A run, and the greatest memory of the command's own process in bytes."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the memory of a process")
    peak = tmp_path / "peak"
    start = MEASURED.format(root=str(ROOT), peak=str(peak))
    result = project.redbar("run", "--python", project.python, *args, program=start)
    return result, int(peak.read_text()) * 1024


def test_captured(project: Project, tmp_path: Path) -> None:
    project.write("test_a.py", TESTS)
    result, peak = measured(project, tmp_path, "--json")
    assert set(result.outcomes.values()) == {"failed"}
    assert peak < BOUND
    assert len(result.out) < 3 * MIB
    calls = {
        e["nodeid"].removeprefix("test_a.py::test_"): e for e in result.named("PhaseReported") if e["when"] == "call"
    }
    (out,) = calls["bytes"]["sections"]
    assert len(out["text"]) + out["cut"] == 104_860_000
    assert (project.folder / out["file"]).stat().st_size == 104_860_000
    (err,) = calls["lines"]["sections"]
    assert err["text"].startswith("0\n1\n2\n")
    assert err["text"].endswith("999998\n999999")
    assert (project.folder / err["file"]).read_text().count("\n") == 999_999
    assert len(calls["rubbish"]["sections"]) == 2
    assert len(calls["values"]["longrepr"]) < MIB
    assert len(calls["name"]["crash"]["message"]) < MIB


def test_not_captured(project: Project, tmp_path: Path) -> None:
    project.write("test_a.py", TESTS + "\n    def test_dies(): os._exit(3)\n")
    result, peak = measured(project, tmp_path, "--capture=no")
    assert result.code == 3
    assert peak < BOUND
    assert len(result.out) < MIB
    assert "\x1b" not in result.out + result.err
    assert "CRASHED test_a.py::test_dies" in result.out
    assert result.last.startswith("RED 1 crashed, 5 failed in ")
    assert sys.getsizeof(result.err) < MIB
