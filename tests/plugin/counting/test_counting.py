"""Recorded lines against the project's own coverage.py: what it counts of them, and what it says where it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.plugin.counting.conftest import Count, hides
from tests.plugin.driver import HERE, PACKAGE, PYTHONS, write_files
from tui.engine.lending import lent
from tui.plugin import wire

CART = """\
import os

def price(n):
    if n > 3:
        return 2
    return n * 10

def unused():
    return 1  # pragma: no cover

if os.environ.get("NOPE"):  # pragma: no cover
    A = 1
"""
EXECUTED = [1, 1, 3, 4, 6, 6, 8, 8]
ARCS = [-1, 1, 1, 3, 3, 8, 8, 11, 11, -1, -3, 4, 4, 6, 6, -3]


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """An environment without coverage.py."""
    code = """
        import sys
        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == "coverage":
                    sys.meta_path.remove(self)
                    raise ModuleNotFoundError("No module named 'coverage'", name="coverage")
        sys.meta_path.insert(0, Missing())
    """
    import textwrap

    return hides(tmp_path / "hiding", textwrap.dedent(code))


@pytest.mark.parametrize("python", PYTHONS)
def test_lines(count: Count, python: str) -> None:
    answer = count({"cart.py": CART}, {"cart.py": EXECUTED}, python=python)
    told = answer["files"]["cart.py"]
    assert told["statements"] == [1, 1, 3, 6, 8, 8]
    assert told["missing"] == [5, 5]
    assert told["numbers"] == [6, 1, 3, 0, 0, 0]
    assert answer["error"] == ""
    assert not answer["lent"]
    assert answer["configured"]["fail_under"] is None
    assert not answer["configured"]["branch"]


@pytest.mark.parametrize("python", PYTHONS)
def test_branches(count: Count, python: str) -> None:
    told = count({"cart.py": CART}, {}, {"cart.py": ARCS}, python=python, branches=True, detail=True)["files"][
        "cart.py"
    ]
    assert told["missing"] == [5, 5]
    assert told["numbers"][3:] == [2, 1, 1]
    assert told["half"] == [4]
    assert "line 5" in told["why"]["4"][0]


@pytest.mark.parametrize(
    ("name", "head"),
    [(".coveragerc", ""), ("setup.cfg", "coverage:"), ("tox.ini", "coverage:"), ("pyproject.toml", "tool.coverage.")],
)
def test_configuration_of_every_kind(count: Count, name: str, head: str) -> None:
    values = ("true", '["other.py"]', '["return n"]') if name == "pyproject.toml" else ("true", "other.py", "return n")
    text = (
        f"[{head}run]\nbranch = {values[0]}\nomit = {values[1]}\n"
        f"[{head}report]\nexclude_lines = {values[2]}\nfail_under = 90\nprecision = 1\n"
    )
    answer = count({"cart.py": CART, "other.py": "x = 1\n", name: text}, {"cart.py": EXECUTED, "other.py": [1, 1]})
    assert answer["configured"].items() >= {"fail_under": 90, "precision": 1, "branch": True}.items()
    assert answer["files"]["cart.py"]["excluded"] == [6, 6]
    assert "omit" in answer["files"]["other.py"]["left_out"]


def test_what_is_measured_is_the_project_s_matter(count: Count) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/cart.py": CART,
        "shop/never.py": "x = 1\ny = 2\n",
        "shop/left.py": "x = 1\n",
        "test_cart.py": "import shop.cart\n",
        ".coveragerc": "[run]\nsource = shop\n[report]\nomit = */left.py\n",
    }
    executed = {"shop/__init__.py": [], "shop/cart.py": EXECUTED, "test_cart.py": [1, 1]}
    answer = count(files, executed, search=True)["files"]
    assert answer["shop/cart.py"]["numbers"][0] == 6
    assert answer["shop/never.py"]["never"]
    assert answer["shop/never.py"]["missing"] == [1, 2]
    assert "left_out" in answer["shop/left.py"]
    assert "source" in answer["test_cart.py"]["left_out"]


def test_a_package_by_its_name_counts_whole_when_it_was_imported(count: Count) -> None:
    files = {
        "src/shop/__init__.py": "X = 1\n",
        "src/shop/never.py": "x = 1\n",
        "src/other/__init__.py": "x = 1\n",
        ".coveragerc": "[run]\nsource_pkgs = shop, other\n",
    }
    roots = [str(Path("src"))]
    answer = count(files, {"src/shop/__init__.py": [1, 1]}, search=True, roots=roots)["files"]
    assert answer["src/shop/__init__.py"]["missing"] == []
    assert answer["src/shop/never.py"]["never"]
    assert "src/other/__init__.py" not in answer


def test_a_package_of_which_nothing_was_recorded_is_named(count: Count) -> None:
    files = {
        "cart.py": CART,
        "test_it.py": "",
        ".coveragerc": "[run]\nsource =\n    .\n    nowhere\n    cart\n    big\n",
    }
    told = count({**files, "big/one.py": "X = 1\n"}, {"cart.py": EXECUTED, "big/one.py": [1, 1]}, search=True)
    assert told["notes"] == ["the coverage settings name nowhere, and nothing of it has been recorded"]


def test_what_pytest_cov_was_told_comes_first(count: Count) -> None:
    files = {"cart.py": CART, "other.py": "x = 1\n", "cov.ini": "[run]\nbranch = true\n[report]\nprecision = 2\n"}
    executed = {"cart.py": EXECUTED, "other.py": [1, 1]}
    answer = count(files, executed, source=["other"], config_file="cov.ini")
    assert "left_out" in answer["files"]["cart.py"]
    assert answer["configured"]["precision"] == 2


def test_known_files_that_nothing_executed_are_not_counted_again(count: Count) -> None:
    files = {"shop/__init__.py": "", "shop/never.py": "x = 1\n", ".coveragerc": "[run]\nsource = .\n"}
    first = count(files, {}, search=True)["files"]
    known = {name: told["hash"] for name, told in first.items()}
    again = count({"shop/never.py": "x = 2\n"}, {}, search=True, known=known)
    assert again["same"] == ["shop/__init__.py"]
    assert list(again["files"]) == ["shop/never.py"]


def test_so_many_at_once(count: Count) -> None:
    files = {f"shop/never{number}.py": "x = 1\n" for number in range(5)}
    first = count({**files, ".coveragerc": "[run]\nsource = .\n", "shop/__init__.py": ""}, {}, search=True, at_most=4)
    assert (len(first["files"]), first["left"]) == (4, 2)
    known = {name: told["hash"] for name, told in first["files"].items()}
    second = count({}, {}, search=True, at_most=4, known=known)
    assert (len(second["files"]), second["left"], len(second["same"])) == (2, 0, 4)
    assert not second["files"].keys() & first["files"].keys()


def test_ours_is_lent_to_a_project_without(count: Count, without: dict[str, str]) -> None:
    if sys.version_info[:2] != (3, 11):
        pytest.skip("needs a Python that ours fits")
    answer = count({"cart.py": CART}, {"cart.py": EXECUTED}, environ=without, lend=lent("coverage"))
    assert answer["lent"]
    assert answer["files"]["cart.py"]["numbers"] == [6, 1, 3, 0, 0, 0]


def test_without_any_coverage(count: Count, without: dict[str, str]) -> None:
    answer = count({"cart.py": CART}, {"cart.py": EXECUTED}, environ=without)
    assert "is not installed" in answer["error"]
    answer = count({}, {"cart.py": EXECUTED}, environ=without, lend={"modules": {"coverage": ""}, "python": [9, 9]})
    assert "-m pip install 'coverage>=7.2'" in answer["error"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"coverage.py": "x = 1\n"}, "is not coverage.py"),
        ({"coverage.py": "__version__ = '4.5.4'\nclass Coverage: pass\n"}, "4.5.4"),
        ({"coverage.py": "1/0\n"}, "ZeroDivisionError"),
        ({".coveragerc": "[run]\nbranch = maybe\n"}, "maybe"),
        ({".coveragerc": "[run]\nplugins = no_such_plugin\n"}, "no_such_plugin"),
    ],
)
def test_what_cannot_be_used_is_said(count: Count, files: dict[str, str], words: str) -> None:
    answer = count({"cart.py": CART, **files}, {"cart.py": EXECUTED})
    assert words in answer["error"]
    assert answer["files"] == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"def f(:\n", "line 1"), (b"# coding: nowhere\nx = 1\n", "nowhere"), (b"x = '\xff'\n", ""), (None, "not there")],
)
def test_a_file_that_cannot_be_counted(count: Count, tmp_path: Path, data: bytes | None, words: str) -> None:
    (tmp_path / "project").mkdir()
    if data is not None:
        (tmp_path / "project" / "odd.py").write_bytes(data)
    answer = count({"cart.py": CART}, {"cart.py": EXECUTED, "odd.py": [1, 1]})["files"]
    assert answer["odd.py"]["error"]
    assert words in answer["odd.py"]["error"]
    assert answer["cart.py"]["numbers"][0] == 6


def test_another_encoding(count: Count, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "latin.py").write_bytes(b"# coding: latin-1\nx = '\xe9'\ny = 1\n")
    assert count({}, {"latin.py": [2, 2]})["files"]["latin.py"]["missing"] == [3, 3]


def test_a_file_of_fifty_thousand_lines(count: Count) -> None:
    answer = count({"long.py": "x = 1\n" * 50_000}, {"long.py": [1, 49_999]})["files"]["long.py"]
    assert answer["missing"] == [50_000, 50_000]
    assert answer["numbers"][0] == 50_000


@pytest.mark.parametrize("kind", ["data", "html", "xml", "lcov", "json"])
def test_export(count: Count, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "out" / kind
    files = {"cart.py": CART, "never.py": "x = 1\n", ".coveragerc": "[run]\nsource = .\n"}
    answer = count(files, {"cart.py": EXECUTED}, export=[kind, str(target)])
    assert answer["error"] == ""
    assert answer["exported"] == ""
    if kind == "data":
        import coverage

        data = coverage.CoverageData(str(target))
        data.read()
        assert sorted(Path(path).name for path in data.measured_files()) == ["cart.py", "never.py"]
    elif kind == "html":
        assert "cart.py" in (target / "index.html").read_text()
    else:
        assert {name for name in ("cart.py", "never.py") if name in target.read_text()} == {"cart.py", "never.py"}


def test_an_export_leaves_out_what_is_gone(count: Count, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    answer = count({"cart.py": CART}, {"cart.py": EXECUTED, "gone.py": [1, 1]}, export=["json", str(target)])
    assert "gone.py" in answer["exported"]
    assert list(json.loads(target.read_text())["files"]) == ["cart.py"]


def test_an_export_that_cannot_be_written(count: Count, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = count({"cart.py": CART}, {"cart.py": EXECUTED}, export=["xml", str(tmp_path / "file" / "out.xml")])
    assert answer["error"]


def _names(python: str, folder: Path, paths: Sequence[str]) -> list[list[str]]:
    code = f"{wire.BOOT}\nload({str(PACKAGE)!r})\nfrom _redbar_plugin.counting.modules import names_of\n"
    code += f"sys.path = {[str(folder)]!r}\nimport json\nprint(json.dumps([names_of(p) for p in {list(paths)!r}]))"
    out = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    return json.loads(out)  # type: ignore[no-any-return]


def test_names_of_modules(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    write_files(folder, {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": "", "space/d.py": "", "e.py": ""})
    paths = [str(folder / name) for name in ("a/b/c.py", "a/b/__init__.py", "space/d.py", "e.py")]
    assert _names(HERE, folder, paths) == [["a.b.c"], ["a.b"], ["d", "space.d"], ["e"]]
