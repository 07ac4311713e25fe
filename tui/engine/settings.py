"""Settings: the user's file, ``[tool.redbar]`` of the project, the command line; each outweighs the one before it."""

from __future__ import annotations

import os
from dataclasses import field, fields, replace
from typing import TYPE_CHECKING, Any

import platformdirs

from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

THEMES = ("ansi", "dark", "light", "high-contrast")
DETAILS = ("third", "full", "off")
AFTER_GREEN = ("failed", "nothing", "all")
ON_CHANGE = ("restart", "queue")
RECORDING = ("selection", "full", "off")
NOTIFY = ("off", "bell", "desktop")
FREEZE = ("on", "off")


class SettingsError(Exception):
    """A setting is not as it has to be; the message names the file, the key and what is allowed."""


def _about(kind: type, words: str, allowed: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"kind": kind, "words": words, "allowed": allowed}


def _setting(kind: type, words: str, default: object = None, allowed: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    return field(default=default, metadata=_about(kind, words, allowed))


@value
class Settings(Value):
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
    watch: bool = _setting(bool, "watch files from the start, and run what a save touches", default=False)
    after_green: str = _setting(
        str, "what runs when all that a save touched passes: what is red elsewhere, or all", "failed", AFTER_GREEN
    )
    on_change: str = _setting(str, "what a save during a run does to it", "restart", ON_CHANGE)
    coverage: str = _setting(
        str,
        "what is recorded of the tests: lines, or in full: branches and child processes too",
        "selection",
        RECORDING,
    )
    initial_run: bool = _setting(bool, "with watch: run everything once at the start", default=True)
    cold: bool = _setting(bool, "start a process of its own for every run", default=False)
    polling: bool | None = _setting(bool, "look at files again and again (default: where nothing tells of changes)")
    follow: bool = _setting(bool, "while watching, go to the first new failure", default=True)
    notify: str = _setting(str, "tell when red and green change places", "off", NOTIFY)
    debugger: str = _setting(str, "pudb, pdb, ipdb, or another as module:Class", "pudb")
    freeze: str = _setting(str, "keep the process of a failure, so that it can be debugged as it was", "on", FREEZE)
    freeze_limit: int = _setting(int, "so many failures are kept at most; the oldest goes first", 20)
    freeze_memory: int = _setting(int, "megabytes that kept failures may take together", 500)
    debug_in_tmux: bool = _setting(bool, "inside tmux, open the debugger in a pane of its own", default=False)
    watch_files: tuple[str, ...] = _setting(tuple, "patterns of files to watch although something ignores them", ())
    ignore_files: tuple[str, ...] = _setting(tuple, "patterns of files that are not watched", ())
    keys: dict[str, str] = field(default_factory=dict, metadata=_about(dict, "other keys for bindings, by their id"))


def load(cwd: Path, options: dict[str, Any]) -> Settings:
    """The settings for a project. ``options`` come from the command line, by the names of the fields.

    Raises SettingsError.
    """
    settings = _with(Settings(), platformdirs.user_config_path("redbar") / "config.toml", ())
    for folder in (cwd, *cwd.parents):
        table = _with(settings, folder / "pyproject.toml", ("tool", "redbar"))
        if table is not settings:
            settings = table
            break
    return replace(settings, **options)


def _with(settings: Settings, file: Path, path: tuple[str, ...]) -> Settings:
    """``settings`` overlaid with the table at ``path`` in ``file``; the same object if there is no such table."""
    table = _table(file, path)
    if table is None:
        return settings
    values = _checked(table, str(file), path)
    if "keys" in values:
        values["keys"] = settings.keys | values["keys"]
    if "python" in values:
        beside = os.path.join(file.parent, os.path.expanduser(values["python"]))  # noqa: PTH111,PTH118 - never raises
        values["python"] = beside if os.path.exists(beside) else values["python"]  # noqa: PTH110 - the same
    return replace(settings, **values)


def _table(file: Path, path: tuple[str, ...]) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    import tomllib

    try:
        table: Any = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from None
    for depth, name in enumerate(path, start=1):
        if name not in table:
            return None
        table = table[name]
        if not isinstance(table, dict):
            raise SettingsError(f"{file}: {'.'.join(path[:depth])} has to be a table, not {table!r}.")
    assert isinstance(table, dict)  # noqa: S101 - TOML's top level, or checked above
    return table


def _checked(table: dict[str, Any], file: str, path: tuple[str, ...]) -> dict[str, Any]:
    known = {each.name: each for each in fields(Settings)}
    values = {}
    for key, given in table.items():
        name = ".".join((*path, key))
        if key not in known:
            import difflib

            close = difflib.get_close_matches(key, known, 1)
            hint = f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}."
            raise SettingsError(f"{file}: {name} is not a setting of Redbar. {hint}")
        values[key] = checked(given, known[key].metadata, f"{file}: {name}")
    return values


def checked(value: object, metadata: Mapping[str, Any], name: str) -> object:
    """``value`` if it suits a field of that metadata. Raises SettingsError; its message begins with ``name``."""
    kind, allowed = metadata["kind"], metadata["allowed"]
    if kind is tuple and isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = tuple(value)
    if kind is float and type(value) is int:
        value = float(value)
    negative = isinstance(value, int | float) and not value >= 0
    if type(value) is not kind or negative:
        words = {str: "a text", bool: "true or false", int: "a whole number from 0", float: "a number from 0"}
        words[tuple] = "a list of texts"
        raise SettingsError(f"{name} has to be {words.get(kind, 'a table: binding id = keys')}, not {value!r}.")
    if allowed and value not in allowed:
        raise SettingsError(f"{name} has to be one of {', '.join(allowed)}, not {value!r}.")
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(each, str):
                raise SettingsError(f"{name}.{key} has to be a text: the keys of that binding, not {each!r}.")
    return value
