"""Text of strangers on one line: no character of it may move the cursor, and it is cut by cells."""

from __future__ import annotations

from rich.cells import cell_len, split_graphemes

_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}
_SHORT = 0.0995
"""Seconds; from here on a duration shows tenths of a second."""
_TENTHS_COUNT = 9.95
"""Seconds; from here on the tenths of a run do not count."""
_MINUTE = 60
_HOUR = 3600


def visible(text: str) -> str:
    """The text on one line, with everything that is no visible character written as an escape.

    Escaped are control characters, lone surrogates, line separators, marks that turn the writing direction, joiners
    and variation selectors (terminals disagree about the width of what they join), and a combining mark at the start.
    """
    if text.isascii() and text.isprintable():
        return text
    parts = [each if _is_harmless(each) else _escape(each) for each in text]
    if parts and not cell_len(parts[0]):
        parts[0] = _escape(parts[0])
    return "".join(parts)


def _is_harmless(character: str) -> bool:
    return character.isprintable() and ord(character) not in _VARIATION_SELECTORS


def _escape(character: str) -> str:
    if known := _ESCAPES.get(character):
        return known
    return repr(character)[1:-1] if not character.isprintable() else f"\\u{ord(character):04x}"


def fit(text: str, cells: int, cut: str) -> tuple[str, int]:
    """A visible text that takes at most ``cells``, ending in ``cut`` (one cell) where something is missing.

    Returns the text and the cells that it takes. The cost does not grow with the length of ``text``.
    """
    if cells <= 0:
        return "", 0
    # A character takes a cell or joins one before it; more marks on one character than that are cut as well.
    head = visible(text[: 4 * cells + 4])
    whole = len(text) <= 4 * cells + 4
    width = len(head) if head.isascii() else cell_len(head)
    if whole and width <= cells:
        return head, width
    if head.isascii():
        head = head[: cells - 1] + cut
        return head, len(head)
    spans, taken = [], 0
    for start, end, size in split_graphemes(head)[0]:
        if taken + size > cells - 1:
            break
        spans.append(head[start:end])
        taken += size
    return "".join(spans) + cut, taken + 1


def fit_middle(text: str, cells: int, cut: str) -> str:
    """A visible text that takes at most ``cells``, with ``cut`` (one cell) in its middle where something is missing.

    Of a name both ends tell it from others. The cost does not grow with the length of ``text``.
    """
    whole, _ = fit(text, cells, cut)
    if cells <= 0 or (len(text) <= 4 * cells + 4 and whole == visible(text)):
        return whole
    behind = (cells - 1) // 2
    ahead, _ = fit(text, cells - behind, cut)
    tail = visible(text[-4 * cells - 4 :])
    kept: list[str] = []
    for start, end, size in reversed(split_graphemes(tail)[0]):
        behind -= size
        if behind < 0:
            break
        kept.append(tail[start:end])
    return ahead + "".join(reversed(kept))


def first_line(text: str) -> str:
    """What a crash message says in one line: its first that is not blank, without pytest's ``E`` and the usual name."""
    for line in text.splitlines():
        words = line.removeprefix("E ").strip().removeprefix("AssertionError: ").removeprefix("Skipped: ")
        if words and words != "AssertionError":
            return words
    return text.strip()


def seconds(duration: float) -> str:
    """A duration in at most five characters, hours aside: ``2ms``, ``0.4s``, ``1:02``, ``1:02:03``."""
    if duration < _SHORT:
        return f"{duration * 1000:.0f}ms"
    if duration < _MINUTE - 0.05:
        return f"{duration:.1f}s"
    return clock(duration + 0.5)


def running(duration: float) -> str:
    """How long something has been running, in whole seconds: ``2s``, ``1:02``; nothing for less than a second."""
    whole = int(duration)
    if whole < 1:
        return ""
    return f"{whole}s" if whole < _MINUTE else clock(whole)


def clock(duration: float) -> str:
    """A duration in whole seconds, as a clock shows it: ``0:07``, ``1:02:03``."""
    whole = int(duration)
    if whole < _HOUR:
        return f"{whole // _MINUTE}:{whole % _MINUTE:02}"
    return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02}:{whole % _MINUTE:02}"


def took(duration: float) -> str:
    """How long a run took: ``0.09 s``, ``6.2 s``, ``42 s``, ``1:02``."""
    if duration >= _MINUTE - 0.5:
        return clock(duration + 0.5)
    decimals = 2 if duration < 1 else 1 if duration < _TENTHS_COUNT else 0
    return f"{duration:.{decimals}f} s"
