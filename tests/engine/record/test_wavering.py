"""Tests, fixtures and imports that do not do the same every time: every way counts that they have gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.record.conftest import FILES, ITEMS, LABEL, OTHERS, Stage, context, finished, full
from tui.engine.record import Record
from tui.model.arcs import unpacked
from tui.model.impact.index import TEST, Name

OTHER_WAY = context(LABEL, {1: [5, 5], 0: [3, 3]})
"""Through ``price`` instead of ``label``."""


@pytest.fixture
async def wavering(stage: Stage, taken: Record) -> Record:
    """A test has gone two ways."""
    await taken.take(stage.run(OTHER_WAY, files=FILES), stage.describe, finished(LABEL))
    return taken


def edit(stage: Stage, name: str, old: str, new: str) -> None:
    path = stage.root / name
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))


async def chosen(stage: Stage, record: Record, name: str = "cart.py") -> set[str]:
    return {item.key[0] for item in (await stage.choose(record, [name], ITEMS)).items}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("import cart\n", "import cart\nX = 1\n", [6, 6]),
        ("    cart.label()", "    cart.label(1)", [5, 5]),
        ("def test_price():\n    cart.price()\n", "", [3, 3]),
    ],
    ids=["above it", "itself", "another test"],
)
async def test_an_edit_of_its_own_file_takes_no_way_from_it(
    stage: Stage, wavering: Record, old: str, new: str, lines: list[int]
) -> None:
    edit(stage, "test_cart.py", old, new)
    run = stage.run(context(LABEL, {1: lines, 0: [3, 3]}), files=FILES)
    await wavering.take(run, stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return 1", "return 2")
    for record in (wavering, stage.record()):
        assert LABEL in await chosen(stage, record)


async def test_a_way_that_was_edited_and_not_gone_again_is_one_still(stage: Stage, wavering: Record) -> None:
    edit(stage, "cart.py", "return 1", "return 2")
    assert await chosen(stage, wavering) == {LABEL}
    await wavering.take(stage.run(OTHER_WAY, files=FILES), stage.describe, finished(LABEL))
    edit(stage, "cart.py", "return 2", "return 3")
    for record in (wavering, stage.record()):
        assert LABEL in await chosen(stage, record)


async def test_a_way_through_what_is_gone_is_none(stage: Stage, wavering: Record) -> None:
    edit(stage, "cart.py", "def label():\n    return 1\n", "")
    await wavering.take(stage.run(OTHER_WAY, files=FILES), stage.describe, finished(LABEL))
    index = wavering.index
    assert index is not None
    executed = index.contexts[Name(TEST, LABEL)].lines
    assert {lines.version.file.path: lines.bits for lines in executed} == {
        stage.path("cart.py"): 1 << 3,
        stage.path("test_cart.py"): 1 << 5,
    }


async def test_a_way_through_a_file_that_nobody_described(stage: Stage, wavering: Record) -> None:
    stage.mute = True
    edit(stage, "cart.py", "return 1", "return 2")
    await chosen(stage, wavering)
    run = stage.run(context(LABEL, {0: [5, 5]}), files=FILES[1:])
    await wavering.take(run, stage.describe, finished(LABEL))
    stage.mute = False
    edit(stage, "cart.py", "return 2", "return 3")
    assert LABEL in await chosen(stage, wavering)


def with_arcs(lines: dict[str, Any]) -> dict[str, Any]:
    """The same with arcs that lead from each line into itself."""
    arcs = {number: [line for line in flat for _ in range(2)] for number, flat in lines.pop("lines").items()}
    return {**lines, "arcs": arcs}


async def test_ways_are_kept_with_their_arcs(stage: Stage) -> None:
    record = stage.record()
    await record.take(stage.run(*map(with_arcs, full(stage)), files=FILES), stage.describe, finished(LABEL, *OTHERS))
    other = stage.run(with_arcs(dict(OTHER_WAY)), files=FILES)
    await record.take(other, stage.describe, finished(LABEL))
    edit(stage, "cart.py", "RATE = 1", "# moves all below\nRATE = 1")
    edit(stage, "test_cart.py", "import cart\n", "import cart\nX = 1\n")
    await record.take(
        stage.run(with_arcs(context(LABEL, {1: [6, 6], 0: [4, 4]})), files=FILES), stage.describe, finished(LABEL)
    )
    index = record.index
    assert index is not None
    now = index.contexts[Name(TEST, LABEL)]
    assert {(lines.version.file.path, *unpacked(arcs)) for lines, arcs in zip(now.lines, now.arcs, strict=True)} == {
        (stage.path("cart.py"), (4, 4), (6, 6)),
        (stage.path("test_cart.py"), (6, 6)),
    }
    edit(stage, "cart.py", "return 1", "return 2")
    assert LABEL in await chosen(stage, record)


async def test_a_fixture_keeps_its_ways_too(stage: Stage, taken: Record) -> None:
    key = "::basket@#"
    for line in (3, 5):
        parts = [
            {"context": "f", "key": key, "name": "basket", "setup": 0.2, "lines": {"0": [line, line]}},
            context(OTHERS[0], {2: [2, 2]}, fixtures=[key]),
        ]
        await taken.take(stage.run(*parts, files=FILES), stage.describe, finished(OTHERS[0]))
    edit(stage, "cart.py", "return RATE", "return -RATE")
    assert OTHERS[0] in await chosen(stage, taken)


async def test_an_import_keeps_its_ways_too(stage: Stage, taken: Record) -> None:
    for line in (3, 5):
        part = {"context": "i", "path": stage.path("test_other.py"), "lines": {"2": [1, 1], "0": [line, line]}}
        await taken.take(stage.run(part, files=FILES), stage.describe, finished())
    edit(stage, "cart.py", "return RATE", "return -RATE")
    assert set(OTHERS) <= await chosen(stage, taken)
