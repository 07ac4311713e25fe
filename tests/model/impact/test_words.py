"""Tests that are called after what was edited."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import pytest

from tests.model.impact.making import Project, told
from tui.model.impact.words import called_after, parts_of, words_of


def hashes(text: bytes) -> list[int]:
    return [crc32(line.strip()) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (
            b"a = 1\nFILTERS = {'batch': do_batch}\n",
            b"a = 1\nFILTERS = {'group': do_batch}\n",
            {"filters", "group", "do_batch", "batch"},
        ),
        (b"x = 1\n", b"x = 1\n# HTTPServerError\n", {"httpservererror", "http", "server", "error"}),
        (b"def f(self): return None\n", b"def f(self): return True\n", set()),
        (b"old = 1\nx = 2\n", b"x = 2\n", set()),
        (b"", b"\n".join(b"name_%d = 1" % n for n in range(99)), set()),
    ],
)
def test_words_are_those_of_the_lines_that_are_new(before: bytes, now: bytes, words: set[str]) -> None:
    assert words_of(now, hashes(before)) - {"name"} == words


def test_names_count_as_a_whole_and_in_parts() -> None:
    assert parts_of(["_get_metavar", "IntRange"]) == {"get_metavar", "get", "metavar", "intrange", "int", "range"} - {
        "int"
    }


def test_a_word_in_few_names_says_more_than_one_in_many() -> None:
    keys = [(f"test_a.py::test_{n}", 0) for n in range(30)]
    keys += [("test_a.py::test_batch", 0), ("test_a.py::TestBatch::test_rare", 0)]
    found = called_after({"batch", "rare", "test"}, keys)
    assert found == {keys[-2]: 2, keys[-1]: 1}


def test_who_is_called_after_the_edit_comes_first(shop: Project) -> None:
    for n in range(30):
        shop.test(f"tests/test_other.py::test_one[{n}]", {"cart.py": ["price"]})
    edit = shop.edit("cart.py", "n * RATE", "RATE * n")
    price, total = "tests/test_cart.py::test_price", "tests/test_cart.py::test_total"
    seconds = {(price, 0): 9.0, (total, 0): 0.1}
    assert list(told(shop.choose(edit, seconds=seconds)))[:2] != [price, total]
    named = list(told(shop.choose(replace(edit, words=frozenset({"price"})), seconds=seconds)))
    assert named.index(price) < named.index(total)
