"""Desktop notifications, which travel to the machine where the person sits as the screen does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_777 = ("rxvt", "foot")
"""Beginnings of TERM of the terminals that know OSC 777 and not OSC 9."""


def notice(words: str, env: Mapping[str, str]) -> str:
    """The escape sequence that shows ``words``; terminals that know none of them ignore it.

    Inside tmux it is wrapped, and reaches the terminal outside where ``allow-passthrough`` is on.
    """
    shown = "".join(character for character in words if character.isprintable())
    if env.get("TERM", "").startswith(_BY_777):
        sequence = f"\x1b]777;notify;Redbar;{shown}\x07"
    else:
        sequence = f"\x1b]9;{shown}\x07"
    if env.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    return sequence
