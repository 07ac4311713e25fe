"""Settings: the user's file, ``[tool.redbar]`` of the project, the command line; each outweighs the one before it."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

THEMES = ("ansi", "dark", "light", "high-contrast")
DETAILS = ("third", "full", "off")


class SettingsError(Exception):
    """A setting is not as it has to be; the message names the file, the key and what is allowed."""


def _setting(kind: type, words: str, default: Any = None, allowed: tuple[str, ...] = ()) -> Any:
    metadata = {"kind": kind, "words": words, "allowed": allowed}
    if kind is dict:
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. The metadata of a field says its type and, in words, what it does."""

    python: str | None = _setting(str, "interpreter of the tests: an executable, or the folder of a venv")
    cwd_on_path: bool = _setting(bool, "begin sys.path with this folder, as python -m pytest does", default=True)
    theme: str = _setting(str, "colours", "ansi", THEMES)
    ascii: bool | None = _setting(bool, "draw with ASCII alone (default: by the locale)")
    mouse: bool = _setting(bool, "let the mouse work too", default=True)
    detail: str = _setting(str, "size of the detail pane at the start", "third", DETAILS)
    stop_after: int = _setting(int, "stop a run after so many failures at the start (0: never)", 0)
    slow: float = _setting(float, "seconds from which a test is slow", 1.0)
    editor: str | None = _setting(str, "command of the editor; {file} and {line} are filled in (default: $EDITOR)")
    keys: dict[str, str] = _setting(dict, "other keys for bindings, by their id")


def load(cwd: Path, options: dict[str, Any]) -> Settings:
    """The settings for a project. ``options`` come from the command line, by the names of the fields.

    Raises SettingsError.
    """
    settings = Settings()
    user = platformdirs.user_config_path("redbar") / "config.toml"
    for file, path in ((user, ()), (_pyproject(cwd), ("tool", "redbar"))):
        if file is not None and file.is_file():
            settings = replace(settings, **_checked(_table(file, path), str(file), path))
    return replace(settings, **options)


def _pyproject(cwd: Path) -> Path | None:
    """The nearest pyproject.toml upwards that has a table of ours, or the nearest one at all."""
    return next((each / "pyproject.toml" for each in (cwd, *cwd.parents) if (each / "pyproject.toml").is_file()), None)


def _table(file: Path, path: tuple[str, ...]) -> dict[str, Any]:
    try:
        table: Any = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{file}: {error}"
        raise SettingsError(message) from None
    for name in path:
        table = table.get(name, {})
        if not isinstance(table, dict):
            message = f"{file}: {'.'.join(path)} has to be a table"
            raise SettingsError(message)
    assert isinstance(table, dict)  # noqa: S101 - TOML's top level, or checked above
    return table


def _checked(table: dict[str, Any], file: str, path: tuple[str, ...]) -> dict[str, Any]:
    known = {each.name: each for each in fields(Settings)}
    values = {}
    for key, value in table.items():
        name = ".".join((*path, key))
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            hint = f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}."
            message = f"{file}: {name} is not a setting of Redbar. {hint}"
            raise SettingsError(message)
        values[key] = checked(value, known[key].metadata, f"{file}: {name}")
    return values


def checked(value: Any, metadata: Any, name: str) -> Any:
    """``value`` if it suits a field of that metadata; ``name`` is what the message begins with. Raises SettingsError."""
    kind, allowed = metadata["kind"], metadata["allowed"]
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or (kind in (int, float) and value < 0):
        words = {str: "a text", bool: "true or false", int: "a whole number from 0", float: "a number from 0"}
        message = f"{name} has to be {words.get(kind, 'a table of texts')}, not {value!r}."
        raise SettingsError(message)
    if allowed and value not in allowed:
        message = f"{name} has to be one of {', '.join(allowed)}, not {value!r}."
        raise SettingsError(message)
    if kind is dict and not all(isinstance(each, str) for each in value.values()):
        message = f"{name} has to be a table of texts: binding id = keys."
        raise SettingsError(message)
    return value
