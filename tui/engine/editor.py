"""The person's editor and pager: which command opens a file at a line."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT_COLON = {"hx", "helix", "subl", "zed", "micro", "kak"}
_WITH_GOTO = {"code", "code-insiders", "codium", "cursor", "windsurf"}
_WITH_LINE_OPTION = {"pycharm", "idea", "charm", "kate", "gedit"}
_OWN_WINDOW = _WITH_GOTO | _WITH_LINE_OPTION | {"subl", "zed", "gvim", "emacsclient-gui"}


@value
class Command(Value):
    """``argv`` to run; ``own_window`` means that it leaves the terminal alone."""

    argv: tuple[str, ...]
    own_window: bool


def edit(file: Path, line: int | None, configured: str | None, environ: Mapping[str, str]) -> Command | None:
    """The command that opens ``file`` at ``line``: the setting, $VISUAL, $EDITOR, else the first editor found."""
    text = configured or environ.get("VISUAL") or environ.get("EDITOR") or _found("nano", "vim", "vi", "emacs")
    if not text:
        return None
    words = shlex.split(text)
    name = Path(words[0]).name
    if "{file}" in text:
        argv = [word.replace("{file}", str(file)).replace("{line}", str(line or 1)) for word in words]
    elif line is None:
        argv = [*words, str(file)]
    elif name in _WITH_GOTO:
        argv = [*words, "--goto", f"{file}:{line}"]
    elif name in _AT_COLON:
        argv = [*words, f"{file}:{line}"]
    elif name in _WITH_LINE_OPTION:
        argv = [*words, "--line", str(line), str(file)]
    else:
        argv = [*words, f"+{line}", str(file)]
    return Command(tuple(argv), name in _OWN_WINDOW)


def page(file: Path, environ: Mapping[str, str]) -> Command | None:
    """The command that shows a whole file: $PAGER, else less or more."""
    text = environ.get("PAGER") or _found("less", "more")
    if not text:
        return None
    words = shlex.split(text)
    if Path(words[0]).name == "less" and "-R" not in words:
        words.append("-R")  # colours of pytest's own text; other escapes stay visible and harmless
    return Command((*words, str(file)), own_window=False)


def _found(*names: str) -> str | None:
    return next((name for name in names if shutil.which(name)), None)
