"""Text of the tests' side as it may be shown anywhere: without escape sequences."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\x1b[PX^_\]][^\x07\x1b\n]*(?:\x07|\x1b\\)"  # strings for the terminal: titles, links, clipboard, images
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor, modes
    r"|\x1b[ -/]*[0-~]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def plain(text: str) -> str:
    """``text`` without escape sequences and control characters; line breaks and tabs stay."""
    return text if text.isprintable() else _ESCAPE.sub("", text)
