"""What is recorded beyond the project, because its coverage settings name it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.recording.reading import recorded
from tui.plugin.measured import Measured

INI = "[{0}run]\nsource =\n    src, shop\n    ${{NAMED}}\nsource_pkgs = big.one\n[{0}paths]\nany =\n    src\n    {1}\n"
TOML = '[{0}run]\nsource = ["src", "shop", "${{NAMED}}"]\nsource_pkgs = "big.one"\n[{0}paths]\nany = ["src", "{1}"]\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".coveragerc", INI.format("", "*/lib")),
        ("setup.cfg", INI.format("coverage:", "*/lib")),
        ("tox.ini", INI.format("coverage:", "*/lib")),
        ("pyproject.toml", TOML.format("tool.coverage.", "*/lib")),
        (".coveragerc.toml", TOML.format("", "*/lib")),
    ],
)
def test_settings_of_every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv("NAMED", "named")
    (tmp_path / "src").mkdir()
    (tmp_path / name).write_text(text)
    measured = Measured(str(tmp_path))
    assert measured.packages == ["shop", "named", "big.one"]
    assert measured.folders == [str(tmp_path / "src")]
    assert [folder for _, folder in measured.aliases] == [str(tmp_path / "src")]
    assert measured.names("big.one.more")
    assert not measured.names("big.ones")
    assert Measured(str(tmp_path), source=["cart"]).packages == ["cart", "big.one"]


@pytest.mark.parametrize("text", ["[run", "[coverage:run]\nsource", "\0", "source = 1"])
@pytest.mark.parametrize("name", [".coveragerc", "pyproject.toml", "setup.cfg"])
def test_settings_that_cannot_be_read_name_nothing(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(f"{text}\ncoverage")
    assert Measured(str(tmp_path)).packages == []


def test_reading_settings_leaves_no_module_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "setup.cfg").write_text(INI.format("coverage:", "*/lib"))
    monkeypatch.delitem(sys.modules, "configparser", raising=False)
    assert Measured(str(tmp_path)).names("shop")
    assert "configparser" not in sys.modules


@pytest.mark.parametrize("text", ["[{}]\nrun = 5", '[{}]\npaths = ["a"]', "[{}.paths]\nx = 5", "[{}.run]\nsource = 5"])
def test_settings_of_no_use_name_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text.format("tool.coverage"))
    measured = Measured(str(tmp_path))
    assert measured.packages == measured.folders == []


@pytest.mark.parametrize(
    ("pattern", "path", "copy"),
    [
        ("*/lib", "/a/b/lib/shop/x.py", "shop/x.py"),
        ("*/lib", "/lib/x.py", "x.py"),
        ("*/lib", "/a/library/x.py", None),
        ("/a/*/lib", "/a/b/lib/x.py", "x.py"),
        ("/a/*/lib", "/a/b/c/lib/x.py", None),
        ("/a/**/lib", "/a/b/c/lib/x.py", "x.py"),
        ("build", "{}/build/x.py", "x.py"),
        ("build", "/build/x.py", None),
    ],
)
def test_patterns_of_copies(tmp_path: Path, pattern: str, path: str, copy: str | None) -> None:
    (tmp_path / ".coveragerc").write_text(f"[paths]\nany =\n    src\n    {pattern}\n")
    ((expression, _),) = Measured(str(tmp_path)).aliases
    path = path.format(tmp_path)
    found = expression.match(path)
    assert (path[found.end() :] if found else None) == copy


def test_a_copy_that_holds_something_else_is_said(drive: Start) -> None:
    files = {
        "src/shop.py": "X = 1\n",
        "lib/shop.py": "X = 2\n",
        "lib/same.py": "X = 3\n",
        "src/same.py": "X = 3\n",
        "setup.cfg": "[coverage:paths]\nany =\n    src\n    */lib\n",
        "pytest.ini": "[pytest]\npythonpath = lib\n",
        "test_it.py": "import same, shop\ndef test_it(): pass\n",
    }
    _, record = recorded(drive(files))
    assert sorted(record.imports) == [
        "lib/shop.py",
        "src/same.py",
        "test_it.py",
    ]
    (fault,) = record.faults
    assert "lib/shop.py was executed, which is not the same as" in fault


def test_modules_that_pytest_imports_before_any_plugin(drive: Start) -> None:
    """Those that its filters of warnings name."""
    files = {
        "pytest.ini": "[pytest]\npythonpath = .\nfilterwarnings = ignore::shop.Old\n",
        "shop.py": "class Old(Warning): pass\n",
        "test_it.py": "import shop\ndef test_it(): pass\n",
    }
    _, record = recorded(drive(files))
    assert record.imports == ["shop.py", "test_it.py"]
    assert not record.faults


def test_modules_that_the_interpreter_has_imported_are_said(drive: Start, tmp_path: Path) -> None:
    files = {"shop.py": "X = 1\n", "test_it.py": "import shop\ndef test_it(): pass\n"}
    files["before/sitecustomize.py"] = "import shop\n"
    before = os.pathsep.join(str(tmp_path / "project" / name) for name in ("before", ""))
    _, record = recorded(drive(files, environ={"PYTHONPATH": before}))
    (fault,) = record.faults
    assert fault.endswith("/before/sitecustomize.py and 1 more had been imported before anything could be recorded")
