"""Questions to a frozen failure: bounded answers, whatever the values in it do when they are asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import lives, until
from tests.plugin.freezing.desk import Frozen, freeze
from tests.plugin.outcome import Line

Hold = Callable[..., Frozen]


@pytest.fixture
def hold(drive: Start) -> Hold:
    """A frozen failure of a test with this body, in a module that begins with ``head``."""

    def start(body: str, head: str = "", **options: Any) -> Frozen:
        lines = [head, "def test_a():", *(f"    {line}" for line in body.splitlines()), "    raise ValueError('held')"]
        _run, (frozen,) = freeze(drive({"test_a.py": "\n".join(lines)}, **options), count=1)
        return frozen

    return start


VALUES = {
    "number": ("12", "int", "12", False),
    "huge": ("1 << 100_000", "int", "0x10000000000000000000000000000000000000… (100001 bits)", False),
    "text": ("'a\\nb'", "str", "'a\\nb'", False),
    "long": ("'x' * 100_000", "str", None, False),
    "raw": ("b'x' * 100_000", "bytes", None, False),
    "nothing": ("None", "NoneType", "None", False),
    "empty": ("[]", "list", "[]", False),
    "listed": ("[1, [2, {3: (4,)}]]", "list", "[1, [2, {3: (4,)}]]", True),
    "many": ("list(range(1000))", "list", f"[{', '.join(map(str, range(20)))}, …]", True),
    "deep": ("[[[[[[1]]]]]]", "list", "[[[[[…]]]]]", True),
    "pairs": ("{'a': {1}}", "dict", "{'a': {1}}", True),
    "members": ("frozenset([1])", "frozenset", "frozenset({1})", True),
    "named": ("Point(1, 2)", "Point", "Point(x=1, y=2)", True),
    "thing": ("Thing()", "Thing", "a thing", True),
    "module": ("collections", "module", None, False),
    "function": ("len", "builtin_function_or_method", "<built-in function len>", False),
    "kind": ("Thing", "type", None, False),
}
HEAD = """
import collections
Point = collections.namedtuple("Point", "x y")
class Thing:
    def __init__(self): self.inner = [1, 2]
    def __repr__(self): return "a\\n   thing"
"""


def test_values(hold: Hold, python: str) -> None:
    frozen = hold("\n".join(f"{name} = {row[0]}" for name, row in VALUES.items()), HEAD, python=python)
    values = frozen.values()
    assert list(values) == list(VALUES)
    for name, (_, kind, text, more) in VALUES.items():
        value = values[name]
        assert (value["type"], value["more"], value["why"]) == (kind, more, "")
        assert text is None or value["text"] == text
        assert len(value["text"]) <= 200
    assert values["long"]["text"].endswith("…")


def test_expanding(hold: Hold) -> None:
    frozen = hold("\n".join(f"{name} = {row[0]}" for name, row in VALUES.items()), HEAD)

    def inside(*path: object) -> dict[str, Line]:
        return {value["name"]: value for value in frozen.ask("expand", path=list(path))["values"]}

    values = frozen.values()
    listed = inside(values["listed"]["step"])
    assert [(name, value["text"]) for name, value in listed.items()] == [("[0]", "1"), ("[1]", "[2, {3: (4,)}]")]
    below = inside(values["listed"]["step"], listed["[1]"]["step"])
    assert below["[1]"]["text"] == "{3: (4,)}"
    lowest = inside(values["listed"]["step"], listed["[1]"]["step"], below["[1]"]["step"])
    assert lowest["3"]["text"] == "(4,)"
    assert inside(values["named"]["step"])["y"]["text"] == "2"
    thing = inside(values["thing"]["step"])
    assert thing[".inner"]["more"]
    assert inside(values["thing"]["step"], thing[".inner"]["step"])["[1]"]["text"] == "2"
    many = frozen.ask("expand", path=[values["many"]["step"]])
    assert (len(many["values"]), many["cut"]) == (200, 800)
    assert "LookupError" in frozen.ask("expand", path=[values["listed"]["step"], ["item", 99]])["why"]


def test_expanding_asks_no_property(hold: Hold) -> None:
    head = """
class Base:
    __slots__ = ("slot", "unset")
class Thing(Base):
    def __init__(self):
        self.slot = 5
        self.inner = 6
    @property
    def trap(self): raise SystemExit
    def __getattr__(self, name): raise SystemExit
    def __iter__(self): raise SystemExit
    def __len__(self): raise SystemExit
    def __bool__(self): raise SystemExit
    def __eq__(self, other): raise SystemExit
class Odd(dict):
    def items(self): raise SystemExit
    def __iter__(self): raise SystemExit
    def __len__(self): raise SystemExit
"""
    frozen = hold("thing = Thing()\nodd = Odd(a=1)\nerror = ValueError(1, 2)", head)
    values = frozen.values()
    found = {
        name: {each["name"]: each["text"] for each in frozen.ask("expand", path=[values[name]["step"]])["values"]}
        for name in ("thing", "odd", "error")
    }
    assert found["thing"] == {".inner": "6", ".slot": "5"}
    assert found["odd"] == {"'a'": "1"}
    assert found["error"][".args"] == "(1, 2)"


HOSTILE = """
import os, signal, sys, threading, time
class Raises:
    def __repr__(self): raise RuntimeError("no")
class Exits:
    def __repr__(self): raise SystemExit(3)
class Interrupts:
    def __repr__(self): raise KeyboardInterrupt
class Prints:
    def __repr__(self):
        print("printed")
        sys.stderr.write("printed")
        os.write(1, b"printed")
        return "prints"
class Sleeps:
    def __repr__(self): time.sleep(600)
class Spins:
    def __repr__(self):
        while True: pass
class Catches:
    def __repr__(self):
        while True:
            try: time.sleep(600)
            except BaseException:
                self.caught = getattr(self, "caught", 0) + 1
                if self.caught > 2: raise
class Lies:
    def __repr__(self): return 5
class Huge:
    def __repr__(self): return "x" * 10_000_000
class Asks:
    def __repr__(self): return input("?") or "asks"
class Breaks:
    def __repr__(self): breakpoint(); return "breaks"
class Key:
    def __repr__(self): raise RuntimeError
"""
EXPECTED = {
    "raises": ("", "its repr raises RuntimeError"),
    "exits": ("", "its repr raises SystemExit"),
    "interrupts": ("", "its repr raises KeyboardInterrupt"),
    "prints": ("prints", ""),
    "sleeps": ("", "its repr takes too long"),
    "spins": ("", "its repr takes too long"),
    "catches": ("", "its repr takes too long"),
    "lies": ("", "its repr raises TypeError"),
    "asks": ("", "its repr raises EOFError"),
    "breaks": ("breaks", ""),
    "listed": ("[1, <Raises: its repr raises RuntimeError>]", ""),
    "keyed": ("{<Key: its repr raises RuntimeError>: 1}", ""),
}


def test_hostile_reprs(hold: Hold, edge: str) -> None:
    body = "\n".join(f"{name} = {name.capitalize()}()" for name in EXPECTED if name not in ("listed", "keyed"))
    frozen = hold(
        f"{body}\nlisted = [1, Raises()]\nkeyed = {{Key(): 1}}\nhuge = Huge()\nlast = 1", HOSTILE, python=edge
    )
    values = frozen.values()
    assert {name: (values[name]["text"], values[name]["why"]) for name in EXPECTED} == EXPECTED
    assert len(values["huge"]["text"]) == 200
    assert values["last"]["text"] == "1"
    (key,) = frozen.ask("expand", path=[values["keyed"]["step"]])["values"]
    assert key["name"] == "<Key>"
    # One and the same inspector: nothing had to be ended.
    assert frozen.evaluate("kept = 1") == ""
    assert frozen.values()["last"]["text"] == "1"
    assert frozen.evaluate("kept") == "1"


def test_many_slow_values_together(hold: Hold) -> None:
    """A second for one answer, not for each value."""
    frozen = hold("\n".join(f"v{n} = Sleeps()" for n in range(100)), HOSTILE)
    reasons = [value["why"] for value in frozen.values().values()]
    assert reasons[0] == "its repr takes too long"
    assert reasons[-1] == "it is not asked for its text: the others took too long"


NEVER_ENDING = """
import os, signal, time
class Hangs:
    def __repr__(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True: time.sleep(600)
class Ends:
    def __repr__(self): os._exit(3)
class Dies:
    def __repr__(self): os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("kind", ["Hangs", "Ends", "Dies"])
def test_values_that_hang_or_end_the_process(hold: Hold, kind: str) -> None:
    frozen = hold(f"before = 1\nvalue = {kind}()\nafter = [2]", NEVER_ENDING)
    values: dict[str, Any] = {}
    for _ in range(2):
        values = frozen.values()
        assert (values["before"]["text"], values["value"]["text"], values["after"]["more"]) == ("1", "", True)
        assert values["value"]["why"] == "it is not asked for its text: a value here hangs, or ends the process"
    inside = frozen.ask("expand", path=[values["after"]["step"]])
    assert inside["values"][0]["text"] == "2"
    assert frozen.evaluate("after") == "[2]"
    assert frozen.evaluate("value", seconds=1) in {
        "answering ended the process",
        "it did not answer in time and was ended",
    }
    assert frozen.evaluate("after") == "[2]"
    assert lives(frozen.pid)


def test_questions_in_a_row(hold: Hold) -> None:
    """Asked all at once: each gets its answer, the one that hangs too."""
    frozen = hold("x = 1\nimport time")
    slow = frozen.begin("evaluate", code="time.sleep(600)", seconds=0.2)
    others = [frozen.begin("evaluate", code=f"x + {n}") for n in range(20)]
    assert frozen.answer(slow)["error"] == "stopped after 0.2 seconds"
    assert [frozen.answer(other)["text"] for other in others] == [str(1 + n) for n in range(20)]


def test_evaluating(hold: Hold, python: str) -> None:
    frozen = hold("x = 20\ny = [1, 2]", "top = 22\n", python=python)
    assert frozen.evaluate("x + top") == "42"
    assert frozen.evaluate("[x + n for n in y]") == "[21, 22]"
    assert frozen.evaluate("(lambda n: n + x)(top)") == "42"
    assert frozen.evaluate("z = 5\nz * 2") == "10"
    assert frozen.evaluate("z + _") == "15"
    assert frozen.evaluate("def f(n): return n + x\nf(1)") == "21"
    assert frozen.evaluate("None") == ""
    answer = frozen.ask("evaluate", code="print('seen'); x")
    assert (answer["text"], answer["printed"], answer["error"]) == ("20", "seen\n", "")
    assert frozen.evaluate("1 / 0") == "ZeroDivisionError: division by zero"
    assert "SyntaxError" in frozen.evaluate("1 +")
    assert frozen.evaluate("raise SystemExit(3)") == "SystemExit: 3"
    assert frozen.evaluate("import os; os._exit(4)") == "answering ended the process"
    assert frozen.evaluate("x") == "20"
    assert len(frozen.ask("evaluate", code="print('x' * 10**6)")["printed"]) == 20_000
    assert len(frozen.evaluate("'x' * 10**6")) <= 10_050
    assert frozen.evaluate("while True: pass", seconds=0.2) == "stopped after 0.2 seconds"
    # The frozen failure itself is as it was.
    frozen.evaluate("y.append(3)")
    frozen.evaluate("import os; os._exit(4)")
    assert frozen.evaluate("y") == "[1, 2]"


def test_evaluating_in_another_frame(drive: Start) -> None:
    tests = "def test_a():\n    outer = 1\n    fall(2)\ndef fall(inner):\n    raise ValueError\n"
    _run, (frozen,) = freeze(drive({"test_a.py": tests}), count=1)
    assert frozen.evaluate("inner") == "2"
    assert frozen.evaluate("outer", frame=0) == "1"
    assert "NameError" in frozen.evaluate("inner", frame=0)
    assert "IndexError" in frozen.ask("locals", frame=9)["why"]


def test_future_statements_of_ours_do_not_leak(hold: Hold) -> None:
    frozen = hold("pass")
    assert frozen.evaluate("def f(a: 1): pass\nf.__annotations__") == "{'a': 1}"


def test_completing(hold: Hold) -> None:
    frozen = hold("value = Thing()\nvalued = 1", "class Thing:\n    attribute = 1\n    _private = 2\n")

    def words(text: str) -> list[str]:
        return list(frozen.ask("complete", text=text)["words"])

    assert words("val") == ["value", "valued"]
    assert words("value.att") == ["value.attribute"]
    assert words("print(value.") == ["value.attribute"]
    assert "value._private" in words("value._")
    assert words("Thing.attribute.bit_le") == ["Thing.attribute.bit_length"]
    assert words("whi") == ["while"]
    assert words("nowhere.x") == []
    assert words("f().x") == []
    assert frozen.ask("complete", text="1 + val")["start"] == 4


def test_names_that_pytest_makes_are_left_out(drive: Start) -> None:
    tests = "def test_a():\n    x = 1\n    assert [x] == [2]\n"
    _run, (frozen,) = freeze(drive({"test_a.py": tests}), count=1)
    assert list(frozen.values()) == ["x"]


def test_module_frames(drive: Start) -> None:
    _run, (frozen,) = freeze(drive({"test_a.py": "x = 1\n1 / 0\n"}), count=1)
    assert list(frozen.values()) == ["x"]


def test_printing_reaches_nobody(drive: Start) -> None:
    tests = "import os\ndef test_a():\n    assert 0\n"
    run, (frozen,) = freeze(drive({"test_a.py": tests}), "-s", count=1)
    before = run.output
    frozen.ask("evaluate", code="print('loud'); os.write(1, b'loud'); os.write(2, b'loud')")
    assert run.output == before


def test_inspector_goes_with_its_failure(hold: Hold) -> None:
    frozen = hold("import os")
    inspector = int(frozen.evaluate("os.getpid()"))
    assert lives(inspector)
    frozen.leave()
    until(lambda: not lives(inspector), "the end of the inspector")


def test_inspector_goes_when_its_failure_is_killed(hold: Hold) -> None:
    frozen = hold("import os")
    inspector = int(frozen.evaluate("os.getpid()"))
    os.kill(frozen.pid, 9)
    until(lambda: not lives(inspector), "the end of the inspector")
