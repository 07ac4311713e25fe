"""Settings: who outweighs whom, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
import pytest

from tui.engine.settings import Settings, SettingsError, load


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda _: tmp_path / "config")
    (tmp_path / "config").mkdir()
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def user(project: Path, text: str) -> None:
    (project.parent / "config" / "config.toml").write_text(text)


def own(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)


def test_defaults(project: Path) -> None:
    assert load(project, {}) == Settings()
    own(project, "[project]\nname = 'x'\n")
    assert load(project, {}) == Settings()


def test_each_outweighs_the_one_before(project: Path) -> None:
    user(project, "theme = 'dark'\nslow = 3\nstop_after = 1\n")
    assert load(project, {}).theme == "dark"
    own(project, "[tool.redbar]\ntheme = 'light'\nslow = 4.5\n")
    settings = load(project, {"theme": "high-contrast"})
    assert (settings.theme, settings.slow, settings.stop_after) == ("high-contrast", 4.5, 1)


def test_keys_of_user_and_project_come_together(project: Path) -> None:
    user(project, "[keys]\nquit = 'x'\nrun = 'g'\n")
    own(project, "[tool.redbar.keys]\nrun = 'f5'\n")
    assert load(project, {}).keys == {"quit": "x", "run": "f5"}


def test_the_nearest_table_upwards(project: Path) -> None:
    below = project / "a" / "b"
    below.mkdir(parents=True)
    own(project, "[tool.redbar]\nslow = 9\n")
    own(project / "a", "[project]\nname = 'of the folder, without a table of ours'\n")
    assert load(below, {}).slow == 9.0
    own(below, "[tool.redbar]\n")
    assert load(below, {}).slow == Settings().slow


def test_a_python_starts_at_its_file(project: Path) -> None:
    below = project / "below"
    below.mkdir()
    (project / ".venv").mkdir()
    own(project, "[tool.redbar]\npython = '.venv'\n")
    assert load(below, {}).python == str(project / ".venv")
    own(project, "[tool.redbar]\npython = 'python3.12'\n")
    assert load(below, {}).python == "python3.12"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slow = true", "slow has to be a number from 0, not True."),
        ("stop_after = 1.5", "stop_after has to be a whole number from 0, not 1.5."),
        ("stop_after = true", "stop_after has to be a whole number from 0, not True."),
        ("ascii = 1", "ascii has to be true or false, not 1."),
        ("python = 3.12", "python has to be a text, not 3.12."),
        ("keys = 'q'", "keys has to be a table: binding id = keys, not 'q'."),
        ("keys = {quit = ['q']}", "keys.quit has to be a text: the keys of that binding, not ['q']."),
        ("detail = 'big'", "detail has to be one of third, full, off, not 'big'."),
        ("sloww = 1", "sloww is not a setting of Redbar. Did you mean slow?"),
    ],
)
def test_words_name_file_key_and_what_is_allowed(project: Path, text: str, words: str) -> None:
    user(project, text)
    with pytest.raises(SettingsError) as error:
        load(project, {})
    assert str(error.value) == f"{project.parent}/config/config.toml: {words}"
    user(project, "")
    own(project, f"[tool.redbar]\n{text}")
    with pytest.raises(SettingsError) as error:
        load(project, {})
    assert str(error.value) == f"{project}/pyproject.toml: tool.redbar.{words}"


def test_a_file_that_cannot_be_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(project, "")
    real = Path.read_text

    def refuse(path: Path, *args: Any, **options: Any) -> str:
        if path.name == "pyproject.toml":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        load(project, {})
