"""Absolute paths as strings: thousands of them are compared while somebody waits, too many for objects."""

from __future__ import annotations

CONFTEST = "conftest.py"


def name_of(path: str) -> str:
    """The last part."""
    return path.rpartition("/")[2]


def folder_of(path: str) -> str:
    """All but the last part; "" at the root."""
    return path.rpartition("/")[0]


def short(path: str, root: str = "") -> str:
    """The name by which a reason calls a path: that of the file alone for code, relative to ``root`` for data."""
    name = name_of(path)
    if name == "__init__.py":
        return f"{name_of(folder_of(path))}/{name}"
    if name.endswith(".py") or not root or not path.startswith(f"{root}/"):
        return name
    return path[len(root) + 1 :]
