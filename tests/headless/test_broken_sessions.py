"""Sessions that come to nothing, or not to their end: the reason is said in plain words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.headless.launch import Project


@pytest.fixture
def project(project: Project) -> Project:
    project.write("test_a.py", "def test_a(): pass\ndef test_b(): pass\n")
    return project


@pytest.mark.parametrize(
    ("conftest", "words"),
    [
        ("import nowhere\n", "No module named 'nowhere'"),
        ("def broken(:\n", "SyntaxError"),
        ("import pytest\npytest.exit('enough already')\n", "enough already"),
        ("raise SystemExit(7)\n", ""),
    ],
)
def test_conftest_that_cannot_be_imported(project: Project, conftest: str, words: str) -> None:
    project.write("conftest.py", conftest)
    lines, events = project.both()
    assert lines.code == (7 if "SystemExit" in conftest else 4)
    assert words in lines.err
    assert words in (events.events[-1]["output"] or "")
    assert lines.last.startswith("BROKEN nothing ran")
    if words:
        assert "conftest.py" in lines.err


def test_conftest_of_a_folder_below(project: Project) -> None:
    project.write("below/conftest.py", "import nowhere\n")
    project.write("below/test_c.py", "def test_c(): pass\n")
    lines, events = project.both()
    assert lines.code == 2
    assert "No module named 'nowhere'" in lines.out
    assert lines.last.startswith("RED 1 not collected")
    assert [event["outcome"] for event in events.named("CollectorReported")].count("failed") == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--no-such-option"], "unrecognized arguments: --no-such-option"),
        (["nowhere.py"], "file or directory not found: nowhere.py"),
        (["test_a.py::test_gone"], "test_gone"),
        (["-p", "no_such_plugin"], "no_such_plugin"),
        (["-k", "("], "Wrong expression"),
        (["--maxfail=many"], "many"),
    ],
)
def test_wrong_arguments(project: Project, args: list[str], words: str) -> None:
    lines, events = project.both(*args)
    assert lines.code in (1, 4)
    assert words in lines.err
    assert words in events.events[-1]["output"]
    assert lines.last.startswith("BROKEN")


def test_usage_error_in_addopts(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\naddopts = --no-such-option\n")
    lines, _ = project.both()
    assert lines.code == 4
    assert "unrecognized arguments: --no-such-option" in lines.err
    assert "pytest.ini" in lines.err


def test_bad_configuration_of_pytest(project: Project) -> None:
    project.write("pytest.ini", "[pytest\n")
    lines, _ = project.both()
    assert lines.code == 4
    assert "pytest.ini" in lines.err


def test_no_tests(project: Project) -> None:
    (project.folder / "test_a.py").unlink()
    lines, events = project.both()
    assert lines.code == 5
    assert lines.last.startswith("NO TESTS nothing ran")
    assert lines.err == ""
    end = events.events[-1]
    assert (end["exit"], end["counts"], end["completed"]) == (5, {}, True)


def test_everything_deselected(project: Project) -> None:
    lines, _ = project.both("-k", "nothing_like_it")
    assert lines.code == 5
    assert lines.last.startswith("NO TESTS 2 deselected")


def test_exit_in_a_test(project: Project) -> None:
    project.write(
        "test_a.py", "import pytest\ndef test_0(): pass\ndef test_1(): pytest.exit('enough')\ndef test_2(): 0\n"
    )
    lines, events = project.both()
    assert lines.code == 2
    assert "redbar: pytest.exit: enough\n" in lines.err
    assert lines.last.startswith("STOPPED 1 passed, 2 not run")
    interrupted = events.one("Interrupted")
    assert (interrupted["reason"], interrupted["by_exit"]) == ("enough", True)
    assert events.outcomes == {"test_a.py::test_0": "passed"}


@pytest.mark.parametrize("code", [0, 77])
def test_exit_with_a_code(project: Project, code: int) -> None:
    project.write("test_a.py", f"import pytest\ndef test_0(): pytest.exit('enough', returncode={code})\n")
    lines, events = project.both()
    assert lines.code == code
    assert events.events[-1]["exit"] == code
    assert lines.last.startswith("STOPPED")


def test_exit_during_collection(project: Project) -> None:
    project.write(
        "conftest.py", "import pytest\ndef pytest_itemcollected(item): pytest.exit('not here', returncode=9)\n"
    )
    lines, events = project.both()
    assert lines.code == 9
    assert "pytest.exit: not here" in lines.err
    assert lines.last.startswith("STOPPED nothing ran")
    assert events.one("Interrupted")["reason"] == "not here"


@pytest.mark.parametrize(
    "hook",
    [
        "pytest_runtest_logfinish(nodeid)",
        "pytest_collection_modifyitems(items)",
        "pytest_sessionstart(session)",
        "pytest_runtest_logreport(report)",
        "pytest_collectstart(collector)",
    ],
)
def test_internal_error(project: Project, hook: str) -> None:
    project.write("conftest.py", f"def {hook}:\n    raise RuntimeError('a plugin went wrong')\n")
    lines, events = project.both()
    assert lines.code == 3
    assert "redbar: INTERNALERROR\n" in lines.err
    assert lines.err.count("RuntimeError: a plugin went wrong") == 1
    assert lines.last.startswith("BROKEN")
    assert events.one("InternalError")["text"].rstrip().endswith("RuntimeError: a plugin went wrong")


def test_error_in_configure(project: Project) -> None:
    project.write("conftest.py", "def pytest_configure(config):\n    raise RuntimeError('a plugin went wrong')\n")
    lines, _ = project.both()
    assert lines.code in (1, 3)
    assert "RuntimeError: a plugin went wrong" in lines.err
    assert lines.last.startswith("BROKEN")


def test_collection_error(project: Project) -> None:
    project.write("test_b.py", "import nowhere\n")
    lines, events = project.both()
    assert lines.code == 2
    assert lines.out.startswith("ERROR collecting test_b.py\n")
    assert "    E   ModuleNotFoundError: No module named 'nowhere'\n" in lines.out
    assert lines.last.startswith("RED 1 not collected, 2 not run")
    assert events.outcomes == {}


def test_the_whole_output_is_named_when_a_run_broke(project: Project) -> None:
    lines = project.run("nowhere.py")
    hint = "redbar: all that pytest printed is in "
    (place,) = [line.removeprefix(hint) for line in lines.err.splitlines() if line.startswith(hint)]
    assert "not found: nowhere.py" in (project.folder / place).read_text()


@pytest.mark.parametrize("option", ["--help", "--version", "--markers", "--fixtures"])
def test_what_pytest_tells_is_shown(project: Project, option: str) -> None:
    result = project.run("--", option)
    assert result.code == 0
    expected = {"--help": "usage:", "--version": "pytest ", "--markers": "@pytest.mark", "--fixtures": "tmp_path"}[
        option
    ]
    assert expected in result.out
    assert "\x1b" not in result.out
    assert "BROKEN" not in result.out
    assert project.json("--", option).code == 0


def test_stop_at_the_first_failure(project: Project) -> None:
    project.write("test_a.py", "def test_0(): assert 0\ndef test_1(): assert 0\ndef test_2(): pass\n")
    lines, events = project.both("-x")
    assert lines.code == 1
    assert lines.last.startswith("RED 1 failed, 2 not run")
    assert events.outcomes == {"test_a.py::test_0": "failed"}
    assert project.run("--stop-after=1").last.startswith("RED 1 failed, 2 not run")


def test_garbage_in_the_journal(project: Project) -> None:
    """A line that is no JSON and one of another protocol cost a message each, and no result."""
    project.write(
        "test_a.py",
        """
        from pathlib import Path
        (JOURNAL,) = Path(".redbar_cache/runs").glob("*/journal-main.jsonl")
        def put(text):
            with JOURNAL.open("a") as file: file.write(text + "\\n")
        def test_0(): put("{ no json"); put("[]"); put("7")
        def test_1(): put('{"event": "FromTheFuture"}'); put('{"event": "ItemStarted"}')
        def test_2(): put("\\\\x00" * 10)
        """,
    )
    result = project.json()
    assert result.code == 0
    assert len(result.outcomes) == 3
    faults = [event["text"] for event in result.named("ProtocolError")]
    assert len(faults) == 6
    assert any("FromTheFuture" in fault for fault in faults)
    (project.folder / ".redbar_cache").rename(project.folder / "old")
    lines = project.run()
    assert "FromTheFuture" in lines.err
    assert lines.last.startswith("GREEN 3 passed")


def test_unwritable_project(project: Project, tmp_path: Path) -> None:
    """The runs then lie in the user's cache folder."""
    project.write(".redbar_cache", "in the way")
    if os.getuid() != 0:
        project.folder.chmod(0o555)
    lines, _ = project.both("-p", "no:cacheprovider")
    assert lines.code == 0
    assert list((tmp_path / "home").rglob("journal-main.jsonl"))
    project.folder.chmod(0o755)
