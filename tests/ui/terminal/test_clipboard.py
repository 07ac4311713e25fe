"""Copying: by OSC 52, inside tmux through tmux, and in words where it went."""

import base64
import stat
from pathlib import Path

import pytest

from tui.ui.terminal import clipboard

TMUX = """#!/bin/sh
case "$*" in
{refuse}) exit 1 ;;
esac
echo "$@" > "{folder}/arguments"
cat > "{folder}/buffer"
"""


def fake_tmux(folder: Path, monkeypatch: pytest.MonkeyPatch, refuse: str = "never") -> None:
    """A tmux that keeps what it is given."""
    program = folder / "tmux"
    program.write_text(TMUX.format(folder=folder, refuse=refuse))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


async def copy(text: str, env: dict[str, str]) -> tuple[str, str]:
    written: list[str] = []
    words = await clipboard.copy(text, write=written.append, env=env)
    return words, "".join(written)


async def test_a_terminal_gets_the_text_by_osc_52() -> None:
    words, written = await copy("tests/test_a.py::test[é]", {})
    assert words == "copied to the terminal's clipboard"
    assert written.startswith("\x1b]52;c;")
    assert written.endswith("\x07")
    assert base64.b64decode(written[7:-1]).decode() == "tests/test_a.py::test[é]"


async def test_more_than_terminals_take_is_not_sent() -> None:
    assert (await copy("x" * clipboard.LIMIT, {}))[1]
    words, written = await copy("é" * clipboard.LIMIT, {})
    assert words == "not copied: 149 kB, and terminals take 74 kB"
    assert not written


async def test_inside_tmux_it_goes_to_tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tmux(tmp_path, monkeypatch)
    text = "x" * (clipboard.LIMIT + 1)
    words, written = await copy(text, {"TMUX": "/tmp/tmux"})
    assert words == "copied to tmux and the terminal's clipboard"
    assert not written
    assert (tmp_path / "arguments").read_text() == "load-buffer -w -\n"
    assert (tmp_path / "buffer").read_text() == text


async def test_an_old_tmux_keeps_it_in_its_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tmux(tmp_path, monkeypatch, refuse="*-w*")
    words, written = await copy("text", {"TMUX": "/tmp/tmux"})
    assert words == "copied to tmux (paste with prefix ])"
    assert not written
    assert (tmp_path / "buffer").read_text() == "text"


@pytest.mark.parametrize("refuse", ["*", None])
async def test_without_a_tmux_that_answers_the_terminal_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuse: str | None
) -> None:
    if refuse is None:
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        fake_tmux(tmp_path, monkeypatch, refuse)
    words, written = await copy("text", {"TMUX": "/tmp/tmux"})
    assert words == "copied to the terminal's clipboard"
    assert "dGV4dA==" in written
