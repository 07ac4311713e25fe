"""Nodeids and paths in databases: UTF-8 with surrogates passed, since lone ones are real and SQLite takes no text."""

from __future__ import annotations


def to_blob(text: str) -> bytes:
    """``text`` as it is stored."""
    return text.encode("utf-8", "surrogatepass")


def from_blob(blob: bytes) -> str:
    """What was stored. Raises ValueError, TypeError for what this module has not written."""
    return bytes(blob).decode("utf-8", "surrogatepass")
