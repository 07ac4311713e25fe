"""The order of a run that a request asks for, and tests that nobody knew."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Start

PROJECT = {
    "test_a.py": """
        import pytest
        def test_1(): pass
        class TestK:
            def test_2(self): pass
            def test_3(self): pass
        def test_4(): pass
    """,
    "test_b.py": """
        def test_5(): pass
        def test_6(): pass
    """,
}
PLACES = {
    "1": "test_a.py::test_1",
    "2": "test_a.py::TestK::test_2",
    "3": "test_a.py::TestK::test_3",
    "4": "test_a.py::test_4",
    "5": "test_b.py::test_5",
    "6": "test_b.py::test_6",
}


@pytest.mark.parametrize(
    ("wished", "lead", "stage", "runs"),
    [
        ("635142", 6, 6, "635142"),
        ("635142", 1, 6, "623145"),  # without the lead: a before b, the class before the functions, there as written
        ("635142", 2, 6, "635142"),
        ("45", 1, 2, "45"),
        ("561234", 1, 2, "561423"),
        ("526341", 1, 3, "526314"),  # 5; the stage; then the class of a before its functions
        ("12", 9, 2, "12"),
    ],
)
def test_order(drive: Start, wished: str, lead: int, stage: int, runs: str) -> None:
    driver = drive(PROJECT)
    items = [[PLACES[each], 0, str(driver.cwd / PLACES[each].partition("::")[0])] for each in wished]
    run = driver.run(items=items, lead=lead, stage=stage)
    assert run.ran == [PLACES[each] for each in runs]


def test_fresh_tests_come_first(drive: Start) -> None:
    driver = drive(PROJECT)
    files = [str(driver.cwd / name) for name in ("test_a.py", "test_b.py")]
    known = [[PLACES[each], 0] for each in "134"]
    run = driver.run(items=[[PLACES["6"], 0, files[1]]], lead=1, stage=1, fresh=[[files[0], known]])
    assert run.ran == [PLACES["2"], PLACES["6"]]
    run = driver.run(items=[], lead=1, stage=0, fresh=[[files[1], []]])
    assert run.ran == [PLACES["5"], PLACES["6"]]


def test_a_new_double_is_fresh(drive: Start) -> None:
    driver = drive(
        {
            "test_a.py": "def test_1(): pass\n",
            "conftest.py": "def pytest_collection_modifyitems(items): items[:] = items * 3\n",
        }
    )
    name, file = "test_a.py::test_1", str(driver.cwd / "test_a.py")
    run = driver.run(items=[[name, 1, file]], lead=1, stage=1, fresh=[[file, [[name, 0], [name, 1]]]])
    assert run.ran == [name, name]
    assert [line.get("index", 0) for line in run.events("ItemFinished")] == [2, 1]
