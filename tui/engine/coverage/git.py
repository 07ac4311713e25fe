"""What git knows of the lines of the work tree: which of them differ from a commit."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_SECONDS = 10.0
"""Longest that a git command may take."""
_UNTRACKED = 2000
"""So many new files are looked at."""


@dataclass(slots=True)
class Difference:
    """``lines`` are those that are other than in the commit, by absolute path; ``words`` why nothing is known."""

    lines: dict[str, set[int]] = field(default_factory=dict)
    words: str = ""


class Git:
    """The repository around a folder, if there is one. Nothing here raises, and nothing waits for a lock."""

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._top: Path | None = None

    async def head(self) -> str:
        """The commit that is checked out; "" without one."""
        code, out, _ = await self._run("rev-parse", "--verify", "--quiet", "HEAD")
        return out.decode().strip() if code == 0 else ""

    async def difference(self, base: str) -> Difference:
        """The lines of Python files that differ from ``base``; from where this branch left it, for another branch."""
        top = await self._folder()
        if isinstance(top, str):
            return Difference(words=top)
        if base.startswith("-"):
            return Difference(words=f"{base} is no commit")
        code, merge_base, _ = await self._run("merge-base", "HEAD", base)
        commit = merge_base.decode().strip() if code == 0 else base
        code, out, error = await self._run(
            *("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--relative"),
            *("--src-prefix=a/", "--dst-prefix=b/", commit, "--", "*.py"),
        )
        if code:
            last = error.decode("utf-8", "replace").strip().splitlines()
            return Difference(words=f"git cannot compare with {base}: {last[-1] if last else 'no reason given'}")
        found = Difference(changed_lines(out, self._cwd))
        await self._add_untracked(found)
        return found

    async def _add_untracked(self, found: Difference) -> None:
        """New files that nobody has added yet: all of their lines are new."""
        code, out, _ = await self._run("ls-files", "--others", "--exclude-standard", "-z", "--", "*.py")
        names = out.split(b"\0")[:_UNTRACKED] if code == 0 else []
        for name in filter(None, names):
            path = self._cwd / os.fsdecode(name)
            found.lines[str(path.resolve())] = set(range(1, await asyncio.to_thread(_count_lines, path) + 1))

    async def _folder(self) -> Path | str:
        """The top of the work tree, or why there is none."""
        if self._top is None:
            code, out, _ = await self._run("rev-parse", "--show-toplevel")
            if code == _MISSING:
                return "git is not installed"
            if code:
                return "this folder is in no git repository"
            self._top = Path(os.fsdecode(out.rstrip(b"\n")))
        return self._top

    async def _run(self, *args: str) -> tuple[int, bytes, bytes]:
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            process = await asyncio.create_subprocess_exec(
                "git",
                *("-c", "core.quotepath=off", "-c", "core.fsmonitor=false", *args),
                cwd=self._cwd,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError:
            return _MISSING, b"", b""
        try:
            out, error = await asyncio.wait_for(process.communicate(), _SECONDS)
        except TimeoutError:
            return 1, b"", f"git {args[0]} took longer than {_SECONDS:.0f} s".encode()
        finally:
            if process.returncode is None:  # also where nobody wants to know any more
                process.kill()
                await process.wait()
        return process.returncode or 0, out, error


_MISSING = 127
"""Stands for the exit code of a git that is not there."""


def changed_lines(diff: bytes, folder: Path) -> dict[str, set[int]]:
    """The new lines of a unified diff without context, by absolute path; ``folder`` is what its names start from."""
    found: dict[str, set[int]] = {}
    lines: set[int] | None = None
    for row in diff.split(b"\n"):
        if row.startswith(b"diff --git "):
            lines = None
        elif lines is None and row.startswith(b"+++ "):
            name = _unquoted(row[4:].rstrip(b"\t"))
            if name.startswith(b"b/"):
                lines = found.setdefault(str((folder / os.fsdecode(name[2:])).resolve()), set())
        elif lines is not None:
            hunk = _HUNK.match(row)
            if hunk is not None:
                first, count = int(hunk[1]), int(hunk[2] or 1)
                lines.update(range(first, first + count))
    return found


def _unquoted(name: bytes) -> bytes:
    """A name as git writes it: in quotes with escapes, if it has odd characters."""
    if name[:1] != b'"':
        return name
    return bytes(codecs.escape_decode(name[1:-1])[0])  # the escapes of C, as git's are


def _count_lines(path: Path) -> int:
    try:
        content = path.read_bytes()
    except OSError:
        return 0
    return len(content.splitlines())
