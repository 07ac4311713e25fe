"""What is lent: found by what is installed here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.engine.lending import lent


@pytest.fixture(autouse=True)
def fresh() -> None:
    lent.cache_clear()


def install(folder: Path, name: str, *requires: str, python: str = "", module: str = "") -> None:
    """A package as an installer leaves it."""
    module = module or name
    (folder / module).mkdir()
    (folder / module / "__init__.py").write_text("")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    lines += [f"Requires-Python: {python}"] if python else []
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    (info / "RECORD").write_text(f"{module}/__init__.py,,\n{module}/deep/other.py,,\n{name}-1.0.dist-info/RECORD,,\n")


def test_pudb_and_all_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "pudb", "urwid>=2.4", "Jedi.Like (<1)", "odd; extra == 'odd'", "gone>=1", python="~=3.8")
    install(tmp_path, "urwid", "pudb", python=">=3.12.0")
    install(tmp_path, "jedi_like", "urwid", module="jedi")
    install(tmp_path, "odd")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    found = lent("pudb")
    assert found["python"] == [3, 12]
    assert found["modules"] == {name: str(tmp_path / name / "__init__.py") for name in ("pudb", "urwid", "jedi")}


def test_without_a_list_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a system's own packager installs it."""
    install(tmp_path, "coverage", python=">=3.10")
    (tmp_path / "coverage-1.0.dist-info" / "RECORD").unlink()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "coverage", raising=False)
    assert lent("coverage") == {"python": [3, 10], "modules": {"coverage": str(tmp_path / "coverage" / "__init__.py")}}


def test_nothing_without_pudb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert lent("pudb") == {}


def test_our_own_pudb_can_be_imported_from_what_is_lent() -> None:
    found = lent("pudb")
    assert tuple(found["python"]) <= sys.version_info[:2]
    assert all(Path(file).is_file() for file in found["modules"].values())
    folders = {str(Path(file).parents[file.endswith("__init__.py")]) for file in found["modules"].values()}
    program = f"import sys; sys.path += {sorted(folders)!r}; import pudb.debugger"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", program], check=False).returncode == 0
