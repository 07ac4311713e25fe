"""A real run of a project with every kind of failure, and the documents about it."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.model.nodes import Branch, Item
from tui.model.store import Store
from tui.ui.detail.document import Document, Look
from tui.ui.detail.tabs import Tab
from tui.ui.inspector import Inspector

FILES = {
    "pytest.ini": "[pytest]\naddopts = --doctest-modules --continue-on-collection-errors\nmarkers = odd: an odd one\n",
    "test_kinds.py": '''
        import logging, sys, unittest, warnings
        import pytest

        def lookup(prices, key):
            # a comment
            return prices[key]

        def test_call():
            prices = {"eur": 1}
            lookup(prices, "usd")

        def test_compared():
            """Two lists."""
            assert [1, 2, 3] == [1, 4, 3]

        @pytest.fixture
        def no_setup():
            raise OSError("no disk")

        def test_setup(no_setup): pass

        @pytest.fixture
        def no_teardown():
            yield
            raise OSError("disk full")

        def test_teardown(no_teardown): pass

        def test_both(no_teardown): assert 0

        def test_chained():
            try:
                lookup({}, "a")
            except KeyError as error:
                raise ValueError("no price") from error

        @pytest.mark.skipif(sys.version_info < (3, 11), reason="groups are of Python 3.11")
        def test_group():
            raise ExceptionGroup("two things", [ValueError("first"), TypeError("second")])

        @pytest.mark.xfail(strict=True, reason="mended long ago")
        def test_strict(): pass

        @pytest.mark.xfail(reason="known bug")
        def test_xfail(): assert 0

        @pytest.mark.xfail
        def test_xfail_silent(): assert 0

        @pytest.mark.xfail(reason="known bug")
        def test_xpass(): pass

        @pytest.mark.skip(reason="not today")
        def test_skip_mark(): pass

        def test_skip_call(): pytest.skip("no network")

        def test_fail(): pytest.fail("said so")

        def test_no_trace(): pytest.fail("only words", pytrace=False)

        @pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="subtests are of pytest 9")
        def test_sub(subtests):
            for number in range(4):
                with subtests.test(msg="number", n=number):
                    assert number % 2 == 0

        class TestCase(unittest.TestCase):
            def test_equal(self): self.assertEqual(1, 2)

            def test_subs(self):
                for number in range(2):
                    with self.subTest(number=number):
                        self.assertEqual(number, 0)

            @unittest.skip("not now")
            def test_skipped(self): pass

            @unittest.expectedFailure
            def test_expected(self): self.fail("as always")

        def test_says():
            """Says things.

            On every channel.
            """
            print("out one")
            print("out two")
            print("to err", file=sys.stderr)
            logging.getLogger("shop").warning("logged")

        @pytest.fixture
        def loud():
            print("before")
            yield
            print("after")

        @pytest.mark.odd
        def test_loud(loud, tmp_path): print("between")

        def test_prints_much(): print("x" * 100_000 + "\\nend")

        def test_warns():
            for _ in range(3):
                warnings.warn("look out", UserWarning)
            warnings.warn("and here", DeprecationWarning)

        @pytest.mark.parametrize("text", ["a\\nb"])
        def test_odd_id(text): assert 0

        def test_hidden_frame():
            __tracebackhide__ = True
            lookup({}, "gone")

        def test_xfail_call(): pytest.xfail()
    ''',
    "documented.py": '''
        def double(number):
            """Double it.

            >>> double(2)
            5
            """
            return number * 2
    ''',
    "test_broken.py": "print('imported')\nimport nothing_of_that_name\n",
    "test_skipped.py": "import pytest\npytest.skip('a whole file', allow_module_level=True)\n",
}


@dataclass(frozen=True)
class Looked:
    """The run, for looking at its results."""

    store: Store
    inspector: Inspector
    output: Path

    def node(self, name: str) -> Branch | Item:
        """A node by the end of its nodeid."""
        stack: list[Branch | Item] = [self.store.tree.root]
        while stack:
            node = stack.pop()
            if node.parent is not None and node.nodeid.endswith(name):
                return node
            if isinstance(node, Branch):
                stack.extend(node.children)
        raise AssertionError(name)

    def document(self, name: str, tab: Tab = Tab.FAILURE, rows: int = 24) -> Document:
        """What a tab says of a node."""
        return self.inspector.document(self.node(name), tab, rows=rows)


def texts(document: Document, *looks: Look) -> list[str]:
    """The lines of a document with their gutters; of these looks alone, if any are given."""
    return [line.gutter + line.text for line in document.lines if not looks or line.look in looks]


def headings(document: Document) -> list[str]:
    """The headings of a document."""
    return texts(document, Look.HEADING)


def run_all(folder: Path) -> tuple[Looked, Explorer]:
    """Write the project and run it; the explorer is to be closed in the end."""
    for name, text in FILES.items():
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PYENV_ROOT", "TMPDIR"}}
    environ = {**kept, "HOME": str(folder), "LANG": "C.UTF-8", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with mock.patch.dict(os.environ, environ, clear=True):
        explorer = Explorer(Project(folder, Interpreter(sys.executable, "the test")))
        store = Store()
        try:
            output = asyncio.run(_follow(explorer, store))
        except BaseException:
            explorer.close()
            raise
    return Looked(store, Inspector(explorer, store, lambda: output), output), explorer


async def _follow(explorer: Explorer, store: Store) -> Path:
    stream = explorer.run(Order(columns=80))
    store.begin(stream.run, collecting=False, whole=True)
    async with asyncio.timeout(60):
        async for batch in stream.batches():
            for event in batch:
                store.apply(event)
    return stream.output
