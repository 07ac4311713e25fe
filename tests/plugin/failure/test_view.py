"""What a person is shown of an exception: its chain, frames without the runner, where to begin."""

from __future__ import annotations

import doctest
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.plugin.failure.view import Raised, View
from tui.plugin.territory import Territory


def caught(function: Callable[..., object], *args: object) -> BaseException:
    try:
        function(*args)
    except BaseException as error:  # noqa: BLE001 - SystemExit, too
        return error
    raise AssertionError("nothing was raised")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(project: Path) -> Callable[..., dict[str, Any]]:
    """Runs a source as a file of the project, or of another folder: ``load(text, "lib/x.py", name="x")``."""

    def run(source: str, path: str = "test_it.py", *, name: str = "test_it", **names: object) -> dict[str, Any]:
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source, "utf-8")
        space: dict[str, Any] = {"__name__": name, **names}
        exec(compile(source, str(place), "exec"), space)
        return space

    return run


Load = Callable[..., dict[str, Any]]


def seen(error: BaseException, **options: Any) -> View:
    view = View(error, Territory(), **options)
    json.dumps(view.describe())  # it goes over a socket
    for each in view.exceptions:
        assert len(each.entries()) == len(each.frames)
    return view


def functions(raised: Raised) -> list[str]:
    return [frame.function.rpartition(".")[2] for frame in raised.frames]


def start(view: View) -> str:
    exception, frame = view.default
    return view.exceptions[exception].frames[frame].function.rpartition(".")[2]


def test_deepest_own_frame_is_where_to_begin(load: Load) -> None:
    library = load("def parse(text):\n    int(text)\n", "lib/site-packages/deep.py", name="deep")
    space = load("def test_a():\n    helper('x')\ndef helper(text):\n    parse(text)\n", **library)
    space["__name__"] = "test_it"
    view = seen(caught(space["test_a"]))
    (raised,) = view.exceptions
    assert functions(raised)[-3:] == ["test_a", "helper", "parse"]
    assert [frame.own for frame in raised.frames[-3:]] == [True, True, False]
    assert start(view) == "helper"
    own = raised.frames[-2]
    assert (own.path, own.line) == (str(Path("test_it.py").resolve()), 4)
    assert (raised.label, raised.parent, raised.message.split()[0]) == ("raised", None, "invalid")


def test_runner_is_cut_off(load: Load) -> None:
    runner = load("def call(f):\n    f()\n", "other/runner.py", name="_pytest.runner")
    pluggy = load("def multi(f):\n    call(f)\n", "other/pluggy.py", name="pluggy._callers", call=runner["call"])
    space = load("def test_a():\n    call(lambda: 1 / 0)\n", call=runner["call"])
    error = caught(pluggy["multi"], space["test_a"])
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None  # this file
    (raised,) = seen(error).exceptions
    # What the person's code calls stays, be it pytest.
    assert functions(raised) == ["test_a", "call", "<lambda>"]
    entries = raised.entries()
    assert [entry.tb_frame.f_code.co_name for entry in entries] == functions(raised)
    assert entries[0].tb_lineno == 2
    assert error.__traceback__ is not raised.traceback


def test_hooks_around_a_test_are_no_part_of_it(load: Load) -> None:
    test = load("def test_a():\n    assert 0\n")["test_a"]
    call = load(
        "def pytest_pyfunc_call(inner):\n    inner()\n", "site-packages/_pytest/python.py", name="_pytest.python"
    )
    manager = load(
        "def _multicall(inner, *args):\n    inner(*args)\n", "site-packages/pluggy/_callers.py", name="pluggy._callers"
    )
    hook = load("def pytest_runtest_call(inner, *args):\n    inner(*args)\n", "conftest.py", name="conftest")
    steps = (hook["pytest_runtest_call"], manager["_multicall"], call["pytest_pyfunc_call"], test)
    view = seen(caught(manager["_multicall"], *steps))
    assert functions(view.exceptions[0]) == ["test_a"]


def test_runner_alone_keeps_its_last_frame(load: Load) -> None:
    runner = load(
        "def call():\n    fill()\ndef fill():\n    raise LookupError('no fixture')\n", name="_pytest.fixtures"
    )
    error = caught(runner["call"])
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    view = seen(error)
    assert functions(view.exceptions[0]) == ["fill"]
    assert view.default == (0, 0)


def test_hidden_frames(load: Load) -> None:
    source = """\
def test_a():
    check(False)
def check(value):
    __tracebackhide__ = True
    assert value
"""
    view = seen(caught(load(source)["test_a"]))
    assert [frame.hidden for frame in view.exceptions[0].frames[-2:]] == [False, True]
    assert start(view) == "test_a"


@pytest.mark.parametrize(
    ("hides", "beginning"),
    [
        ("lambda info: info.errisinstance(ValueError)", "test_a"),
        ("lambda info: info.errisinstance(TypeError)", "check"),
        ("lambda info: 1 / 0", "test_a"),
        ("0", "check"),
    ],
)
def test_hidden_by_a_call(load: Load, hides: str, beginning: str) -> None:
    source = f"""\
def test_a():
    check()
def check():
    __tracebackhide__ = {hides}
    raise ValueError
"""
    error = caught(load(source)["test_a"])
    assert start(seen(error)) == beginning
    # Without code of the project nothing is hidden by it.
    assert start(seen(error, bare=True)) == "check"


def test_all_own_frames_hidden(load: Load) -> None:
    view = seen(caught(load("__tracebackhide__ = True\ndef test_a():\n    1 / 0\n")["test_a"]))
    assert view.exceptions[0].frames[-1].hidden
    assert view.default[1] == 0  # this file's, which is no file of the project


def test_chain(load: Load) -> None:
    source = """\
def low():
    raise KeyError("low")
def test_a():
    try:
        low()
    except KeyError as error:
        try:
            raise ValueError("middle") from error
        except ValueError:
            raise TypeError("top")
"""
    view = seen(caught(load(source)["test_a"]))
    assert [(each.label, each.parent, each.message) for each in view.exceptions] == [
        ("raised", None, "top"),
        ("context", 0, "middle"),
        ("cause", 1, "'low'"),
    ]
    assert functions(view.exceptions[2]) == ["test_a", "low"]
    assert view.default[0] == 0


def test_suppressed_context_and_circles(load: Load) -> None:
    source = """\
def test_a():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError from None
"""
    error = caught(load(source)["test_a"])
    assert len(seen(error).exceptions) == 1
    error.__cause__ = other = RuntimeError("never raised")
    other.__cause__ = error
    view = seen(error)
    assert [each.label for each in view.exceptions] == ["raised", "cause"]
    assert view.exceptions[1].traceback is None
    assert view.exceptions[1].begin() == -1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no groups")
def test_groups(load: Load) -> None:
    source = """\
def fail(number):
    1 / number
def group(*numbers):
    errors = []
    for number in numbers:
        try:
            fail(number)
        except ZeroDivisionError as error:
            errors.append(error)
    raise ExceptionGroup("several", errors)
"""
    space = load(source)
    view = seen(caught(space["group"], 0, 0))
    assert [(each.label, each.parent) for each in view.exceptions[:2]] == [("raised", None), ("member 1", 0)]
    assert [(each.label, each.parent) for each in view.exceptions[2:]] == [("member 2", 0)]
    assert start(view) == "group"
    single = seen(caught(space["group"], 0))
    assert single.default[0] == 1
    assert start(single) == "fail"
    many = seen(caught(space["group"], *[0] * 1000))
    assert len(many.exceptions) == 30


def test_cause_in_own_code_is_preferred_to_a_wrapper_without(load: Load) -> None:
    runner = load(
        """\
def collect(f):
    try:
        f()
    except ImportError as error:
        raise LookupError("cannot import") from error
""",
        "lib/site-packages/python.py",
        name="_pytest.python",
    )
    space = load("def module():\n    raise ImportError('x')\n")
    error = caught(runner["collect"], space["module"])
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    view = seen(error)
    assert view.exceptions[view.default[0]].label == "cause"
    assert start(view) == "module"


def test_recursion_is_cut_in_the_middle(load: Load) -> None:
    view = seen(caught(load("def fall(n):\n    return fall(n + 1)\n")["fall"], 0))
    (raised,) = view.exceptions[:1]
    assert len(raised.frames) == 300
    assert start(view) == "fall"
    deepest = raised.entries()[-1].tb_frame.f_locals["n"]
    assert deepest > 300


def test_text_that_cannot_be_had(load: Load) -> None:
    source = """\
class Odd(Exception):
    def __str__(self):
        raise RuntimeError
def test_a():
    raise Odd
def test_long():
    raise ValueError("x" * 10_000)
"""
    space = load(source)
    assert seen(caught(space["test_a"])).exceptions[0].message == "its text cannot be had: RuntimeError"
    assert len(seen(caught(space["test_long"])).exceptions[0].message) == 2001
    assert seen(caught(space["test_long"]), bare=True).exceptions[0].message == ""


class Runner(doctest.DebugRunner):
    """Raises its failures, as pytest's does."""


DOCTEST = '''\
def double(number):
    """Twice.

    >>> value = 21
    >>> double(value)
    43
    """
    return number * 2
def fall():
    """
    >>> fall()
    """
    raise ValueError("down")
'''


def examine(space: dict[str, Any], name: str, path: Path) -> BaseException:
    finder = doctest.DocTestFinder()
    (test,) = finder.find(space[name], name, globs=space, module=False)
    test.filename = str(path)
    return caught(lambda: Runner().run(test, clear_globs=False))


def test_doctest_with_other_output(load: Load, project: Path) -> None:
    space = load(DOCTEST)
    view = seen(examine(space, "double", project / "test_it.py"))
    raised = view.exceptions[0]
    assert raised.message == "expected '43\\n', got '42\\n'"
    (frame,) = raised.frames
    assert (frame.path, frame.line, frame.own) == (str(project / "test_it.py"), 5, True)
    (entry,) = raised.entries()
    assert entry.tb_frame.f_locals["value"] == 21
    assert "__redbar_mismatch__" not in entry.tb_frame.f_globals


def test_doctest_that_raises(load: Load, project: Path) -> None:
    view = seen(examine(load(DOCTEST), "fall", project / "test_it.py"))
    raised = view.exceptions[0]
    assert type(raised.value) is ValueError
    assert functions(raised) == ["<module>", "fall"]
    assert raised.frames[0].line == 11
    assert start(view) == "fall"


def test_conftest_that_cannot_be_imported(load: Load) -> None:
    class ConftestImportFailure(Exception):  # noqa: N818 - pytest's name
        def __init__(self, cause: BaseException) -> None:
            self.cause = cause

    cause = caught(load("def module():\n    1 / 0\n")["module"])
    assert seen(ConftestImportFailure(cause)).exceptions[0].value is cause


def test_sections_are_kept(load: Load) -> None:
    error = caught(load("def module():\n    1 / 0\n")["module"])
    assert seen(error, sections=[("Captured stdout call", "x")]).sections == [("Captured stdout call", "x")]
