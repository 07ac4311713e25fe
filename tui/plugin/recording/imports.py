"""Modules of the project as they are imported: each has a context of its own.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
import threading
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

from .. import wire
from .contexts import Context
from .lines import unseen

if TYPE_CHECKING:
    from ..warm.stock import Stock
    from .recorder import Recorder

_FINDERS = ("_frozen_importlib", "importlib", "_pytest", "_distutils_hack", "six", "__editable__", wire.PACKAGE)
"""How the modules of finders begin that are nobody's project."""


class _WatchedSpec(ModuleSpec):
    """A spec that tells when its module begins and ends to be executed, by the mark that the import system sets.

    A loader around the loader would do the same, but stand in the traceback of every import that fails. The class is
    taken off again at the end.
    """

    _finder: ImportFinder
    _context: Context | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "_initializing":
            if value:
                self._finder.begins(self)
            else:
                self._finder.ends(self)


class ImportFinder:
    """First in ``sys.meta_path``. It finds what the others find."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.lines = recorder.lines
        self.stock: Stock | None = None
        """Has the code of some files."""
        self.packages: set[str] = set()
        """Packages that are recorded wherever they are found."""
        self._types: tuple[type, ...] = ()
        self._foreign = False
        self._asking: set[tuple[int, str]] = set()
        self._this_thread = threading.get_ident
        self._getframe = sys._getframe  # noqa: SLF001 - the only way to who imports

    def begin(self) -> None:
        """Watch imports from now on."""
        sys.meta_path.insert(0, self)

    def end(self) -> None:
        """Watch no more."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec that the other finders give; an error of theirs is passed on."""
        if not self._recorder.live:
            return None
        asking = (self._this_thread(), name)
        if asking in self._asking:  # by a finder that asks all others
            return None
        self._asking.add(asking)
        spec: ModuleSpec | None = None
        away = self._are_foreign(sys.meta_path) and self.lines.pause()
        try:
            for finder in list(sys.meta_path):
                if finder is self:
                    continue
                find = getattr(finder, "find_spec", None)
                if find is None:
                    return None  # of an older protocol: the import system knows how to ask it
                spec = find(name, path, target)
                if spec is not None:
                    break
            try:
                self._look(name, path, spec)
            except Exception:
                pass
        finally:
            if away:
                self.lines.resume()
            self._asking.discard(asking)
        return spec

    def _are_foreign(self, finders: list[Any]) -> bool:
        """Whether nothing of the project is asked: then nobody needs to look at how modules are found."""
        known = tuple(map(type, finders))
        if known != self._types:
            self._types = known
            modules = (finder.__module__ if isinstance(finder, type) else type(finder).__module__ for finder in finders)
            self._foreign = all(name.startswith(_FINDERS) for name in modules)
        return self._foreign

    def _look(self, name: str, path: Any, spec: ModuleSpec | None) -> None:
        territory = self._recorder.territory
        if spec is None:
            last = name.rpartition(".")[2]
            for folder in list(sys.path if path is None else path):
                self._want(f"{folder}/{last}.py", f"{folder}/{last}/__init__.py")
            return
        origin = spec.origin
        if name in self.packages:
            self._take(spec)
        if origin is None or origin == "namespace":
            for folder in list(spec.submodule_search_locations or ()):
                self._want(f"{folder}/__init__.py")
        elif type(spec) is ModuleSpec and origin.endswith(".py") and territory.path(origin) is not None:
            spec.__dict__["_finder"] = self
            spec.__class__ = _WatchedSpec
            if self.stock is not None:
                self.stock.serve(spec.loader)
        elif origin.endswith((".so", ".pyd")):
            extension = territory.path(origin)
            if extension is not None:
                self._recorder.current.data.add(extension)

    def _take(self, spec: ModuleSpec) -> None:
        territory = self._recorder.territory
        for place in spec.submodule_search_locations or (spec.origin,):
            if place is not None and territory.path(place) is None:
                territory.add(place)

    def _want(self, *candidates: str) -> None:
        recorder = self._recorder
        wanted = [path for path in map(recorder.territory.named, candidates) if path is not None]
        importer = self._importer() if wanted else None
        if importer is not None:
            for path in wanted:
                recorder.pair("wanted", importer, path)

    def _importer(self) -> str | None:
        """The file of the project that asks for the import, by whatever way."""
        frame: Any = self._getframe(2)
        path_of = self._recorder.territory.path
        while frame is not None:
            name = frame.f_code.co_filename
            path = path_of(name) if name.endswith(".py") else None
            if path is not None:
                return path
            frame = frame.f_back
        return None

    @unseen
    def begins(self, spec: _WatchedSpec) -> None:
        """Its module is going to be executed. Never raises."""
        try:
            recorder = self._recorder
            path = recorder.territory.path(str(spec.origin))
            if not recorder.live or path is None:
                return
            importer = self._importer()
            if importer is not None:
                recorder.pair("edges", importer, path)
            recorder.see(path)
            context = Context("i", path=path, module=spec.name)
            if recorder.owns_thread:
                spec.__dict__["_context"] = context
                recorder.push(context)
            else:
                context.partial = True
                recorder.write(context)
        except Exception:
            pass

    @unseen
    def ends(self, spec: _WatchedSpec) -> None:
        """It has been executed, or has failed. Never raises."""
        try:
            context = spec.__dict__.pop("_context", None)
            spec.__dict__.pop("_finder", None)
            spec.__class__ = ModuleSpec  # type: ignore[assignment] # as it was before
            if context is not None and self._recorder.live:
                if spec.name not in sys.modules:
                    context.keys["failed"] = True
                self._recorder.pop(context)
                self._recorder.write(context)
        except Exception:
            pass
