"""Modules that a project has not, for as long as somebody debugs."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.debugging.conftest import Sit, installed
from tests.plugin.driver import PYTHONS, write_files
from tui.plugin import wire
from tui.plugin.debugging.lending import Lending, fits, lending

NAMES = ("lent_package", "lent_module")


@pytest.fixture
def lender(tmp_path: Path) -> Iterator[Lending]:
    write_files(
        tmp_path,
        {
            "lent_package/__init__.py": "import lent_module, builtins\nfrom . import inner\n",
            "lent_package/inner.py": "VALUE = 1\n",
            "lent_module.py": "VALUE = 2\n",
            "lent_package-3.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: lent-package\nVersion: 3.1\n",
        },
    )
    lender = Lending(
        {
            "lent_package": str(tmp_path / "lent_package/__init__.py"),
            "lent_module": str(tmp_path / "lent_module.py"),
        }
    )
    yield lender
    assert not any(name.partition(".")[0] in NAMES for name in sys.modules)


def test_lent_and_taken_back(lender: Lending) -> None:
    path, finders = list(sys.path), list(sys.meta_path)
    with lender:
        package = importlib.import_module("lent_package")
        assert package.inner.VALUE == 1
        assert sys.modules["lent_module"].VALUE == 2
        assert metadata.version("lent-package") == "3.1"
        assert sys.path == path
        assert sys.meta_path == [*finders, lender]
    assert sys.meta_path == finders
    for name in NAMES:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version("lent-package")
    with lender:
        assert importlib.import_module("lent_package") is package


def test_the_project_wins(lender: Lending, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/lent_module.py").write_text("VALUE = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path / "own"))
    with lender:
        importlib.import_module("lent_package")
        assert sys.modules["lent_module"].VALUE == 3
    assert sys.modules.pop("lent_module").VALUE == 3


def test_who_looks_through_all_distributions(lender: Lending) -> None:
    with lender:
        assert "lent-package" not in {each.metadata["Name"] for each in metadata.distributions()}


def test_only_what_is_needed_and_fits() -> None:
    here: dict[str, Any] = {"python": [3, 9], "modules": {"lent_package": "/nowhere/lent_package/__init__.py"}}
    assert fits(here)
    assert not fits({**here, "python": [9, 0]})
    assert not fits({})
    cases: list[tuple[str, dict[str, Any], int]] = [
        ("lent_package", here, 1),
        ("lent_package.sub:Class", here, 1),
        ("pdb", here, 0),
        ("lent_package", {**here, "python": [9, 0]}, 0),
        ("json", {"python": [3, 9], "modules": {"json": "/nowhere/json.py"}}, 0),
    ]
    for debugger, lend, entered in cases:
        before = len(sys.meta_path)
        with lending(debugger, lend):
            assert len(sys.meta_path) == before + entered


POOR = [
    python for python in PYTHONS if not installed(python, "pudb") and "py3.9" not in python and "py3.10" not in python
]
STOPS = {
    "test_l.py": """
        import builtins, importlib, pytest, sys

        def check():
            for name in ("pudb", "urwid"):
                with pytest.raises(ModuleNotFoundError):
                    importlib.import_module(name)
                assert not [each for each in sys.modules if each.partition(".")[0] == name]
            assert not hasattr(builtins, "pu")

        def test_before():
            check()

        def test_stops():
            a = 1
            breakpoint()
            check()

        def test_stops_again():
            breakpoint()
            check()
    """
}


def _ours() -> wire.Lend:
    files = {}
    for name in (
        "pudb",
        "urwid",
        "urwid_readline",
        "jedi",
        "parso",
        "pygments",
        "packaging",
        "wcwidth",
        "typing_extensions",
    ):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin:
            files[name] = spec.origin
    return wire.Lend(python=[3, 11], modules=files)


@pytest.mark.matrix
@pytest.mark.skipif(not POOR, reason="every interpreter has pudb, or cannot run ours")
@pytest.mark.parametrize("python", POOR[:1] + POOR[1:][-1:])
def test_pudb_is_lent(sit: Sit, python: str) -> None:
    person = sit(STOPS, python=python)
    run = person.driver.start(debugger="pudb", lend=_ours())
    for times in (1, 2):
        assert person.is_paused(times)["debugger"] == "pudb"
        person.sees("PuDB", ">> test_stops")
        person.press("c")
        person.goes_on(times)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output


@pytest.mark.skipif(not [each for each in PYTHONS if not installed(each, "pudb")], reason="every interpreter has pudb")
def test_pdb_says_why(sit: Sit) -> None:
    person = sit(STOPS, python=next(each for each in PYTHONS if not installed(each, "pudb")))
    reason = "pudb is not installed in this project"
    for times, (lend, words) in enumerate(
        [
            (
                wire.Lend(python=[9, 1], modules={"pudb": "/nowhere"}),
                f"{reason}, and Redbar's own needs Python 9.1: this is pdb.",
            ),
            (wire.Lend(), f"{reason}: this is pdb."),
        ],
        1,
    ):
        run = person.driver.start(debugger="pudb", lend=lend)
        assert person.is_paused(times)["debugger"] == "pdb"
        person.sees(words, "(Pdb)")
        person.says("q")
        person.end(run)
