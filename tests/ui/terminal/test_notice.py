from __future__ import annotations

import pytest

from tui.ui.terminal.notice import notice


@pytest.mark.parametrize(
    ("env", "sequence"),
    [
        ({}, "\x1b]9;shop: RED\x07"),
        ({"TERM": "xterm-kitty"}, "\x1b]9;shop: RED\x07"),
        ({"TERM": "rxvt-unicode-256color"}, "\x1b]777;notify;Redbar;shop: RED\x07"),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, "\x1bPtmux;\x1b\x1b]9;shop: RED\x07\x1b\\"),
    ],
)
def test_sequences(env: dict[str, str], sequence: str) -> None:
    assert notice("shop: RED", env) == sequence


def test_a_name_cannot_smuggle_anything_in() -> None:
    assert notice("a\x1b]0;b\x07\nc", {}) == "\x1b]9;a]0;bc\x07"
