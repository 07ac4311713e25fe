"""Which files are watched: git's word, pytest's, the person's, and ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.engine.watching.hand import UNHURRIED
from tui.engine.watching import Rules

HERE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}


def git(folder: Path, *words: str, given: str = "") -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words], env=HERE, input=given, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project that is a repository, below a folder whose name says nothing."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def put(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def wanted(root: Path, rules: Rules | None = None) -> set[str]:
    """The files that are watched, as a walk finds them."""
    rules = rules or Rules(root)
    found = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [each for each in folders if rules.folder(f"{folder}/{each}")]
        found |= {os.path.relpath(f"{folder}/{each}", root) for each in files if rules.file(f"{folder}/{each}")}
    return found


def test_sources_and_data_are_watched(root: Path) -> None:
    put(root, "a.py", "tests/data/x.json", "README.md", "pytest.ini", ".coveragerc")
    assert wanted(root) == {"a.py", "tests/data/x.json", "README.md", "pytest.ini", ".coveragerc"}


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        "pkg/__pycache__/a.cpython-311.pyc",
        ".pytest_cache/v/x",
        ".mypy_cache/x.json",
        ".ruff_cache/x",
        ".hypothesis/x",
        ".redbar_cache/runs/1/main.jsonl",
        "web/node_modules/x/index.js",
        "x.egg-info/PKG-INFO",
        ".coverage",
        ".coverage.host.123.456",
        "a.pyc",
    ],
)
def test_generated_files_are_not(root: Path, name: str) -> None:
    put(root, "a.py", name)
    assert wanted(root, Rules(root, norecursedirs=())) == {"a.py"}


@pytest.mark.parametrize(
    "name", ["4913", ".#a.py", "#a.py#", "a.py~", ".a.py.swp", ".a.py.swx", "a.py.tmp", "tmp1ab_cd9z", "sedXy12Zq"]
)
def test_what_editors_put_down_is_not_watched(root: Path, name: str) -> None:
    put(root, "a.py", name)
    assert wanted(root) == {"a.py"}


@pytest.mark.parametrize("name", ["tmp.py", "sedan.txt", "1.json", "2024.csv", "swp", "a.swap", "x~y"])
def test_names_that_only_look_like_it_are_watched(root: Path, name: str) -> None:
    put(root, name)
    assert wanted(root) == {name}


def test_environments_are_not_watched_whatever_their_name(root: Path) -> None:
    put(root, "a.py", "mine/lib/x.py", "mine/pyvenv.cfg", "conda/conda-meta/history", "conda/lib/y.py")
    assert wanted(root) == {"a.py"}


def test_norecursedirs_are_pytests_until_the_project_says_otherwise(root: Path) -> None:
    put(root, "build/a.py", "dist/a.py", "venv/a.py", ".hidden/a.py", "x.egg/a.py", "b.py", "old/c.py", "docs/api/d.py")
    assert wanted(root) == {"b.py", "old/c.py", "docs/api/d.py"}
    mine = Rules(root, norecursedirs=("old", "docs/api"))
    assert wanted(root, mine) == {"build/a.py", "dist/a.py", "venv/a.py", ".hidden/a.py", "x.egg/a.py", "b.py"}


def test_sources_that_pytest_does_not_look_into(root: Path) -> None:
    """Some projects keep pytest out of the folder that their packages lie in."""
    put(root, "src/pkg/__init__.py", "src/pkg/x.py", "slow/test_a.py", "build/pkg/__init__.py", "a.py")
    rules = Rules(root)
    assert wanted(root, rules) == {"src/pkg/__init__.py", "src/pkg/x.py", "slow/test_a.py", "a.py"}
    assert rules.norecurse(("src", "slow", "build"))
    assert wanted(root, rules) == {"src/pkg/__init__.py", "src/pkg/x.py", "a.py"}
    assert not rules.norecurse(("src", "slow", "build"))
    assert rules.norecurse(())
    assert wanted(root, rules) == {
        "src/pkg/__init__.py",
        "src/pkg/x.py",
        "slow/test_a.py",
        "build/pkg/__init__.py",
        "a.py",
    }


def test_a_package_called_build_holds_sources(root: Path) -> None:
    put(root, "pkg/__init__.py", "pkg/build/__init__.py", "pkg/build/wheel.py", "build/lib/pkg/x.py")
    assert wanted(root) == {"pkg/__init__.py", "pkg/build/__init__.py", "pkg/build/wheel.py"}


IGNORES = [
    {".gitignore": "*.log\n/out\nlocal/\n"},
    {".gitignore": "*.log\n!keep.log\n"},
    {".gitignore": "*\n!*/\n!*.py\n!.gitignore\n"},
    {".gitignore": "sub/\n!sub/a.py\n"},
    {".gitignore": "*.py\n", "sub/.gitignore": "!*.py\n"},
    {"sub/.gitignore": "/deep\n*.json\n"},
    {".gitignore": "sub/**/x.json\n**/local\n"},
    {".gitignore": "# *.py\n\\#a.py\n  \n*.lo[!a]\n!\n"},
    {".gitignore": "deep/\n", "sub/.gitignore": "!deep/\n"},
    {".gitignore": "\ufeff*.log\r\n*.json\r\n"},
    {".gitignore": "deep\n", "sub/.gitignore": "!deep/\n"},
    {".gitignore": "*/\n!sub/\n!out\n"},
    {".gitignore": "sub/*\n!sub/deep\nsub/deep/*\n!sub/deep/local/\n"},
    {".gitignore": "local*\n!/local/\n"},
    {".gitignore": "sub/**\n"},
    {".gitignore": "/**/local/\n*.json/\n"},
    {".gitignore": "sub/deep\nout/*\n!out/a.py\n"},
    {".git/info/exclude": "*.log\n", ".gitignore": "!keep.log\n"},
]


@pytest.mark.parametrize("ignores", IGNORES)
def test_ignore_files_mean_what_they_mean_to_git(root: Path, ignores: dict[str, str]) -> None:
    put(
        root,
        *("a.py", "#a.py", "x.log", "keep.log", "out/a.py", "out/keep.log", "local/a.py"),
        *("sub/a.py", "sub/x.json", "sub/x.log", "sub/deep/a.py", "sub/deep/x.json", "sub/deep/local/a.py"),
    )
    for name, text in ignores.items():
        put(root, name, text=text)
    tracked = git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    assert wanted(root) == set(filter(None, tracked))


PARTS = st.sampled_from(["a.py", "sub", "deep", "local", "*", "*.py", "x.*", "**", "?.py", "[ab].py", "out", "k*"])
LINES = st.builds(
    lambda negated, start, parts, end: f"{negated}{start}{'/'.join(parts)}{end}",
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "", "/", "/**", "/*"]),
)


@example([], ["**/*/", "!deep"])
@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=2))
@settings(UNHURRIED, max_examples=40)
def test_any_ignore_files_mean_what_they_mean_to_git(top: list[str], sub: list[str]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        git(root, "init", "-q")
        put(root, "a.py", "x.log", "out/a.py", "out/keep.log", "local/b.py", "sub/a.py", "sub/x.json")
        put(root, "sub/deep/a.py", "sub/deep/x.json", "sub/deep/local/a.py", "sub/sub/b.py")
        put(root, ".gitignore", text="\n".join(top))
        put(root, "sub/.gitignore", text="\n".join(sub))
        tracked = git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
        assert wanted(root) == set(filter(None, tracked))


def test_a_change_of_a_gitignore_holds_at_once(root: Path) -> None:
    put(root, "a.py", "gen/b.py")
    rules = Rules(root)
    assert wanted(root, rules) == {"a.py", "gen/b.py"}
    put(root, ".gitignore", text="gen\n")
    assert rules.govern(f"{root}/.gitignore")
    rules.refresh()
    assert wanted(root, rules) == {"a.py", ".gitignore"}
    (root / ".gitignore").unlink()
    rules.refresh()
    assert wanted(root, rules) == {"a.py", "gen/b.py"}


def test_a_project_below_the_top_of_its_repository(root: Path) -> None:
    put(root, ".gitignore", text="*.log\nservice/out/\n")
    put(root, "service/a.py", "service/x.log", "service/out/b.py")
    assert wanted(root / "service") == {"a.py"}


def test_a_project_in_an_ignored_folder_is_watched_all_the_same(root: Path) -> None:
    put(root, ".gitignore", text="scratch/\n")
    put(root, "scratch/a.py", "scratch/b.log")
    put(root, "scratch/.gitignore", text="*.log\n")
    assert wanted(root / "scratch") == {"a.py", ".gitignore"}


def test_a_work_tree_uses_the_exclude_file_of_its_repository(root: Path, tmp_path: Path) -> None:
    put(root, "a.py")
    git(root, "add", "a.py")
    git(root, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    git(root, "worktree", "add", "-q", str(tmp_path / "other"))
    put(root, ".git/info/exclude", text="*.log\n")
    put(tmp_path / "other", "x.log")
    assert wanted(tmp_path / "other") == {"a.py"}


def test_no_repository_is_no_trouble(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "b.log")
    put(tmp_path, ".gitignore", text="*.log\n")
    assert wanted(tmp_path) == {"a.py", ".gitignore"}


def test_ignore_globs_outweigh_watch_globs_and_these_outweigh_git(root: Path) -> None:
    put(root, "a.py", "gen/x.json", "gen/y.json", "gen/deep/z.json", "docs/a.md", "node_modules/x.js")
    put(root, ".gitignore", text="gen/\n")
    rules = Rules(root, watch=["gen/*.json", "docs/"], ignore=["y.json", "docs/"])
    assert wanted(root, rules) == {"a.py", ".gitignore", "gen/x.json"}
    assert wanted(root, Rules(root, watch=["gen/"])) == {
        *("a.py", ".gitignore", "docs/a.md"),
        *("gen/x.json", "gen/y.json", "gen/deep/z.json"),
    }
    assert wanted(root, Rules(root, watch=["gen/**/z.json"])) == {"a.py", ".gitignore", "docs/a.md", "gen/deep/z.json"}
    assert "node_modules/x.js" in wanted(root, Rules(root, watch=["node_modules/x.js"]))


def test_nothing_makes_our_own_cache_watched(root: Path) -> None:
    put(root, ".redbar_cache/record.sqlite", "pkg/__pycache__/x.pyc")
    assert wanted(root, Rules(root, watch=["*", ".redbar_cache/", "__pycache__/"], norecursedirs=())) == set()


def test_files_that_tests_use_are_watched_although_ignored(root: Path) -> None:
    put(root, "gen/deep/version.py", "gen/other.py", "mine/pyvenv.cfg", "mine/x.py")
    put(root, ".gitignore", text="gen/\n")
    rules = Rules(root)
    assert wanted(root, rules) == {".gitignore"}
    assert rules.need([f"{root}/gen/deep/version.py", "/elsewhere/x.py"])
    assert not rules.need([f"{root}/gen/deep/version.py"])
    assert not rules.need([f"{root}/.gitignore"])
    of_tools = [
        f"{root}/{name}" for name in (".coverage", "sub/.pytest_cache/v/cache/lastfailed", "htmlcov/index.html")
    ]
    assert not rules.need(of_tools)
    assert not any(map(rules.file, of_tools))
    assert rules.need([f"{root}/a.egg-info/PKG-INFO"])
    assert wanted(root, rules) == {".gitignore", "gen/deep/version.py"}


def test_events_that_cannot_matter_are_told_early(root: Path) -> None:
    put(root, "a.py", "pkg/b.py", "x.log", "gen/y.py")
    put(root, ".gitignore", text="*.log\ngen/\n")
    rules = Rules(root)
    assert wanted(root, rules) == {"a.py", "pkg/b.py", ".gitignore"}
    assert [rules.event(f"{root}/{name}") for name in ("a.py", "pkg", "gone.py", ".gitignore")] == [True] * 4
    assert rules.event(str(root))
    assert not any(rules.event(f"{root}/{name}") for name in ("x.log", "gen", "gen/y.py", ".git/index", ".a.py.swp"))
    assert not rules.event(str(root.parent))
    assert not rules.event(f"{root}-other/a.py")


def test_git_is_busy_while_it_holds_a_fresh_lock(root: Path) -> None:
    repository = Rules(root).repository
    assert not repository.is_busy()
    put(root, ".git/index.lock")
    assert repository.is_busy()
    os.utime(root / ".git/index.lock", (1, 1))
    assert not repository.is_busy()
