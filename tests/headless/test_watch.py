"""``redbar watch``: real saves in a real folder."""

from __future__ import annotations

import json
import signal
import textwrap

import pytest

from tests.headless.launch import SECONDS, WATCH_EVENTS, Project, descendants, gone
from tests.headless.watching import Watch, Watching, told_in_words

CART = "def price(): return 1\ndef unused(): return 0\n"
FILES = {
    "cart.py": CART,
    "test_cart.py": "import cart\ndef test_price(): assert cart.price() == 1\ndef test_other(): pass\n",
    "test_far.py": "def test_far(): pass\n",
}
PRICE = "test_cart.py::test_price"


@pytest.fixture
def watching(watch: Watch) -> Watching:
    return watch(FILES)


def test_red_and_green(watching: Watching) -> None:
    first = watching.ready()
    assert (first["colour"], first["counts"]) == ("green", {"passed": 3})
    watching.save("cart.py", CART.replace("1", "2"))
    assert watching.until("FilesChanged")["paths"] == ["cart.py"]
    made = watching.until("SelectionMade")
    assert PRICE in [item["nodeid"] for item in made["items"]]
    assert all(item["reason"] for item in made["items"])
    failed = watching.until("ItemFinished", nodeid=PRICE)
    assert failed["outcome"] == "failed"
    assert watching.until("VerdictReached", stage="rest")["colour"] == "red"
    watching.save("cart.py", CART)
    assert watching.until("VerdictReached", stage="affected")["colour"] in ("green", "neutral")
    assert watching.until("VerdictReached", stage="rest")["colour"] == "green"
    assert watching.end() == 128 + signal.SIGINT
    assert {event["event"] for event in watching.seen} >= WATCH_EVENTS


def test_what_each_run_was_made_of_is_told(watching: Watching) -> None:
    watching.ready()
    layers = []
    for number in range(30):
        watching.save("test_far.py", f"def test_far(): assert {number} >= 0\n")
        watching.rest()
        layers.append(watching.made_of())
        if layers[-1][0] == "parked":
            break
    assert watching.made_of(first=True) == ("cold", "a new process of the interpreter")
    assert layers[0][0] == "host"
    assert layers[0][1] == "no session waits for this edit"
    assert layers[-1] == ("parked", None)


def test_new_lines_that_nothing_covers_stand_beside_the_verdict(watch: Watch) -> None:
    watching = watch(FILES)
    assert watching.ready()["uncovered"] is None
    watching.save("cart.py", CART + "def new():\n    x = 1\n    return x\n")
    assert watching.rest()["uncovered"] == "cart.py: lines 4-5 are new and not covered"
    watching.save("test_cart.py", FILES["test_cart.py"] + "def test_new(): assert cart.new() == 1\n")
    assert watching.rest()["uncovered"] is None
    watching.save("cart.py", CART + "def new():\n    x = 1\n    y = 0\n    return x + y\n")
    assert watching.rest()["uncovered"] is None


def test_nothing_is_said_of_coverage_with_the_policy_off(watch: Watch) -> None:
    watching = watch(FILES, "--coverage", "off")
    watching.ready()
    watching.save("cart.py", CART + "def new():\n    return 1\n")
    assert watching.rest()["uncovered"] is None


def test_nothing_runs_at_the_start_unless_wanted(watch: Watch) -> None:
    watching = watch(FILES, "--no-initial-run")
    watching.until("WatchReady")
    watching.save("test_far.py", "def test_far(): assert 1 == 1\n")
    verdict = watching.rest()
    assert watching.ran == ["test_far.py::test_far"]
    assert (verdict["colour"], verdict["counts"]) == ("neutral", {"passed": 1})
    finished = [event["nodeid"] for event in watching.seen if event["event"] == "ItemFinished"]
    assert finished == watching.ran


def test_a_data_file(watch: Watch) -> None:
    watching = watch(
        FILES | {"prices.json": "[1]", "test_data.py": "def test_data(): assert open('prices.json').read() == '[1]'\n"}
    )
    watching.ready()
    watching.save("prices.json", "[2]")
    assert watching.rest()["counts"] == {"passed": 3, "failed": 1}
    assert watching.ran == ["test_data.py::test_data"]


def test_folders_that_the_project_keeps_pytest_out_of(watch: Watch) -> None:
    settings = "[pytest]\nnorecursedirs = old\n"
    watching = watch(FILES | {"pytest.ini": settings, "old/notes.txt": "a\n", "build/notes.txt": "a\n"})
    watching.ready()
    for folder in ("old", "build"):
        watching.save(f"{folder}/notes.txt", "b\n")
    assert watching.until("FilesChanged")["paths"] == ["build/notes.txt"]


def test_a_comment_runs_nothing(watching: Watching) -> None:
    watching.ready()
    watching.save("cart.py", f"# a comment\n{CART}")
    assert watching.rest()["colour"] == "green"
    assert watching.ran == []


def test_what_cannot_be_compiled_and_recovery(watching: Watching) -> None:
    watching.ready()
    for name in ("test_cart.py", "cart.py", "conftest.py"):
        good = FILES.get(name, "")
        watching.save(name, f"{good}def broken(:\n")
        assert watching.rest()["colour"] == "red", name
        watching.save(name, good)
        assert watching.rest()["colour"] == "green", name


def test_tests_come_and_go(watching: Watching) -> None:
    watching.ready()
    watching.save("test_new.py", "def test_new(): assert 0\n")
    assert watching.rest()["counts"] == {"passed": 3, "failed": 1}
    (watching.project.folder / "test_new.py").unlink()
    assert watching.rest()["counts"] == {"passed": 3}
    watching.save("test_far.py", "def test_near(): pass\n")
    assert watching.rest()["counts"] == {"passed": 3}
    assert watching.ran == ["test_far.py::test_near"]


def test_many_files_at_once_are_one_run(watch: Watch) -> None:
    files = {f"m{n}.py": "x = 1\n" for n in range(400)}
    watching = watch(
        files
        | {
            "test_all.py": "import importlib\n"
            "def test_all(): assert {importlib.import_module(f'm{n}').x for n in range(400)} == {1}\n"
        }
    )
    watching.ready()
    watching.save_all(dict.fromkeys(files, "x = 2\n"))
    assert watching.rest()["colour"] == "red"
    bursts = [event["paths"] for event in watching.seen if event["event"] == "FilesChanged"]
    changed = [path for paths in bursts for path in paths]
    assert len(changed) == len(set(changed)) == len(files)
    # Whoever pauses while writing them makes two saves of it, of which the second may come while the test runs.
    assert 1 <= len(watching.ran) <= len(bursts)


def test_a_test_that_hangs_is_stopped_by_the_next_save(watching: Watching) -> None:
    watching.ready()
    watching.save("cart.py", "import time\ndef price(): time.sleep(3600)\n")
    watching.until("ItemStarted", nodeid=PRICE)
    watching.save("cart.py", CART)
    assert watching.rest()["colour"] == "green"


def test_a_test_that_writes_what_another_reads(watch: Watch) -> None:
    files = {
        "log.txt": "0",
        "test_log.py": """
            def test_read():
                assert open("log.txt").read()
            def test_write():
                number = int(open("log.txt").read())
                open("log.txt", "w").write(str(number + 1))
        """,
    }
    watching = watch(files | {"test_far.py": "".join(f"def test_{n}(): pass\n" for n in range(5))})
    assert watching.ready()["colour"] == "green"
    watching.save("test_log.py", textwrap.dedent(files["test_log.py"]) + "\ndef test_new(): pass\n")
    assert watching.rest()["colour"] == "green"
    watching.save("log.txt", "100")  # of a person
    assert watching.rest()["colour"] == "green"
    assert sorted(watching.ran) == ["test_log.py::test_read", "test_log.py::test_write"]
    watching.process.send_signal(signal.SIGTERM)
    rest = [json.loads(line) for line in watching.process.communicate(timeout=SECONDS)[0].splitlines()]
    assert [event for event in rest if event["event"] == "FilesChanged"] == []


def test_nothing_outlives_it(watching: Watching) -> None:
    watching.ready()
    watching.save("cart.py", CART.replace("1", "2"))
    watching.rest()
    children = descendants(watching.process.pid)
    assert children
    watching.process.kill()
    watching.process.wait()
    assert gone(*children)


def test_lines_for_people(watch: Watch, project: Project) -> None:
    for name, text in FILES.items():
        project.write(name, text)
    lines = told_in_words(project, "cart.py", CART.replace("1", "2"))
    assert lines[0].startswith("GREEN 3 passed (at rest, ")
    assert lines[1] == f"watching {project.folder}"
    assert any(line.endswith(" cart.py") for line in lines)
    assert any(line.startswith(f"FAILED {PRICE} (test_cart.py:2): assert 2 == 1") for line in lines), "\n".join(lines)
    assert lines[-1].startswith("RED 1 failed, 2 passed (at rest, ")
