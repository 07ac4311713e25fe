"""What stands on a terminal after bytes were written to it."""

import re

import pyte

_UNKNOWN = re.compile(rb"\x1b\[[?>=<][0-9;]*\$?[puqcmt]")
"""Questions and keyboard modes, of which pyte knows nothing: it would show parts of them."""
_BEGUN = re.compile(rb"\x1b(?:\[(?:[?>=<][0-9;]*\$?)?)?")
"""What may be the first part of one."""


class Screen(pyte.Screen):
    """pyte's screen, fed with bytes in whatever pieces they come."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._stream = pyte.ByteStream(self)
        self._begun = b""

    def feed(self, data: bytes) -> None:
        """Show them. A sequence that a piece cuts in two waits for its second half."""
        data = self._begun + data
        last = data.rfind(b"\x1b")
        end = last if last >= 0 and _BEGUN.fullmatch(data, last) else len(data)
        self._begun = data[end:]
        self._stream.feed(_UNKNOWN.sub(b"", data[:end]))

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)

    @property
    def rows(self) -> list[str]:
        """Its lines, without the blanks at their ends."""
        return [line.rstrip() for line in self.display]
