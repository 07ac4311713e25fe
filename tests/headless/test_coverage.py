"""``redbar run --cov``: the table, the event, and what the project's threshold does to the exit code."""

from __future__ import annotations

import sys

import pytest

from tests.headless.launch import Project

CART = """\
def price(n):
    if n > 3:
        return 2
    return n


def unused():
    return 1
"""
TESTS = "import cart\ndef test_price(): assert cart.price(1) == 1\n"


@pytest.fixture
def shop(project: Project) -> Project:
    project.write("cart.py", CART)
    project.write("test_cart.py", TESTS)
    return project


def test_a_table_before_the_last_line(shop: Project) -> None:
    result = shop.run("--cov", "-p", "no:cacheprovider")
    assert result.code == 0
    rows = [line.split() for line in result.out.splitlines()]
    assert ["cart.py", "6", "2", "67%"] in rows
    assert ["test_cart.py", "2", "0", "100%"] in rows
    assert ["TOTAL", "8", "2", "75%"] in rows
    assert result.last.startswith("GREEN")


def test_an_event_before_the_end(shop: Project) -> None:
    result = shop.json("--cov")
    told = result.one("CoverageReported")
    assert told["files"]["cart.py"]["missing_lines"] == [3, 8]
    assert told["total"]["percent"] == 75
    assert told["fail_under"] is None
    assert told["notes"] == []
    assert result.events[-2]["event"] == "CoverageReported"


def test_branches_with_full(shop: Project) -> None:
    result = shop.run("--cov", "--coverage", "full")
    rows = [line.split() for line in result.out.splitlines()]
    assert ["file", "stmts", "miss", "branch", "brpart", "cover"] in rows
    assert ["cart.py", "6", "2", "2", "1", "62%"] in rows


def test_a_part_adds_to_what_is_known(shop: Project) -> None:
    shop.write("test_more.py", "import cart\ndef test_more(): assert cart.unused() == 1\n")
    assert shop.json("--cov", "test_cart.py").one("CoverageReported")["files"]["cart.py"]["missing_lines"] == [3, 8]
    assert shop.json("--cov", "test_more.py").one("CoverageReported")["files"]["cart.py"]["missing_lines"] == [3]


@pytest.mark.parametrize("policy", ["selection", "full"])
def test_workers_cover_what_one_process_does(shop: Project, policy: str) -> None:
    shop.write("test_more.py", "import cart\ndef test_more(): assert cart.price(4) == 2\n")
    alone = shop.json("--cov", "--coverage", policy).one("CoverageReported")
    (shop.folder / ".redbar_cache").rename(shop.folder.parent / "earlier")
    workers = shop.json("--cov", "--coverage", policy, "-p", "xdist", "-n2").one("CoverageReported")
    assert workers["files"] == alone["files"]
    assert workers["notes"] == alone["notes"]


@pytest.mark.parametrize(("wanted", "code"), [("75", 0), ("75.1", 2), ("100", 2), ("0", 0)])
def test_the_threshold_of_the_project(shop: Project, wanted: str, code: int) -> None:
    shop.write(".coveragerc", f"[report]\nfail_under = {wanted}\n")
    result = shop.run("--cov")
    assert result.code == code
    assert ("is below fail_under" in result.err) == bool(code)


def test_a_failure_counts_more_than_the_threshold(shop: Project) -> None:
    shop.write(".coveragerc", "[report]\nfail_under = 100\n")
    shop.write("test_bad.py", "def test_bad(): assert 0\n")
    assert shop.run("--cov").code == 1


def test_the_policy_off_is_no_matter_here(shop: Project) -> None:
    assert shop.json("--cov", "--coverage", "off").one("CoverageReported")["files"]["cart.py"]["missing"] == 2


def test_what_cannot_be_counted_is_said(shop: Project) -> None:
    shop.write(".coveragerc", "[run]\nbranch = maybe\n")
    lines, events = shop.both("--cov")
    assert "maybe" in lines.out
    assert events.one("CoverageReported")["files"] == {}
    assert "maybe" in events.one("CoverageReported")["notes"][0]
    assert lines.code == 0


def test_lines_that_nobody_could_see(shop: Project) -> None:
    """A test that takes the trace function, or all tools of sys.monitoring, away."""
    shop.write(
        "test_blind.py",
        """
        import sys, cart
        def test_blind():
            sys.settrace(None)
            for tool in range(6):
                if hasattr(sys, "monitoring"): sys.monitoring.free_tool_id(tool)
            cart.unused()
        """,
    )
    notes = shop.json("--cov").one("CoverageReported")["notes"]
    # A trace function is set anew for each test; a tool whose id was freed sees nothing of those that follow either.
    blind = "2 tests" if sys.version_info >= (3, 12) else "1 test"
    assert any(f"{blind} executed lines that could not be seen" in note for note in notes)


def test_without_coverage_nothing_is_called_missing(shop: Project) -> None:
    """An environment in which nothing can be recorded: no numbers, but why."""
    if sys.version_info >= (3, 12):
        pytest.skip("needs no coverage.py to record")
    hiding = shop.folder.parent / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "class Hiding:\n"
        "    find = PathFinder.find_spec\n"
        "    def __call__(self, name, *args):\n"
        "        return None if name == 'coverage' else self.find(name, *args)\n"
        "PathFinder.find_spec = Hiding()\n"
    )
    told = shop.json("--cov", env={**shop.env, "PYTHONPATH": str(hiding)}).one("CoverageReported")
    assert told["files"] == {}
    (note,) = told["notes"]
    assert note.startswith("there is no coverage.py in this environment")
    assert note.endswith(f"{sys.executable} -m pip install 'coverage>=7.2'")


def test_a_run_that_dies_has_what_it_recorded(shop: Project) -> None:
    shop.write("test_dies.py", "import os\ndef test_dies(): os._exit(3)\n")
    result = shop.json("--cov")
    assert result.code != 0
    assert result.one("CoverageReported")["files"]["cart.py"]["missing_lines"] == [3, 8]


def test_a_run_that_does_not_begin_covers_nothing(shop: Project) -> None:
    shop.python = "/bin/false"
    assert shop.json("--cov").named("CoverageReported") == []


def test_without_the_option_nothing_is_recorded(shop: Project) -> None:
    assert shop.json().named("CoverageReported") == []
    assert not list((shop.folder / ".redbar_cache").glob("record-*"))
