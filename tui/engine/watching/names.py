"""Names that never hold a person's work: caches, generated folders, what editors put down while they save."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NEVER = frozenset({".git", ".hg", ".jj", ".redbar_cache", ".svn", "__pycache__"})
"""Folders that no setting can make watched: a run writes into them, or every command of a version control does."""

NORECURSEDIRS = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
"""What pytest does not descend into unless the project says otherwise."""

_GENERATED = (
    "*.egg-info",
    ".eggs",
    ".hypothesis",
    ".import_linter_cache",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    "htmlcov",
    "node_modules",
)
_GENERATED_FILES = ("*.py[cod]", ".coverage", ".coverage.*", ".DS_Store", ".testmondata*")
_PASSING = (
    "*.kate-swp",
    "*.sw[a-z]",
    "*.tmp",
    "*~",
    "#*#",
    ".#*",
    ".fuse_hidden*",
    ".goutputstream-*",
    ".nfs*",
    ".~lock.*#",
    "*___jb_old___",
    "*___jb_tmp___",
)


def one_of(globs: Iterable[str]) -> re.Pattern[str]:
    """One expression, to be used with ``match``, for names that any of the globs matches."""
    return re.compile("|".join(map(translate, globs)) or r"(?!)")


_generated = one_of(_GENERATED)
_generated_files = one_of(_GENERATED_FILES)
# Beside the globs: vim's trial file, which counts on from 4913; sed -i; Python's tempfile.
_passing = re.compile(one_of(_PASSING).pattern + r"|(?:\d{4,6}|sed[A-Za-z0-9]{6}|tmp[a-z0-9_]{8})\Z")


def is_generated_folder(name: str) -> bool:
    """Whether tools alone write into folders of that name."""
    return _generated.match(name) is not None


def is_generated_file(name: str) -> bool:
    """Whether tools alone write files of that name."""
    return _generated_files.match(name) is not None


def is_of_tools(path: str) -> bool:
    """Whether a file, by its path relative to the root, belongs to a cache or to a report of a tool."""
    *folders, name = path.split("/")
    if is_generated_file(name):
        return True
    return any(is_generated_folder(folder) and not folder.endswith(".egg-info") for folder in folders)


def is_passing(name: str) -> bool:
    """Whether a file of that name lives only while another is being edited or saved."""
    return _passing.match(name) is not None
