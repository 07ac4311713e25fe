"""Which files the project wants to be measured, and what is covered of each.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import types
from typing import TYPE_CHECKING, Any

from ..ranges import ranges
from .modules import names_of, names_of_copies
from .regions import regions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Counter:
    """One question: the files of a plan, as ``coverage report`` would see them after ``pytest --cov``.

    What is counted is coverage.py's own analysis; the recorded lines are handed to it as its data.
    """

    def __init__(self, module: Any, plan: dict[str, Any]) -> None:
        """Read the project's configuration. Raises what coverage.py does where that is wrong."""
        self.module = module
        self.plan = plan
        options: dict[str, Any] = {key: plan[key] for key in ("source", "config_file", "branch") if plan[key]}
        self.coverage = module.Coverage(data_file=None, **options)
        self.notes: list[str] = []
        self._inside = self._judge()
        self.configured: dict[str, Any] = {
            "fail_under": self.coverage.get_option("report:fail_under") or None,
            "precision": self.coverage.get_option("report:precision") or 0,
            "branch": bool(self.coverage.get_option("run:branch")),
            "children": self._measures_children(),
        }
        if "thread" not in (self.coverage.get_option("run:concurrency") or ("thread",)):
            self.notes.append("what threads execute counts, though the coverage settings (concurrency) leave it out")
        for plugin in getattr(getattr(self._tree, "plugins", None), "file_tracers", ()):
            name = getattr(plugin, "_coverage_plugin_name", type(plugin).__name__)
            self.notes.append(f"files that only the coverage plugin {name} can trace are left out")
        self.configured["threshold_decimals"] = self._threshold_decimals()
        self.has_arcs = any("arcs" in each for each in plan["files"].values()) or bool(plan["branches"])

    def _measures_children(self) -> bool:
        """Whether the project has its child processes measured."""
        config = self.coverage.config
        concurrency, patches = getattr(config, "concurrency", None), getattr(config, "patch", None)
        return "multiprocessing" in (concurrency or ()) or not {"fork", "subprocess"}.isdisjoint(patches or ())

    def _threshold_decimals(self) -> int:
        """How many decimals count when the total is compared with ``fail_under``: newer versions look at its own."""
        precision: int = self.configured["precision"]
        newer = getattr(importlib.import_module("coverage.results"), "_fail_under_precision", None)
        return int(newer(self.configured["fail_under"] or 0.0, precision)) if newer is not None else precision

    def answer(self) -> dict[str, Any]:
        """What a ``wire.Counted`` says of the files."""
        measured, files = self.measured()
        never = self.never_executed() if self.plan["search"] else []
        same = [path for path in never if self.plan["known"].get(path) == _digest(path)]
        unchanged = set(same)
        every = [path for path in never if path not in unchanged]
        new = every[: self.plan["at_most"] or None]
        lines = {path: told["lines"] for path, told in measured.items() if "arcs" not in told}
        arcs = {path: told["arcs"] for path, told in measured.items() if "arcs" in told}
        if self.has_arcs:
            self.add(self.coverage, {}, arcs, touched=new)
            files.update(self._analysed(self.coverage, [*arcs, *new]))
        other = self._another() if self.has_arcs else self.coverage
        self.add(other, lines, None, touched=() if self.has_arcs else new)
        files.update(self._analysed(other, [*lines, *(() if self.has_arcs else new)]))
        for path in new:
            files[path]["never"] = True
        told = {"files": files, "same": same, "left": len(every) - len(new)}
        return {**told, "configured": self.configured, "notes": self.notes}

    def measured(self) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        """The files of the plan that are measured, and why the others are not."""
        measured = {}
        left_out = {}
        for path, told in self.plan["files"].items():
            reason = self._inside(path)
            if reason:
                left_out[path] = {"left_out": reason}
            else:
                measured[path] = told
        return measured, left_out

    def never_executed(self) -> list[str]:
        """The files that are to be measured, and that nothing executed."""
        if self._tree is None:
            return []
        executed = set(self.plan["executed"])
        mapped = self._aliases()
        for package in self._tree.source_pkgs:
            self._pretend_imported(package, executed, mapped)
        find = getattr(self._tree, "find_possibly_unexecuted_files", None) or self._tree.find_unexecuted_files
        found = {mapped(os.path.realpath(path)) for path, plugin in find() if not plugin}
        return sorted(found - executed)

    def _aliases(self) -> Callable[[str], str]:
        """Gives the path that a file has in the report: the section ``paths`` may put another in its place."""
        configured = getattr(self.coverage.config, "paths", None)
        try:
            aliases = importlib.import_module("coverage.files").PathAliases()
            for result, *patterns in (configured or {}).values():
                for pattern in patterns:
                    aliases.add(pattern, result)
        except (AttributeError, ImportError, TypeError, ValueError):
            return str

        def mapped(path: str) -> str:
            found = os.path.realpath(aliases.map(path)) if configured else path
            return found if os.path.exists(found) else path

        return mapped

    def _another(self) -> Any:
        """A second object of the same configuration: one holds either lines or arcs."""
        options: dict[str, Any] = {key: self.plan[key] for key in ("source", "config_file") if self.plan[key]}
        return self.module.Coverage(data_file=None, **options)

    def key(self, coverage: Any, path: str) -> str:
        """The name that a file has in the data."""
        mapped = getattr(coverage, "_file_mapper", None)
        return str(mapped(path)) if mapped is not None else path

    def add(self, coverage: Any, lines: dict[str, list[int]], arcs: Any, *, touched: Any = ()) -> None:
        """Put recorded lines or arcs into the data of ``coverage``."""
        data = coverage.get_data()
        if arcs is not None:
            pairs = {self.key(coverage, path): list(zip(flat[::2], flat[1::2])) for path, flat in arcs.items()}
            data.add_arcs(pairs)
            missed = [path for path, flat in arcs.items() if not flat]
        else:
            data.add_lines({self.key(coverage, path): _members(flat) for path, flat in lines.items()})
            missed = [path for path, flat in lines.items() if not flat]
        for path in [*missed, *touched]:
            data.touch_file(self.key(coverage, path))

    # Which files

    def _judge(self) -> Any:
        """A function that gives the reason why a file is not measured, or None."""
        try:
            self.coverage._init()  # noqa: SLF001 - versions before 7 expect it to have been called
            self.coverage._init_for_start()  # noqa: SLF001 - what is measured is decided there, and nowhere public
            self._tree = self.coverage._inorout  # noqa: SLF001 - the same
            judge = self._tree.check_include_omit_etc
        except AttributeError:
            self._tree = None
            self.notes.append("this coverage.py does not tell which files it measures: all are counted")
            return lambda _path: None

        mapped = self._aliases()
        stand_in = bool(getattr(self.coverage.config, "paths", None))

        def inside(path: str) -> str | None:
            reason = None
            for name in [*names_of(path), *(names_of_copies(path, mapped) if stand_in else ())]:
                frame = types.SimpleNamespace(f_globals={"__name__": name, "__file__": path})
                reason = judge(path, frame)
                if reason is None:
                    return None
            return reason

        return inside

    def _pretend_imported(self, package: str, executed: set[str], mapped: Callable[[str], str]) -> None:
        """Files of a package are looked for when it was imported, here by the run."""
        known = getattr(sys.modules.get(package), "__file__", None)
        if known is not None and mapped(os.path.realpath(known)) in executed:
            return
        for origin in self._origins(package):
            if mapped(os.path.realpath(origin)) in executed:
                module = types.ModuleType(package)
                module.__file__ = origin
                sys.modules[package] = module
                return
        inner = f"/{package.replace('.', '/')}/"
        if not any(inner in path for path in executed):  # a namespace has no file of its own
            self.notes.append(f"the coverage settings name {package}, and nothing of it has been recorded")

    def _origins(self, package: str) -> Iterator[str]:
        """Files that a package can begin with: in the folders that the run had first, then where it is found here."""
        inner = package.replace(".", "/")
        for root in [*self.plan["roots"], *(os.path.abspath(each) for each in sys.path)]:
            yield from filter(os.path.isfile, (f"{root}/{inner}/__init__.py", f"{root}/{inner}.py"))
        try:
            spec = importlib.util.find_spec(package)
        except (ImportError, ValueError, AttributeError):
            return
        if spec is not None and spec.origin:
            yield spec.origin

    # What is covered

    def _analysed(self, coverage: Any, paths: list[str]) -> dict[str, dict[str, Any]]:
        try:
            select = importlib.import_module("coverage.report_core").get_analysis_to_report
        except ImportError:  # before coverage.py 7.2
            select = importlib.import_module("coverage.report").get_analysis_to_report
        told: dict[str, dict[str, Any]] = {}
        for path in paths:
            before = _digest(path)
            try:
                pairs = list(select(coverage, [self.key(coverage, path)]))
                told[path] = self._numbers(*pairs[0]) if pairs else {"left_out": "it cannot be parsed"}
            except Exception as error:
                told[path] = _failure(error)
            if "left_out" not in told[path]:
                told[path]["hash"] = before if before == _digest(path) else ""
        return told

    def _numbers(self, reporter: Any, analysis: Any) -> dict[str, Any]:
        numbers = analysis.numbers
        told: dict[str, Any] = {
            "statements": ranges(analysis.statements),
            "missing": ranges(analysis.missing),
            "excluded": ranges(analysis.excluded),
            "numbers": [
                numbers.n_statements,
                numbers.n_missing,
                numbers.n_excluded,
                numbers.n_branches,
                numbers.n_missing_branches,
                numbers.n_partial_branches,
            ],
        }
        if self.plan["regions"]:
            told["regions"] = regions_of(reporter, analysis)
        if numbers.n_branches:
            not_taken = analysis.missing_branch_arcs()
            told["half"] = sorted(line for line in not_taken if line not in analysis.missing)
            if self.plan["detail"]:
                told["why"] = {
                    str(line): [str(reporter.missing_arc_description(line, end)) for end in not_taken[line]]
                    for line in told["half"]
                }
        return told


def _failure(error: Exception) -> dict[str, Any]:
    kind = type(error).__name__
    if kind in ("NoDataError", "CoverageException") and "No data to report" in str(error):
        return {"left_out": "the report of this project leaves it out"}
    if kind == "NoSource":
        return {"error": "the file is not there any more"}
    known = type(error).__module__.startswith("coverage")
    return {"error": str(error) if known else f"{kind}: {error}"}


def _members(flat: list[int]) -> list[int]:
    return [line for first, last in zip(flat[::2], flat[1::2]) for line in range(first, last + 1)]


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).hexdigest()
    except OSError:
        return ""
