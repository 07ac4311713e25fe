"""What our own interpreter can lend to a project: pudb and coverage.py, with all that they need."""

from __future__ import annotations

import functools
import re
from importlib import metadata
from importlib.util import find_spec

from tui.plugin import wire

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PYTHON = re.compile(r"[>~]=\s*3\.(\d+)")
_TOP = re.compile(r"^(?P<file>(?P<package>\w+)/__init__\.py|(?P<module>\w+)\.py)(?=,|$)", re.MULTILINE)
"""The lines of a list of installed files that name a package or module at the top."""


@functools.cache
def lent(root: str) -> wire.Lend:
    """The modules of a distribution and all under it, and the Python that they need; empty if it is not there."""
    try:
        found = _closure(root)
    except metadata.PackageNotFoundError:
        return {}
    modules: dict[str, str] = {}
    minor = wire.OLDEST_PYTHON[1]
    for distribution in found:
        modules.update(_top_level(distribution))
        for versions in distribution.metadata.get_all("Requires-Python", ()):  # not all have one
            if (wanted := _PYTHON.search(versions)) is not None:
                minor = max(minor, int(wanted[1]))
    return {"python": [3, minor], "modules": modules} if root in modules else {}


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
    record = distribution.read_text("RECORD")
    if record is None:  # a system's own packager has installed it
        spec = find_spec(distribution.name.replace("-", "_").lower())
        return [(spec.name, spec.origin)] if spec is not None and spec.origin else []
    return [
        (match["package"] or match["module"], str(distribution.locate_file(match["file"])))
        for match in _TOP.finditer(record)
    ]
