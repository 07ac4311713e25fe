"""The child side runs in the user's interpreter: what it may import, and which Python it speaks."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, files, imported

CHILD_SIDE = PRODUCT / "plugin"
OLDEST = (3, 9)

# The child side meets itself under its private name. tomllib and others came after Python 3.9.
NEWER = {"tomllib", "annotationlib", "compression", "string.templatelib"}
ALLOWED = (sys.stdlib_module_names - NEWER) | {"pytest", "_pytest", "_redbar_plugin"}

DEBUGGERS = {"pudb", "pygments", "ipdb", "hypothesis"}
"""What a person debugs with, and the library whose deadlines have to wait for a person: imported where they are."""


def parse(path: Path) -> ast.Module:
    """Parse with the grammar of the oldest Python."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=OLDEST)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    import rich.text", ["rich.text"]),
        ("if TYPE_CHECKING:\n    from tui.model import events", ["tui.model"]),
        ("from .wire import x\nfrom . import y", []),
        ("from ..model import x", [".."]),
        ("importlib.import_module('attrs')", ["attrs"]),
        ("__import__('attrs')", ["attrs"]),
        ("import_module('.wire', __package__)", []),
    ],
)
def test_every_kind_of_import_is_seen(source: str, expected: list[str]) -> None:
    assert list(imported(ast.parse(source))) == expected


def test_imports_the_standard_library_and_pytest_alone() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path in files(".py", CHILD_SIDE)
        for name in imported(parse(path))
        if name.partition(".")[0] not in ALLOWED | (DEBUGGERS if path.parent.name == "debugging" else set())
        and not _stays_inside(name, path)
    }
    assert foreign == {
        # Counting asks the project's own coverage.py; before Python 3.12 its C tracer records, where it has one.
        "tracing.py: coverage",
        "library.py: coverage",
        "files.py: coverage.files",
        "files.py: coverage.report",
        "files.py: coverage.report_core",
        "files.py: coverage.results",
        "children.py: coverage",
        # Settings of coverage may be TOML; before Python 3.11 pytest brings what reads that.
        "measured.py: tomllib",
        "measured.py: tomli",
        # Looked for, and never imported.
        "wanting.py: pip",
    }


def _stays_inside(name: str, path: Path) -> bool:
    """A relative import that does not leave the child side: two dots are its own folder from a folder in it."""
    return set(name) == {"."} and len(name) <= len(path.relative_to(CHILD_SIDE).parts)


@pytest.mark.parametrize("source", ["match x:\n    case 1: pass", "try: pass\nexcept* OSError: pass"])
def test_newer_grammar_is_refused(source: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(source, feature_version=OLDEST)


def test_parses_as_the_oldest_python() -> None:
    for path in files(".py", CHILD_SIDE):
        parse(path)


def test_annotations_are_never_evaluated_as_newer_python() -> None:
    """`X | Y` in an annotation parses, but fails at import unless annotations are postponed."""
    evaluated = {
        f"{path.name}:{node.lineno}"
        for path in files(".py", CHILD_SIDE)
        if not _postpones(tree := parse(path))
        for annotation in _annotations(tree)
        for node in ast.walk(annotation)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)
    }
    assert evaluated == set()


def _postpones(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        found = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if isinstance(found, ast.expr):
            yield found


@pytest.mark.matrix
def test_compiles_under_the_oldest_python() -> None:
    matrix = Path(os.environ.get("REDBAR_MATRIX", os.devnull))
    oldest = next(iter(sorted(matrix.glob("py3.9-*/bin/python"))), None)
    if oldest is None:
        pytest.skip("REDBAR_MATRIX names no folder with a Python 3.9")
    compile_all = "import sys\nfor p in sys.argv[1:]: compile(open(p, 'rb').read(), p, 'exec')"
    paths = [str(path) for path in files(".py", CHILD_SIDE)]
    done = subprocess.run([oldest, "-c", compile_all, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_module_asks_not_to_be_rewritten() -> None:
    """Else `-p` fails in workers under `-W error`: the module is there before its rewrite."""
    silent = {
        path.name
        for path in files(".py", CHILD_SIDE)
        if "PYTEST_DONT_REWRITE" not in (ast.get_docstring(parse(path)) or "")
    }
    assert silent == set()
