"""The projects in the pictures: the bundled sample, a larger one where all is well, and some that cannot be run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from tui.demo import copy_project

if TYPE_CHECKING:
    from collections.abc import Mapping

_STAGE = Path(__file__).with_name("stage.py")
_PLAN = {"hold_collecting": "", "hold": [], "hold_end": False, "scale": 1}

_PLACES = ("arrivals", "billing", "delivery", "returns", "shelves")
_MODULES = ("addresses", "amounts", "labels", "queues")
_VERBS = ("accepts", "counts", "finds", "keeps_order", "prints", "refuses", "splits")
_SIZES = ("letter", "parcel", "crate", "barrel", "pallet", "container")
_MODULE = '''"""{place}: {module}."""

import pytest

SIZES = {sizes!r}
'''
_FUNCTION = """

@pytest.mark.parametrize("size", SIZES)
def test_{verb}(size):
    assert len(size) > {least}
"""


def corner_shop(folder: Path) -> Path:
    """Copy the bundled sample project, whose tests show all that can happen to a test."""
    return copy_project(folder)


def sound_shop(folder: Path) -> Path:
    """Copy it without the file that cannot be collected."""
    project = copy_project(folder)
    (project / "tests/test_legacy.py").unlink()
    return project


def warehouse(folder: Path) -> Path:
    """Write 840 tests that pass."""
    project = _empty(folder / "warehouse")
    for place in _PLACES:
        tests = project / "tests" / place
        tests.mkdir(parents=True)
        for module in _MODULES:
            text = _MODULE.format(place=place, module=module, sizes=_SIZES)
            text += "".join(_FUNCTION.format(verb=verb, least=least) for least, verb in enumerate(_VERBS, -3))
            (tests / f"test_{place}_{module}.py").write_text(text)
    return project


def long_ids(folder: Path) -> Path:
    """Write tests with ids of 200 characters and more, one of which fails."""
    project = _empty(folder / "letters")
    (project / "tests").mkdir()
    (project / "tests/test_letters.py").write_text(
        '''"""Ids as long as some make them."""

import pytest

LETTERS = [f"to the {nth} of all the people who wait at the counter with a parcel under the arm, "
           "asking whether it will be there before the holidays or only long after them, "
           "and whether it may rain on it" for nth in ("first", "second", "third")]


@pytest.mark.parametrize("letter", LETTERS, ids=LETTERS)
def test_fits_on_a_page(letter):
    assert "second" not in letter, f"does not fit: {letter}"


def test_'''
        + "that_has_a_name_as_long_as_a_whole_sentence_" * 4
        + """of_its_own():
    assert True
"""
    )
    return project


def no_tests(folder: Path) -> Path:
    """Write a project without tests."""
    return _empty(folder / "corner-shop")


def bad_conftest(folder: Path) -> Path:
    """Copy the sample project, and make its conftest import what is not there."""
    project = copy_project(folder)
    conftest = project / "tests/conftest.py"
    conftest.write_text(conftest.read_text("utf-8").replace("shop.cart import", "shop.basket import"), "utf-8")
    return project


def measured_shop(folder: Path) -> Path:
    """Copy the sample project, and leave out of its coverage the conftest that ``set_stage`` adds."""
    project = copy_project(folder)
    (project / ".coveragerc").write_text("[run]\nomit = conftest.py\n")
    return project


def _empty(project: Path) -> Path:
    (project / "tests").mkdir(parents=True)
    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    shutil.rmtree(project / "tests")
    return project


def set_stage(project: Path, plan: Mapping[str, object]) -> None:
    """Write what the next run is to wait for, and the conftest that makes it wait."""
    shutil.copyfile(_STAGE, project / "conftest.py")
    with contextlib.suppress(FileExistsError):
        os.mkfifo(project / ".turn")
    (project / ".plan.json").write_text(json.dumps(_PLAN | dict(plan)), "utf-8")


def add_interpreter(project: Path, *, with_pytest: bool = True) -> Path:
    """Make the project's own venv, which finds what this interpreter has; the path of its Python."""
    folder = project / ".venv"
    venv.create(folder, symlinks=True)
    if with_pytest:
        (packages,) = folder.glob("lib/python*/site-packages")
        packages.rmdir()
        packages.symlink_to(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"
