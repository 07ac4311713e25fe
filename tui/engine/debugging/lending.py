"""What our own interpreter can lend for a debugger: pudb, and all that it needs."""

from __future__ import annotations

import functools
import re
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.plugin import wire

_ROOT = "pudb"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PYTHON = re.compile(r"[>~]=\s*3\.(\d+)")
_TOP = re.compile(r"^(?P<file>(?P<package>\w+)/__init__\.py|(?P<module>\w+)\.py)(?=,|$)", re.MULTILINE)
"""The lines of a list of installed files that name a package or module at the top."""
_OLDEST = 9
"""Minor version of Python 3 from which it can be debugged at all."""


@functools.cache
def lent() -> wire.Lend:
    """The modules of pudb and of everything under it, and the Python that they need; empty if they cannot be lent."""
    try:
        found = _closure(_ROOT)
    except metadata.PackageNotFoundError:
        return {}
    modules: dict[str, str] = {}
    minor = _OLDEST
    for distribution in found:
        modules.update(_top_level(distribution))
        wanted = _PYTHON.search(distribution.metadata["Requires-Python"] or "")
        if wanted is not None:
            minor = max(minor, int(wanted[1]))
    return {"python": [3, minor], "modules": modules} if _ROOT in modules else {}


def _closure(root: str) -> list[metadata.Distribution]:
    """A distribution and all that it requires here. Raises PackageNotFoundError if it is not installed."""
    found: dict[str, metadata.Distribution] = {}
    pending = [root]
    while pending:
        name = pending.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if name == root:
                raise
            continue  # for another system, or another version of Python
        found[key] = distribution
        for requirement in distribution.requires or ():
            text, _, marker = requirement.partition(";")
            match = _NAME.match(text)
            if match is not None and "extra" not in marker:
                pending.append(match[0])
    return list(found.values())


def _top_level(distribution: metadata.Distribution) -> list[tuple[str, str]]:
    """Names and files of the modules and packages that a distribution has at the top."""
    # Not by distribution.files: to make paths of thousands of names takes longer than all the rest.
    record = distribution.read_text("RECORD") or ""
    return [
        (match["package"] or match["module"], str(distribution.locate_file(match["file"])))
        for match in _TOP.finditer(record)
    ]
