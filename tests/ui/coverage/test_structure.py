"""How the modules of the view depend on each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import tui.ui.coverage

ROOM = "tui.ui.coverage"


def imported(path: Path) -> Iterator[str]:
    """The modules of the view that a module names, those for types and those imported late among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{ROOM}."):
            yield node.module.removeprefix(f"{ROOM}.")


def test_no_module_leads_back_to_itself() -> None:
    modules = [path for folder in tui.ui.coverage.__path__ for path in Path(folder).glob("*.py")]
    graph = {path.stem: set(imported(path)) for path in modules}
    assert graph["declared"] >= {"file_screen", "report_screen"}
    TopologicalSorter(graph).prepare()
