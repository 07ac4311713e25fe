"""What the process of a run is told, by what was ordered and who sits there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.engine import orders, wishes
from tui.engine.debugging.policy import Policy, policy_of
from tui.engine.interpreter import Interpreter
from tui.engine.orders import COLLECT, Order, Project, request_for
from tui.engine.request import Selection
from tui.engine.settings import Settings
from tui.model.events import CollectedItem
from tui.model.tree import Tree
from tui.plugin import wire

LENT: wire.Lend = {"python": [3, 11], "modules": {"pudb": "/pudb/__init__.py"}}
SCREEN = Policy("ipdb", limit=5, memory=1 << 20, attended=True, breakpoints=[("/p/a.py", 3)])
FEW = Selection(items=(("a.py::t", 0, "/p/a.py"),), size=1)


@pytest.fixture(autouse=True)
def lent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "borrowed", lambda: LENT)


def request(order: Order, policy: Policy = SCREEN, *args: str) -> wire.Request:
    return request_for(Project(Path("/p"), Interpreter("/python", "test"), args), order, 7, ["/p/b.py"], policy)


def test_an_ordinary_run_keeps_failures_and_lends() -> None:
    asked = request(Order(record="selection"))
    assert (asked["run"], asked["changed"], asked["record"]) == (7, ["/p/b.py"], "selection")
    assert (asked["freeze"], asked["debugger"]) == (5, "ipdb")
    assert (asked["debug"], asked["breakpoints"], asked["lend"]) == (None, [], LENT)


def test_a_run_that_is_debugged_is_one_for_the_person_alone() -> None:
    asked = request(Order(record="full", debug="hold"), SCREEN, "-n4")
    assert asked["debug"] == {"mode": "hold", "debugger": "ipdb"}
    assert asked["breakpoints"] == [["/p/a.py", 3]]
    assert (asked["sequential"], asked["record"], asked["freeze"]) == (True, "off", 0)


def test_without_a_screen_and_where_nothing_runs() -> None:
    alone = request(Order(), Policy())
    assert (alone["freeze"], alone["lend"]) == (0, {})
    collect = request(COLLECT)
    assert (collect["freeze"], collect["lend"]) == (0, {})
    assert collect["args"][-2:] == ["--collect-only", "-qq"]


@pytest.mark.parametrize(("args", "sequential"), [((), True), (("-n", "2"), False), (("--dist=load",), False)])
def test_few_tests_are_not_distributed_unless_a_person_says_so(args: tuple[str, ...], sequential: bool) -> None:
    assert request(Order(FEW), SCREEN, *args)["sequential"] is sequential
    assert request(Order(), SCREEN, *args)["sequential"] is False


def test_settings_make_the_policy_of_a_screen() -> None:
    policy = policy_of(Settings(debugger="pdb", freeze_limit=3, freeze_memory=2))
    assert (policy.debugger, policy.limit, policy.memory, policy.attended) == ("pdb", 3, 2 << 20, True)
    assert policy_of(Settings(freeze="off")).limit == 0


def test_a_wish_to_debug_says_how() -> None:
    item = Tree().add(CollectedItem("a.py::t", 0, "a.py", "/p/a.py", "a.py", (), None, "a.py", 1, (), ()))
    wish = wishes.debugging(item, "trace")
    assert (wish.debug, wish.selection.items, wish.by_loop) == ("trace", (("a.py::t", 0, "/p/a.py"),), False)
    assert wish.words == "debugging t from its first line"
