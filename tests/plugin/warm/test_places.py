"""Whose a file is: the project's, or the interpreter's and what is installed in it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tui.plugin.warm.places import Places


def test_packages_that_a_pth_file_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere" / "site-packages"
    elsewhere.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(elsewhere), str(tmp_path / "vendor")])
    places = Places(str(tmp_path / "project"))
    assert places.foreign(str(elsewhere / "pytest" / "__init__.py"))
    assert str(elsewhere) in places.installed
    assert not places.foreign(str(tmp_path / "vendor" / "lib.py"))  # may be written by whoever is at work
    assert places.foreign(json.__file__)


def test_a_project_that_lies_among_installed_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site-packages"
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    places = Places(str(folder / "mine"))
    assert not places.foreign(str(folder / "mine" / "a.py"))
    assert places.foreign(str(folder / "other" / "a.py"))
