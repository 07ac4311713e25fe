"""The source files of the product, and what a fresh interpreter loads with them."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "tui"
SAMPLE_PROJECT = PRODUCT / "demo" / "project"

_IMPORTERS = {"import_module", "__import__", "importorskip", "find_spec"}

# Modules that the interpreter itself brings along, from .pth files too, are not the import's doing.
_IMPORT_ALL = """
import importlib, json, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
json.dump(sorted(set(sys.modules) - before), sys.stdout)
"""


def files(suffix: str, under: Path = PRODUCT) -> list[Path]:
    """Return the product's own files of one suffix; there is at least one."""
    found = [path for path in sorted(under.rglob(f"*{suffix}")) if not _is_sample(path)]
    assert found, f"no {suffix} file in {under}"
    return found


def modules(dotted: str) -> list[str]:
    """Return the names of a module and of all modules under it; there is at least one."""
    place = ROOT.joinpath(*dotted.split("."))
    if place.with_suffix(".py").is_file():
        return [dotted]
    relative = [path.relative_to(ROOT).with_suffix("") for path in files(".py", place)]
    return [".".join(path.parts).removesuffix(".__init__") for path in relative]


def loaded_by(names: list[str]) -> set[str]:
    """Import modules in a fresh interpreter and return the names of all that this loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, *names],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert loaded.issuperset(names)
    return loaded


def tops(names: set[str]) -> set[str]:
    """Return the top-level names of modules."""
    return {name.partition(".")[0] for name in names}


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports from outside its own package, wherever the import stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case ast.ImportFrom(level=level) if level > 1:
                yield "." * level
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                if _called(function) in _IMPORTERS and not name.startswith("."):
                    yield name
            case _:
                pass


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_sample(path: Path) -> bool:
    return path.is_relative_to(SAMPLE_PROJECT)
