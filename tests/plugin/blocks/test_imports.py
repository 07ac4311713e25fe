"""The imports of a source file, each with what answers it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.blocks.describing import Describe

PROJECT = {
    "pytest.ini": "[pytest]\npythonpath = lib\n",
    "top.py": "",
    "src/app/__init__.py": "",
    "src/app/core.py": "",
    "src/app/sub/__init__.py": "",
    "src/app/sub/leaf.py": "",
    "lib/extra.py": "",
    "space/inner.py": "",
    "tests/helping.py": "",
    "tests/unit/data.py": "",
    "env/pyvenv.cfg": "",
    "env/inside.py": "",
}
IMPORTS = {
    "import top": {"top.py"},
    "import app.sub.leaf": {"src/app/__init__.py", "src/app/sub/__init__.py", "src/app/sub/leaf.py"},
    "from app import core": {"src/app/__init__.py", "src/app/core.py"},
    "from app.core import thing": {"src/app/__init__.py", "src/app/core.py"},
    "from app import *": {"src/app/__init__.py"},
    "def f():\n    import extra": {"lib/extra.py"},
    "from space import inner": {"space/inner.py"},
    "import helping": {"tests/helping.py"},
    "from . import data": {"tests/unit/data.py"},
    "from .data import x": {"tests/unit/data.py"},
    "from ..helping import x": {"tests/helping.py"},
    "import inside": set(),
    "import os.path, json": set(),
    "import importlib\nimportlib.import_module('app.core')": {"src/app/__init__.py", "src/app/core.py"},
    "__import__('top')": {"top.py"},
    "patch('app.core.thing')": {"src/app/__init__.py", "src/app/core.py"},
    "pytest_plugins = ['helping']": {"tests/helping.py"},
}


@pytest.mark.parametrize("statement", IMPORTS)
def test_imports(describe: Describe, tmp_path: Path, statement: str) -> None:
    told = describe({**PROJECT, "tests/unit/test_it.py": statement}, "tests/unit/test_it.py")["tests/unit/test_it.py"]
    found = {str(Path(path).relative_to(tmp_path)) for path in told["imports"]}
    assert found == IMPORTS[statement]


def test_imports_that_nothing_answers(describe: Describe, tmp_path: Path) -> None:
    text = "from . import missing\nfrom app import later\nimport quite_new\nimport json, pip\nfrom os import nothing\n"
    told = describe({**PROJECT, "tests/unit/test_it.py": text}, "tests/unit/test_it.py")["tests/unit/test_it.py"]
    wanted = {str(Path(path).relative_to(tmp_path)) for path in told["wants"]}
    assert {"tests/unit/missing.py", "src/app/later.py", "src/app/later/__init__.py", "quite_new.py"} <= wanted
    assert not {path for path in wanted if Path(path).stem in {"json", "pip", "os", "nothing"}}


def test_nothing_is_imported(describe: Describe) -> None:
    files: dict[str, str | bytes] = {"a.py": "raise SystemExit\nimport b\n", "b.py": "raise SystemExit\n"}
    assert describe(files)["a.py"]["error"] is None
