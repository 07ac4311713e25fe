"""The suites that are measured: pinned, fetched from the package index by pip, kept in a cache folder.

Pure functions of folders apart from `prepare`, which downloads what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = (
    "pytest==9.2.0",
    "iniconfig==2.3.1",
    "packaging==26.3",
    "pluggy==1.7.0",
    "pygments==2.21.0",
    "click==8.5.1",
    "jinja2==3.1.6",
    "markupsafe==3.0.4",
    "more-itertools==11.2.1",
    "trio==0.35.0",
)
"""What the venv of the suites holds: pytest, the packages under test and what their tests import."""


class FetchError(Exception):
    """A suite could not be fetched; the message is pip's."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A real test suite in a release of a package.

    ``form`` is sdist or wheel; ``folder`` is where its tests run, below the place where the archive was unpacked;
    ``arguments`` go to pytest on both sides.
    """

    name: str
    requirement: str
    form: str
    folder: str
    arguments: tuple[str, ...] = ()


_NETWORKX_SLOW = (
    "algorithms/approximation/tests/test_kcomponents.py",
    "algorithms/connectivity/tests/test_cuts.py",
    "algorithms/connectivity/tests/test_kcomponents.py",
    "algorithms/connectivity/tests/test_kcutsets.py",
    "algorithms/flow/tests/test_gomory_hu.py",
    "algorithms/isomorphism/tests/test_isomorphvf2.py",
    "algorithms/isomorphism/tests/test_tree_isomorphism.py",
    "algorithms/tests/test_distance_measures.py",
    "algorithms/tests/test_graph_hashing.py",
    "algorithms/tests/test_polynomials.py",
    "algorithms/tests/test_smallworld.py",
    "algorithms/tree/tests/test_branchings.py",
)
"""A dozen files with half of the time and a twentieth of the tests: rounds would take minutes each."""

CLICK = Suite("click", "click==8.5.1", "sdist", "click-8.5.1")
JINJA = Suite("jinja2", "jinja2==3.1.6", "sdist", "jinja2-3.1.6")
ITERTOOLS = Suite("more-itertools", "more-itertools==11.2.1", "sdist", "more_itertools-11.2.1")
NETWORKX = Suite(
    "networkx",
    "networkx==3.6.1",
    "wheel",
    ".",
    ("networkx", *(f"--ignore=networkx/{path}" for path in _NETWORKX_SLOW)),
)
PACKAGING = Suite("packaging", "packaging==26.3", "sdist", "packaging-26.3")
ALL = (CLICK, JINJA, ITERTOOLS, NETWORKX, PACKAGING)


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder with the venv of the suites, the archives and what was made of them."""

    root: Path

    @property
    def python(self) -> Path:
        """The interpreter that runs the tests on both sides."""
        return self.root / "venv" / "bin" / "python"

    def folder(self, suite: Suite) -> Path:
        """Where the tests of the suite run."""
        return self.root / _slug(suite) / suite.folder


def default_cache() -> Path:
    """``redbar-benchmarks`` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "redbar-benchmarks"


def prepare(root: Path, suites: tuple[Suite, ...]) -> Cache:
    """Make the venv and fetch the suites, as far as they are not there. Raises FetchError."""
    cache = Cache(root)
    root.mkdir(parents=True, exist_ok=True)
    _make_venv(cache)
    for suite in suites:
        _fetch(cache, suite)
    return cache


def _make_venv(cache: Cache) -> None:
    marker = cache.root / "venv" / "requirements"
    wanted = "\n".join((sys.version, *REQUIREMENTS))
    if marker.exists() and marker.read_text() == wanted:
        return
    print(f"making a venv for the suites in {cache.root}", file=sys.stderr)
    _call([sys.executable, "-m", "venv", "--clear", str(cache.root / "venv")])
    _call([str(cache.python), "-m", "pip", "install", "--quiet", *REQUIREMENTS])
    marker.write_text(wanted)


def _fetch(cache: Cache, suite: Suite) -> None:
    target = cache.root / _slug(suite)
    if target.exists():
        return
    print(f"fetching {suite.requirement}", file=sys.stderr)
    archives = cache.root / "archives" / suite.name
    shutil.rmtree(archives, ignore_errors=True)
    package = suite.requirement.partition("==")[0]
    # Of this package alone: what builds it may come as a wheel.
    form = ["--no-binary", package] if suite.form == "sdist" else ["--only-binary", package]
    pip = [str(cache.python), "-m", "pip", "download", "--quiet", "--no-deps", *form]
    _call([*pip, "--dest", str(archives), suite.requirement])
    (archive,) = archives.iterdir()
    unpacking = target.with_suffix(".part")
    shutil.rmtree(unpacking, ignore_errors=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(unpacking)
    else:
        with tarfile.open(archive) as sdist:
            sdist.extractall(unpacking, filter="data")
    unpacking.rename(target)


def _slug(suite: Suite) -> str:
    return f"{suite.requirement.replace('==', '-')}-{suite.form}"


def _call(argv: list[str]) -> None:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise FetchError(f"{' '.join(argv)}\n{done.stdout}")


def write_trivial(folder: Path, tests: int, per_file: int = 100) -> Path:
    """Write a suite of so many tests that do nothing, in files of ``per_file``; returns ``folder``."""
    marker = folder / "complete"
    if not marker.exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "tests").mkdir(parents=True)
        (folder / "pytest.ini").write_text("[pytest]\n")
        for first in range(0, tests, per_file):
            numbers = range(first, min(tests, first + per_file))
            text = "".join(f"def test_{number}():\n    pass\n\n\n" for number in numbers)
            (folder / "tests" / f"test_{first // per_file:04}.py").write_text(text)
        marker.touch()
    return folder
