"""What the project's coverage settings name that may lie outside of it: packages that are installed, other folders.

Only to know what to record: what is measured in the end is decided by coverage.py itself, when it counts. It is not
asked here, because importing it takes longer than many a run, and tests may look for it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_OWN = (".coveragerc", ".coveragerc.toml")
"""Files that hold nothing else."""
_OTHERS = ("setup.cfg", "tox.ini", "pyproject.toml")
_Sections = dict[str, dict[str, Any]]


class Measured:
    """``packages`` are dotted names, ``folders`` absolute; ``aliases`` patterns of folders that stand for another."""

    def __init__(self, folder: str, config: str | None = None, source: Sequence[str] | None = None) -> None:
        """Of the project in ``folder``. ``config`` and ``source`` are what pytest-cov was told, if it was.

        Never raises: settings that cannot be read name nothing.
        """
        sections = _sections(folder, config or os.environ.get("COVERAGE_RCFILE"))
        run = sections.get("run", {})
        named = _entries(run.get("source")) if source is None else list(source)
        folders = {name: os.path.join(folder, name) for name in named}
        self.packages = [name for name in named if not os.path.isdir(folders[name])]
        self.packages += _entries(run.get("source_pkgs"))
        self.folders = [path for path in folders.values() if os.path.isdir(path)]
        self.folders += [os.path.join(folder, name) for name in _entries(run.get("source_dirs"))]
        self.aliases: list[tuple[re.Pattern[str], str]] = []
        for value in sections.get("paths", {}).values():
            first, *patterns = _entries(value) or [""]
            for pattern in patterns:
                try:
                    self.aliases.append((_expression(pattern, folder), os.path.join(folder, first)))
                except re.error:
                    continue

    def names(self, module: str) -> bool:
        """Whether a module, by its dotted name, is one of the packages or lies in one."""
        return any(module == name or module.startswith(f"{name}.") for name in self.packages)


def told_to_pytest_cov(option: Any) -> dict[str, Any]:
    """The ``source``, ``config`` and ``branch`` that pytest's options give it; nothing if it does not measure."""
    sources = getattr(option, "cov_source", None)
    if not sources or getattr(option, "no_cov", False):
        return {}
    return {
        "source": None if True in sources else [str(source) for source in sources],
        "config": str(getattr(option, "cov_config", "") or "") or None,
        "branch": getattr(option, "cov_branch", None),
    }


def _entries(value: Any) -> list[str]:
    """A list as coverage.py reads it: of TOML, or a text with commas and ends of lines between."""
    if isinstance(value, str):
        value = re.split(r"[,\n]", value)
    entries = value if isinstance(value, list) else ()
    found = [os.path.expandvars(each).strip() for each in entries if isinstance(each, str)]
    return [each for each in found if each]


def _sections(folder: str, config: str | None) -> _Sections:
    """The sections of the first file that has any."""
    for name in (config, *_OTHERS) if config else (*_OWN, *_OTHERS):
        own = name in (config, *_OWN)
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
        except (OSError, ValueError):
            continue
        try:
            found = _read(text, own=own, toml=name.endswith(".toml")) if own or "coverage" in text else None
        except Exception:  # coverage.py says what is wrong, when it counts
            return {}
        if found is not None:
            return {name: section for name, section in found.items() if isinstance(section, dict)}
    return {}


def _read(text: str, *, own: bool, toml: bool) -> dict[str, Any] | None:
    """The sections, and what else there is, without their prefix; None if the file is about something else."""
    if toml:
        try:
            import tomllib  # type: ignore[import-not-found,unused-ignore]
        except ImportError:  # before Python 3.11
            import tomli as tomllib  # type: ignore[no-redef,import-not-found,unused-ignore] # pytest has it

        whole = tomllib.loads(text)
        told = whole.get("tool", {}).get("coverage")
        return dict(whole if told is None else told) if own or told is not None else None
    was_there = "configparser" in sys.modules
    from configparser import ConfigParser

    if not was_there:
        sys.modules.pop("configparser", None)  # tests may look at what has been imported
    parser = ConfigParser(interpolation=None)
    parser.read_string(text)
    found = {name.partition("coverage:")[2]: dict(parser[name]) for name in parser if name.startswith("coverage:")}
    if own:
        found = {**{name: dict(parser[name]) for name in parser}, **found}
    return found if found or own else None


def _expression(pattern: str, folder: str) -> re.Pattern[str]:
    """What matches the beginning of a path, as coverage.py reads a pattern of its section ``paths``."""
    if not pattern.startswith(("*", "/")):
        pattern = os.path.join(folder, pattern)
    start = "(?:.*/)?" if pattern.startswith("*") and "/" in pattern else ""
    rest = pattern.partition("/")[2] if start else pattern
    parts = [".*" if each == "**" else re.escape(each).replace(r"\*", "[^/]*") for each in rest.rstrip("/").split("/")]
    return re.compile(start + "/".join(parts) + "/", re.IGNORECASE)
