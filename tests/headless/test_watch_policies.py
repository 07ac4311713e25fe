"""What runs when all that a save touched passes, and what a save during a run does to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gate import Gate
from tests.headless.launch import Project
from tests.headless.watching import Watch

FILES = {
    "cart.py": "def price():\n    return 1\n",
    "test_cart.py": "import cart\ndef test_price(): assert cart.price() == 1\n",
    "test_far.py": "def test_far(): pass\n",
    "test_red.py": "def test_red(): assert 0\n",
}
PRICE, FAR, RED = "test_cart.py::test_price", "test_far.py::test_far", "test_red.py::test_red"


def settings(name: str, policy: str) -> dict[str, str]:
    return {"pyproject.toml": f'[tool.redbar]\n{name} = "{policy}"\n'}


@pytest.mark.parametrize(
    ("policy", "price", "after"),
    [("nothing", 1, set()), ("failed", 1, set()), ("all", 1, {FAR, RED}), ("all", 2, set())],
)
def test_whether_what_was_never_run_does(watch: Watch, policy: str, price: int, after: set[str]) -> None:
    """With ``all`` it does, if what the save touches passes."""
    watching = watch(FILES | settings("after_green", policy), "--no-initial-run")
    watching.until("WatchReady")
    watching.save("cart.py", f"def price():\n    return int({price})\n")
    watching.until("VerdictReached", stage="affected")
    assert watching.ran == [PRICE]
    assert watching.rest()["colour"] == ("red" if after or price > 1 else "neutral")
    assert set(watching.ran) == {PRICE, *after}


HELD = "test_held.py::test_held"
HOLDING = 'def test_held(): open("gate", "rb", 0).readline()\n'


@pytest.fixture
def gate(project: Project) -> Iterator[Gate]:
    """What holds tests of the project."""
    made = Gate(project.folder)
    yield made
    made.close()


@pytest.mark.parametrize(("policy", "ran"), [("restart", [FAR, HELD]), ("queue", [HELD, FAR])])
def test_a_save_during_a_run(watch: Watch, gate: Gate, policy: str, ran: list[str]) -> None:
    files = {
        "test_held.py": HOLDING,
        "test_far.py": FILES["test_far.py"],
        "test_others.py": "".join(f"def test_{number}(): pass\n" for number in range(5)),
    }
    gate.open()
    watching = watch(files | settings("on_change", policy))
    watching.ready()
    watching.save("test_held.py", HOLDING.replace("line()", "line(9)"))
    watching.until("ItemStarted", nodeid=HELD)
    watching.save("test_far.py", "def test_far(): print()\n")
    watching.until("SelectionMade")
    if policy == "restart":
        watching.until("ItemStarted", nodeid=HELD)
    assert watching.ran == ran[: ran.index(HELD)]
    gate.open()
    assert watching.rest()["colour"] == "green"
    assert watching.ran == ran
