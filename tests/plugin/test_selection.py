"""Runs of a part: files are pruned, items selected, and nothing else is different."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.conftest import Plainly, Start
from tests.plugin.driver import Driver
from tests.plugin.outcome import Outcome

# Every file says that it was imported; fixtures of packages say in which order they work.
LOG = """
    import pathlib
    def log(*words):
        with pathlib.Path(__file__).with_name("log").open("a") as file:
            print(*words, file=file)
"""
PROJECT = {
    "logs.py": LOG,
    "conftest.py": "import logs\n",
    "pkg/__init__.py": "import logs; logs.log('import pkg')\n",
    "pkg/conftest.py": """
        import pytest, logs
        @pytest.fixture(scope="package", autouse=True)
        def package():
            logs.log("set up package")
            yield
            logs.log("tear down package")
    """,
    "pkg/test_one.py": """
        import pytest, logs
        logs.log("import test_one")
        @pytest.mark.parametrize("n", [1, 2])
        def test_f(n): logs.log("test_f", n)
        class TestK:
            @pytest.mark.parametrize("n", [1, 2])
            def test_m(self, n): logs.log("test_m", n)
            class TestInner:
                def test_i(self): logs.log("test_i")
        def test_last(): logs.log("test_last")
    """,
    "pkg/sub/__init__.py": "",
    "pkg/sub/test_two.py": "import logs; logs.log('import test_two')\ndef test_t(): logs.log('test_t')\n",
    "other/test_three.py": "import logs; logs.log('import test_three')\ndef test_x(): logs.log('test_x')\n",
}


def logged(driver: Driver) -> list[str]:
    log = driver.cwd / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def test_a_folder(drive: Start, python: str) -> None:
    driver = drive(PROJECT, python=python)
    run = driver.run(scopes=[{"path": str(driver.cwd / "pkg" / "sub")}])
    assert run.ran == ["pkg/sub/test_two.py::test_t"]
    words = logged(driver)
    assert [word for word in words if word.startswith("import test")] == ["import test_two"]
    assert [word for word in words if "package" in word] == ["set up package", "tear down package"]
    assert run.events("ItemsMissing") == []
    assert run.events("ItemsDeselected") == []


def test_a_file(drive: Start, edge: str) -> None:
    driver = drive(PROJECT, python=edge)
    path = str(driver.cwd / "other" / "test_three.py")
    run = driver.run(scopes=[{"path": path, "file": path}])
    assert run.ran == ["other/test_three.py::test_x"]
    assert logged(driver) == ["import test_three", "test_x"]


def test_a_class_a_function_and_an_item(drive: Start, python: str) -> None:
    driver = drive(PROJECT, python=python)
    path = str(driver.cwd / "pkg" / "test_one.py")
    one = "pkg/test_one.py"
    run = driver.run(scopes=[{"nodeid": f"{one}::TestK::TestInner", "file": path}])
    assert run.ran == [f"{one}::TestK::TestInner::test_i"]
    run = driver.run(scopes=[{"function": [f"{one}::TestK", "test_m"], "file": path}])
    assert run.ran == [f"{one}::TestK::test_m[1]", f"{one}::TestK::test_m[2]"]
    run = driver.run(scopes=[{"nodeid": f"{one}::TestK", "file": path}])
    assert len(run.ran) == 3
    logged(driver)
    # Asked for backwards, run in pytest's own order.
    run = driver.run(items=[(f"{one}::test_last", 0, path), (f"{one}::test_f[2]", 0, path)])
    assert run.ran == [f"{one}::test_f[2]", f"{one}::test_last"]
    assert [word for word in logged(driver) if word.startswith("import test")] == ["import test_one"]


def test_fixtures_of_packages_are_those_of_plain_pytest(drive: Start, python: str, plainly: Plainly) -> None:
    driver = drive(PROJECT, python=python)
    plainly(python, driver.cwd, "pkg/test_one.py::test_f", "pkg/sub/test_two.py")
    plain = logged(driver)
    paths = {name: str(driver.cwd / name) for name in ("pkg/test_one.py", "pkg/sub/test_two.py")}
    one, two = paths.values()
    run = driver.run(scopes=[{"function": ["pkg/test_one.py", "test_f"], "file": one}, {"path": two, "file": two}])
    assert len(run.ran) == 3
    assert sorted(logged(driver)) == sorted(plain)
    assert "set up package" in plain


def test_what_is_not_there_is_told_and_the_rest_runs(drive: Start, edge: str) -> None:
    driver = drive(PROJECT, python=edge)
    one, gone = str(driver.cwd / "pkg" / "test_one.py"), str(driver.cwd / "gone.py")
    last = "pkg/test_one.py::test_last"
    run = driver.run(
        items=[(last, 0, one), (last, 1, one), ("gone.py::test", 0, gone), ("pkg/test_one.py::test_f[3]", 0, one)]
    )
    assert run.ran == [last]
    assert run.event("ItemsMissing")["items"] == [
        ["gone.py::test", 0],
        ["pkg/test_one.py::test_f[3]", 0],
        ["pkg/test_one.py::test_last", 1],
    ]
    assert run.status == 0


def test_thousands_of_missing_items_fit_into_lines(drive: Start) -> None:
    driver = drive({"test_a.py": "def test_a(): pass"})
    path = str(driver.cwd / "test_a.py")
    run = driver.run(items=[(f"test_a.py::{'中' * 3000}{n}", 0, path) for n in range(400)])
    assert sum(len(line["items"]) for line in run.events("ItemsMissing")) == 400
    assert run.status == 5


def test_what_addopts_deselect_is_not_missing(drive: Start, edge: str) -> None:
    ini = "[pytest]\naddopts = -k 'not test_last'\n"
    driver = drive({**PROJECT, "pytest.ini": ini}, python=edge)
    path = str(driver.cwd / "pkg" / "test_one.py")
    run = driver.run(items=[("pkg/test_one.py::test_last", 0, path), ("pkg/test_one.py::test_f[1]", 0, path)])
    assert run.ran == ["pkg/test_one.py::test_f[1]"]
    assert run.events("ItemsMissing") == []
    assert len(run.events("ItemsDeselected")) == 1


def test_other_arguments_of_the_person_stay(drive: Start, edge: str) -> None:
    """A folder in which nothing that was asked for lies is no error."""
    driver = drive(PROJECT, python=edge)
    path = str(driver.cwd / "other" / "test_three.py")
    run = driver.run("pkg", "other", items=[("other/test_three.py::test_x", 0, path)])
    assert run.ran == ["other/test_three.py::test_x"], run.output
    assert "import test_one" not in logged(driver)


@pytest.mark.parametrize("option", ["--import-mode=importlib", "--rootdir=..", "-c/dev/null", "-pno:cacheprovider"])
def test_options_that_move_the_root(drive: Start, option: str) -> None:
    driver = drive(PROJECT)
    everything = driver.run(option)
    assert len(everything.ran) == 8, everything.output
    nodeid = everything.ran[-1]
    run = _only(driver, everything, nodeid, option)
    assert run.ran == [nodeid]


def _only(driver: Driver, everything: Outcome, nodeid: str, *args: str) -> Outcome:
    line = next(line for line in everything.events("ItemsCollected") if nodeid in [row[0] for row in line["items"]])
    row = next(row for row in line["items"] if row[0] == nodeid)
    path = line["parents"][row[1]][1]
    assert Path(path).exists()
    return driver.run(*args, items=[(nodeid, 0, path)])


def test_a_file_that_cannot_be_imported(drive: Start) -> None:
    driver = drive({**PROJECT, "test_bad.py": "import nothing_of_that_name"})
    path = str(driver.cwd / "test_bad.py")
    run = driver.run(items=[("test_bad.py::test_b", 0, path)])
    assert [line["nodeid"] for line in run.events("CollectorReported")] == ["test_bad.py"]
    assert run.ran == []
    assert run.status == 2
    run = driver.run(scopes=[{"path": str(driver.cwd / "other")}])
    assert run.status == 0


def test_file_that_nobody_knows(drive: Start) -> None:
    """A worker on another machine tells nodeids alone."""
    run = drive(PROJECT).run(items=[("other/test_three.py::test_x", 0, "")])
    assert run.ran == ["other/test_three.py::test_x"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["other/test_three.py", "pkg/sub/test_two.py"],
        ["./other", "pkg"],
        ["pkg/sub/test_two.py::test_t", "other/test_three.py::test_x"],
    ],
)
def test_arguments_below_which_nothing_was_asked_for_are_left_out(
    drive: Start, edge: str, arguments: list[str]
) -> None:
    watcher = "\ndef pytest_collection_modifyitems(config): logs.log('arguments', *config.args)\n"
    driver = drive(PROJECT | {"conftest.py": PROJECT["conftest.py"] + watcher}, python=edge)
    run = driver.run(*arguments, items=[("pkg/sub/test_two.py::test_t", 0, str(driver.cwd / "pkg/sub/test_two.py"))])
    assert run.ran == ["pkg/sub/test_two.py::test_t"]
    words = logged(driver)
    assert "import test_three" not in words
    assert f"arguments {' '.join(arguments)}" in words


def test_an_argument_that_is_not_there_is_still_an_error(drive: Start) -> None:
    driver = drive(PROJECT)
    item = ("other/test_three.py::test_x", 0, str(driver.cwd / "other/test_three.py"))
    run = driver.run("other", "gone", items=[item])
    assert (run.ran, run.status) == ([], 4)
