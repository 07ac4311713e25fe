"""Which test files reach a file by imports: those that were seen while running, and those that sources state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.index import COLLECTOR, IMPORT
from tui.model.impact.paths import CONFTEST, folder_of, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tui.model.impact.index import Index
    from tui.model.impact.source import Source


class Graph:
    """Importers of every file, and the files of tests (*homes*) that they lead to."""

    def __init__(self, index: Index, homes: Collection[str]) -> None:
        self._index = index
        self._homes = homes
        self._importers = _importers(index)
        self._wanting = _turned([index.wanted, _stated(index, lambda source: source.wants)])
        self._everywhere = self._loaded_by_nobody()
        self._reach: dict[str, dict[str, int]] = {}

    def homes_reaching(self, path: str) -> dict[str, int]:
        """The homes whose imports, or whose conftests' imports, lead to ``path``, with the number of steps."""
        known = self._reach.get(path)
        if known is None:
            known = self._reach[path] = self._homes_above(path)
        return known

    def importers(self, path: str) -> Iterable[str]:
        """The files that import that file themselves."""
        return self._importers.get(path, ())

    def is_imported(self, path: str) -> bool:
        """Whether a source or a run has imported that file: it was there before."""
        return path in self._importers

    def homes_wanting(self, path: str) -> set[str]:
        """The homes that reach an import which looked for ``path`` while it was not there."""
        return {home for importer in self._wanting.get(path, ()) for home in self.homes_reaching(importer)}

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
    packages = {folder_of(path): path for path in index.files if path.endswith("/__init__.py")}
    above: dict[str, set[str]] = {}
    for path in index.files:
        folder = folder_of(path)
        while folder in packages:
            above.setdefault(path, set()).add(packages[folder])
            folder = folder_of(folder)
        above.get(path, set()).discard(path)
    return _turned([index.imports, _stated(index, lambda source: source.imports), above])


def _stated(index: Index, what: Callable[[Source], Iterable[str]]) -> dict[str, set[str]]:
    """What the sources of each file say, whichever version."""
    return {
        path: {target for version in file.versions.values() if version.source for target in what(version.source)}
        for path, file in index.files.items()
    }


def _turned(graphs: Iterable[Mapping[str, Iterable[str]]]) -> dict[str, set[str]]:
    """The edges of all graphs, from target to sources."""
    turned: dict[str, set[str]] = {}
    for graph in graphs:
        for source, targets in graph.items():
            for target in targets:
                turned.setdefault(target, set()).add(source)
    return turned
