"""Edits that reach tests without any line that they executed: after each, what stands is what pytest finds."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import pytest

from tests.headless.launch import Project
from tests.headless.test_watch_items import cold
from tests.headless.watching import Watch

FAR = {"test_far.py": "".join(f"def test_{number}(): pass\n" for number in range(6))}
KEPT = "def compute():\n    return {}\n"
USERS = {
    "test_a.py": "import m\ndef test_a(): assert m.get() == 1\n",
    "test_b.py": "import m\ndef test_b(): assert m.get() == 1\n",
}
IN_CLASS = "VALUE = None\ndef get():\n    if VALUE is None:\n        class K:\n            global VALUE\n"
IN_CLASS += "            VALUE = compute()\n    return VALUE\n"
IN_OBJECT = "class Shop:\n    value = None\n    def get(self):\n        if self.value is None:\n"
IN_OBJECT += "            self.value = compute()\n        return self.value\nget = Shop().get\n"
IN_DEFAULT = "def get(memo={}):\n    if not memo:\n        memo['x'] = compute()\n    return memo['x']\n"
HANDED_OVER = "KEPT = {}\ndef fill(kept):\n    kept['x'] = compute()\ndef get():\n    if not KEPT:\n"
HANDED_OVER += "        fill(KEPT)\n    return KEPT['x']\n"
ASKS = "import os\nimport pytest\nTHERE = os.path.exists('flag.on')\n"
ASKS += "@pytest.mark.parametrize('x', [1, 2] if THERE else [1])\n"
ASKS += "def test_x(x): assert x == 1\ndef test_asks(): assert not os.path.isfile('data/other.on')\n"
ON: dict[str, str | None] = {"flag.on": ""}
CASES: dict[str, tuple[dict[str, str], list[dict[str, str | None]]]] = {
    **{
        f"kept in {name}": ({"m.py": KEPT.format(1) + text, **USERS, **FAR}, [{"m.py": KEPT.format(2) + text}])
        for name, text in (
            ("a class of a function", IN_CLASS),
            ("an object", IN_OBJECT),
            ("a default", IN_DEFAULT),
            ("what is handed over", HANDED_OVER),
        )
    },
    "whether files are there": (
        {"test_a.py": ASKS, "data/one.on": "", **FAR},
        [ON, {"flag.on": None}, {"data/other.on": ""}, {"data/other.on": None}],
    ),
}


@pytest.mark.parametrize(("files", "edits"), CASES.values(), ids=CASES)
def test_no_failure_is_missed(
    watch: Watch, project: Project, files: Mapping[str, str], edits: Sequence[Mapping[str, str | None]]
) -> None:
    watching = watch(dict(files))
    assert watching.ready()["colour"] == "green"
    for number, edit in enumerate(edits):
        watching.edit(edit)
        after = watching.rest()
        assert (after["counts"], after["stale"]) == (cold(project), 0), number


def test_an_ignored_file_that_is_saved_during_the_run_that_first_reads_it(watch: Watch, project: Project) -> None:
    os.mkfifo(project.folder / "gate")
    reads = "def test_reads():\n    assert open('secret.txt').read() == '1'\n"
    reads += "def test_waits():\n    open('gate').read()\n"
    watching = watch({".gitignore": "secret.txt\n", "secret.txt": "1", "test_a.py": reads, **FAR})
    watching.until("ItemFinished", nodeid="test_a.py::test_reads", outcome="passed")
    watching.save("secret.txt", "2")
    (project.folder / "gate").write_text("go")
    assert watching.until("FilesChanged")["paths"] == ["secret.txt"]
    after = watching.until("VerdictReached", stage="rest", colour="red")
    assert (after["counts"], after["stale"]) == ({"passed": 7, "failed": 1}, 0)
    assert watching.ran == ["test_a.py::test_reads"]


def test_what_is_saved_while_the_run_that_would_have_shown_it_goes_on(watch: Watch, project: Project) -> None:
    hold = project.folder.parent / "hold"
    holds = f"import pathlib, time\ndef pytest_sessionfinish():\n    while pathlib.Path({str(hold)!r}).exists():\n"
    text = "import importlib\ndef value():\n    return {}\ndef test_a(): assert value() == 1\n"
    lazily = text.format("importlib.import_module('la' + 'zy').value()")
    files = {"conftest.py": f"{holds}        time.sleep(0.01)\n", "lazy.py": "def value(): return 1\n", **FAR}
    watching = watch({"test_a.py": text.format(1), **files})
    watching.ready()
    for file, first, then, colour in (
        ("test_a.py", text.format(2), text.format(1), "green"),  # an edit that is taken back
        ("lazy.py", lazily, "def value(): return 2\n", "red"),  # what no test was known to import
    ):
        hold.touch()
        watching.save("test_a.py", first)
        watching.until("ItemFinished", nodeid="test_a.py::test_a")
        watching.save(file, then)
        assert watching.until("FilesChanged")["paths"] == [file]
        hold.unlink()
        after = watching.until("VerdictReached", stage="rest", colour=colour)
        assert (after["counts"], after["stale"]) == (cold(project), 0)


def test_what_lies_behind_links_that_lead_out_of_the_project(watch: Watch, project: Project) -> None:
    outside = project.folder.parent / "outside"
    for name in ("shop", "data", "tests"):
        (outside / name).mkdir(parents=True)
        (project.folder / name).symlink_to(outside / name)
    test = "import json\nfrom shop.cart import price\ndef test_price(): assert price() == {}\n"
    data = "def test_data(): assert json.load(open('data/one.json')) == 1\n"
    files = {"shop/cart.py": "def price(): return 1\n", "data/one.json": "1", "tests/test_a.py": test.format(1) + data}
    watching = watch({**files, "conftest.py": "", **FAR})
    watching.ready()
    for name, text, failed in (
        ("shop/cart.py", "def price(): return 2\n", 1),
        ("data/one.json", "2", 2),
        ("tests/test_a.py", test.format(2), 0),
    ):
        watching.save(name, text)
        assert watching.until("FilesChanged")["paths"] == [name]
        after = watching.rest()
        assert (after["counts"].get("failed", 0), after["stale"]) == (failed, 0)
