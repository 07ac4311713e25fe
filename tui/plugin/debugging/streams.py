"""Text streams over the descriptors 0 and 1, made from types that no test has replaced.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class _Types:
    """Held by an object: pyfakefs looks for ``io`` in modules."""

    text = io.TextIOWrapper
    reader = io.BufferedReader
    writer = io.BufferedWriter
    file = io.FileIO
    memory = io.StringIO


_types = _Types()
_leading_to_a_person: list[TextIO] = []


class Streams:
    """What debuggers read from and write to. They stay the same: one that was made earlier holds them."""

    def __init__(self) -> None:
        reader = _types.reader(_types.file(0, "r", closefd=False))
        writer = _types.writer(_types.file(1, "w", closefd=False))
        self.reading: TextIO = _types.text(reader, encoding="utf-8", errors="replace")
        self.writing: TextIO = _types.text(writer, encoding="utf-8", errors="replace", line_buffering=True)
        _leading_to_a_person.extend((self.reading, self.writing))

    def install(self) -> None:
        """Make them those of ``sys``."""
        sys.stdin, sys.stdout, sys.stderr = self.reading, self.writing, self.writing

    def flush(self) -> None:
        """Whatever state they are in."""
        try:
            self.writing.flush()
        except (OSError, ValueError):
            pass


@contextmanager
def plain() -> Iterator[None]:
    """With the interpreter's own streams: those of now may be a test's, which nothing else must write to."""
    before = sys.stdin, sys.stdout, sys.stderr
    for name in ("stdin", "stdout", "stderr"):
        own = getattr(sys, f"__{name}__")
        if own is not None and not any(getattr(sys, name) is each for each in _leading_to_a_person):
            setattr(sys, name, own)
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def is_given(debugger: Any, frame: FrameType | None) -> bool:
    """Whether a debugger that is being made was given streams of its own (web-pdb, a test's StringIO).

    ``frame`` is that of the innermost ``__init__``. doctest's has streams of its own that lead where the others do.
    """
    if type(debugger).__module__ == "doctest":
        return False
    while frame is not None and frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is debugger:
        for name in ("stdin", "stdout"):
            stream = frame.f_locals.get(name)
            if stream not in (None, getattr(sys, name), getattr(sys, f"__{name}__")):
                return True
        frame = frame.f_back
    return False


def hold_back(debugger: Any) -> None:
    """Keep what it says before it has the terminal ("--Return--"): the stream of now may be the test's."""
    if hasattr(debugger, "stdout") and type(debugger.stdout) is not _types.memory:
        debugger.stdout = _types.memory()


def held_back(debugger: Any) -> str:
    """What it has said since."""
    stream = getattr(debugger, "stdout", None)
    return stream.getvalue() if isinstance(stream, _types.memory) else ""
