"""What tells one state of a file or folder from another.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from zlib import crc32

_PASSING = (".swp", ".swo", ".swx", ".tmp", "~", "___jb_tmp___", "___jb_old___", "__pycache__", "_cache", ".pyc")
"""Ends of the names that editors and runs put into a folder for a moment, or that say nothing of its content."""


def state_of(path: str) -> list[int] | None:
    """What tells one state of a file or folder from another; None for nothing.

    Of a file time of modification in ns, size in bytes, inode. Of a folder a checksum of the names in it: editors that
    save by renaming change its time each time.
    """
    try:
        if os.path.isdir(path):
            names = os.listdir(path)
            known = sorted(name for name in names if not name.endswith(_PASSING) and not name.startswith(".#"))
            return [0, len(known), crc32("\0".join(known).encode("utf-8", "surrogateescape"))]
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size, status.st_ino]
