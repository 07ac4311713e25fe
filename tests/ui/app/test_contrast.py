"""Every text on screen stands out from what is behind it, in every theme whose colours are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color_triplet import ColorTriplet

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.app.seat import policy
from tests.ui.widgets.scene import screen_segments
from tui.demo import copy_project
from tui.ui.terminal.contrast import AA, AAA, ratio
from tui.ui.watching import Save

LEAST = {"light": AA, "dark": AA, "high-contrast": AAA}
_NO_TEXT = set(" ") | set(map(chr, range(0x2580, 0x25A0)))


def weak(sitting: Sitting, least: float) -> Iterator[tuple[str, float]]:
    """Texts on screen that stand out too little, with their contrast."""
    for line in screen_segments(sitting.app):
        for text, style in line:
            if set(text) <= _NO_TEXT:
                continue
            assert not style.dim, text
            assert style.color is not None, text
            assert style.bgcolor is not None, text
            front, back = style.color.triplet, style.bgcolor.triplet
            assert isinstance(front, ColorTriplet), text
            assert isinstance(back, ColorTriplet), text
            if ratio(front, back) < least:
                yield text, ratio(front, back)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
@pytest.mark.parametrize("theme", LEAST)
async def test_all_text_stands_out(tmp_path: Path, theme: str, size: tuple[int, int]) -> None:
    project = copy_project(tmp_path)
    seen = []
    async with sit_down(project, theme=theme, size=size, policy=policy()) as sitting:

        def look(what: str) -> None:
            seen.append(sitting.screen)
            assert list(weak(sitting, LEAST[theme])) == [], what

        look("at rest")
        await sitting.run("R")
        await sitting.press("z")
        look("what has run")
        await sitting.go("tests/test_cart.py::test_discount[ten per cent]")
        await sitting.press("space")
        for tab in "123456":
            await sitting.press(tab)
            look(f"tab {tab}")
        await sitting.press("1", "tab")
        look("the pane with the keys")
        await sitting.press("b")
        look("a breakpoint")
        await sitting.press("escape", "7", *(["tab"] if size[0] > 80 else []))
        await sitting.until(lambda: " = " in sitting.screen, "the variables")
        look("frames with the keys")
        await sitting.press("tab")
        look("variables with the keys")
        await sitting.press("tab")
        await sitting.type("1/0", "enter")
        await sitting.until(lambda: "ZeroDivisionError" in sitting.screen, "the answer")
        look("a line that evaluates")
        await sitting.press("escape", "escape", "1")
        await sitting.press("w")
        await sitting.until(lambda: sitting.app.watching.loop is not None, "watch mode")
        save = Save(("cart.py",), sitting.store.clock(), 3, 4, 0.1)
        sitting.app.watching.save = save
        sitting.main.changed()
        await sitting.shown()
        look("the line of the cycle")
        await sitting.press("w")
        await sitting.until(lambda: not sitting.app.watching.is_on, "the end of watch mode")
        for keys in ("question_mark", "colon", "K", "ctrl+c"):
            await sitting.press(keys)
            look(keys)
            await sitting.press("escape")
            await sitting.until(lambda: sitting.app.screen is sitting.main, "the main screen")
        await sitting.type("/is:nothing")
        look("a filter that is none")
        await sitting.press("escape")
        await sitting.press("n", "escape")
        sitting.main.say("a few words")
        await sitting.quiet()
        look("words in the footer")
    assert len(set(seen)) > 16  # each thing was really there to be looked at


async def test_nothing_is_dim_in_high_contrast(tmp_path: Path) -> None:
    async with sit_down(copy_project(tmp_path), theme="high-contrast") as sitting:
        await sitting.run("R")
        line = next(line for line in screen_segments(sitting.app)[2:] if any("s" in text for text, _ in line))
        text, style = line[-2] if not line[-1][0].strip() else line[-1]
        assert text.strip().endswith("s")
        assert style.color is not None
        assert style.color.triplet == (255, 255, 255)


async def test_without_colour_the_cursor_does_not_merge_with_the_line_above(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    write(folder, {"test_a.py": "def test_one(): assert 0\n"})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        first, second = screen_segments(sitting.app)[:2]
        assert all(style.reverse for _, style in first)
        assert not any(style.reverse for _, style in second)
        assert all(style.underline and style.bold for _, style in second)
