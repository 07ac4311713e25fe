"""Counts files of a project in a process of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.driver import HERE, PACKAGE, clean_environ, write_files
from tui.plugin import wire

Answer = dict[str, Any]
Count = Callable[..., Answer]

_SCRIPT = (
    wire.BOOT
    + """
import json, os
load(sys.argv[1])
sys.path.insert(0, os.getcwd())
from _redbar_plugin import counting
counting.main(sys.argv[2], sys.argv[3])
assert "pytest" not in sys.modules
"""
)


@pytest.fixture
def count(tmp_path: Path) -> Count:
    """Counts files of a project: ``count(files, {"cart.py": lines})``, lines as ranges; keys by relative path."""

    def run(
        files: dict[str, str],
        lines: dict[str, list[int]],
        arcs: dict[str, list[int]] | None = None,
        *,
        python: str = HERE,
        environ: dict[str, str] | None = None,
        **others: Any,
    ) -> Answer:
        folder = tmp_path.resolve() / "project"
        folder.mkdir(exist_ok=True)
        write_files(folder, files)
        plan: dict[str, Any] = {
            "files": {str(folder / name): {"lines": flat} for name, flat in lines.items()},
            "executed": [str(folder / name) for name in (*lines, *(arcs or {}))],
            **dict.fromkeys(("source", "config_file", "branch", "export")),
            "lend": {},
            **dict.fromkeys(("branches", "search", "detail", "regions"), False),
            "at_most": 0,
            "roots": [],
            "known": {},
            **others,
        }
        plan["files"].update({str(folder / name): {"lines": [], "arcs": flat} for name, flat in (arcs or {}).items()})
        plan["known"] = {str(folder / name): content for name, content in plan["known"].items()}
        (tmp_path / "plan").write_text(json.dumps(plan))
        done = subprocess.run(
            [python, "-c", _SCRIPT, str(PACKAGE), str(tmp_path / "plan"), str(tmp_path / "answer")],
            cwd=folder,
            env={**clean_environ(), **(environ or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: Answer = json.loads((tmp_path / "answer").read_text())
        answer["files"] = {str(Path(path).relative_to(folder)): told for path, told in answer["files"].items()}
        answer["same"] = [str(Path(path).relative_to(folder)) for path in answer["same"]]
        return answer

    return run


def hides(folder: Path, code: str) -> dict[str, str]:
    """An environment whose ``coverage`` is what that code makes of it."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": str(folder)}
