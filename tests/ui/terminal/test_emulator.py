"""The terminal that tests look at."""

import pytest

from tests.ui.terminal.emulator import Screen

WRITTEN = "\x1b[?2026$p\x1b[>4;1m\x1b[>1u\x1b[?1049h\x1b[2;3Hone\x1b[1mtwo\x1b[?25l\x1b[<u\x1b[=0;1uß\x1b[c".encode()


@pytest.mark.parametrize("size", [1, 2, 3, 5, len(WRITTEN)])
def test_pieces_do_not_matter(size: int) -> None:
    screen = Screen(20, 3)
    for at in range(0, len(WRITTEN), size):
        screen.feed(WRITTEN[at : at + size])
    assert screen.rows == ["", "  onetwoß", ""]
