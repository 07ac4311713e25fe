"""The arrows between the layers: by static analysis, and by what fresh interpreters load."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.architecture.sources import PRODUCT, ROOT, files, imported, loaded_by, modules, tops

LAYERS = ("cli", "ui", "headless", "engine", "model", "plugin", "demo")
FOREIGN = {"textual", "rich"}


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_exists(layer: str) -> None:
    assert modules(f"tui.{layer}")


def test_contracts_of_pyproject_are_kept() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_model_loads_the_standard_library_alone() -> None:
    loaded = loaded_by(modules("tui.model"))
    assert tops(loaded) - sys.stdlib_module_names == {"tui"}
    ours = {name for name in loaded if name.startswith("tui.")}
    assert {name for name in ours if not name.startswith("tui.model")} == set()


def test_model_never_asks_for_more() -> None:
    """Local imports count too, which a fresh interpreter does not show."""
    foreign = {
        f"{path.name}: {name}"
        for path in files(".py", PRODUCT / "model")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("tui.model")
    }
    assert foreign == set()


@pytest.mark.parametrize("layer", ["engine", "headless"])
def test_screen_is_not_needed(layer: str) -> None:
    loaded = loaded_by(modules(f"tui.{layer}"))
    assert not tops(loaded) & FOREIGN
    assert not {name for name in loaded if name.startswith("tui.ui")}


def test_engine_meets_only_the_wire_of_the_child_side() -> None:
    loaded = loaded_by(modules("tui.engine"))
    child = {name for name in loaded if name.startswith("tui.plugin.")}
    assert {".".join(name.split(".")[:3]) for name in child} == {"tui.plugin.wire"}


def test_wire_does_not_load_pytest() -> None:
    loaded = loaded_by(["tui.plugin.wire"])
    assert tops(loaded) - sys.stdlib_module_names == {"tui"}


def test_command_line_starts_light() -> None:
    loaded = loaded_by(["tui.cli"])
    assert not tops(loaded) & (FOREIGN | {"asyncio", "pytest", "_pytest"})
