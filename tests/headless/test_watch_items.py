"""Edits that bring items or take them away: after each, what stands is what pytest finds when it starts anew."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from tests.headless.launch import Project
from tests.headless.watching import Watch

FAR = {"test_far.py": "def test_far(): pass\n"}
FIXTURES = "import pytest\n@pytest.fixture\ndef one(): return 1\n@pytest.fixture(params=[1, 2])\ndef two(request): "
FIXTURES += "return request.param\n@pytest.fixture\ndef via({}): return 5\n"
ARGUMENTS = "def test_a({}): pass\ndef test_b(via): pass\n"
CACHED = "from functools import lru_cache\n@lru_cache\ndef make():\n    return {}\n"
MADE = "import pytest, a\n@pytest.mark.parametrize('x', a.make())\ndef test_it(x): assert x\n"
ASKED = "import pytest, subprocess, sys\nSAID = subprocess.check_output([sys.executable, 'gen.py']).split()\n"
ASKED += "@pytest.mark.parametrize('x', SAID)\ndef test_it(x): assert x != b'3'\n"
LAZY = "def test_lazy():\n    import lazy\n    assert lazy.go()\ndef test_p1(): pass\ndef test_p2(): pass\n"
CASES: dict[str, tuple[dict[str, str], list[dict[str, str | None]]]] = {
    "another argument of a test": (
        {"conftest.py": FIXTURES.format(""), "test_a.py": ARGUMENTS.format("one")},
        [{"test_a.py": ARGUMENTS.format("two")}, {"test_a.py": ARGUMENTS.format("one")}],
    ),
    "another argument of a fixture": (
        {"conftest.py": FIXTURES.format("two"), "test_a.py": ARGUMENTS.format("one")},
        [{"conftest.py": FIXTURES.format("one")}, {"conftest.py": FIXTURES.format("two")}],
    ),
    "the first tests of a file": (
        {
            "helper.py": "def enabled():\n    return False\n",
            "test_a.py": "import helper\nif helper.enabled():\n    def test_new(): assert 0\n",
            **FAR,
        },
        [{"helper.py": "def enabled():\n    return True\n"}, {"helper.py": "def enabled():\n    return 0\n"}],
    ),
    "a file that was left out": (
        {"conftest.py": "collect_ignore = ['test_a.py']\n", "test_a.py": "def test_a(): assert 0\n", **FAR},
        [{"conftest.py": "collect_ignore = []\n"}],
    ),
    "parameters from a kept result": (
        {"a.py": CACHED.format("[1, 2]"), "test_a.py": MADE, "test_b.py": MADE, **FAR},
        [{"a.py": CACHED.format("[1, 2] + [0]")}, {"a.py": CACHED.format("[1]")}],
    ),
    "parameters from another process": (
        {"gen.py": "def main():\n    print('1 2')\nmain()\n", "test_a.py": ASKED, **FAR},
        [{"gen.py": "def main():\n    print('1 2 3')\nmain()\n"}],
    ),
    "nothing, where doctests are collected": (
        {
            "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
            "lazy.py": "def go():\n    return 1\n",
            "test_a.py": LAZY,
            "test_b.py": "def test_red(): assert 0\ndef test_c(): pass\n",
        },
        [{"lazy.py": "def go():\n    return 2\n"}, {"lazy.py": "def go():\n    return 1 + 2\n"}],
    ),
    "what settings take out": (
        {"pytest.ini": "[pytest]\n", "check_a.py": "def test_a(): assert 0\n", **FAR},
        [
            {"pytest.ini": "[pytest]\npython_files = test_*.py check_*.py\n"},
            {"pytest.ini": "[pytest]\naddopts = -k nothing\n"},
            {"pytest.ini": "[pytest]\n"},
        ],
    ),
    "a file that goes and comes back": (
        {"pytest.ini": "[pytest]\npython_files = check_*.py\n", "check_a.py": "def test_a(): pass\n", **FAR},
        [{"check_a.py": None}, {"check_a.py": "def test_a(): pass\n"}, {"check_b.py": "def test_b(): assert 0\n"}],
    ),
    "a conftest that goes": (
        {"conftest.py": "x = 1\n", **FAR},
        [{"conftest.py": "x = 2\n"}, {"conftest.py": None}],
    ),
}


def cold(project: Project) -> dict[str, int]:
    """What plain pytest counts."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=project.folder, env=project.env, capture_output=True, text=True, check=False)
    return {
        outcome: int(count) for count, outcome in re.findall(r"(\d+) (passed|failed)", done.stdout.splitlines()[-1])
    }


@pytest.mark.parametrize(("files", "edits"), CASES.values(), ids=CASES)
def test_what_stands_is_what_there_is(
    watch: Watch, project: Project, files: Mapping[str, str], edits: Sequence[Mapping[str, str | None]]
) -> None:
    watching = watch(files)
    first = watching.ready()
    assert first["counts"] == cold(project)
    for number, edit in enumerate(edits):
        watching.edit(edit)
        after = watching.rest()
        counts = cold(project)
        assert (after["counts"], after["stale"], after["colour"] == "red") == (counts, 0, "failed" in counts), number
    assert watching.end() == 128 + 2
