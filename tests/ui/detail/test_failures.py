"""The first tab of items: what a real run says of each kind of failure, of skips, and of expected failures."""

from __future__ import annotations

import pytest

from tests.ui.detail.looking import Looked, headings, texts
from tests.ui.widgets.scene import add, finish
from tui.model.nodes import Branch, Item, Node
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.detail import failure
from tui.ui.detail.document import Look


def test_code_message_and_values_come_first(looked: Looked) -> None:
    document = looked.document("::test_call")
    assert document.title == "test_call  call failed in test_kinds.py:7, lookup"
    assert texts(document)[:7] == [
        "     5 def lookup(prices, key):",
        "     6     # a comment",
        ">    7     return prices[key]",
        "E   KeyError: 'usd'",
        "    prices = {'eur': 1}",
        "    key = 'usd'",
        "",
    ]
    assert [line.look for line in document.lines[:6]] == [
        *[Look.CODE] * 2,
        Look.FAILING,
        Look.ERROR,
        *[Look.DIM] * 2,
    ]


def test_whole_traceback_comes_after(looked: Looked) -> None:
    document = looked.document("::test_call")
    assert headings(document) == ["Traceback"]
    assert texts(document, Look.PLACE) == ["test_kinds.py:11: ", "test_kinds.py:7: KeyError"]
    assert texts(document, Look.FAILING)[1:] == ['>       lookup(prices, "usd")', ">       return prices[key]"]


def test_in_few_rows_there_is_less_code(looked: Looked) -> None:
    document = looked.document("::test_call", rows=6)
    assert texts(document)[:3] == ["     6     # a comment", ">    7     return prices[key]", "E   KeyError: 'usd'"]


@pytest.mark.parametrize(
    ("name", "title", "message"),
    [
        ("test_setup", "setup failed in test_kinds.py:19, no_setup", "OSError: no disk"),
        ("test_teardown", "teardown failed in test_kinds.py:26, no_teardown", "OSError: disk full"),
        ("test_fail", "call failed in test_kinds.py:59, test_fail", "Failed: said so"),
        ("test_chained", "call failed in test_kinds.py:36, test_chained", "ValueError: no price"),
        ("test_equal", "call failed in test_kinds.py:70, test_equal", "AssertionError: 1 != 2"),
        ("test_hidden_frame", "call failed in test_kinds.py:7, lookup", "KeyError: 'gone'"),
    ],
)
def test_phase_place_and_message(looked: Looked, name: str, title: str, message: str) -> None:
    document = looked.document(f"::{name}")
    assert document.title == f"{name}  {title}"
    assert texts(document, Look.ERROR)[0] == f"E   {message}"


def test_call_and_teardown_that_both_fail(looked: Looked) -> None:
    document = looked.document("::test_both")
    assert document.title == "test_both  call failed in test_kinds.py:30, test_both"
    assert headings(document) == ["Traceback", "teardown failed in test_kinds.py:26, no_teardown", "Traceback"]
    assert [text for text in texts(document, Look.ERROR) if text.startswith("E   ")] == [
        "E   assert 0",
        "E   assert 0",
        "E   OSError: disk full",
        "E       OSError: disk full",
    ]


def test_message_of_several_lines(looked: Looked) -> None:
    errors = texts(looked.document("::test_compared"), Look.ERROR)
    assert errors[0] == "E   assert [1, 2, 3] == [1, 4, 3]"
    assert errors[2].startswith("E     At index 1 diff: ")


def test_cause_is_in_the_traceback(looked: Looked) -> None:
    document = looked.document("::test_chained")
    text = document.plain_text()
    cause = text.index("KeyError: 'a'")
    assert cause < text.index("The above exception was the direct cause of the following exception:")
    assert text.rindex("ValueError: no price") > cause


def test_group_shows_what_is_in_it(looked: Looked) -> None:
    document = looked.document("::test_group")
    assert "E   ExceptionGroup: two things (2 sub-exceptions)" in texts(document, Look.ERROR)
    assert "    | ValueError: first" in texts(document)
    assert "    | TypeError: second" in texts(document)


def test_doctest(looked: Looked) -> None:
    document = looked.document("::documented.double")
    assert document.title == "documented.double  call failed at documented.py:5"
    lines = texts(document)
    assert lines[lines.index("Expected:") : lines.index("Expected:") + 4] == ["Expected:", "    5", "Got:", "    4"]
    assert any(line.startswith("005 ") and line.endswith(">>> double(2)") for line in lines)


@pytest.mark.parametrize(
    ("name", "message"),
    [("test_strict", "[XPASS(strict)] mended long ago"), ("test_no_trace", "only words")],
)
def test_words_without_a_traceback_are_no_code(looked: Looked, name: str, message: str) -> None:
    document = looked.document(f"::{name}")
    assert texts(document, Look.ERROR)[-1] == message
    assert document.title.startswith(f"{name}  call failed")


def test_every_subtest_that_failed_has_its_part(looked: Looked) -> None:
    document = looked.document("::test_sub")
    place = "call failed in test_kinds.py:67, test_sub"
    assert headings(document) == [
        f"[number] (n=1) {place}",
        "Traceback",
        f"[number] (n=3) {place}",
        "Traceback",
        "call failed",
    ]
    assert [text for text in texts(document, Look.DIM) if "number" in text] == ["    number = 1", "    number = 3"]


def test_subtests_of_unittest(looked: Looked) -> None:
    document = looked.document("::test_subs")
    assert headings(document)[0] == "(number=1) call failed in test_kinds.py:75, test_subs"
    assert "E   AssertionError: 1 != 0" in texts(document, Look.ERROR)


@pytest.mark.parametrize(
    ("name", "title", "lines"),
    [
        ("test_skip_mark", "skipped", ["skipped: not today", "test_kinds.py:54"]),
        ("test_skip_call", "skipped", ["skipped: no network", "test_kinds.py:57"]),
        ("test_skipped", "skipped", ["skipped: not now", "test_kinds.py:77"]),
        ("test_xfail", "xfailed", ["xfailed: known bug", "test_kinds.py:46"]),
        ("test_xfail_silent", "xfailed", ["xfailed: assert 0", "test_kinds.py:49"]),
        ("test_xpass", "xpassed", ["xpassed: known bug"]),
        ("test_says", "passed", ["passed"]),
    ],
)
def test_reasons(looked: Looked, name: str, title: str, lines: list[str]) -> None:
    document = looked.document(f"::{name}")
    assert document.title.startswith(f"{name}  {title} in ")
    assert texts(document)[: len(lines)] == lines


def test_expected_failure_has_its_traceback(looked: Looked) -> None:
    document = looked.document("::test_xfail")
    assert headings(document) == ["Traceback of the expected failure"]
    assert texts(document, Look.PLACE)[-1] == "test_kinds.py:46: AssertionError"


@pytest.mark.parametrize("name", ["::test_skip_mark", "::test_xpass", "::test_says"])
def test_what_went_well_has_no_traceback(looked: Looked, name: str) -> None:
    assert headings(looked.document(name)) == []


def test_expected_failure_without_a_reason_has_none(looked: Looked) -> None:
    """What pytest says of it is that it was expected, in its own file."""
    item = looked.node("::TestCase::test_expected")
    document = looked.document("::TestCase::test_expected")
    assert document.title.startswith("test_expected  xfailed in ")
    assert texts(document) == ["xfailed"]
    assert item.note is None or not item.note.message


def test_test_called_off_without_a_reason_has_its_place(looked: Looked) -> None:
    document = looked.document("::test_xfail_call")
    assert texts(document)[:2] == ["xfailed", "test_kinds.py:116"]


def test_file_that_could_not_be_collected(looked: Looked) -> None:
    document = looked.document("test_broken.py")
    assert document.title == "test_broken.py  could not be collected"
    assert "ModuleNotFoundError: No module named 'nothing_of_that_name'" in texts(document, Look.ERROR)[0]
    assert "test_broken.py:2: in <module>" in texts(document, Look.PLACE)
    assert headings(document) == ["Captured stdout"]
    assert "imported" in texts(document, Look.ANSI)


def test_file_that_was_skipped(looked: Looked) -> None:
    document = looked.document("test_skipped.py")
    assert document.title == "test_skipped.py  was skipped"
    assert texts(document, Look.WARN) == ["a whole file"]


def test_branch_lists_its_failures_worst_first_and_what_was_slow(looked: Looked) -> None:
    document = looked.document("test_kinds.py")
    assert document.title.startswith("test_kinds.py  3 errors, 12 failed, 1 xpassed, 4 xfailed, 3 skipped, ")
    bad = texts(document, Look.BAD)
    assert bad[:5] == ["test_setup", "test_teardown", "test_both", "test_call", "test_compared"]
    assert "TestCase::test_equal" in bad
    assert len(bad) == 15
    assert texts(document, Look.DIM)[3] == "    KeyError: 'usd'"
    assert headings(document)[-1].startswith("Slowest, of ")
    assert 0 < len(texts(document, Look.PLAIN)) <= 11


def test_class_lists_its_own(looked: Looked) -> None:
    assert texts(looked.document("::TestCase"), Look.BAD) == ["test_equal", "test_subs"]


def test_broken_files_and_bad_items_stand_below_each_other(looked: Looked) -> None:
    branch = looked.node("test_broken.py").parent
    assert branch is not None
    document = failure.of_branch(branch, None, [], listing=False)
    assert texts(document, Look.BAD)[0] == "test_broken.py"
    assert "test_kinds.py::test_call" in texts(document, Look.BAD)
    assert headings(document) == []
    assert headings(failure.of_branch(branch, None, [(next(looked.store.tree.items()), 3.5)], listing=False)) == [
        "Running",
        "Failures",
    ]


def test_branch_lists_what_a_filter_shows_and_how_many_it_hides(looked: Looked) -> None:
    branch = looked.node("test_broken.py").parent
    assert isinstance(branch, Branch)

    def listed(words: tuple[str, ...]) -> tuple[list[str], list[str]]:
        def shows(node: Node) -> bool:
            return isinstance(node, Item | Branch) and node.nodeid.endswith(words)

        document = failure.of_branch(branch, None, [], listing=False, shows=shows)
        return texts(document, Look.BAD), texts(document, Look.WARN)

    assert listed(("test_call",)) == (["test_kinds.py::test_call"], ["16 more failures hidden by the filter"])
    assert listed(("test_broken.py",)) == (["test_broken.py"], ["16 more failures hidden by the filter"])
    assert listed(("nothing",)) == ([], ["17 failures hidden by the filter"])
    assert listed(("",))[1] == []


def test_branch_without_failures_says_so_or_that_nothing_has_run() -> None:
    tree = Tree()
    (item,) = add(tree, "test_a.py::test_one")
    words = [texts(failure.of_branch(item.parent, None, [], listing=True))]
    finish(tree, "test_a.py::test_one", Status.PASSED, seconds=0)
    words.append(texts(failure.of_branch(item.parent, None, [], listing=True)))
    assert words == [["nothing here has run yet: r runs it"], ["nothing failed here"]]
