from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.arcs import packed, unpacked
from tui.model.coverage import FileCoverage, Report, percent_text, total_of
from tui.model.executed import Unions, executed
from tui.model.impact.index import IMPORT, TEST, Context, File, Name
from tui.model.impact.source import Block, Kind, Source, line_set

arcs = st.sets(st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)), max_size=30)


@given(arcs)
def test_packed_arcs_are_the_same(some: set[tuple[int, int]]) -> None:
    assert set(unpacked(packed(some))) == some
    assert packed(sorted(some, reverse=True)) == packed(some)


@pytest.mark.parametrize("data", [b"", b"nothing", zlib.compress(b"\x81"), zlib.compress(b"\x02")])
def test_what_is_no_set_of_arcs(data: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        list(unpacked(data))


@pytest.mark.parametrize(
    ("percent", "precision", "text"),
    [
        (0, 0, "0"),
        (0.001, 0, "1"),
        (99.99, 0, "99"),
        (100, 0, "100"),
        (99.996, 2, "99.99"),
        (62.5, 0, "62"),
        (7, 1, "7.0"),
    ],
)
def test_percentages_as_coverage_shows_them(percent: float, precision: int, text: str) -> None:
    assert percent_text(percent, precision) == text


def test_percent_counts_branches() -> None:
    one = FileCoverage("a", 10, 2, 1, 4, 1, (3, 4), 1)
    assert one.percent == pytest.approx(100 * 11 / 14)
    assert FileCoverage("b", 0, 0).percent is None
    both = total_of((one, FileCoverage("b", 6, 6)), "all")
    assert (both.path, both.statements, both.missing, both.excluded, both.branches, both.partial) == (
        "all",
        16,
        8,
        1,
        4,
        1,
    )


OLD = Source(
    "old",
    [10, 11, 12, 0, 20, 21],
    (
        Block("", Kind.MODULE, "m", line_set([1, 1, 5, 5])),
        Block("f", Kind.FUNCTION, "f", line_set([2, 3])),
        Block("g", Kind.FUNCTION, "g", line_set([6, 6])),
    ),
    (),
)
SEEN = line_set([1, 2, 5, 6])


def context(file: File, lines: int, name: str = "a", content: str = "old", packed_arcs: bytes | None = None) -> Context:
    made = Context(Name(TEST, name), (file.executed(content, lines),), arcs=(packed_arcs,) if packed_arcs else ())
    made.lines[0].contexts.add(made)
    return made


@pytest.fixture
def file() -> File:
    made = File("/a.py")
    made.version("old", OLD)
    return made


def everything(_context: Context) -> bool:
    return True


def test_of_the_present_content_all_is_known(file: File) -> None:
    context(file, SEEN)
    context(file, line_set([3, 3]), "b")
    done = executed(file, "old", OLD, everything)
    assert (done.lines, done.stale, done.arcs) == (line_set([1, 3, 5, 6]), 0, None)


def test_what_does_not_count(file: File) -> None:
    context(file, SEEN)
    context(file, line_set([3, 3]), "b")
    assert executed(file, "old", OLD, lambda each: each.name.text == "b").lines == line_set([3, 3])


def test_moved_lines_stay_and_changed_blocks_are_stale(file: File) -> None:
    context(file, SEEN)
    new = Source(
        "new",
        [1, 10, 2, 11, 99, 20, 21],
        (
            Block("", Kind.MODULE, "m", line_set([2, 2, 6, 6])),
            Block("f", Kind.FUNCTION, "changed", line_set([4, 5])),
            Block("g", Kind.FUNCTION, "g", line_set([7, 7])),
        ),
        (),
    )
    done = executed(file, "new", new, everything)
    assert done.lines == line_set([2, 2, 6, 7])
    assert done.stale == line_set([4, 5])
    # When what executed it has run again, nothing is unknown any more.
    file.lines.clear()
    context(file, line_set([2, 2, 4, 4]), content="new")
    done = executed(file, "new", new, everything)
    assert (done.lines, done.stale) == (line_set([2, 2, 4, 4]), 0)


def test_lines_that_are_written_otherwise_are_not_taken_for_each_other(file: File) -> None:
    """The same code object, on other lines: a statement of one line became one of two."""
    context(file, line_set([2, 3]))
    new = Source(
        "new",
        [10, 11, 77, 78, 0, 20, 21],
        (
            Block("", Kind.MODULE, "m", line_set([1, 1, 6, 6])),
            Block("f", Kind.FUNCTION, "f", line_set([2, 4])),
            Block("g", Kind.FUNCTION, "g", line_set([7, 7])),
        ),
        (),
    )
    done = executed(file, "new", new, everything)
    assert done.lines == line_set([2, 2])
    assert done.stale == line_set([3, 4])


def test_without_a_description_all_is_stale(file: File) -> None:
    context(file, SEEN)
    done = executed(file, "new", None, everything)
    assert done.stale < 0
    assert "changed" in done.words


def test_arcs_move_with_their_lines(file: File) -> None:
    context(file, line_set([2, 3]), packed_arcs=packed({(-5, 2), (2, 3), (3, -5)}))
    new = Source("new", [0, *OLD.line_hashes], tuple(_later(block) for block in OLD.blocks), ())
    done = executed(file, "new", new, everything)
    assert done.arcs == {(-6, 3), (3, 4), (4, -6)}
    assert done.lines == line_set([3, 4])


def _later(block: Block) -> Block:
    return Block(block.qual, block.kind, block.hash, block.lines << 1)


def test_one_record_without_arcs_makes_them_unknown(file: File) -> None:
    context(file, line_set([2, 3]), packed_arcs=packed({(2, 3)}))
    assert executed(file, "old", OLD, everything).arcs == {(2, 3)}
    context(file, SEEN, IMPORT)
    assert executed(file, "old", OLD, everything).arcs is None


@pytest.mark.parametrize("precision", [0, 1, 2])
@pytest.mark.parametrize("wanted", [0.0, 50.0, 79.5, 80.0, 99.95, 100.0])
def test_the_threshold_is_judged_as_coverage_judges_it(wanted: float, precision: int) -> None:
    results = pytest.importorskip("coverage.results")
    decimals = results._fail_under_precision(wanted, precision)
    report = Report(fail_under=wanted, precision=precision, threshold_decimals=decimals)
    for missing in range(2001):
        percent = FileCoverage("", 2000, missing).percent
        assert report.is_below(percent) == results.should_fail_under(percent, wanted, precision)


def test_without_a_threshold_nothing_is_below_it() -> None:
    assert not Report().is_below(0.0)
    assert not Report(fail_under=80.0).is_below(None)
    assert not Report(fail_under=79.5).is_below(79.6), "an older coverage.py rounds to whole percents"
    assert Report(fail_under=79.5, threshold_decimals=1).is_below(79.4)


def test_arcs_of_contents_that_are_gone_are_not_kept(file: File) -> None:
    unions = Unions()
    for number in range(50):
        version = file.version(f"content {number}", OLD)
        assert unions.of(version, {packed([(number, 1)])}) == {(number, 1)}
        assert unions.of(version, {packed([(number, 1)]), packed([(number, 2)])}) == {(number, 1), (number, 2)}
    assert len(unions) == 2
