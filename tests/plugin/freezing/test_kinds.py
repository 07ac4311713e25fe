"""Every kind of failure is frozen at its moment, and begins at the frame that the person cares about."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Start
from tests.plugin.freezing.desk import Frozen, freeze

KINDS = """
    import json, unittest, pytest

    def helper(value):
        copy = [value]
        assert value == 2

    def check(value):
        __tracebackhide__ = True
        assert value == 2

    @pytest.fixture
    def broken():
        state = "broken"
        raise OSError("setup")

    @pytest.fixture
    def leaking():
        yield
        state = "leaking"
        raise OSError("teardown")

    def test_assert():
        number = 1
        helper(number)

    def test_library():
        text = "{"
        json.loads(text)

    def test_hidden():
        state = "hidden"
        check(1)

    def test_setup(broken): pass

    def test_teardown(leaking): pass

    def test_chained():
        state = "chained"
        try:
            {}["x"]
        except KeyError as error:
            raise ValueError("top") from error

    @pytest.mark.parametrize("value", [1, 2])
    def test_parameters(value):
        assert value != 2

    class TestClass:
        def test_method(self):
            self.state = "method"
            assert 0

"""
OTHER_KINDS = """
    import unittest, pytest

    class TestUnit(unittest.TestCase):
        def setUp(self): self.thing = [1, 2]
        def tearDown(self): self.thing = "torn down"
        def test_unit(self): self.assertEqual(self.thing, 3)

    def test_exit():
        state = "exit"
        raise SystemExit(3)

    class Odd(BaseException): pass

    def test_odd():
        state = "odd"
        raise Odd("x")

    def test_recursion():
        def fall(depth): return fall(depth + 1)
        fall(0)

    def test_passes(): pass
"""
BEGINNINGS = {
    "test_assert": ("call", "helper", "copy", "[1]"),
    "test_library": ("call", "test_library", "text", "'{'"),
    "test_hidden": ("call", "test_hidden", "state", "'hidden'"),
    "test_setup": ("setup", "broken", "state", "'broken'"),
    "test_teardown": ("teardown", "leaking", "state", "'leaking'"),
    "test_chained": ("call", "test_chained", "state", "'chained'"),
    "test_parameters[2]": ("call", "test_parameters", "value", "2"),
    "TestClass::test_method": ("call", "TestClass.test_method", "self.state", "'method'"),
    "TestUnit::test_unit": ("call", "TestUnit.test_unit", "self.thing", "[1, 2]"),
    "test_exit": ("call", "test_exit", "state", "'exit'"),
    "test_odd": ("call", "test_odd", "state", "'odd'"),
    "test_recursion": ("call", "test_recursion.<locals>.fall", "depth > 100", "True"),
}


def function(frozen: Frozen) -> str:
    return str(frozen.frame["function"])


@pytest.mark.parametrize("tests", [KINDS, OTHER_KINDS], ids=["kinds", "other kinds"])
def test_kinds(drive: Start, python: str, tests: str) -> None:
    driver = drive({"test_k.py": tests}, python=python)
    run, frozen = freeze(driver, "-pno:cacheprovider")
    named = {name for name in BEGINNINGS if f"def {name.rpartition('::')[2].partition('[')[0]}(" in tests}
    assert {each.hello["nodeid"].partition("::")[2] for each in frozen} == named, run.output
    before_311 = "-py3.9" in python or "py3.9" in python
    for each in frozen:
        name = each.hello["nodeid"].partition("::")[2]
        when, where, code, expected = BEGINNINGS[name]
        if before_311 and name == "TestUnit::test_unit":
            expected = "'torn down'"  # unittest tells of it too late
        assert each.hello["when"] == when
        assert function(each) in {where, where.rpartition(".")[2]}
        assert each.frame["own"]
        assert each.evaluate(code) == expected, name
        assert each.hello["exceptions"][0]["frames"][0]["own"], name  # nothing of pytest
    events = {event["frozen"]: event for event in run.events("Frozen")}
    for each in frozen:
        event = events[each.hello["frozen"]]
        assert (event["pid"], event["when"], event["nodeid"]) == (each.pid, each.hello["when"], each.hello["nodeid"])
        assert each.hello["run"] == 1
    assert list(events) == [f"1-main-{n}" for n in range(1, len(frozen) + 1)]


DOCTEST = '''
    def double(number):
        """
        >>> start = 21
        >>> double(start)
        43
        >>> start + "x"
        1
        """
        return number * 2
    def fall():
        """
        >>> deep = 7
        >>> fall()
        """
        inner = 8
        raise ValueError("down")
'''


def test_doctests_keep_their_names(drive: Start, python: str) -> None:
    driver = drive({"lib.py": DOCTEST}, python=python)
    _run, (other, raised) = freeze(driver, "--doctest-modules", "-pno:cacheprovider", count=2)
    assert (other.frame["path"], other.frame["line"]) == (str(driver.cwd / "lib.py"), 5)
    assert other.evaluate("start, double(start)") == "(21, 42)"
    assert other.hello["exceptions"][0]["message"] == "expected '43\\n', got '42\\n'"
    assert function(raised) == "fall"
    assert raised.texts()["inner"] == "8"
    assert raised.texts(frame=0)["deep"] == "7"


def test_doctests_that_go_on_after_a_failure(drive: Start) -> None:
    driver = drive({"lib.py": DOCTEST, "text.rst": "    >>> there = 1\n    >>> there\n    2\n"})
    args = ("--doctest-modules", "--doctest-glob=*.rst", "--doctest-continue-on-failure")
    _run, frozen = freeze(driver, *args, count=3)
    named = {each.hello["nodeid"]: each for each in frozen}
    assert named["lib.py::lib.double"].evaluate("start") == "21"
    assert named["text.rst::text.rst"].evaluate("there") == "1"


def test_subtests_of_unittest(drive: Start) -> None:
    tests = """
        import unittest
        class TestUnit(unittest.TestCase):
            def test_parts(self):
                for number in range(4):
                    with self.subTest(number=number):
                        self.assertNotIn(number, (1, 3))
    """
    _run, frozen = freeze(drive({"test_s.py": tests}))
    if not frozen[0].hello["subtest"]:
        pytest.skip("this pytest knows of no subtests")
    assert [each.evaluate("number") for each in frozen if each.hello["subtest"]] == ["1", "3"]
    assert [each.hello["subtest"] for each in frozen] == ["(number=1)", "(number=3)"]


def test_subtests_fixture(drive: Start) -> None:
    tests = """
        def test_parts(subtests):
            for number in range(4):
                with subtests.test("part", number=number):
                    assert number not in (1, 3)
    """
    driver = drive({"test_s.py": tests})
    run, frozen = freeze(driver)
    if "fixture 'subtests' not found" in run.output:
        pytest.skip("no such fixture")
    # Where pytest says that the item "contains 2 failed subtests", that is one more.
    parts = [each for each in frozen if each.hello["subtest"]]
    assert [each.evaluate("number") for each in parts] == ["1", "3"]


ASYNC = """
    import asyncio, pytest
    async def inner(value):
        await asyncio.sleep(0)
        assert value == 2
    {mark}
    async def test_async():
        state = "async"
        async with asyncio.timeout(9): await inner(1)
    {mark}
    async def test_group():
        async with asyncio.TaskGroup() as group:
            group.create_task(inner(1))
"""


def test_async(drive: Start) -> None:
    pytest.importorskip("pytest_asyncio")
    driver = drive({"test_a.py": ASYNC.format(mark="@pytest.mark.asyncio")})
    run, frozen = freeze(driver, "-ppytest_asyncio")
    if len(frozen) != 2:
        assert "asyncio" in run.output
        pytest.skip("no pytest-asyncio in this interpreter")
    assert [function(each) for each in frozen] == ["inner", "inner"]
    assert [each.evaluate("value") for each in frozen] == ["1", "1"]
    # A group of one begins at its member.
    assert frozen[1].default[0] == 1


def test_collection(drive: Start, edge: str) -> None:
    files = {
        "test_a.py": "start = 7\nimport lib\n",
        "lib.py": "inner = 8\nimport nowhere_to_be_found\n",
        "test_b.py": "start = 9\n1 / 0\n",
    }
    run, frozen = freeze(drive(files, python=edge), count=2)
    named = {each.hello["nodeid"]: each for each in frozen}
    assert {each.hello["when"] for each in frozen} == {"collect"}
    assert named["test_b.py"].evaluate("start") == "9"
    assert named["test_a.py"].evaluate("inner") == "8"
    assert run.status == 2


def test_workers(drive: Start, edge: str) -> None:
    tests = "\n".join(f"    def test_{n}():\n        number = {n}\n        assert number % 2" for n in range(8))
    driver = drive({"test_w.py": tests + "\n", "test_bad.py": "1 / 0\n"}, python=edge)
    run, frozen = freeze(driver, "-pxdist", "-n2", "--continue-on-collection-errors")
    failed = [event["nodeid"] for event in run.events("Frozen")]
    assert sorted(failed) == ["test_bad.py", *(f"test_w.py::test_{n}" for n in range(0, 8, 2))], run.output
    assert {each.hello["worker"] for each in frozen} <= {"gw0", "gw1"}
    for each in frozen:
        assert each.hello["frozen"].split("-")[1] == each.hello["worker"]
        if each.hello["when"] == "call":
            assert each.evaluate("number") == each.hello["nodeid"][-1]


def test_items_of_one_nodeid(drive: Start) -> None:
    conftest = "def pytest_collection_modifyitems(items): items *= 2\n"
    tests = "runs = []\ndef test_a():\n    runs.append(1)\n    assert 0\n"
    _run, frozen = freeze(drive({"conftest.py": conftest, "test_a.py": tests}), count=2)
    assert [(each.hello["number"], each.evaluate("len(runs)")) for each in frozen] == [(0, "1"), (1, "2")]


def test_chain_over_the_socket(drive: Start) -> None:
    tests = """
        def test_a():
            try:
                low = 1
                raise KeyError(low)
            except KeyError as error:
                top = 2
                raise ValueError("top") from error
    """
    _run, (frozen,) = freeze(drive({"test_a.py": tests}), count=1)
    labels = [(each["label"], each["type"], each["parent"]) for each in frozen.hello["exceptions"]]
    assert labels == [("raised", "ValueError", None), ("cause", "KeyError", 0)]
    assert frozen.hello["exceptions"][1]["frames"][0]["line"] == 5
    assert frozen.texts(exception=1, frame=0)["low"] == "1"
