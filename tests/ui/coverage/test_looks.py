"""Pictures of the view at both sizes, and that all its text stands out in every theme whose colours are known."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.app.driver import Sitting
from tests.ui.app.picture import picture
from tests.ui.app.test_contrast import LEAST, weak
from tests.ui.coverage.made_up import CART, FILES, STOCK, MadeUp, look, report_of
from tests.ui.coverage.test_file_screen import TO_CART
from tests.ui.widgets.scene import screen_segments
from tui.model.coverage import FileCoverage
from tui.ui.terminal.contrast import AA

SIZES = [(80, 24), (160, 45)]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder whose path always has the same length."""
    path = Path(tempfile.mkdtemp(prefix="shop-", dir="/tmp"))
    (path / "pytest.ini").write_text("[pytest]\n")
    yield path
    shutil.rmtree(path)


def with_all() -> MadeUp:
    """A front that has something to say of everything."""
    front = MadeUp()
    notes = ("coverage.py is not installed in .venv: Redbar's own counts.",)
    head = {CART.path: FileCoverage(CART.path, 12, 0, 2, 4, 0)}
    before = {STOCK.path: FileCoverage(STOCK.path, 190, 30, 0, 60, 9)}
    front.answer = report_of(*FILES, fail_under=80.0, notes=notes, before=before, head=head)
    return front


async def _pictures(sitting: Sitting, snapshot: SnapshotAssertion, name: str) -> None:
    await sitting.until(lambda: "counted" not in sitting.bar, "the answer")
    width, height = sitting.app.size
    assert picture(sitting.app) == snapshot(name=f"{name}-{width}x{height}")


@pytest.mark.parametrize("size", SIZES)
async def test_pictures(place: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with look(place, with_all(), "c", size=size) as (sitting, _):
        await _pictures(sitting, snapshot, "files")
        await sitting.press("end", "up", "f")
        await _pictures(sitting, snapshot, "functions")
        await sitting.press("escape", "d")
        await _pictures(sitting, snapshot, "changes")
        await sitting.press("escape", "x")
        await _pictures(sitting, snapshot, "export")


@pytest.mark.parametrize("size", SIZES)
async def test_pictures_of_a_file(place: Path, snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with look(place, with_all(), *TO_CART, size=size) as (sitting, _):
        await sitting.until(lambda: "2 tests" in sitting.screen, "the tests")
        await _pictures(sitting, snapshot, "file")
        await sitting.press("t")
        await _pictures(sitting, snapshot, "tests")
        await sitting.press("C")
        await _pictures(sitting, snapshot, "share")


async def test_pictures_in_ascii(place: Path, snapshot: SnapshotAssertion) -> None:
    async with look(place, with_all(), *TO_CART, ascii=True) as (sitting, _):
        await sitting.until(lambda: "2 tests" in sitting.screen, "the tests")
        await sitting.press("t")
        await _pictures(sitting, snapshot, "ascii-tests")
        assert sitting.screen.isascii()
        await sitting.press("escape", "escape", "escape")
        await _pictures(sitting, snapshot, "ascii-files")
        assert sitting.screen.isascii()


async def test_without_colour(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with look(place, with_all(), "c") as (sitting, _):
        await _colourless(sitting)
        first, _, third = screen_segments(sitting.app)[:3]
        assert all(style.reverse for _, style in first)
        assert not any(style.reverse for _, style in third)
        assert all(style.underline and style.bold for _, style in third)
        await sitting.type("/cart", "enter", "down", "enter")
        await sitting.until(lambda: "2 tests" in sitting.screen, "the tests")
        await _colourless(sitting)
        cursor = next(line for line in screen_segments(sitting.app) if "   9 " in "".join(text for text, _ in line))
        assert any(style.underline for _, style in cursor)


async def _colourless(sitting: Sitting) -> None:
    for line in screen_segments(sitting.app):
        for text, style in line:
            assert style.color is None or style.color.is_default, text
            assert style.bgcolor is None or style.bgcolor.is_default, text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", LEAST)
async def test_all_text_stands_out(place: Path, theme: str, size: tuple[int, int]) -> None:
    seen = []
    async with look(place, with_all(), "c", theme=theme, size=size) as (sitting, _):

        def see(what: str) -> None:
            seen.append(sitting.screen)
            least = AA if sitting.app.screen.is_modal else LEAST[theme]  # behind a dialog nothing can be done
            assert list(weak(sitting, least)) == [], what

        see("files")
        for key in (
            "end",
            "f",
            "o",
            "down",
            "escape",
            "o",
            "x",
            "escape",
            "d",
            "down",
            "b",
            "escape",
            "escape",
            "question_mark",
        ):
            await sitting.press(key)
            see(key)
        await sitting.press("escape")
        await sitting.type("/cart")
        see("a filter")
        await sitting.press("enter", "down", "enter")
        await sitting.until(lambda: "2 tests" in sitting.screen, "the tests")
        see("a file")
        await sitting.type("/tot")
        see("a text that is looked for")
        await sitting.press("enter")
        for key in ("semicolon", "escape", "n", "end", "home", "n", "t", "down", "T", "C"):
            await sitting.press(key)
            see(key)
    assert len(set(seen)) > 10  # each thing was really there to be looked at
