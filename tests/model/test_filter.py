"""What the filter shows: words, states, and -k and -m as pytest understands them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model.making import Player, collected
from tui.model.filter import SLOW_SECONDS, STATES, Filter, FilterError
from tui.model.nodes import Item
from tui.model.outcome import Status
from tui.model.tree import Tree

ITEMS = {
    "tests/api/test_cart.py::TestCart::test_total[eur]": ("slow", "db"),
    "tests/api/test_cart.py::TestCart::test_total[usd]": ("slow",),
    "tests/api/test_cart.py::test_empty": (),
    "tests/test_users.py::test_cart": ("db",),
    "tests/test_users.py::test_Name[a b]": (),
    "tests/test_users.py::test_Name[-k]": (),
}


@pytest.fixture
def tree() -> Tree:
    tree = Tree()
    for nodeid, markers in ITEMS.items():
        tree.add(collected(nodeid, markers=markers))
    return tree


def shown(tree: Tree, text: str) -> list[str]:
    wanted = Filter(text)
    items = list(tree.items())
    one_by_one = [item for item in items if wanted.matches(item)]
    assert wanted.select(items) == one_by_one
    return [item.nodeid.rpartition("::")[2] for item in one_by_one]


ALL = ["test_total[eur]", "test_total[usd]", "test_empty", "test_cart", "test_Name[a b]", "test_Name[-k]"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("  ", ALL),
        ("!", ALL),
        ("cart", ALL[:4]),
        ("CART", ALL[:4]),
        ("cart eur", ALL[:1]),
        ("cart !total", ["test_empty", "test_cart"]),
        ("::test_name", ALL[4:]),
        ("[usd]", ["test_total[usd]"]),
        ("nowhere", []),
        ("-m db", ["test_total[eur]", "test_cart"]),
        ("-m 'slow and not db'", ["test_total[usd]"]),
        ("-m slow and not db", ["test_total[usd]"]),
        ("-k cart", ALL[:4]),
        ("-k TOTAL", ALL[:2]),
        ("-ktotal", ALL[:2]),
        ("-k=total", ALL[:2]),
        ("-k 'total or empty' !usd", ["test_total[eur]", "test_empty"]),
        ('is:notrun -k "total or empty" -m slow', ALL[:2]),
        ("users -k name", ALL[4:]),
        ("-k total -m db", ["test_total[eur]"]),
        ("-m db -k total", ["test_total[eur]"]),
        ("-k", ALL),
        ("-m ''", ALL),
        ("-k '' cart", ALL[:4]),
    ],
)
def test_words_and_options(tree: Tree, text: str, expected: list[str]) -> None:
    assert shown(tree, text) == expected


@pytest.mark.parametrize("text", ["", "  ", "!", "-k", "-m ''"])
def test_empty_filters_are_none(text: str) -> None:
    assert not Filter(text)


def test_text_is_kept_without_blanks_around() -> None:
    assert Filter("  cart ").text == "cart"
    assert Filter("cart")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("is:odd", "is: knows passed, failed"),
        ("is:", "is: knows passed, failed"),
        ("-k 'total and'", "-k: a name is missing at the end"),
        ("-m (slow", "-m: a parenthesis is open"),
        ("-k '" + "(" * 5000, "-k: too many parentheses"),
    ],
)
def test_words_for_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        Filter(text)
    assert str(caught.value).startswith(words)


BY_STATUS = {
    Status.NOT_RUN: {"notrun"},
    Status.QUEUED: {"queued"},
    Status.RUNNING: {"running"},
    Status.PASSED: {"passed"},
    Status.SKIPPED: {"skipped"},
    Status.XFAILED: {"xfailed"},
    Status.XPASSED: {"xpassed"},
    Status.FAILED: {"failed", "bad"},
    Status.ERROR: {"error", "bad"},
    Status.CRASHED: {"crashed", "failed", "bad"},
}


@pytest.mark.parametrize("status", Status)
def test_states(status: Status) -> None:
    tree = Tree()
    item = tree.add(collected("a.py::test"))
    tree.set_status(item, status)
    assert {state for state in STATES if Filter(f"is:{state}").matches(item)} == BY_STATUS[status]
    assert {state for state in STATES if not Filter(f"!is:{state}").matches(item)} == BY_STATUS[status]
    possible = {state for state in STATES if Filter(f"is:{state}").may_match(tree.root)}
    assert possible >= BY_STATUS[status]
    assert possible - BY_STATUS[status] <= {"slow", "marked", "frozen"}  # no counter tells of these


def test_stale_and_slow() -> None:
    tree = Tree()
    fast, slow = (tree.add(collected(f"a.py::{name}")) for name in ("fast", "slow"))
    tree.set_seconds(fast, SLOW_SECONDS - 0.01)
    tree.set_seconds(slow, SLOW_SECONDS)
    assert shown(tree, "is:slow") == ["slow"]
    assert [item.label for item in tree.items() if Filter("is:slow", slow=0.5).matches(item)] == ["fast", "slow"]
    assert shown(tree, "is:stale") == []
    tree.set_status(fast, Status.PASSED, stale=True)
    assert shown(tree, "is:stale") == ["fast"]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("tests/api/test_cart.py", ALL[:3]),
        ("tests", ALL),
        ("tests/test_users.py", ALL[3:]),
    ],
)
def test_marked_branches_mean_what_is_below(tree: Tree, marked: str, expected: list[str]) -> None:
    branch = tree.module(marked)
    assert branch is not None
    tree.set_marked(branch, marked=True)
    assert shown(tree, "is:marked") == expected


def test_marked_item(tree: Tree) -> None:
    item = tree.item("tests/test_users.py::test_cart")
    assert item is not None
    tree.set_marked(item, marked=True)
    assert shown(tree, "is:marked") == ["test_cart"]
    assert len(shown(tree, "!is:marked")) == len(ALL) - 1


@pytest.mark.parametrize(
    ("text", "follows"), [("cart", False), ("-k cart -m db", False), ("is:failed", True), ("cart !is:slow", True)]
)
def test_only_states_follow_results(text: str, follows: bool) -> None:
    assert Filter(text).follows_results is follows


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("is:error", True),
        ("is:bad", True),
        ("is:failed", False),
        ("is:skipped", False),
        ("b.py", True),
        ("!b.py", False),
        ("-k sub", True),
        ("-k nowhere", False),
        ("-m db", False),
        ("-m 'not db'", True),
    ],
)
def test_broken_file(text: str, shows: bool) -> None:
    player = Player()
    player.collect(broken=["sub/b.py"])
    assert Filter(text).matches_broken(player.store.tree.broken["sub/b.py"]) is shows


KEYWORDS = [
    *("cart", "total", "eur", "api", "TestCart", "testcart and not usd", "slow", "db or empty", "test_users.py"),
    *("users and name", "not tests", "test_total[eur]", "a", "b", "py", "total[", "Name[-k]", "usd or -k"),
    *("project", "conftest", "True"),
]
SUITE = {
    "tests/api/test_cart.py": """
import pytest

@pytest.mark.slow
class TestCart:
    @pytest.mark.parametrize("currency", [pytest.param("eur", marks=pytest.mark.db), "usd"])
    def test_total(self, currency): pass

def test_empty(): pass
""",
    "tests/test_users.py": """
import pytest

@pytest.mark.db
def test_cart(): pass

@pytest.mark.parametrize("name", ["a b", "-k"])
def test_Name(name): pass
""",
    "conftest.py": """
import json, sys
from _pytest.mark import KeywordMatcher
from _pytest.mark.expression import Expression

def pytest_configure(config):
    config.addinivalue_line("markers", "slow")
    config.addinivalue_line("markers", "db")

def pytest_collection_modifyitems(items):
    answers = {"": [[item.nodeid, [mark.name for mark in item.iter_markers()]] for item in items]}
    for text in json.load(open("expressions.json")):
        expression = Expression.compile(text)
        answers[text] = [item.nodeid for item in items if expression.evaluate(KeywordMatcher.from_item(item))]
    json.dump(answers, open("answers.json", "w"))
""",
}


def test_keywords_select_what_pytest_selects(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name, text in SUITE.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (project / "expressions.json").write_text(json.dumps(KEYWORDS), encoding="utf-8")
    (project / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    subprocess.run(command, cwd=project, env=clean, check=True, capture_output=True)
    answers = json.loads((project / "answers.json").read_text(encoding="utf-8"))
    tree = Tree()
    for nodeid, markers in answers.pop(""):
        tree.add(collected(nodeid, markers=tuple(markers)))
    items: list[Item] = list(tree.items())
    ours = {text: [item.nodeid for item in items if Filter(f"-k '{text}'").matches(item)] for text in KEYWORDS}
    assert ours == answers
