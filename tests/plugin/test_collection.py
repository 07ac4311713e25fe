"""What collection tells: items while they are found, collectors, and the order in the end."""

from __future__ import annotations

from tests.plugin.conftest import Plainly, Start

RENAME = """
    def rename(item, nodeid):
        if hasattr(item, "_id"):  # pytest 9.2
            from _pytest.nodeid import coerce_node_id
            item._id = coerce_node_id(nodeid)
        else:
            item._nodeid = nodeid
"""

ODD_IDS = r"""
    import pytest, time

    @pytest.mark.parametrize("x", [1, 2], ids=["with spaces", "a::b/c"])
    def test_separators(x): pass

    @pytest.mark.parametrize("x", ["line\nbreak\ttab", "\u00e4\u4e2d\U0001f600", "\udc80", ""])
    def test_characters(x): pass

    for name in ["y" * 10_000] + ["\u4e2d" * 9_000 + str(n) for n in range(60)]:
        exec(f"def test_{name}(): pass")

    @pytest.mark.parametrize("x", [time.time_ns()])
    def test_clock(x): pass

    @pytest.mark.parametrize("group", ["A", "B"])
    class TestGroup:
        class TestInner:
            @pytest.mark.slow
            def test_method(self, group, tmp_path): pass
"""


def test_items_with_odd_ids(drive: Start, python: str) -> None:
    ini = """
        [pytest]
        disable_test_id_escaping_and_forfeit_all_rights_to_community_support = True
        markers = slow
    """
    driver = drive({"test_odd.py": ODD_IDS, "pytest.ini": ini}, python=python)
    run = driver.run("-p", "no:cacheprovider")  # that cannot write the surrogate
    assert run.status == 0, run.output
    assert run.order == run.found == run.ran
    assert len(run.order) == 2 + 4 + 61 + 1 + 2
    assert "test_odd.py::test_separators[a::b/c]" in run.order
    assert "test_odd.py::test_characters[line\nbreak\ttab]" in run.order
    assert "test_odd.py::test_characters[\udc80]" in run.order
    assert max(map(len, run.order)) > 10_000


def test_items_are_those_of_collect_only(drive: Start, edge: str, plainly: Plainly) -> None:
    driver = drive({"test_odd.py": ODD_IDS, "pytest.ini": "[pytest]\nmarkers = slow\n"}, python=edge)
    run = driver.run("--collect-only", "-qq")
    plain = plainly(edge, driver.cwd, "--collect-only", "-q").stdout.split("\n\n")[0].splitlines()
    clock = "test_odd.py::test_clock"
    assert [each for each in run.order if clock not in each] == [each for each in plain if clock not in each]
    assert run.ran == []
    assert run.status == 0


def test_fields_of_an_item(drive: Start, edge: str) -> None:
    run = drive({"test_odd.py": ODD_IDS, "pytest.ini": "[pytest]\nmarkers = slow\n"}, python=edge).run("--co")
    line = [line for line in run.events("ItemsCollected") if line["items"]][-1]
    nodeid, parent, function, number, markers, fixtures, *path = line["items"][-1]
    assert nodeid == "test_odd.py::TestGroup::TestInner::test_method[B]"
    file, absolute, collector, *classes = line["parents"][parent]
    assert (file, collector, classes) == (
        "test_odd.py",
        "test_odd.py::TestGroup::TestInner",
        ["TestGroup", "TestInner"],
    )
    assert absolute.endswith("/project/test_odd.py")
    assert function == "test_method"
    assert number == ODD_IDS.splitlines().index("            @pytest.mark.slow") + 1
    assert line["markers"][markers] == ["slow", "parametrize"]
    assert {"group", "tmp_path"} <= set(line["fixtures"][fixtures])
    assert path == []


def test_order_is_the_one_that_plugins_make(drive: Start, edge: str) -> None:
    conftest = """
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(config, items):
            gone = [item for item in items if item.name == "test_c"]
            items[:] = sorted((i for i in items if i not in gone), key=lambda item: item.name, reverse=True)
            config.hook.pytest_deselected(items=gone)
    """
    tests = "".join(f"def test_{name}(): pass\n" for name in "abcde")
    ini = "[pytest]\naddopts = -k 'not test_d'\n"
    run = drive({"test_a.py": tests, "conftest.py": conftest, "pytest.ini": ini}, python=edge).run()
    assert [nodeid[-1] for nodeid in run.found] == list("abcde")
    assert [nodeid[-1] for nodeid in run.order] == list("eba")
    assert run.ran == run.order
    away = [pair for line in run.events("ItemsDeselected") for pair in line["positions"]]
    assert away == [[3, 4], [2, 3]]


def test_equal_nodeids_are_numbered(drive: Start, edge: str) -> None:
    conftest = (
        RENAME
        + """
    def pytest_collection_modifyitems(items):
            distinct = [item for item in items if item.name.startswith("test_d")]
            for item in distinct:
                rename(item, "test_a.py::test_d")
            items[:] = [*(i for i in items if i not in distinct) , *distinct] * 3
    """
    )
    tests = "def test_same(): pass\ndef test_d1(): pass\ndef test_d2(): assert 0\n"
    driver = drive({"test_a.py": tests, "conftest.py": conftest}, python=edge)
    run = driver.run()
    started = [(line["nodeid"][-1], line.get("index", 0)) for line in run.events("ItemStarted")]
    assert started == [("e", 0), ("d", 0), ("d", 1), ("e", 1), ("d", 2), ("d", 3), ("e", 2), ("d", 4), ("d", 5)]
    assert [line.get("index", 0) for line in run.events("PhaseReported")] == [1, 3, 5]
    assert run.order == run.ran
    assert "numbers" not in run.event("CollectionFinished")

    path = str(driver.cwd / "test_a.py")
    some = driver.run(items=[("test_a.py::test_same", 1, path), ("test_a.py::test_d", 4, path)])
    assert [(line["nodeid"][-1], line["index"]) for line in some.events("ItemStarted")] == [("e", 1), ("d", 4)]
    assert some.event("CollectionFinished")["numbers"] == [1, 4]
    assert some.events("ItemsMissing") == []


def test_items_that_a_plugin_renames(drive: Start, edge: str) -> None:
    """A widespread recipe: ids are unescaped once collection is through."""
    conftest = (
        RENAME
        + """
    def pytest_collection_modifyitems(items):
            for item in items:
                rename(item, item.nodeid.encode().decode("unicode_escape"))
    """
    )
    tests = """
        import pytest
        @pytest.mark.parametrize("x", ["\\u4e2d", "b"])
        def test_it(x): pass
    """
    driver = drive({"test_a.py": tests, "conftest.py": conftest}, python=edge)
    run = driver.run()
    assert run.order == run.ran == ["test_a.py::test_it[中]", "test_a.py::test_it[b]"]
    path = str(driver.cwd / "test_a.py")
    some = driver.run(items=[("test_a.py::test_it[中]", 0, path)])
    assert some.order == some.ran == ["test_a.py::test_it[中]"]
    assert some.events("ItemsMissing") == []


KINDS = {
    "mod.py": '''
        def add(a, b):
            """
            >>> add(1, 2)
            3
            """
            return a + b
    ''',
    "text.txt": ">>> 1 + 1\n3\n",
    "test_unit.py": """
        import unittest

        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls): cls.ready = True
            def test_ready(self): self.assertTrue(self.ready)
            @unittest.skip("not now")
            def test_skipped(self): pass
            @unittest.expectedFailure
            def test_expected(self): self.fail()
    """,
    "test_skip.py": "import pytest\npytest.skip('whole module', allow_module_level=True)\n",
    "test_broken.py": "print('before')\nimport nothing_of_that_name\n",
    "test_syntax.py": "def test_(:\n",
    "custom.yaml": "one: 1\ntwo: 2\n",
    "conftest.py": """
        import pytest

        class Yaml(pytest.File):
            def collect(self):
                for line in self.path.read_text().splitlines():
                    yield Spec.from_parent(self, name=line.split(":")[0])

        class Spec(pytest.Item):
            def runtest(self): assert self.name != "two"
            def repr_failure(self, excinfo): return "custom words"
            def reportinfo(self): raise RuntimeError("no place")
            location = property(lambda self: ("custom.yaml", None, self.name))

        def pytest_collect_file(parent, file_path):
            if file_path.suffix == ".yaml":
                return Yaml.from_parent(parent, path=file_path)
    """,
}


def test_each_file_is_told_before_it_is_imported(drive: Start, python: str) -> None:
    files = {"test_a.py": "def test_a(): pass\n", "sub/test_b.py": "import os\nos._exit(3)\n", "test_c.py": ""}
    run = drive(files, python=python).run("test_a.py", "sub", "test_c.py")
    assert [line["nodeid"] for line in run.events("CollectorStarted")] == ["test_a.py", "sub/test_b.py"]


def test_kinds_of_tests_and_collectors(drive: Start, python: str) -> None:
    run = drive(KINDS, python=python).run(
        "--doctest-modules", "--doctest-glob=*.txt", "--continue-on-collection-errors"
    )
    results = run.results
    assert results == {
        "custom.yaml::one": "passed",
        "custom.yaml::two": "failed",
        "mod.py::mod.add": "passed",
        "text.txt::text.txt": "failed",
        "test_unit.py::Case::test_ready": "passed",
        "test_unit.py::Case::test_skipped": "skipped",
        "test_unit.py::Case::test_expected": "xfailed",
    }
    collectors = {line["nodeid"]: line for line in run.events("CollectorReported")}
    # pytest collects the modules a second time, for doctests.
    assert {name: line["outcome"] for name, line in collectors.items()} == {
        "test_skip.py": "skipped",
        "test_broken.py": "failed",
        "test_syntax.py": "failed",
    }
    assert "whole module" in collectors["test_skip.py"]["longrepr"]
    broken = collectors["test_broken.py"]
    assert "nothing_of_that_name" in broken["longrepr"]
    assert "before\n" in [section["text"] for section in broken["sections"]]
    assert "SyntaxError" in collectors["test_syntax.py"]["longrepr"]
    through = [nodeid for line in run.events("ItemsCollected") for nodeid in line["through"]]
    assert {"mod.py", "text.txt", "test_unit.py", "custom.yaml"} <= set(through)
    assert run.phases("custom.yaml::two")[0]["longrepr"] == "custom words"
    (doctest,) = [phase for phase in run.phases("text.txt::text.txt") if phase["category"] == "failed"]
    assert doctest["crash"]["path"] == "text.txt"
    assert doctest["crash"]["line"] == 1


def test_a_conftest_that_cannot_be_imported(drive: Start, edge: str) -> None:
    run = drive({"conftest.py": "import nothing_of_that_name\n", "test_a.py": "def test_a(): pass"}, python=edge).run()
    assert run.status == 4
    assert run.lines == []
    assert "nothing_of_that_name" in run.output


def test_a_usage_error(drive: Start, edge: str) -> None:
    run = drive({"pytest.ini": "[pytest]\naddopts = --no-such-option\n"}, python=edge).run()
    assert run.status == 4
    assert "--no-such-option" in run.output


def test_a_path_that_is_not_there(drive: Start, edge: str) -> None:
    run = drive({"test_a.py": "def test_a(): pass"}, python=edge).run("nowhere")
    assert run.status == 4
    assert run.event("SessionFinished")["exit"] == 4


def test_no_tests(drive: Start, edge: str) -> None:
    run = drive({}, python=edge).run()
    assert run.status == 5
    assert run.event("CollectionFinished")["positions"] == []


def test_items_stream_while_collection_goes_on(drive: Start) -> None:
    """The second module is read only when the items of the first have arrived."""
    waiting = """
        import os, time
        deadline = time.monotonic() + 60
        while not os.path.exists("go") and time.monotonic() < deadline:
            time.sleep(0.01)
        def test_b(): pass
    """
    driver = drive({"test_a.py": "def test_a(): pass", "test_b.py": waiting})
    number = driver.start()
    driver.saw(number, "ItemsCollected", through=["test_a.py"])
    assert [line["event"] for line in driver.lines(number) if line["event"] != "CollectorStarted"] == [
        "SessionStarted",
        "ItemsCollected",
    ]
    (driver.cwd / "go").touch()
    assert driver.end(number).ran == ["test_a.py::test_a", "test_b.py::test_b"]
