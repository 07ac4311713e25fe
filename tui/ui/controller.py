"""Between engine and screen: the runs, and what the screen asks of them besides."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.runs import Runs
from tui.model.nodes import Branch, Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.nodes import Node


class Controller(Runs):
    """The runs of one explorer, as the screen sees them."""

    def command_for(self, node: Node | None) -> str:
        """The command line that repeats a run of this node without Redbar, from the folder it was started in."""
        project = self.explorer.project
        words = [os.path.relpath(project.interpreter.path, project.cwd), "-m", "pytest"]
        if words[0].startswith(".."):
            words[0] = project.interpreter.path
        elif os.sep not in words[0]:
            words[0] = f"./{words[0]}"
        if node is None:
            return shlex.join([*words, *project.args])
        return shlex.join([*words, *_options(project.args, project.cwd), self._argument(node)])

    def _argument(self, node: Node) -> str:
        """A nodeid is relative to rootdir, an argument to the current folder."""
        nodeid = node.nodeid if isinstance(node, Item | Branch) else ""
        file, separator, rest = nodeid.partition("::")
        session = self.store.session
        path = Path(session.rootdir if session else "", file)
        return os.path.relpath(path, self.explorer.project.cwd) + separator + rest


_WITH_VALUE = frozenset(
    ["-k", "-m", "-p", "-c", "-o", "-W", "-n", "--rootdir", "--ignore", "--ignore-glob", "--confcutdir", "--basetemp"]
)
"""pytest's options whose value may look like the path of a test, and may stand apart from them."""


def _options(args: Iterable[str], cwd: Path) -> list[str]:
    """The arguments without those that say what to run."""
    kept, before = [], ""
    for arg in args:
        exists = os.path.exists(os.path.join(cwd, arg.partition("::")[0]))  # noqa: PTH110,PTH118 - never raises
        if arg.startswith("-") or before in _WITH_VALUE or not exists:
            kept.append(arg)
        before = arg
    return kept
