"""Tests that are called after what was edited."""

from __future__ import annotations

from dataclasses import replace
from math import log
from zlib import crc32

import pytest

from tests.model.impact.making import Project, describe, told
from tui.model.events import ItemKey
from tui.model.impact.words import called_after, names_between, parts_of, words_of


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
        (b"def f(self): return None\n", b"def f(self): return True\n", {"f"}),
        (b"old = 1\nx = 2\n", b"x = 2\n", {"x", "2"}),
        (b"", b"while not self: pass\n", set()),
        (b"", b"\n".join(b"name_%d = 1" % n for n in range(99)), set()),
    ],
)
def test_words_are_those_of_the_lines_that_are_new(before: bytes, now: bytes, words: set[str]) -> None:
    assert words_of(now, hashes(before)) - {"name"} == words


def test_names_count_as_a_whole_and_in_parts() -> None:
    assert parts_of(["_get_metavar", "IntRange"]) == {"get_metavar", "get", "metavar", "intrange", "int", "range"} - {
        "int"
    }


def items(*names: str, home: str = "/p/tests/test_a.py") -> dict[ItemKey, str]:
    return {(f"tests/test_a.py::{name}", 0): home for name in names}


MANY = [f"test_{n:02}" for n in range(30)]


def test_a_word_in_few_names_says_more_than_one_in_many() -> None:
    keys = items(*MANY, "test_batch", "TestBatch::test_rare")
    found = called_after({"batch", "rare", "test"}, [], keys)
    *_, batch, rare = keys
    assert found == {batch: pytest.approx(log(16)), rare: pytest.approx(log(16) + log(32))}


def test_hundreds_of_words_say_nothing() -> None:
    keys = items(*MANY, "test_batch")
    assert called_after({"batch"}, [], keys)
    assert not called_after({"batch", *(f"word{number}" for number in range(500))}, [], keys)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("n", "test_flag[n-False]"),
        ("on", "test_flag[x- on ]"),
        ("36", r"test_style[\x1b[36m]"),
        ("envvars", "test_envvar_prefix"),
        ("__le__", "test_meta[__le__]"),
    ],
)
def test_words_that_are_short_or_not_quite_the_same(word: str, name: str) -> None:
    keys = items(*MANY, name, "test_none", "test_one", "test_x[1360]")
    assert list(called_after({word}, [], keys)) == [(f"tests/test_a.py::{name}", 0)]


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("/p/src/_styles.py", "/p/tests/test_styles.py"),
        ("/p/src/styles.py", "/p/tests/styles_test.py"),
        ("/p/src/styles.py", "/p/tests/test_styles/test_colour.py"),
        ("/p/src/styles/__init__.py", "/p/tests/test_styles.py"),
    ],
)
def test_a_file_of_tests_may_be_called_after_the_edited_one(path: str, home: str) -> None:
    keys = items(*MANY) | items("test_it", home=home)
    assert list(called_after((), [path], keys)) == [("tests/test_a.py::test_it", 0)]
    assert not called_after((), ["/p/src/other.py"], keys)


def test_names_that_are_gone_or_came_count() -> None:
    old = describe("RATE = 2\n\ndef price(n):\n    return gross(n) * RATE\n\ndef same(n):\n    return other(n)\n")
    new = describe("RATE = 2\n\ndef price(n):\n    return net(n) * RATE\n\ndef same(n):\n    return other(n)\n")
    assert names_between(old, new) == {"price", "gross", "net"}
    assert names_between(old, old) == set()
    assert names_between(old, describe("\n".join(f"def f{n}(x): return g{n}(x)" for n in range(30)))) == set()


def test_who_is_called_after_the_edit_comes_first(shop: Project) -> None:
    for n in range(30):
        shop.test(f"tests/test_other.py::test_one[{n}]", {"cart.py": ["price"]})
    edit = shop.edit("cart.py", "n * RATE", "RATE * n")
    price, total = "tests/test_cart.py::test_price", "tests/test_cart.py::test_total"
    seconds = {(price, 0): 0.3, (total, 0): 0.1}
    assert list(told(shop.choose(edit, seconds=seconds)))[:2] != [price, total]
    named = list(told(shop.choose(replace(edit, words=frozenset({"price"})), seconds=seconds)))
    assert named.index(price) < named.index(total)
