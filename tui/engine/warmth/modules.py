"""What runs have imported, and what is to be loaded ahead because of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.model.values import Value, value
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_MANY = 20
"""So many modules that are not loaded yet are worth another round."""


@value
class Module(Value):
    """One import of a run. ``late``: made by a test and not by its file."""

    name: str
    file: str
    rewritten: bool
    foreign: bool
    late: bool


class Modules:
    """The lists of the runs of one explorer."""

    def __init__(self) -> None:
        self.installed: frozenset[str] = frozenset()
        """Folders of installed packages."""
        self._foreign: dict[str, Module] = {}
        self._project: dict[str, Module] = {}
        self._environ: set[str] = set()
        self._of: dict[str, list[Module]] = {}
        """By an edited file: the project's modules of the last run that was made because of it."""
        self._asked: set[str] = set()

    def learn(self, folder: Path, changed: Collection[str]) -> None:
        """Read the list of a run that was made after these files were edited; one without a list teaches nothing."""
        try:
            said: dict[str, Any] = wire.decode((folder / wire.MODULES_FILE).read_bytes())
            modules = [Module(*row) for row in said["modules"]]
            self.installed = frozenset(said["installed"])
            self._environ.update(said["environ"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        project = [module for module in modules if not module.foreign]
        for module in modules:
            (self._foreign if module.foreign else self._project).setdefault(module.name, module)
        files = {module.file for module in project}
        for path in changed:
            # An import that broke off leaves a short list; the one from before is as good again after the next edit.
            if path in files or path not in self._of:
                self._of[path] = project

    def __len__(self) -> int:
        return len(self._foreign)

    def in_short(self) -> dict[str, Any]:
        """What another session needs to load the same ahead."""
        return {
            "foreign": [[module.name, module.file, module.rewritten] for module in self._foreign.values()],
            "project": sorted(self._project),
            "environ": sorted(self._environ),
            "installed": sorted(self.installed),
        }

    def restore(self, kept: dict[str, Any]) -> int:
        """Take what another session knew; the number of modules. Raises KeyError, TypeError, ValueError."""
        foreign = [Module(name, file, rewritten, foreign=True, late=False) for name, file, rewritten in kept["foreign"]]
        project = [Module(name, "", rewritten=False, foreign=False, late=False) for name in kept["project"]]
        self.installed = frozenset(kept["installed"])
        self._environ.update(kept["environ"])
        self._foreign.update((module.name, module) for module in foreign)
        self._project.update((module.name, module) for module in project)
        return len(foreign)

    def lacking(self) -> bool:
        """Whether enough is known that is not loaded ahead yet."""
        new = len(self._foreign.keys() - self._asked)
        return new > (_MANY if self._asked else 0)

    def plan(self, *, cwd_on_path: bool) -> dict[str, Any]:
        """What a host is to load ahead; from now on it counts as loaded."""
        names = list(self._foreign)
        self._asked.update(names)
        return {
            "names": names,
            "rewritten": [module.name for module in self._foreign.values() if module.rewritten],
            "environ": sorted(self._environ),
            "project": sorted(self._project),
            "cwd_on_path": cwd_on_path,
        }

    def forget_asked(self) -> None:
        """A new host has loaded nothing."""
        self._asked.clear()

    def knows(self, hot: str) -> bool:
        """Whether a run that was made because of this file has told what it imports."""
        return hot in self._of

    def ahead(self, hot: str) -> list[list[str]]:
        """Names and files of the project's modules that a session loads before ``hot``, in their order.

        Test files and conftests are pytest's to import, and so is what tests import while they run.
        """
        modules = self._of.get(hot, [])
        own = [module.name for module in modules if module.file == hot]
        return [
            [module.name, module.file]
            for module in modules
            if not (module.rewritten or module.late or module.file.endswith("conftest.py"))
            and not any(module.name == name or module.name.startswith(f"{name}.") for name in own)
        ]

    def later(self, hot: str) -> list[tuple[str, bool]]:
        """Files of the project that are imported after ``hot``, each with whether its asserts are rewritten."""
        modules = iter(self._of.get(hot, ()))
        for module in modules:
            if module.file == hot:
                break
        return [(module.file, module.rewritten) for module in modules if module.file.endswith(".py")]

    def hides(self, path: str) -> bool:
        """Whether a file of the project has the name of something that is loaded ahead."""
        return module_name(path).partition(".")[0] in {name.partition(".")[0] for name in self._asked}


def module_name(path: str) -> str:
    """The dotted name under which a file would be imported, by the packages around it."""
    folder, base = os.path.split(path)
    stem = base.removesuffix(".py")
    parts = [] if stem == "__init__" else [stem]
    while os.path.exists(os.path.join(folder, "__init__.py")):  # noqa: PTH110, PTH118 - on the way of a save
        folder, name = os.path.split(folder)
        parts.insert(0, name)
        if not name:
            break
    return ".".join(parts)
