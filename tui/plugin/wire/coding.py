"""JSON as both worlds write it, and the frames of the control socket.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import json
import struct
from typing import Any

LINE_LIMIT = 1024 * 1024
"""Bytes of one journal line; a longer one is a protocol error."""


class _Encoder(json.JSONEncoder):
    """Holds what it needs of its base class by itself: tests and libraries patch that class."""

    encode = json.JSONEncoder.encode
    iterencode = json.JSONEncoder.iterencode

    def default(self, o: object) -> str:
        """A stand-in for a value that a plugin put where pytest has a plain one."""
        return f"<{type(o).__name__}>"


class _Decoder(json.JSONDecoder):
    """The same."""

    decode = json.JSONDecoder.decode
    raw_decode = json.JSONDecoder.raw_decode


_encoder = _Encoder(separators=(",", ":"))
_decoder = _Decoder()
_HEADER = struct.Struct(">I")


def encode(message: object) -> bytes:
    """``message`` as JSON without line breaks; pure ASCII, so lone surrogates survive as escapes."""
    return _encoder.encode(message).encode("ascii")


def decode(data: bytes) -> Any:
    """The value of one JSON text. Raises ValueError."""
    return _decoder.decode(data.decode("utf-8"))


def frame(message: object) -> bytes:
    """``message`` as one frame of the control socket: 4 bytes of length, big endian, then JSON."""
    data = encode(message)
    return _HEADER.pack(len(data)) + data


POKE = _HEADER.pack(0)
"""An empty frame: new lines lie in the journal."""


class Frames:
    """Cuts the bytes of one connection into messages."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[dict[str, Any] | None]:
        """The messages that ``data`` completes; None stands for a poke. Raises ValueError on anything else."""
        self._buffer += data
        messages: list[dict[str, Any] | None] = []
        while len(self._buffer) >= _HEADER.size:
            (length,) = _HEADER.unpack_from(self._buffer)
            if length > LINE_LIMIT:
                raise ValueError(f"a message of {length} bytes")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            body, self._buffer = self._buffer[_HEADER.size : end], self._buffer[end:]
            messages.append(decode(body) if length else None)
        return messages
