"""What leaves the screen: copies, the editor, the pager."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting, sit_down, write

FILES = {
    "sub/test_a.py": """
        import pytest

        def fails():
            raise ValueError("no")

        def test_red(): fails()

        @pytest.mark.parametrize("text", ["a b", "it's"])
        def test_odd(text): print("x" * 200_000)
    """
}
RED = "sub/test_a.py::test_red"


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that notes its arguments, a line of JSON for each call, and what is in its last one."""
    notes = tmp_path / "notes"
    script = tmp_path / "recorder"
    script.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "text = open(sys.argv[-1], errors='replace').read()\n"
        f"with open({str(notes)!r}, 'a') as file: file.write(json.dumps([sys.argv[1:], text]) + '\\n')\n"
        "sys.exit(int(os.environ.get('CODE', '0')))\n"
    )
    script.chmod(0o755)
    for name in ("EDITOR", "PAGER"):
        monkeypatch.setenv(name, str(script))
    return notes


async def noted(sitting: Sitting, notes: Path, calls: int = 1) -> tuple[list[str], str]:
    """Arguments of the last call, and the text that it was given."""
    lines: list[str] = []

    def are_there() -> bool:
        lines[:] = notes.read_text().splitlines() if notes.exists() else []
        return len(lines) >= calls

    await sitting.until(are_there, "the program's note")
    await sitting.until(lambda: not sitting.app.workers._workers, "the program's end")
    arguments, text = json.loads(lines[-1])
    return arguments, text


def is_there(path: str) -> bool:
    return Path(path).is_file()


async def copied(sitting: Sitting, key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a key puts into the clipboard."""
    writes: list[str] = []
    driver = sitting.app._driver
    assert driver is not None
    monkeypatch.setattr(driver, "write", writes.append)
    await sitting.press(key)
    await sitting.said("copied to the terminal's clipboard: ")
    (sequence,) = writes
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    text = base64.b64decode(sequence[7:-1]).decode()
    assert sitting.footer.said.endswith(f": {text}")
    return text


@pytest.mark.parametrize("node", [RED, "sub/test_a.py", "test_odd", "sub/test_a.py::test_odd[it's]"])
async def test_nodeid(suite: Path, node: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go(node)
        assert await copied(sitting, "y", monkeypatch) == sitting.at


def output(command: str, folder: Path) -> str:
    """What a shell's command prints."""
    return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("node", "count"),
    [(RED, 1), ("sub", 3), ("sub/test_a.py", 3), ("sub/test_a.py::test_odd[it's]", 1), ("test_odd", 2)],
)
async def test_command_repeats_the_run(suite: Path, node: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(suite, "--tb=line", "-p", "no:cacheprovider", "sub") as sitting:
        await sitting.go(node)
        command = await copied(sitting, "Y", monkeypatch)
        words = shlex.split(command)
        assert words[1:6] == ["-m", "pytest", "--tb=line", "-p", "no:cacheprovider"]
        assert f"collected {count} item" in output(command, suite)


async def test_command_keeps_values_that_look_like_paths(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("-k", "sub", "sub/test_a.py::test_odd", "--ignore", "sub/none", "-q", "sub")
    async with sit_down(suite, *args) as sitting:
        await sitting.go("sub/test_a.py::test_odd[a b]")
        words = shlex.split(await copied(sitting, "Y", monkeypatch))
        assert words[3:] == ["-k", "sub", "--ignore", "sub/none", "-q", "sub/test_a.py::test_odd[a b]"]


async def test_command_without_a_node_is_the_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(folder, "-k", "nothing", ".") as sitting:
        assert (await copied(sitting, "Y", monkeypatch)).endswith("-m pytest -k nothing .")


async def test_command_starts_where_redbar_did(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, FILES)
    async with sit_down(folder / "sub") as sitting:
        await sitting.go(RED)
        assert (await copied(sitting, "Y", monkeypatch)).endswith("-m pytest test_a.py::test_red")


async def test_inside_tmux_the_copy_goes_to_tmux(suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmux = tmp_path / "bin" / "tmux"
    write(tmp_path, {"bin/tmux": f"#!/bin/sh\ncat > {tmp_path}/buffer\n"})
    tmux.chmod(0o755)
    monkeypatch.setenv("TMUX", "somewhere")
    monkeypatch.setenv("PATH", f"{tmux.parent}:{os.environ['PATH']}")
    async with sit_down(suite) as sitting:
        await sitting.go(RED)
        await sitting.press("y")
        await sitting.said(f"copied to tmux and the terminal's clipboard: {RED}")
        assert (tmp_path / "buffer").read_text() == RED


async def test_words_about_a_copy_go_with_the_next_key(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(suite) as sitting:
        await copied(sitting, "y", monkeypatch)
        assert sitting.lines[-1].startswith(" copied to")
        await sitting.press("j")
        assert sitting.lines[-1].startswith(" r run")


async def test_editor_opens_at_the_definition(suite: Path, program: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go(RED)
        await sitting.press("e")
        arguments, _ = await noted(sitting, program)
        assert arguments == ["+7", str(suite / "sub/test_a.py")]


async def test_editor_opens_at_the_line_that_failed(suite: Path, program: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.press("n", "e")
        arguments, _ = await noted(sitting, program)
        assert arguments == ["+5", str(suite / "sub/test_a.py")]


async def test_editor_opens_at_the_line_under_the_cursor_of_the_pane(suite: Path, program: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go(RED)
        await sitting.press("3", "tab", "e")
        arguments, _ = await noted(sitting, program)
        assert arguments == ["+7", str(suite / "sub/test_a.py")]
        await sitting.press("escape")
        await sitting.run("R")
        await sitting.press("n", "1", "tab", *["k"] * 2, "e")
        arguments, _ = await noted(sitting, program, 2)
        assert arguments == ["+4", str(suite / "sub/test_a.py")]


@pytest.mark.parametrize(("node", "line"), [("sub/test_a.py", None), ("test_odd", "+9")])
async def test_editor_of_a_branch(suite: Path, program: Path, node: str, line: str | None) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go(node)
        await sitting.press("e")
        arguments, _ = await noted(sitting, program)
        assert arguments == [*([line] if line else []), str(suite / "sub/test_a.py")]


async def test_editor_of_the_settings(suite: Path, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = os.environ["EDITOR"]
    monkeypatch.setenv("EDITOR", "false")
    async with sit_down(suite, editor=f"{editor} --at {{line}} {{file}}") as sitting:
        await sitting.go(RED)
        await sitting.press("e")
        arguments, _ = await noted(sitting, program)
        assert arguments == ["--at", "7", str(suite / "sub/test_a.py")]


async def test_editor_that_fails_and_one_that_is_not_there(
    suite: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go(RED)
        monkeypatch.setenv("CODE", "3")
        await sitting.press("e")
        await sitting.said("ended with 3")
        monkeypatch.setenv("EDITOR", "/nowhere/editor")
        await sitting.press("e")
        await sitting.said("/nowhere/editor: No such file or directory")
        monkeypatch.delenv("EDITOR")
        monkeypatch.setenv("PATH", "")
        await sitting.press("e")
        await sitting.said("no editor: set $EDITOR")


@pytest.mark.parametrize("command", ["vi '", " "])
async def test_commands_that_are_none(suite: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", command)
    async with sit_down(suite, editor=command) as sitting:
        await sitting.go(RED)
        await sitting.press("e")
        await sitting.said("the command of the editor cannot be read")
        await sitting.press("o")
        await sitting.said("the command of the pager cannot be read")
        assert sitting.app.is_running


async def test_pager_shows_the_document(suite: Path, program: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.press("n", "o")
        arguments, text = await noted(sitting, program)
        assert "E   ValueError: no" in text
        assert not is_there(arguments[-1])


async def test_pager_shows_the_whole_of_what_was_cut(suite: Path, program: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.go("sub/test_a.py::test_odd[a b]")
        await sitting.press("2")
        assert "characters left out here: o shows the whole" in sitting.document
        await sitting.press("o")
        _, text = await noted(sitting, program)
        assert text.count("x") == 200_000


async def test_pager_shows_what_pytest_wrote(suite: Path, program: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.press("6", "o")
        arguments, text = await noted(sitting, program)
        assert "1 failed" in text
        assert is_there(arguments[-1])


async def test_no_pager(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(suite) as sitting:
        monkeypatch.delenv("PAGER")
        monkeypatch.setenv("PATH", "")
        await sitting.press("o")
        await sitting.said("no pager: set $PAGER")
