"""What is counted of each function and class of a file, against the report of coverage.py."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.plugin.counting.conftest import Count, hides
from tests.plugin.driver import HERE, clean_environ

REGIONS = """\
import os

class Cart:
    size = 1

    @property
    def total(self):
        if self.size > 3:
            return 2
        return 1

    @total.setter
    def total(self, value): self.size = value

    class Row:
        def add(self):
            def inner():
                return 1
            return inner()

if os.environ.get("NOPE"):
    def twice(): return 1
else:
    def twice(): return 2

async def later():  # pragma: no cover
    return 1
"""
_REPORTED = """
import coverage, sys
{hide}
cov = coverage.Coverage(data_file=None, branch=True, config_file=False)
cov.start()
import cart
cart.Cart().total; cart.Cart.Row().add(); cart.twice()
cov.stop()
cov.json_report(outfile=sys.argv[1], include=["cart.py"])
cov.save()
data = cov.get_data()
path = next(path for path in data.measured_files() if path.endswith("cart.py"))
import json
open(sys.argv[2], "w").write(json.dumps([end for arc in data.arcs(path) for end in arc]))
"""
_WITHOUT_REGIONS = """
import coverage.plugin, coverage.python
del coverage.plugin.FileReporter.code_regions, coverage.python.PythonFileReporter.code_regions
"""


@pytest.mark.parametrize("own", [False, True], ids=["coverage.py's regions", "without them"])
def test_functions_and_classes(count: Count, tmp_path: Path, own: bool) -> None:
    """Their numbers are those of coverage.py's own report, and with the rest they are all of the file."""
    (tmp_path / "cart.py").write_text(REGIONS)
    json_file, arcs_file = tmp_path / "report.json", tmp_path / "arcs.json"
    command = [HERE, "-c", _REPORTED.format(hide=""), str(json_file), str(arcs_file)]
    subprocess.run(command, cwd=tmp_path, env=clean_environ(), check=True, capture_output=True)
    environ = hides(tmp_path / "hiding", _WITHOUT_REGIONS) if own else {}
    arcs = json.loads(arcs_file.read_text())
    told = count({"cart.py": REGIONS}, {}, {"cart.py": arcs}, environ=environ, branches=True, regions=True)
    found = told["files"]["cart.py"]
    (report,) = json.loads(json_file.read_text())["files"].values()
    for plural, kind in (("functions", "function"), ("classes", "class")):
        expected = {name.partition("@")[0]: each["summary"] for name, each in report[plural].items() if name}
        mine = {each["name"]: each["numbers"] for each in found["regions"] if each["kind"] == kind}
        assert mine.keys() == expected.keys()
    by_line = {each["start_line"]: each["summary"] for name, each in report["functions"].items() if name}
    functions = {each["first"]: each for each in found["regions"] if each["kind"] == "function"}
    assert {line: _numbers(each) for line, each in by_line.items()} == {
        line: [each["numbers"][place] for place in (0, 1, 2, 3, 5)] for line, each in functions.items()
    }
    (module,) = [each for each in found["regions"] if each["kind"] == "module"]
    assert _numbers(report["functions"][""]["summary"]) == [module["numbers"][place] for place in (0, 1, 2, 3, 5)]
    parts = [each["numbers"] for each in found["regions"] if each["kind"] != "class"]
    assert [sum(column) for column in zip(*parts, strict=True)] == found["numbers"]
    assert functions[17]["lines"] == [18, 18]
    assert functions[16]["lines"] == [17, 17, 19, 19]


def _numbers(summary: dict[str, int]) -> list[int]:
    names = ("num_statements", "missing_lines", "excluded_lines", "num_branches", "num_partial_branches")
    return [summary[name] for name in names]
