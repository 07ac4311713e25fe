"""After an edit that can bring no items, none are looked for."""

from __future__ import annotations

import json

from tests.engine.loop.conftest import Make
from tests.engine.loop.sitting import SelectionMade, Sitting, sit_down
from tui.engine.loop.partners import Policy
from tui.engine.wishes import EVERYTHING

FILES = {"test_it.py": "def test_one(): pass\ndef test_two(): pass\n"}
ONE, TWO, NEW = "test_it.py::test_one", "test_it.py::test_two", "test_it.py::test_new"


def searched(sitting: Sitting) -> bool:
    """Whether the last run looked for items that nobody knew."""
    runs = sitting.runs.explorer.cache.folder / "runs"
    last = max(runs.iterdir(), key=lambda folder: int(folder.name))
    return bool(json.loads((last / "request.json").read_bytes())["fresh"])


async def test_only_what_is_asked_for_is_collected(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        sitting.memory.touched = {"test_it.py": [(1, ONE)]}
        sitting.memory.same_items = True
        await sitting.save(test_it="def test_one(): assert 0\ndef test_two(): pass\n")
        assert not searched(sitting)
        assert sitting.outcomes == {ONE: "failed", TWO: "passed"}
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]
        sitting.memory.same_items = False
        await sitting.save(test_it="def test_one(): pass\ndef test_two(): pass\ndef test_new(): pass\n")
        assert searched(sitting)
        assert sitting.outcomes == {ONE: "passed", TWO: "passed", NEW: "passed"}


async def test_a_file_that_could_not_be_collected_is_looked_through(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        sitting.memory.touched = {"test_it.py": [(1, ONE)]}
        await sitting.save(test_it="def test_one(:\n")
        sitting.memory.same_items = True  # as when it was compiled last
        await sitting.save(test_it="def test_one(): assert 1\ndef test_two(): pass\n")
        assert sitting.outcomes == {ONE: "passed", TWO: "passed"}
        assert sitting.verdicts[-1] == ("rest", "green")


async def test_two_edits_of_which_one_may_bring_items(make: Make) -> None:
    async with sit_down(make(FILES), Policy(record="off", on_change="queue")) as sitting:
        sitting.memory.touched = {"test_it.py": [(1, ONE)]}
        sitting.runs.ask(EVERYTHING)
        await sitting.save(test_it="def test_one(): pass\ndef test_two(): pass\ndef test_new(): pass\n", rest=False)
        await sitting.until(lambda: len(sitting.of(SelectionMade)) == 1, "the first edit")
        sitting.memory.same_items = True
        await sitting.save(test_it="def test_one(): 1\ndef test_two(): pass\ndef test_new(): pass\n")
        assert sitting.outcomes == {ONE: "passed", TWO: "passed", NEW: "passed"}


async def test_what_a_broken_module_hid_is_looked_for_when_it_is_mended(make: Make) -> None:
    files = {
        "sizes.py": "SIZES = [1]\n",
        "helper.py": "",
        "test_it.py": "import pytest, sizes, helper\n"
        "@pytest.mark.parametrize('size', sizes.SIZES)\n"
        "def test_size(size): pass\n",
        "test_other.py": "def test_other(): pass\n",
    }
    one = "test_it.py::test_size[1]"
    async with sit_down(make(files), Policy(record="off", after_green="nothing")) as sitting:
        sitting.memory.touched = {"sizes.py": [(1, one), (1, "test_other.py::test_other")]}
        await sitting.save(helper="(\n")
        await sitting.save(sizes="SIZES = [1, 2]\n")
        assert sitting.verdicts[-1] == ("rest", "red")
        sitting.memory.same_items = True  # helper.py is what it was when it was recorded
        await sitting.save(helper="")
        assert sitting.outcomes[one] == sitting.outcomes["test_it.py::test_size[2]"] == "passed"
        assert sitting.verdicts[-1] == ("rest", "green")


async def test_texts_of_tests_come_and_go(make: Make) -> None:
    """Whatever the record says of a file that holds no items, it is looked through if it may hold some."""
    async with sit_down(make({**FILES, "test_doc.txt": ">>> 1\n1\n"})) as sitting:
        doc, more = "test_doc.txt::test_doc.txt", "test_more.txt::test_more.txt"
        tests = {ONE: "passed", TWO: "passed"}
        sitting.memory.same_items = True
        (sitting.folder / "test_doc.txt").unlink()
        await sitting.save("test_doc.txt")
        assert sitting.outcomes == tests
        sitting.write("test_doc.txt", ">>> 1\n1\n")
        await sitting.save("test_doc.txt")
        assert sitting.outcomes == {**tests, doc: "passed"}
        sitting.write("test_more.txt", ">>> 1\n2\n")
        await sitting.save("test_more.txt")
        assert sitting.outcomes == {**tests, doc: "passed", more: "failed"}
