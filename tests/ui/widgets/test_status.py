"""The signs: one cell each, told apart without colour."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.model.outcome import Status
from tui.ui import status
from tui.ui.status import ASCII, SIGNS, UNICODE, Sign

OTHERS = [sign for sign in vars(status).values() if isinstance(sign, Sign)]


def test_every_status_has_a_sign() -> None:
    assert set(SIGNS) == set(Status)


@pytest.mark.parametrize("sign", [*SIGNS.values(), *OTHERS], ids=lambda sign: sign.word)
def test_glyph_and_letter_take_one_cell(sign: Sign) -> None:
    assert cell_len(sign.glyph) == cell_len(sign.letter) == 1
    assert sign.letter.isascii()


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_states_are_told_apart_without_colour(glyphs: status.Glyphs) -> None:
    shown = [glyphs.of(sign) for sign in SIGNS.values()]
    assert len(set(shown)) == len(Status)


def test_letters_are_those_of_pytest() -> None:
    letters = {state: SIGNS[state].letter for state in (Status.PASSED, Status.FAILED, Status.SKIPPED, Status.ERROR)}
    assert letters == {Status.PASSED: ".", Status.FAILED: "F", Status.SKIPPED: "s", Status.ERROR: "E"}


def test_word_of_a_sign_is_the_word_of_the_status() -> None:
    assert {state: sign.word for state, sign in SIGNS.items()} == {state: state.word for state in Status}
