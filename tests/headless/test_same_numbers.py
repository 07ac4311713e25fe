"""What ``redbar run --cov`` counts in small projects of all kinds, against coverage.py by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.headless.launch import Project

CART = "def price(n):\n    if n > 3:\n        return 2\n    return n\n"
UNUSED = "def unused():\n    return 1\n"
TESTS = "from shop import cart\ndef test_price(): assert cart.price(1) == 1\n"
PACKAGE = {"__init__.py": "", "cart.py": CART, "unused.py": UNUSED}

Numbers = dict[str, tuple[int, list[int], int, int, int]]
"""By path: statements, missing lines, branches, those not taken, and those of them that leave executed statements."""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """The interpreter of an environment in which something can be installed."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    packages(python).joinpath("ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def packages(python: Path) -> Path:
    """Where that interpreter has its packages."""
    return next(python.parents[1].glob("lib/python*/site-packages")).resolve()


def alone(project: Project, *args: str, combine: bool = False) -> Numbers:
    """What coverage.py says of the same tests."""
    tool = [project.python, "-m", "coverage"]
    asked = [["run", "-m", "pytest", "-q", "-pno:cacheprovider", *args]]
    asked += [["combine", "-q"]] * combine
    for arguments in [*asked, ["json", "-q", "--fail-under=0", "-o", ".report"]]:
        subprocess.run([*tool, *arguments], cwd=project.folder, env=project.env, capture_output=True, check=True)
    told = json.loads((project.folder / ".report").read_bytes())
    for path in project.folder.glob(".coverage*"):
        if not path.name.startswith(".coveragerc"):
            path.unlink()
    (project.folder / ".report").unlink()
    return {
        name.removeprefix(f"{project.folder}/"): (
            file["summary"]["num_statements"],
            file["missing_lines"],
            file["summary"].get("num_branches", 0),
            file["summary"].get("missing_branches", 0),
            file["summary"].get("num_partial_branches", 0),
        )
        for name, file in told["files"].items()
    }


def ours(project: Project, *args: str) -> tuple[Numbers, list[str]]:
    """What we say, and the words beside it."""
    told = project.json("--cov", *args).one("CoverageReported")
    return {
        name: (
            *(file["statements"], file["missing_lines"], file["branches"]),
            *(file["missing_branches"], file["partial_branches"]),
        )
        for name, file in told["files"].items()
    }, told["notes"]


def lay(project: Project, files: dict[str, str]) -> None:
    for name, text in files.items():
        project.write(name, text)


def inside(folder: str) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in PACKAGE.items()}


def _paths(project: Project) -> None:
    """Before another one that is installed."""
    lay(Project(packages(Path(project.python)), {}), inside("shop"))
    settings = '[tool.pytest.ini_options]\npythonpath = ["src"]\n[tool.coverage.run]\nsource = ["shop", "tests"]\n'
    lay(project, {**inside("src/shop"), "tests/test_shop.py": TESTS, "pyproject.toml": settings})


def _editable(project: Project) -> None:
    packages(Path(project.python)).joinpath("shop.pth").write_text(f"{project.folder}/src\n")
    lay(project, {**inside("src/shop"), "test_shop.py": TESTS, ".coveragerc": "[run]\nsource = shop\n"})


def _by_finder(project: Project) -> None:
    """Editable as newer setuptools do it: by a finder, and with no folder on ``sys.path``."""
    finder = f"""
        import sys
        from importlib.util import spec_from_file_location
        class Finder:
            @classmethod
            def find_spec(cls, name, path=None, target=None):
                if name == "shop":
                    return spec_from_file_location("shop", {f"{project.folder}/src/shop/__init__.py"!r})
        sys.meta_path.append(Finder)
    """
    place = packages(Path(project.python))
    Project(place, {}).write("__editable___shop.py", finder)
    place.joinpath("shop.pth").write_text("import __editable___shop\n")
    lay(project, {**inside("src/shop"), "test_shop.py": TESTS, ".coveragerc": "[run]\nsource = shop\n"})


def _source_pkgs(project: Project) -> None:
    settings = "[run]\nsource_pkgs =\n    shop.inner\n    helpers\nbranch = true\n"
    tests = "from shop.inner import cart\nimport helpers\ndef test_price(): assert cart.price(1) == 1\n"
    lay(project, {**inside("shop/inner"), "shop/__init__.py": "", "shop/other.py": UNUSED, ".coveragerc": settings})
    lay(project, {"helpers.py": UNUSED, "test_shop.py": tests})


def _installed(project: Project) -> None:
    lay(Project(packages(Path(project.python)), {}), {**inside("shop"), "other/__init__.py": UNUSED})
    tests = f"import other\n{TESTS}"
    lay(project, {"test_shop.py": tests, "setup.cfg": "[coverage:run]\nsource = shop,.\nbranch = true\n"})


def _installed_copy(project: Project) -> None:
    settings = '[tool.coverage.run]\nsource = ["shop"]\n[tool.coverage.paths]\nany = ["src", "*/site-packages"]\n'
    lay(Project(packages(Path(project.python)), {}), inside("shop"))
    lay(project, {**inside("src/shop"), "test_shop.py": TESTS, "pyproject.toml": settings})


def _installed_copy_of_a_namespace(project: Project) -> None:
    """The folder of a package is one without a file of its own: names of modules are those that were installed."""
    files = {**inside("shop"), "shop/inner/cart.py": CART}
    tests = f"{TESTS}from shop.inner import cart as other\ndef test_other(): assert other.price(4) == 2\n"
    lay(Project(packages(Path(project.python)), {}), files)
    lay(project, {**{f"src/{name}": text for name, text in files.items()}, "test_shop.py": tests})
    project.write(".coveragerc", "[run]\nsource = shop\n[paths]\nany =\n    src/shop\n    */site-packages/shop\n")


def _elsewhere(project: Project) -> None:
    lay(Project(project.folder.parent, {}), inside("lib/shop"))
    ini = "[pytest]\npythonpath = ../lib\n"
    lay(project, {"test_shop.py": TESTS, "pytest.ini": ini, ".coveragerc": "[run]\nsource = ../lib, .\n"})


def _namespace(project: Project) -> None:
    files = {"big/shop/cart.py": CART, "big/shop/unused.py": UNUSED, ".coveragerc": "[run]\nsource = big.shop\n"}
    lay(project, {**files, "test_shop.py": TESTS.replace("from shop", "from big.shop")})


def _early(project: Project) -> None:
    """Imported by pytest before any plugin, and by a plugin that is named before ours."""
    ini = "[pytest]\npythonpath = .\naddopts = -p shop.plug\nfilterwarnings = ignore::shop.cart.Old\n"
    files = {**inside("shop"), "shop/cart.py": f"class Old(Warning): pass\n{CART}", "shop/plug.py": UNUSED}
    lay(project, {**files, "test_shop.py": TESTS, "pytest.ini": ini, ".coveragerc": "[run]\nsource_pkgs = shop\n"})


KINDS = [
    _early,
    _paths,
    _editable,
    _by_finder,
    _source_pkgs,
    _installed,
    _installed_copy,
    _installed_copy_of_a_namespace,
    _elsewhere,
    _namespace,
]


@pytest.mark.parametrize("lay_out", KINDS)
def test_where_the_sources_lie(project: Project, environment: Path, lay_out: Callable[[Project], None]) -> None:
    project.python = str(environment)
    lay_out(project)
    expected = alone(project)
    branches = any(numbers[2] for numbers in expected.values())
    found, notes = ours(project, *(["--coverage", "full"] if branches else []))
    assert found == expected
    assert len(found) > 1 or lay_out is _namespace
    assert notes == []


FLAT = {"shop/__init__.py": "", "shop/cart.py": CART, "shop/unused.py": UNUSED}
TESTS_OF_ALL = """
    import multiprocessing, sys, threading
    from shop import cart, unused
    def test_thread():
        thread = threading.Thread(target=unused.unused)
        thread.start()
        thread.join()
    def test_price(): assert cart.price(1) == 1
"""
PROCESS = """
    def test_process():
        process = multiprocessing.get_context("fork").Process(target=cart.price, args=(4,))
        process.start()
        process.join()
        assert process.exitcode == 0
"""
PLUGIN = """
    import coverage
    class Configurer(coverage.CoveragePlugin):
        def configure(self, config): config.set_option("report:exclude_lines", ["def unused"])
    def coverage_init(reg, options): reg.add_configurer(Configurer())
"""


@pytest.mark.parametrize(
    "settings",
    [
        "parallel = true",
        "dynamic_context = test_function",
        "relative_files = true",
        "concurrency = thread",
        "concurrency = multiprocessing, thread",
        "concurrency = multiprocessing,thread\nbranch = true",
        "omit = */unused.py",
        "plugins = plugged",
        "branch = true\nparallel = true\n[paths]\nany =\n    shop\n    */elsewhere",
    ],
)
def test_settings_of_coverage(project: Project, settings: str) -> None:
    many = "multiprocessing" in settings
    lay(project, {**FLAT, "test_shop.py": f"{TESTS_OF_ALL}{PROCESS if many else ''}", "plugged.py": PLUGIN})
    project.write(".coveragerc", f"[run]\nsource = shop\n{settings}\n")
    project.env["PYTHONPATH"] = str(project.folder)
    expected = alone(project, combine="parallel" in settings or many)
    found, _ = ours(project, "--coverage", "full" if many or "branch" in settings else "selection")
    if "branch" not in settings:
        found = {name: (*numbers[:2], 0, 0, 0) for name, numbers in found.items()}
    assert found == expected


def test_greenlets_have_stacks_of_their_own(project: Project) -> None:
    """Which coverage.py does when it is told so; without a word about it nobody need miss a line."""
    pytest.importorskip("greenlet")
    shop = """
        import greenlet
        def first(back):
            done = 1
            back.switch()
            return done
        def second(back):
            back.switch()
            done = 2
            return done
    """
    tests = """
        import greenlet, shop
        def test_switches():
            here = greenlet.getcurrent()
            both = [greenlet.greenlet(shop.first), greenlet.greenlet(shop.second)]
            for each in [*both, *both]: each.switch(here) if not each else each.switch()
            assert all(each.dead for each in both)
    """
    lay(project, {"shop.py": shop, "test_shop.py": tests, ".coveragerc": "[run]\nconcurrency = greenlet\n"})
    told = expected = alone(project)
    if sys.version_info >= (3, 12):  # here it loses lines when told; sys.monitoring has no stacks to mix up
        expected = {**told, "shop.py": (told["shop.py"][0], [], 0, 0, 0)}
    assert ours(project)[0] == expected
    project.write(".coveragerc", "")
    assert ours(project)[0] == expected
    assert [told, alone(project)] != [expected, expected]  # by itself it does not get both right


def test_templates_are_said_to_be_left_out(project: Project) -> None:
    plugin = """
        import coverage
        class Templates(coverage.CoveragePlugin):
            def file_tracer(self, name): return None
            def find_executable_files(self, folder): return [folder + "/page.html"]
        def coverage_init(reg, options): reg.add_file_tracer(Templates())
    """
    lay(project, {**FLAT, "test_shop.py": TESTS_OF_ALL, "plugged.py": plugin, "shop/page.html": "<p>"})
    project.write(".coveragerc", "[run]\nsource = shop\nplugins = plugged\n")
    project.env["PYTHONPATH"] = str(project.folder)
    found, notes = ours(project)
    assert "shop/page.html" not in found
    assert any("plugin plugged" in note and note.endswith("can trace are left out") for note in notes)


def test_child_processes_that_only_one_side_measures(project: Project) -> None:
    lay(project, {**FLAT, "test_shop.py": f"{TESTS_OF_ALL}{PROCESS}", ".coveragerc": "[run]\nsource = shop\n"})
    found, notes = ours(project, "--coverage", "full")
    assert found["shop/cart.py"][1] == []
    assert "what child processes execute counts because of coverage = full; the project itself leaves it out" in notes
    project.write(".coveragerc", "[run]\nsource = shop\nconcurrency = multiprocessing\n")
    found, notes = ours(project)
    assert "what threads execute counts, though the coverage settings (concurrency) leave it out" in notes
    assert "this project measures child processes, which are not recorded; coverage = full records them" in notes
