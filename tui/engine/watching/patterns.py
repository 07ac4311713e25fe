"""Patterns as they stand in ignore files, asked about tens of thousands of paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_CACHED = 50_000


@dataclass(frozen=True, slots=True)
class _Line:
    expression: re.Pattern[str]
    ignores: bool
    is_about_names: bool
    is_about_folders: bool

    def fits(self, text: str) -> bool:
        """Whether it means this very path (or name), and not only a folder that it is in."""
        # The one group of such an expression is the slash behind a folder. Of "**/*/" it is all there is, and every
        # slash of a path fits.
        return any(
            not self.expression.groups or not 0 <= found.end(1) < len(text) for found in self.expression.finditer(text)
        )


class Patterns:
    """The patterns that git would take from these lines. Paths are relative to the folder that the lines are about."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._spec = _spec(lines)
        self._lines = [
            _Line(each.regex, bool(each.include), "/" not in text.removesuffix("/"), text.endswith("/"))
            for each in reversed(list(self._spec.patterns))
            if isinstance(each.regex, re.Pattern)
            for text in (str(each.pattern).rstrip().removeprefix("!"),)
        ]
        self._for_files = [line for line in self._lines if not line.is_about_folders]
        self._names = _union(line for line in self._for_files if line.is_about_names)
        self._paths = _union(line for line in self._for_files if not line.is_about_names)
        self._seen: dict[str, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def matches(self, path: str) -> bool:
        """Whether the last word on this path, or else on a folder that it is in, is yes. A folder ends in a slash."""
        return bool(self._lines) and self._spec.check_file(path).include is True

    def folder(self, path: str) -> bool | None:
        """Whether the last pattern that means this folder is not a negated one; None if there is none."""
        return _last(self._lines, path, path[path.rfind("/") + 1 :])

    def file(self, path: str) -> bool | None:
        """The same of a file."""
        name = path[path.rfind("/") + 1 :]
        seen = self._seen.get(name)
        if seen is None:
            if len(self._seen) >= _CACHED:
                self._seen = {}
            seen = self._seen[name] = self._names.search(name) is not None
        if not seen and not self._paths.search(path):
            return None
        return _last(self._for_files, path, name)


def _last(lines: Iterable[_Line], path: str, name: str) -> bool | None:
    for line in lines:
        text = name if line.is_about_names else path
        if line.fits(f"{text}/" if line.is_about_folders else text):
            return line.ignores
    return None


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    patterns: list[GitIgnoreSpecPattern] = []
    for line in lines:
        try:
            # To git "x/**/" is the folders in x; to pathspec it is x too.
            patterns += GitIgnoreSpec.from_lines([re.sub(r"/\*\*/\s*\Z", "/**/*/", line)]).patterns
        except GitIgnorePatternError:
            continue  # git too passes over what it cannot read
    return GitIgnoreSpec([each for each in patterns if each.include is not None])


def _union(lines: Iterable[_Line]) -> re.Pattern[str]:
    """One expression for ``search`` that says whether any of the lines may fit."""
    parts = []
    for line in lines:
        part = re.sub(r"\(\?P<\w+>", "(?:", line.expression.pattern)
        # A name is asked about without its folders; not to look for any makes it several times as fast.
        parts.append(part.replace("^(?:.+/)?", "^") if line.is_about_names else part)
    return re.compile("|".join(f"(?:{part})" for part in parts) or "(?!)")
