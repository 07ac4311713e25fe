"""Every state of which there is a picture: the project, what runs wait for, the keys, and what the screen then says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screenshots import projects
from tui.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from screenshots.scene import Scene

SIZES = ((80, 24), (160, 45))
"""Columns and lines."""

_SLOW = 12
"""So many times as long as usual do the many tests of a large project take."""
_BILLING = "test_billing_amounts.py::test_prints[crate]"


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``shows`` are words that the screen has to say, the first of them the bar's."""

    name: str
    play: Callable[[Scene], Awaitable[None]]
    shows: tuple[str, ...]
    project: Callable[[Path], Path] = projects.corner_shop
    plan: Mapping[str, object] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    args: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    with_pytest: bool = True


async def _nothing(scene: Scene) -> None:
    """Wait for what comes by itself."""


async def _rest(scene: Scene) -> None:
    await scene.at_rest()


async def _run(scene: Scene) -> None:
    await scene.at_rest()
    await scene.run()


async def _run_again_until_held(scene: Scene) -> None:
    """The second run knows from the first how long it will take."""
    await _run(scene)
    scene.plan(hold=[_BILLING], scale=_SLOW)
    await scene.begin()
    await scene.held(_BILLING)
    scene.store.now += 3


async def _red_running(scene: Scene) -> None:
    await scene.at_rest()
    await scene.begin()
    await scene.held("test_report")
    scene.store.now += 2


async def _to_failure(scene: Scene) -> None:
    await _run(scene)
    await scene.press("z")
    await scene.go_to("test_total[usd]")


async def _one_module(scene: Scene) -> None:
    await scene.at_rest()
    await scene.press("l", "j", "j")
    await scene.run("r")


async def _stop(scene: Scene, *, hold_end: bool) -> None:
    await scene.at_rest()
    scene.plan(hold=[_BILLING], hold_end=hold_end, scale=_SLOW)
    await scene.begin()
    await scene.held(_BILLING)
    await scene.press("s")


async def _stopping(scene: Scene) -> None:
    await _stop(scene, hold_end=True)


async def _stopped(scene: Scene) -> None:
    await _stop(scene, hold_end=False)
    await scene.at_rest()


async def _filter(scene: Scene) -> None:
    await _run(scene)
    await scene.press("slash")
    await scene.type("cart is:failed")


async def _detail(scene: Scene) -> None:
    await _to_failure(scene)
    await scene.press("enter")


async def _output(scene: Scene) -> None:
    await _run(scene)
    await scene.press("z")
    await scene.go_to("test_prints_in_colour")
    await scene.press("2")


async def _source(scene: Scene) -> None:
    await _to_failure(scene)
    await scene.press("3")


async def _info(scene: Scene) -> None:
    await _to_failure(scene)
    await scene.press("4")


async def _warnings(scene: Scene) -> None:
    await _run(scene)
    await scene.press("5")


async def _terminal(scene: Scene) -> None:
    await _run(scene)
    await scene.press("6")


async def _help(scene: Scene) -> None:
    await _run(scene)
    await scene.press("question_mark")


async def _palette(scene: Scene) -> None:
    await _run(scene)
    await scene.press("colon")
    await scene.type("run")


async def _marked(scene: Scene) -> None:
    await _to_failure(scene)
    await scene.press("space", "j", "j", "space", "k")


async def _crashed(scene: Scene) -> None:
    await _run(scene)
    await scene.press("z")
    await scene.go_to("test_power_cut")


async def _long_id(scene: Scene) -> None:
    await _run(scene)
    await scene.press("z", "n")


async def _light_terminal(scene: Scene) -> None:
    scene.light = True
    await _to_failure(scene)


async def _leave(scene: Scene) -> None:
    await _run_again_until_held(scene)
    await scene.press("q")


async def _workers(scene: Scene) -> None:
    await scene.at_rest()
    scene.plan(hold=_AT_WORK)
    await scene.begin()
    await scene.held(*_AT_WORK)
    scene.store.now += 4


async def _watching(scene: Scene) -> None:
    """Two saves: the first one names the tests that fail, the second mends them."""
    await _run(scene)
    await scene.watching()
    await scene.save("shop/cart.py", "full * (1 - discount)", "full")
    await scene.save("shop/cart.py", "round_price(full)", "round_price(full * (1 - discount))")


async def _locals(scene: Scene) -> None:
    await _run(scene)
    await scene.press("z")
    await scene.go_to("test_no_answer")
    await scene.press("7")


async def _coverage(scene: Scene) -> None:
    """Nothing is recorded before somebody wants to see it."""
    await scene.at_rest()
    await scene.press("c")
    await scene.run()


async def _covered_file(scene: Scene) -> None:
    await _coverage(scene)
    await scene.until(lambda: any("users.py" in line for line in scene.words()), "nothing is covered")
    await scene.press("slash")
    await scene.type("users")
    await scene.press("enter", "j", "enter")
    await scene.until(lambda: any("missing" in line and "users.py" in line for line in scene.words()), "no file opens")
    await scene.press("j", "j")


_ALL_SLOW = {"scale": _SLOW}
_AT_WORK = ("test_open[10]", "test_bank_answers_late")
"""Of the first tests that each of two workers gets."""
_RED = ("RED", "KeyError: 'usd'")

STATES = (
    State(
        "collecting",
        _nothing,
        ("COLLECTING 420",),
        projects.warehouse,
        {"hold_collecting": "tests/delivery/test_delivery_labels.py"},
    ),
    State("ready", _rest, ("READY",), projects.warehouse),
    State("running", _run_again_until_held, ("RUNNING", "of 0:"), projects.warehouse, _ALL_SLOW),
    State("red-running", _red_running, ("RED",), plan={"hold": ["test_report"]}),
    State("red", _to_failure, _RED),
    State("green", _run, ("GREEN 840 passed",), projects.warehouse, _ALL_SLOW),
    State("passed", _one_module, ("PASSED",), projects.warehouse),
    State("stopping", _stopping, ("STOPPING",), projects.warehouse),
    State("stopped", _stopped, ("STOPPED",), projects.warehouse),
    State("broken-conftest", _rest, ("BROKEN",), projects.bad_conftest),
    State("broken-no-pytest", _rest, ("BROKEN",), with_pytest=False),
    State("no-tests", _rest, ("NO TESTS",), projects.no_tests),
    State("filter", _filter, ("RED", "/ cart is:failed")),
    State("detail-full", _detail, _RED),
    State("output", _output, ("RED", "true colour")),
    State("source", _source, ("RED", "def test_total")),
    State("info", _info, ("RED", "markers")),
    State("warnings", _warnings, ("RED", "DeprecationWarning")),
    State("terminal", _terminal, ("RED", "11 failed")),
    State("help", _help, ("Esc closes",)),
    State("palette", _palette, ("RED", "Run everything")),
    State("marked", _marked, ("RED", "2 marked")),
    State("crashed", _crashed, ("RED", "the light flickers"), environment={"SHOP_CRASH": "1"}),
    State("long-id", _long_id, ("RED",), projects.long_ids),
    State("leave", _leave, ("RUNNING", "Leave all the same?"), projects.warehouse, _ALL_SLOW),
    State("workers", _workers, ("RUNNING", "gw0", "gw1"), projects.sound_shop, args=("-p", "xdist", "-n", "2")),
    State("locals", _locals, ("RED", "PaymentFailed", "attempts")),
    State("coverage", _coverage, ("users.py", "95%"), projects.measured_shop),
    State("coverage-file", _covered_file, ("users.py", "def greet"), projects.measured_shop),
    State("watching", _watching, ("RED", "cart.py:")),
    State("light-terminal", _light_terminal, _RED, environment={"COLORFGBG": "0;15"}),
    State("light", _light_terminal, _RED, settings=Settings(theme="light")),
    State("dark", _to_failure, _RED, settings=Settings(theme="dark")),
    State("high-contrast", _to_failure, _RED, settings=Settings(theme="high-contrast")),
    State("ascii", _to_failure, _RED, settings=Settings(ascii=True)),
    State("no-color", _to_failure, _RED, environment={"NO_COLOR": "1"}),
)
