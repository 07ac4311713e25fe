from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.plugin.blocks.describing import SCRIPT, Describe, Told
from tests.plugin.driver import HERE, PACKAGE, clean_environ, write_files


@pytest.fixture
def describe(tmp_path: Path) -> Describe:
    """Describes files of a project: ``describe(files, "shop.py", python=...)``, by relative path."""

    def run(files: dict[str, str | bytes], *names: str, python: str = HERE, cwd: str = ".") -> dict[str, Told]:
        for name, text in files.items():
            if isinstance(text, bytes):
                (tmp_path / name).write_bytes(text)
            else:
                write_files(tmp_path, {name: text})
        answer = tmp_path / "answer.json"
        paths = [str(tmp_path / name) for name in names or files]
        done = subprocess.run(
            [python, "-c", SCRIPT, str(PACKAGE), str(answer), *paths],
            cwd=tmp_path / cwd,
            env=clean_environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        told = json.loads(answer.read_bytes())
        assert {path.name for path in tmp_path.glob("answer*")} == {"answer.json"}
        return {str(Path(path).relative_to(tmp_path)): value for path, value in told["files"].items()}

    return run
