"""The pictures are complete, say what their names promise, and show nothing of the machine that made them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screenshots.picture import words_of
from screenshots.states import SIZES, STATES

PRODUCT = Path(__file__).parents[2]
PICTURES = PRODUCT / "screenshots"
FIRST_LINES = {
    "collecting": "COLLECTING ",
    "ready": "READY ",
    "running": "RUNNING ",
    "red-running": "RED ",
    "red": "RED ",
    "green": "GREEN ",
    "passed": "PASSED ",
    "stopping": "STOPPING ",
    "stopped": "STOPPED ",
    "broken-conftest": "BROKEN ",
    "broken-no-pytest": "BROKEN ",
    "no-tests": "NO TESTS ",
}
"""Every state of the first line that can be reached today."""
LOOKS = {
    *("filter", "detail-full", "output", "source", "info", "warnings", "terminal", "help", "palette", "leave"),
    *("marked", "crashed", "long-id", "workers", "watching", "locals", "coverage", "coverage-file"),
    *("light", "dark", "light-terminal", "high-contrast", "ascii", "no-color"),
}
"""All else that a person can come to see."""


def test_every_state_has_a_script() -> None:
    assert {state.name for state in STATES} == FIRST_LINES.keys() | LOOKS
    assert len({state.name for state in STATES}) == len(STATES)


def test_every_state_has_its_pictures_and_no_picture_is_left_over() -> None:
    wanted = {f"{state.name}-{columns}x{lines}.svg" for state in STATES for columns, lines in SIZES}
    assert {path.name for path in PICTURES.glob("*.svg")} == wanted


@pytest.mark.parametrize("columns", [columns for columns, _ in SIZES])
@pytest.mark.parametrize("name", FIRST_LINES)
def test_the_first_line_says_the_state(name: str, columns: int) -> None:
    (picture,) = PICTURES.glob(f"{name}-{columns}x*.svg")
    assert words_of(picture.read_text("utf-8"))[0].lstrip().startswith(FIRST_LINES[name])


@pytest.mark.parametrize("picture", sorted(PICTURES.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_shows_no_path_but_that_of_its_project(picture: Path) -> None:
    words = "\n".join(words_of(picture.read_text("utf-8")))
    paths = re.findall(r"(?<![\w./:~-])/[\w.-]+/[\w./-]*", words)
    assert [path for path in paths if not path.startswith("/tmp/redbar/")] == []


@pytest.mark.parametrize("picture", sorted(PICTURES.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_fetches_nothing(picture: Path) -> None:
    assert re.findall(r"@font-face|@import|href=|url\((?!#)", picture.read_text("utf-8")) == []


def test_pictures_of_the_readme_exist() -> None:
    linked = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (PRODUCT / "README.md").read_text("utf-8"))
    assert linked
    assert [link for link in linked if not (PRODUCT / link).is_file()] == []
