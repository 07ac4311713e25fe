"""``redbar watch`` where the tests write the sources that they import."""

from __future__ import annotations

import pytest

from tests.headless.watching import Watch, Watching

WRITE = 'open("{0}.py", "w").write("T = %r\\n" % time.time())\n'
BY_TEST = {"test_gen.py": f"import time\ndef test_gen():\n    {WRITE.format('gen')}    import gen\n    assert gen.T\n"}
BY_CONFTEST = {
    "conftest.py": "import time\n" + WRITE.format("gen"),
    "test_gen.py": "def test_gen():\n    import gen\n    assert gen.T\n",
}
SEVERAL = {
    "test_gen.py": "import time\n"
    + "".join(
        f"def test_gen_{name}():\n    {WRITE.format(name)}    import {name}\n    time.sleep(0.1)\n    assert {name}.T\n"
        for name in ("one", "two", "three")
    )
}
FAR = "def test_far(): pass\n"


def changes(watching: Watching) -> list[str]:
    return [path for event in watching.seen if event["event"] == "FilesChanged" for path in event["paths"]]


def answered(watching: Watching, name: str, text: str) -> str:
    """The colour at rest after that save."""
    watching.save(name, text)
    while name not in watching.until("FilesChanged")["paths"]:
        pass
    return str(watching.rest()["colour"])


@pytest.mark.parametrize("cold", [(), ("--cold",)], ids=["warm", "cold"])
@pytest.mark.parametrize("files", [BY_TEST, BY_CONFTEST, SEVERAL], ids=["by test", "by conftest", "several"])
def test_what_the_record_tells_of(watch: Watch, files: dict[str, str], cold: tuple[str, ...]) -> None:
    watching = watch(files | {"test_far.py": FAR}, *cold)
    assert watching.ready()["colour"] == "green"
    before = len(changes(watching))
    text = files["test_gen.py"].replace("def ", "def test_new(): pass\ndef ", 1)
    assert answered(watching, "test_gen.py", text) == "green"
    assert answered(watching, "test_far.py", "def test_near(): pass\n") == "green"
    told = changes(watching)[before:]
    assert [path for path in told if path != "gen.py"] == ["test_gen.py", "test_far.py"]
    # The first session that was to wait for a save has loaded the conftest, too; mostly while the run was on.
    assert told.count("gen.py") <= int(files is BY_CONFTEST and not cold)


@pytest.mark.parametrize("files", [BY_TEST, BY_CONFTEST, SEVERAL], ids=["by test", "by conftest", "several"])
def test_what_nobody_tells_of(watch: Watch, files: dict[str, str]) -> None:
    watching = watch(files, "--cold", "--coverage", "off")
    assert watching.ready()["colour"] == "green"
    watching.save("test_gen.py", files["test_gen.py"].replace("def ", "def test_new(): pass\ndef ", 1))
    watching.until("ItemFinished", nodeid="test_gen.py::test_new")
    assert watching.rest()["colour"] == "green"


def test_an_edit_of_such_a_file_is_answered(watch: Watch) -> None:
    far = "import os\ndef test_far():\n    import gen\n    assert gen.T\n"
    watching = watch(BY_TEST | {"test_far.py": far, "gen.py": "T = 1\n"})  # else it fails, for it runs first
    assert watching.ready()["colour"] == "green"
    watching.save("gen.py", "T = 0\n")
    assert watching.until("FilesChanged")["paths"] == ["gen.py"]
    watching.rest()
    assert watching.ran
