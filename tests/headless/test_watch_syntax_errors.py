"""A file that cannot be compiled is saved while ``redbar watch`` runs."""

from __future__ import annotations

import pytest

from tests.headless.launch import Project
from tests.headless.watching import Watch, Watching, told_in_words

LAZY = "def go():\n    return 1\n"
BROKEN = f"{LAZY}def broken(:\n"
TESTS = "def test_lazy():\n    import lazy\n    assert lazy.go()\ndef test_other():\n    x = 0\n"
FAR = "def test_far(): pass\n"
FILES = {"lazy.py": LAZY, "test_lazy.py": TESTS, "test_far.py": FAR}


@pytest.fixture
def watching(watch: Watch) -> Watching:
    watching = watch(FILES)
    assert watching.ready()["colour"] == "green"
    watching.save("test_far.py", f"{FAR}\n\n")  # from here on it is recorded what the tests execute
    watching.rest()
    return watching


def test_what_uses_it_is_stale_and_the_error_is_named(watching: Watching) -> None:
    """Both tests of the file that imports it: in which of them does not matter to what is imported."""
    watching.save("lazy.py", BROKEN)
    made = watching.until("SelectionMade")
    assert made["items"] == []
    ((path, error),) = ((each["path"], each["error"]) for each in made["unreadable"])
    assert path == "lazy.py"
    assert error.startswith("line 3: ")
    verdict = watching.rest()
    assert (verdict["colour"], verdict["counts"], verdict["stale"]) == ("red", {"passed": 3}, 2)
    watching.save("test_far.py", FAR.replace("pass", "x = 1"))
    assert watching.until("SelectionMade")["unreadable"] == made["unreadable"]
    verdict = watching.rest()
    assert (verdict["colour"], verdict["counts"], verdict["stale"]) == ("red", {"passed": 3}, 2)
    assert watching.ran == ["test_far.py::test_far"]
    watching.save("lazy.py", LAZY)
    assert watching.until("SelectionMade")["unreadable"] == []
    verdict = watching.rest()
    assert (verdict["colour"], verdict["counts"], verdict["stale"]) == ("green", {"passed": 3}, 0)


def test_mending_it_runs_what_the_edit_touches(watching: Watching) -> None:
    watching.save("lazy.py", BROKEN)
    assert watching.rest()["stale"] == 2
    watching.save("lazy.py", LAZY.replace("1", "0"))
    verdict = watching.rest()
    assert (verdict["colour"], verdict["counts"], verdict["stale"]) == ("red", {"passed": 2, "failed": 1}, 0)


@pytest.mark.parametrize("name", ["test_lazy.py", "conftest.py"])
def test_files_of_tests(watch: Watch, name: str) -> None:
    files = {**FILES, "conftest.py": "import pytest\n@pytest.fixture\ndef one(): return 1\n"}
    watching = watch(files)
    assert watching.ready()["colour"] == "green"
    watching.save(name, f"{files[name]}def broken(:\n")
    assert [each["path"] for each in watching.until("SelectionMade")["unreadable"]] == [name]
    verdict = watching.rest()
    assert (verdict["colour"], verdict["stale"]) == ("red", 2 if name == "test_lazy.py" else 3)
    watching.save(name, files[name])
    verdict = watching.rest()
    assert (verdict["colour"], verdict["counts"], verdict["stale"]) == ("green", {"passed": 3}, 0)


def test_lines_for_people(project: Project) -> None:
    for name, text in FILES.items():
        project.write(name, text)
    lines = told_in_words(project, "lazy.py", BROKEN)
    assert any(line.startswith("lazy.py, line 3: ") for line in lines), "\n".join(lines)
    assert lines[-1].startswith("RED 3 passed, 2 stale (at rest, ")
