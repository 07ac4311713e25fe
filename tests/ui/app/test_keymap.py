"""Words that name a key name the one that the person has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tui.ui
from tests.ui.app.driver import sit_down, write
from tui.model import events as ev
from tui.model.outcome import Status
from tui.ui.detail import others
from tui.ui.keymap import USUAL, Keys

_NAMES_A_KEY = re.compile(
    r"(?:^|[\s:,;])(?:[a-zA-Z/.]|ctrl\+\S+|Tab|[1-9])"
    r" (?:runs|debugs|opens|shows|again|kills|goes|closes|drops|quits|leads|ends)\b"
)


@pytest.mark.parametrize(("key", "own"), [("d", {}), ("x", {"debug": "x,d"}), ("f5", {"debug": "f5"})])
def test_first_of_the_keys_of_a_binding(key: str, own: dict[str, str]) -> None:
    keys = Keys(own)
    assert keys.of("debug") == key
    assert keys.words("{debug} opens, {page} shows, {coverage-stop} stops") == f"{key} opens, o shows, s stops"


def test_signs_of_usual_keys() -> None:
    assert USUAL.words("{filter} {run-last} {help}") == "/ . ?"


def test_binding_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        USUAL.of("nothing")


def test_documents_name_keys() -> None:
    keys = Keys({"debug": "f5", "debug-from-start": "f6", "debug-in-pane": "f7"})
    pause = ev.Paused(1, "a.py::test_one", 0, "1-main-1", "trace", "a.py", 3, "test_one", "pudb")
    assert "f5 opens the debugger, f7 in another pane" in others.paused("test_one", pause, keys).plain_text()


async def test_on_screen(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_one(): assert 0\n"})
    own = {"run-node": "a", "debug": "j", "filter": "ctrl+f", "tab-locals": "f7", "debug-in-pane": "f8"}
    async with sit_down(folder, keys=own) as sitting:
        await sitting.press("l", "down")
        assert "not run yet: a runs it" in sitting.document
        await sitting.press("ctrl+r")
        assert sitting.footer.said == "there is no filter: ^f opens one"
        await sitting.press("f8")
        assert sitting.footer.said.endswith(": j debugs here")
        assert await sitting.run("a") == ["test_a.py::test_one"]
        assert sitting.outcomes == {"test_a.py::test_one": Status.FAILED.word}
        await sitting.press("f7")
        assert "j runs it again under the debugger, D from its first line" in sitting.document


def _texts(path: Path) -> list[str]:
    """The texts of a module, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in alone)
    return [constant.value for constant in constants if isinstance(constant.value, str)]


def test_no_words_name_a_key_by_themselves() -> None:
    """But Enter and Esc in dialogs."""
    assert _NAMES_A_KEY.search("no failure is kept: d runs it again")
    paths = [path for folder in tui.ui.__path__ for path in sorted(Path(folder).rglob("*.py"))]
    assert [text for path in paths for text in _texts(path) if _NAMES_A_KEY.search(text)] == []
