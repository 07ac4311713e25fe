"""Which test files reach a file by imports: those that were seen while running, and those that sources state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.index import COLLECTOR, IMPORT
from tui.model.impact.paths import CONFTEST, folder_of, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.model.impact.index import Index


class Graph:
    """Importers of every file, and the files of tests (*homes*) that they lead to."""

    def __init__(self, index: Index, homes: Collection[str]) -> None:
        self._index = index
        self._homes = homes
        self._importers = _importers(index)
        self._everywhere = self._loaded_by_nobody()
        self._reach: dict[str, dict[str, int]] = {}

    def homes_reaching(self, path: str) -> dict[str, int]:
        """The homes whose imports, or whose conftests' imports, lead to ``path``, with the number of steps."""
        known = self._reach.get(path)
        if known is None:
            known = self._reach[path] = self._homes_above(path)
        return known

    def imports_directly(self, home: str, path: str) -> bool:
        """Whether a home is that file, or imports it itself."""
        return home == path or home in self._importers.get(path, ())

    def below(self, folder: str) -> set[str]:
        """The homes in a folder and in those below it."""
        prefix = folder if folder.endswith("/") else f"{folder}/"
        return {home for home in self._homes if home.startswith(prefix)}

    def _homes_above(self, path: str) -> dict[str, int]:
        homes: dict[str, int] = {}
        seen = {path}
        level = [path]
        steps = 0
        while level:
            for file in level:
                for home in self._homes_of(file):
                    homes.setdefault(home, steps)
            level = list({new for file in level for new in self._importers.get(file, ())} - seen)
            seen.update(level)
            steps += 1
        return homes

    def _homes_of(self, file: str) -> Iterable[str]:
        """The homes that load this very file by themselves or by being where they are."""
        if file in self._everywhere:
            return self._homes
        if name_of(file) == CONFTEST:
            return self.below(folder_of(file))
        return (file,) if file in self._homes else ()

    def _loaded_by_nobody(self) -> set[str]:
        """Files that were imported, but by no project file: plugins, a framework's settings. All depend on them.

        Files of tests without any test are imported by nobody too, and matter to none.
        """
        collected = tuple(
            f"/{name.text}" for name in self._index.contexts if name.kind == COLLECTOR and "::" not in name.text
        )
        return {
            name.text
            for name in self._index.contexts
            if name.kind == IMPORT
            and name.text not in self._homes
            and not self._importers.get(name.text)
            and name_of(name.text) != CONFTEST
            and not (collected and name.text.endswith(collected))
        }


def _importers(index: Index) -> dict[str, set[str]]:
    """Imported file to its importers; a file also imports the packages that it lies in."""
    importers: dict[str, set[str]] = {}

    def add(importer: str, imported: Iterable[str]) -> None:
        for each in imported:
            importers.setdefault(each, set()).add(importer)

    packages = {folder_of(path): path for path in index.files if path.endswith("/__init__.py")}
    for path, file in index.files.items():
        for version in file.versions.values():
            if version.source is not None:
                add(path, version.source.imports)
                add(path, version.source.wants)
        folder = folder_of(path)
        while folder in packages:
            if packages[folder] != path:
                add(path, (packages[folder],))
            folder = folder_of(folder)
    for edges in (index.imports, index.wanted):
        for importer, imported in edges.items():
            add(importer, imported)
    return importers
