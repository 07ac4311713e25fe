"""A record from run to save: what is taken, what is answered, what is described."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from tests.engine.record.conftest import FILES, ITEMS, LABEL, OTHERS, PRICE, Stage, context, finished, full
from tui.engine.record import Record
from tui.model.impact import Choice
from tui.model.impact.index import TEST, Name
from tui.model.outcome import Status


def told(choice: Choice) -> dict[str, tuple[int, str]]:
    return {chosen.key[0]: (chosen.tier, chosen.reason) for chosen in choice.items}


def edit(stage: Stage, name: str, old: str, new: str) -> None:
    path = stage.root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


async def test_an_edit_selects_what_executed_it(stage: Stage, taken: Record) -> None:
    edit(stage, "cart.py", "return 1", "return 2")
    choice = await stage.choose(taken, ["cart.py"], ITEMS)
    assert told(choice) == {LABEL: (1, "cart.py: label() changed")}
    assert choice.skipped == 7


async def test_edits_are_not_read_where_events_are_waited_for(
    stage: Stage, taken: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def words_of(*_: object) -> frozenset[str]:
        threads.append(threading.get_ident())
        return frozenset()

    monkeypatch.setattr("tui.engine.record.store.words_of", words_of)
    edit(stage, "cart.py", "return 1", "return 2")
    await stage.choose(taken, ["cart.py"], ITEMS)
    (thread,) = threads
    assert thread != threading.get_ident()


async def test_every_version_is_described_once(stage: Stage, taken: Record) -> None:
    assert sorted(stage.asked) == sorted(stage.path(name) for name in FILES)
    edit(stage, "cart.py", "return 1", "return 2")
    for _ in range(2):
        await stage.choose(taken, ["cart.py"], ITEMS)
    await taken.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE))
    assert len(stage.asked) == 4


async def test_it_is_all_there_in_the_next_session(stage: Stage, taken: Record) -> None:
    stage.asked.clear()
    edit(stage, "cart.py", "RATE = 1", "RATE = 2")
    choice = await stage.choose(stage.record(), ["cart.py"], ITEMS)
    assert told(choice) == {PRICE: (2, "cart.py: changed is RATE"), LABEL: (3, "imports cart.py")}
    assert stage.asked == [stage.path("cart.py")]


async def test_another_python_knows_nothing(stage: Stage, taken: Record) -> None:
    edit(stage, "cart.py", "return 1", "return 2")
    choice = await stage.choose(stage.record("3.13.0"), ["cart.py"], ITEMS)
    assert told(choice) == {PRICE: (0, "imports cart.py"), LABEL: (0, "imports cart.py")}


async def test_without_a_record_what_a_conftest_imports_reaches_all_below(stage: Stage) -> None:
    stage.write("stock.py", "LEFT = 1\n")
    stage.write("conftest.py", "import stock\n")
    stage.write("below/test_shelf.py", "def test_shelf():\n    pass\n")
    items = {**ITEMS, ("below/test_shelf.py::test_shelf", 0): "below/test_shelf.py"}
    choice = await stage.choose(stage.record(), ["stock.py"], items)
    assert told(choice) == {nodeid: (0, "imports stock.py") for nodeid, _ in items}


async def test_a_partial_run_replaces_what_it_ran(stage: Stage, taken: Record) -> None:
    edit(stage, "test_cart.py", "cart.label()", "cart.price()")
    folder = stage.run(context(LABEL, {1: [5, 5], 0: [3, 3]}), files=FILES)
    await taken.take(folder, stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return RATE", "return -RATE")
    for record in (taken, stage.record()):
        assert set(told(await stage.choose(record, ["cart.py"], ITEMS))) == {PRICE, LABEL}
    edit(stage, "cart.py", "return 1", "return 2")
    # That code lost its last user; the other function is still different from what was recorded.
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {PRICE, LABEL}


async def test_imports_are_replaced_only_when_they_are_executed(stage: Stage, taken: Record) -> None:
    folder = stage.run(context(LABEL, {1: [5, 5], 0: [5, 5]}), files=FILES)
    await taken.take(folder, stage.describe, finished(LABEL))
    edit(stage, "cart.py", "RATE = 1", "RATE = 2")
    assert set(told(await stage.choose(stage.record(), ["cart.py"], ITEMS))) == {PRICE, LABEL}


async def test_a_test_that_is_not_the_same_every_time_keeps_both(stage: Stage, taken: Record) -> None:
    """With the files as they were, another way through them adds to the record."""
    folder = stage.run(context(LABEL, {1: [5, 5], 0: [3, 3]}), files=FILES)
    await taken.take(folder, stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return 1", "return 2")
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {LABEL}


async def test_a_test_that_was_not_the_same_keeps_all_ways_through_edits(stage: Stage, taken: Record) -> None:
    """Generated examples, random order: what the last run did not come across, the next may."""
    await taken.take(stage.run(context(LABEL, {1: [5, 5], 0: [3, 3]}), files=FILES), stage.describe, finished(LABEL))
    edit(stage, "cart.py", "RATE = 1", "# moves the lines below\nRATE = 1")
    await taken.take(stage.run(context(LABEL, {1: [5, 5], 0: [4, 4]}), files=FILES), stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return 1", "return 2")
    for record in (taken, stage.record()):
        choice = await stage.choose(record, ["cart.py"], ITEMS)
        assert told(choice)[LABEL] == (1, "cart.py: label() changed")


async def test_a_test_that_is_the_same_every_time_is_what_its_last_run_was(stage: Stage, taken: Record) -> None:
    edit(stage, "cart.py", "return RATE", "return -RATE")
    await taken.take(stage.run(context(LABEL, {1: [5, 5], 0: [3, 3]}), files=FILES), stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return 1", "return 2")
    assert LABEL not in told(await stage.choose(taken, ["cart.py"], ITEMS))


async def test_fixtures_and_their_teardown_belong_to_their_users(stage: Stage, taken: Record) -> None:
    key = "::basket@#"
    parts = [
        {"context": "f", "key": key, "name": "basket", "setup": 0.2, "lines": {"0": [3, 3]}},
        context(OTHERS[0], {2: [2, 2]}, fixtures=[key]),
        {"context": "f", "key": key, "name": "basket", "lines": {"0": [5, 5]}},
    ]
    await taken.take(stage.run(*parts, files=FILES), stage.describe, finished(OTHERS[0]))
    edit(stage, "cart.py", "return 1", "return 2")
    for record in (taken, stage.record()):
        choice = await stage.choose(record, ["cart.py"], ITEMS)
        assert told(choice)[OTHERS[0]] == (1, "cart.py: label() changed (fixture basket)")


async def test_a_killed_run_does_not_forget_a_teardown(stage: Stage, taken: Record) -> None:
    key = "::basket@#"
    setup = {"context": "f", "key": key, "name": "basket", "setup": 0.2, "lines": {"0": [3, 3]}}
    teardown = {"context": "f", "key": key, "name": "basket", "lines": {"0": [5, 5]}}
    user = context(OTHERS[0], {2: [2, 2]}, fixtures=[key])
    await taken.take(stage.run(setup, user, teardown, files=FILES), stage.describe, finished(OTHERS[0]))
    await taken.take(stage.run(setup, user, files=FILES, end=False), stage.describe, finished(OTHERS[0]))
    edit(stage, "cart.py", "return 1", "return 2")
    assert OTHERS[0] in told(await stage.choose(taken, ["cart.py"], ITEMS))


async def test_what_did_not_come_to_its_end_has_no_record(stage: Stage) -> None:
    record = stage.record()
    folder = stage.run(*full(stage), files=FILES, end=False)
    await record.take(folder, stage.describe, finished(PRICE, *OTHERS))
    edit(stage, "cart.py", "return RATE", "return -RATE")
    for each in (record, stage.record()):
        choice = await stage.choose(each, ["cart.py"], ITEMS)
        assert told(choice) == {LABEL: (0, "no record yet"), PRICE: (1, "cart.py: price() changed")}


async def test_what_died_has_no_record(stage: Stage, taken: Record) -> None:
    folder = stage.run(end=False)
    await taken.take(folder, stage.describe, finished(LABEL, status=Status.CRASHED))
    edit(stage, "cart.py", "return RATE", "return -RATE")
    choice = await stage.choose(stage.record(), ["cart.py"], ITEMS)
    assert told(choice)[LABEL] == (0, "no record yet")


async def test_what_ran_without_a_record_after_an_edit_is_in_doubt(stage: Stage, taken: Record) -> None:
    """The result is that of the edit: when it is taken back, what was recorded before it is there again."""
    edit(stage, "cart.py", "return 1", "return 2")
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {LABEL}
    folder = stage.root / "runs" / "plain"
    folder.mkdir()
    await taken.take(folder, stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return 2", "return 1")
    assert told(await stage.choose(taken, ["cart.py"], ITEMS)) == {LABEL: (0, "no record yet")}
    later = stage.record()
    await later.load()
    assert later.index is not None
    assert not later.index.contexts[Name(TEST, LABEL)].whole


async def test_a_run_without_a_record_changes_nothing(stage: Stage, taken: Record) -> None:
    folder = stage.root / "runs" / "plain"
    folder.mkdir()
    await taken.take(folder, stage.describe, finished(PRICE, LABEL))
    edit(stage, "cart.py", "return 1", "return 2")
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {LABEL}


async def test_workers_are_put_together(stage: Stage) -> None:
    record = stage.record()
    first, *rest = full(stage)
    folder = stage.run(first, *rest[1:3], name="gw0", files=FILES)
    half = {**first, "lines": {"1": [1, 1]}}
    # Its files have other numbers.
    stage.journal(folder, half, context(OTHERS[0], {0: [2, 2]}), name="gw1", files=FILES[::-1])
    await record.take(folder, stage.describe, finished(PRICE, LABEL, OTHERS[0]))
    edit(stage, "test_other.py", "pass", "print()")
    choice = await stage.choose(
        record, ["test_other.py"], {(OTHERS[0], 0): "test_other.py", (PRICE, 0): "test_cart.py"}
    )
    assert told(choice) == {OTHERS[0]: (1, "edited itself")}
    edit(stage, "cart.py", "RATE = 1", "RATE = 2")
    assert PRICE in told(await stage.choose(record, ["cart.py"], ITEMS))


async def test_a_file_edited_while_it_ran_is_in_doubt(stage: Stage) -> None:
    """What the run saw can be described no more: whoever executed anything of it depends on all of it."""
    record = stage.record()
    folder = stage.run(*full(stage), files=FILES)
    edit(stage, "cart.py", "return 1", "return 2")
    await record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
    choice = await stage.choose(record, ["cart.py"], ITEMS)
    assert told(choice) == {PRICE: (1, "cart.py changed"), LABEL: (1, "cart.py changed")}


async def test_a_syntax_error_is_told_and_the_next_save_recovers(stage: Stage, taken: Record) -> None:
    good = (stage.root / "cart.py").read_text()
    stage.write("cart.py", "def def\n")
    choice = await stage.choose(taken, ["cart.py"], ITEMS)
    assert choice.items == ()
    assert choice.syntax_errors == {stage.path("cart.py"): "line 1: invalid syntax"}
    stage.write("cart.py", good.replace("return 1", "return 2"))
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {LABEL}


async def test_nobody_to_describe_means_more(stage: Stage, taken: Record) -> None:
    stage.mute = True
    edit(stage, "cart.py", "return 1", "return 2")
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {PRICE, LABEL}
    edit(stage, "test_other.py", "pass", "print()")
    assert set(OTHERS) <= set(told(await stage.choose(stage.record("3.9"), ["test_other.py"], ITEMS)))


async def test_a_deleted_file(stage: Stage, taken: Record) -> None:
    (stage.root / "cart.py").unlink()
    assert set(told(await stage.choose(taken, ["cart.py"], ITEMS))) == {PRICE, LABEL}


async def test_the_imports_of_a_new_test_are_followed(stage: Stage, taken: Record) -> None:
    stage.write("middle.py", "import cart\n")
    stage.write("test_new.py", "import middle\ndef test_new():\n    pass\n")
    edit(stage, "cart.py", "return 1", "return 2")
    items = {**ITEMS, ("test_new.py::test_new", 0): "test_new.py"}
    assert told(await stage.choose(taken, ["cart.py"], items))["test_new.py::test_new"] == (0, "no record yet")
    edit(stage, "test_other.py", "pass", "print()")
    choice = await stage.choose(taken, ["test_other.py"], items)
    assert told(choice)["test_new.py::test_new"] == (3, "more than half is affected")


async def test_lone_surrogates(stage: Stage, taken: Record) -> None:
    nodeid = "test_other.py::test_other[\udc80]"
    key = "::\udc81@#"
    lines = [
        {"context": "f", "key": key, "name": "\udc81", "lines": {"0": [5, 5]}, "data": [stage.path("\udcff.txt")]},
        context(nodeid, {2: [2, 2]}, fixtures=[key]),
        {"edges": [[stage.path("\udcfe.py"), stage.path("cart.py")]]},
    ]
    await taken.take(stage.run(*lines, files=FILES), stage.describe, finished(nodeid))
    edit(stage, "cart.py", "return 1", "return 2")
    choice = await stage.choose(stage.record(), ["cart.py"], {**ITEMS, (nodeid, 0): "test_other.py"})
    assert nodeid in told(choice)


async def test_what_a_run_wrote(stage: Stage) -> None:
    folder = stage.run({"wrote": ["/p/a.txt"]}, {"wrote": ["/p/b.txt", "/p/a.txt"]})
    stage.journal(folder, {"wrote": ["/p/c.txt"]}, name="gw0", end=False)
    assert stage.record().wrote(folder) == {"/p/a.txt", "/p/b.txt", "/p/c.txt"}


async def test_what_was_edited_while_nobody_watched(stage: Stage, taken: Record) -> None:
    assert await stage.record().edited_since() == {}
    edit(stage, "cart.py", "return 1", "return 2")
    (stage.root / "test_other.py").unlink()
    changes = await stage.record().edited_since()
    assert set(changes) == {stage.path("cart.py"), stage.path("test_other.py")}
    assert changes[stage.path("test_other.py")] is None


async def test_nonsense_in_a_journal_is_left_out(stage: Stage) -> None:
    record = stage.record()
    folder = stage.run(*full(stage), files=FILES)
    journal = folder / "record-main.jsonl"
    nonsense = [
        {"context": "t", "nodeid": "x::y", "number": 0, "lines": {"77": [1, 1]}},
        {"context": "t", "nodeid": "x::z", "number": 0, "lines": {"0": [9, 3]}},
        {"context": "?"},
        {"edges": [["one"]]},
        {"file": 99},
        {"unheard": "of"},
    ]
    journal.write_text("\n".join(["", *map(json.dumps, nonsense), journal.read_text(), '{"context": "t", "no']))
    await record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
    edit(stage, "cart.py", "return 1", "return 2")
    assert set(told(await stage.choose(record, ["cart.py"], ITEMS))) == {LABEL}


async def test_calls_that_overlap(stage: Stage) -> None:
    """A save right after a run is answered with what that run recorded."""
    record = stage.record()
    folder = stage.run(*full(stage), files=FILES)
    taking = asyncio.create_task(record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS)))
    await asyncio.sleep(0)
    choice = await stage.choose(record, [], ITEMS)
    assert choice.items == ()
    await taking
    edit(stage, "cart.py", "return 1", "return 2")
    assert set(told(await stage.choose(record, ["cart.py"], ITEMS))) == {LABEL}


async def test_files_that_are_imported_and_never_executed_are_known_too(stage: Stage) -> None:
    """A module for another system: an edit of a function there concerns nobody, one of its names may."""
    stage.write("windows.py", "SIZE = 1\ndef handle():\n    return 1\n")
    stage.write("test_cart.py", f"import windows\n{(stage.root / 'test_cart.py').read_text()}")
    record = stage.record()
    await record.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE, LABEL, *OTHERS))
    edit(stage, "windows.py", "return 1", "return 2")
    assert told(await stage.choose(record, ["windows.py"], ITEMS)) == {}
    edit(stage, "windows.py", "SIZE = 1", "SIZE = 2")
    choice = await stage.choose(stage.record(), ["windows.py"], ITEMS)
    assert told(choice) == {PRICE: (3, "imports windows.py"), LABEL: (3, "imports windows.py")}
