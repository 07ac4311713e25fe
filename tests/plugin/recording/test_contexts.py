"""Whose a line is: the test's, a shared fixture's, an import's, a collector's."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.plugin.conftest import Start
from tests.plugin.driver import Driver, write_files
from tests.plugin.recording.reading import Record, recorded

SHOP = """
    RATE = 2
    def price(x):
        return x * RATE
    def total(xs):
        return sum(xs)
    def open_shop():
        return "open"
    def close_shop():
        return "closed"
"""


def test_lines_of_a_test_are_its_own(drive: Start, python: str) -> None:
    tests = """
        import pytest, shop
        @pytest.fixture
        def two():
            yield shop.price(1)
            shop.close_shop()
        def test_price(two):
            assert shop.price(2) == 4
        def test_total():
            assert shop.total([1, 2]) == 3
    """
    outcome, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=python))
    assert outcome.status == 0
    assert record.ended
    assert record.faults == []
    assert record.tests == outcome.ran
    price = record.test("test_shop.py::test_price")
    assert price.code["shop.py"] == {"return x * RATE", 'return "closed"'}
    assert price.code["test_shop.py"] == {"yield shop.price(1)", "shop.close_shop()", "assert shop.price(2) == 4"}
    assert price.keys["fixtures"] == []
    assert record.test("test_shop.py::test_total").code["shop.py"] == {"return sum(xs)"}
    assert not any(seen.partial for seen in record.contexts.values())


def test_every_line_counts_again_in_the_next_test(drive: Start, edge: str) -> None:
    tests = """
        import pytest, shop
        @pytest.mark.parametrize("n", range(5))
        def test_price(n):
            for x in range(n):
                shop.price(x)
    """
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=edge))
    executed = [record.test(f"test_shop.py::test_price[{n}]").code.get("shop.py") for n in range(5)]
    assert executed == [None, *[{"return x * RATE"}] * 4]


def test_module_level_belongs_to_the_import(drive: Start, python: str) -> None:
    files = {
        "shop.py": SHOP + "    SIZES = total([1])\n    class Cart:\n        limit = price(3)\n",
        "test_shop.py": "import shop\ndef test_rate(): assert shop.RATE\n",
    }
    driver = drive(files, python=python)
    _, record = recorded(driver)
    shop = record.module("shop.py")
    assert shop.keys["module"] == "shop"
    executed = {"RATE = 2", "def price(x):", "SIZES = total([1])", "limit = price(3)", "return sum(xs)"}
    assert executed <= shop.code["shop.py"]
    assert 'return "open"' not in shop.code["shop.py"]
    assert "import shop" in record.module("test_shop.py").code["test_shop.py"]
    assert record.pairs("edges") == {("test_shop.py", "shop.py")}
    content = (driver.cwd / "shop.py").read_bytes()
    assert record.hashes["shop.py"] == hashlib.blake2b(content, digest_size=16).hexdigest()


def test_a_module_that_a_test_imports_is_still_an_import(drive: Start, edge: str) -> None:
    files = {
        "shop.py": SHOP,
        "later.py": "import shop\nX = shop.price(1)\n",
        "test_shop.py": "def test_first():\n    import later\ndef test_second():\n    import later\n",
    }
    _, record = recorded(drive(files, python=edge))
    assert record.module("later.py").code == {
        "later.py": {"import shop", "X = shop.price(1)"},
        "shop.py": {"return x * RATE"},
    }
    assert set(record.test("test_shop.py::test_first").code) == {"test_shop.py"}
    assert record.pairs("edges") == {("test_shop.py", "later.py"), ("later.py", "shop.py")}


def test_an_import_that_fails_is_closed(drive: Start, edge: str) -> None:
    files = {
        "broken.py": "A = 1\nraise ValueError(A)\n",
        "test_shop.py": """
            import pytest
            def test_broken():
                with pytest.raises(ValueError):
                    import broken
                after = 1
        """,
    }
    outcome, record = recorded(drive(files, python=edge))
    assert outcome.status == 0
    assert record.module("broken.py").code["broken.py"] == {"A = 1", "raise ValueError(A)"}
    assert "after = 1" in record.test("test_shop.py::test_broken").code["test_shop.py"]


def test_wide_fixtures_have_their_own_lines(drive: Start, python: str) -> None:
    tests = """
        import pytest, shop
        @pytest.fixture(scope="module")
        def market():
            shop.open_shop()
            yield
            shop.close_shop()
        @pytest.fixture(scope="module", params=[3, 4])
        def rate(request, market):
            return shop.price(request.param)
        def test_first(market): pass
        def test_second(market): pass
        def test_rate(rate): pass
        def test_alone(): shop.total([])
    """
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=python))
    market = record.fixture("market")
    assert market.code["shop.py"] == {'return "open"', 'return "closed"'}
    assert market.keys["key"] == "test_shop.py::market@test_shop.py#0"
    assert market.keys["setup"] >= 0
    for nodeid in ("test_first", "test_second"):
        assert record.test(f"test_shop.py::{nodeid}").keys["fixtures"] == [market.keys["key"]]
    assert record.test("test_shop.py::test_rate[3]").keys["fixtures"] == [
        market.keys["key"],
        "test_shop.py::rate@test_shop.py#0",
    ]
    assert "test_shop.py::rate@test_shop.py#1" in record.test("test_shop.py::test_rate[4]").keys["fixtures"]
    assert record.test("test_shop.py::test_alone").keys["fixtures"] == []
    for nodeid in record.tests[:-1]:
        assert "shop.py" not in record.test(nodeid).code
    assert record.test("test_shop.py::test_alone").code["shop.py"] == {"return sum(xs)"}


def test_teardown_in_the_last_test_is_the_fixtures(drive: Start, edge: str) -> None:
    """In the order of the real thing: the inner before the outer, and the test's own around them."""
    tests = """
        import pytest, shop
        @pytest.fixture(scope="session")
        def outer():
            yield
            shop.close_shop()
        @pytest.fixture(scope="class")
        def inner(outer):
            yield
            shop.total([])
        @pytest.fixture
        def own():
            yield
            shop.price(1)
        class TestIt:
            def test_last(self, inner, own): pass
    """
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=edge))
    assert record.fixture("outer").code["shop.py"] == {'return "closed"'}
    assert record.fixture("inner").code["shop.py"] == {"return sum(xs)"}
    assert record.test("test_shop.py::TestIt::test_last").code["shop.py"] == {"return x * RATE"}


def test_a_fixture_that_fails_to_set_up(drive: Start, edge: str) -> None:
    tests = """
        import pytest, shop
        @pytest.fixture(scope="module")
        def market():
            shop.open_shop()
            raise ValueError
        def test_first(market): pass
        def test_second(market): pass
        def test_third(): shop.price(1)
    """
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=edge))
    key = record.fixture("market").keys["key"]
    assert record.fixture("market").code["shop.py"] == {'return "open"'}
    assert record.test("test_shop.py::test_first").keys["fixtures"] == [key]
    assert record.test("test_shop.py::test_second").keys["fixtures"] == [key]
    assert record.test("test_shop.py::test_third").code["shop.py"] == {"return x * RATE"}


def test_fixtures_asked_for_by_name(drive: Start, edge: str) -> None:
    tests = """
        import pytest, shop
        @pytest.fixture(scope="module")
        def hidden(): return shop.open_shop()
        @pytest.fixture(scope="module")
        def market(request): return request.getfixturevalue("hidden")
        def test_first(market): pass
        def test_second(market): pass
        def test_third(request): request.getfixturevalue("hidden")
    """
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=edge))
    hidden, market = (record.fixture(name).keys["key"] for name in ("hidden", "market"))
    assert record.test("test_shop.py::test_first").keys["fixtures"] == [hidden, market]
    assert record.test("test_shop.py::test_second").keys["fixtures"] == [hidden, market]
    assert record.test("test_shop.py::test_third").keys["fixtures"] == [hidden]


def test_setup_functions_of_classes_and_modules_are_fixtures(drive: Start, edge: str) -> None:
    tests = """
        import unittest, shop
        def setup_module(): shop.open_shop()
        class TestIt:
            @classmethod
            def setup_class(cls): shop.price(1)
            @classmethod
            def teardown_class(cls): shop.close_shop()
            def test_first(self): pass
            def test_second(self): pass
        class TestUnit(unittest.TestCase):
            @classmethod
            def setUpClass(cls): shop.total([])
            def test_unit(self): pass
    """
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=edge))
    for nodeid in record.tests:
        assert "shop.py" not in record.test(nodeid).code
        assert len(record.test(nodeid).keys["fixtures"]) == 2
    executed = {line for (kind, _), seen in record.contexts.items() if kind == "f" for line in seen.code["shop.py"]}
    assert executed == {'return "open"', "return x * RATE", 'return "closed"', "return sum(xs)"}


def test_what_collecting_executes(drive: Start, edge: str) -> None:
    files = {
        "shop.py": SHOP,
        "conftest.py": """
            import shop
            def pytest_generate_tests(metafunc):
                metafunc.parametrize("n", [shop.price(1)])
            def pytest_sessionstart(): shop.open_shop()
            def pytest_sessionfinish(): shop.close_shop()
        """,
        "test_shop.py": "def test_it(n): pass\n",
    }
    _, record = recorded(drive(files, python=edge))
    assert record.contexts["c", "test_shop.py"].code["shop.py"] == {"return x * RATE"}
    assert record.contexts["s", "s"].code["shop.py"] == {'return "open"', 'return "closed"'}
    assert "import shop" in record.module("conftest.py").code["conftest.py"]
    assert ("conftest.py", "shop.py") in record.pairs("edges")


def test_items_of_one_nodeid(drive: Start, edge: str) -> None:
    files = {
        "conftest.py": "def pytest_collection_modifyitems(items): items[:] = items * 2\n",
        "test_shop.py": "def test_it(): pass\n",
    }
    _, record = recorded(drive(files, python=edge))
    numbers = [line["number"] for line in record.lines if line.get("context") == "t"]
    assert numbers == [0, 1]


def test_the_test_in_which_the_run_was_stopped_has_no_record(drive: Start, edge: str) -> None:
    tests = "def test_first(): pass\ndef test_stopped(): raise KeyboardInterrupt\ndef test_never(): pass\n"
    outcome, record = recorded(drive({"test_shop.py": tests}, python=edge))
    assert outcome.status == 2
    assert record.tests == ["test_shop.py::test_first"]


def test_a_run_that_dies_leaves_what_it_had(drive: Start, edge: str) -> None:
    tests = "import os, shop\ndef test_first(): shop.price(1)\ndef test_dies(): os._exit(9)\n"
    _, record = recorded(drive({"shop.py": SHOP, "test_shop.py": tests}, python=edge))
    assert record.tests == ["test_shop.py::test_first"]
    assert not record.ended


def test_environments_and_caches_are_not_the_project(drive: Start, edge: str) -> None:
    files = {
        "env/pyvenv.cfg": "",
        "env/inside.py": "X = 1\n",
        "node_modules/inside2.py": "X = 1\n",
        "lib/site-packages/inside3.py": "X = 1\n",
        "test_shop.py": """
            import sys
            sys.path += ["env", "node_modules", "lib/site-packages"]
            import inside, inside2, inside3
            def test_it(): pass
        """,
    }
    _, record = recorded(drive(files, python=edge), "test_shop.py")
    assert record.imports == ["test_shop.py"]


def test_rootdir_above_the_working_folder_counts(tmp_path: Path, edge: str) -> None:
    files = {
        "pytest.ini": "[pytest]\npythonpath = .\n",
        "shop.py": SHOP,
        "conftest.py": "import shop\n",
        "deep/test_shop.py": "import shop\ndef test_it(): shop.price(1)\n",
    }
    write_files(tmp_path, files)
    with Driver(edge, tmp_path / "deep", tmp_path / "runs") as driver:
        outcome = driver.run("-pno:cacheprovider", record="selection")
    record = Record(outcome.folder, tmp_path)
    assert record.test("deep/test_shop.py::test_it").code["shop.py"] == {"return x * RATE"}
    assert set(record.imports) == {"conftest.py", "shop.py", "deep/test_shop.py"}


def test_files_reached_by_symbolic_links_have_one_path(drive: Start, edge: str) -> None:
    tests = """
        import os, sys
        os.symlink("real", "linked")
        sys.path.insert(0, os.path.abspath("linked"))
        import shop
        def test_it(): shop.price(1)
    """
    _, record = recorded(drive({"real/shop.py": SHOP, "test_shop.py": tests}, python=edge))
    assert record.test("test_shop.py::test_it").code["real/shop.py"] == {"return x * RATE"}
    assert ("test_shop.py", "real/shop.py") in record.pairs("edges")
