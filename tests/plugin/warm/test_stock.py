"""Code that is made before it is wanted is the code of the file as it is then, or is not given out."""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tui.plugin.warm.stock import Stock

LONG_AGO = 1_700_000_000


@pytest.fixture
def stock(pytestconfig: pytest.Config) -> Stock:
    return Stock(pytestconfig, [])


def write(path: Path, text: str) -> str:
    """With a time of modification that is always the same."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (LONG_AGO, LONG_AGO))
    return str(path)


def fill(stock: Stock, *files: tuple[str, bool], edited: tuple[str, ...] = ()) -> None:
    stock.want(files, edited)
    while stock.is_lacking:
        stock.make()


def value(code: CodeType | None) -> object:
    assert code is not None
    names: dict[str, object] = {}
    exec(code, names)
    return names["VALUE"]


def test_an_import_finds_its_code_once(stock: Stock, tmp_path: Path) -> None:
    """And the loader is as it was before, whatever is asked of it afterwards."""
    path = write(tmp_path / "prices.py", "VALUE = 1\n")
    fill(stock, (path, False))
    loader = SourceFileLoader("prices", path)
    before = dict(vars(loader))
    stock.serve(loader)
    module = ModuleType("prices")
    loader.exec_module(module)
    assert module.__dict__["VALUE"] == 1
    assert loader.get_code("prices") is not stock.code(path)
    assert vars(loader) == before


def test_the_code_is_the_one_that_an_import_makes(stock: Stock, tmp_path: Path) -> None:
    path = write(tmp_path / "prices.py", "VALUE = 1\ndef f(): return [VALUE for _ in 'ab']\n")
    fill(stock, (path, False))
    assert stock.code(path) == SourceFileLoader("prices", path).get_code("prices")
    fill(stock, (path, False), edited=(path,))
    code = stock.code(path)
    assert code == SourceFileLoader("prices", path).get_code("prices")
    assert code is not None
    assert code.co_filename == path


@pytest.mark.parametrize("told", ["when code is made", "when it is used", "never"])
def test_an_edit_that_leaves_time_and_size_is_seen(stock: Stock, tmp_path: Path, told: str) -> None:
    """Where the engine has told of it; otherwise by the state of the file, as in a parked session."""
    path = write(tmp_path / "prices.py", "VALUE = 1\n")
    fill(stock, (path, False), edited=(path,) if told == "when code is made" else ())
    loader = SourceFileLoader("prices", path)
    stock.serve(loader)
    write(tmp_path / "prices.py", "VALUE = 2\n" if told != "never" else "VALUE = 22\n")
    if told == "when it is used":
        stock.doubt([path])
    assert stock.code(path) is None
    assert stock.digest(path) is None
    module = ModuleType("prices")
    if told != "never":
        Path(SourceFileLoader("prices", path).get_filename("prices")).touch()
    loader.exec_module(module)
    assert module.__dict__["VALUE"] in (2, 22)
    fill(stock, (path, False), edited=(path,))
    assert value(stock.code(path)) in (2, 22)


def test_bytecode_beside_an_edited_file_is_not_trusted(stock: Stock, tmp_path: Path) -> None:
    """It counts as fresh by second and size."""
    path = write(tmp_path / "prices.py", "VALUE = 1\n")
    SourceFileLoader("prices", path).get_code("prices")
    write(tmp_path / "prices.py", "VALUE = 2\n")
    fill(stock, (path, False), edited=(path,))
    assert value(stock.code(path)) == 2


def test_asserts_are_rewritten_in_those_that_pytest_rewrites(stock: Stock, tmp_path: Path) -> None:
    path = write(tmp_path / "test_a.py", "def test(): assert [1] == [2]\n")
    fill(stock, (path, True), edited=(path,))
    code = stock.code(path, rewritten=True)
    assert code is not None
    assert "@pytest_ar" in code.co_names
    assert stock.code(path) is None
    loader = SourceFileLoader("test_a", path)
    stock.serve(loader)
    assert "get_code" not in vars(loader)


@pytest.mark.parametrize("text", ["def f(:\n", "VALUE = '\\d'\n", "VALUE = '\0'\n", "VALUE = 1 is 1\n"])
def test_what_a_run_has_to_say_is_left_to_it(stock: Stock, tmp_path: Path, text: str) -> None:
    """Errors, and warnings of the compiler."""
    path = write(tmp_path / "prices.py", text)
    fill(stock, (path, False), edited=(path,))
    assert stock.code(path) is None


def test_only_what_is_not_loaded_and_what_costs_something(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    loaded, later, gone = (str(tmp_path / name) for name in ("loaded.py", "later.py", "gone.py"))
    asserts, edited = (write(tmp_path / name, "def test(): assert 1\n") for name in ("test_a.py", "test_b.py"))
    write(tmp_path / "loaded.py", "VALUE = 1\n")
    write(tmp_path / "later.py", "VALUE = 2\n")
    stock = Stock(pytestconfig, [loaded])
    fill(stock, (loaded, False), (later, False), (gone, False), (asserts, True), (edited, True), edited=(edited,))
    kept = [path for path in (loaded, later, gone, asserts, edited) if stock.digest(path) is not None]
    assert kept == [later, edited]
    fill(stock, (later, False))
    assert stock.digest(edited) is None


def test_there_is_an_end_to_what_is_kept(stock: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.plugin.warm.stock._LIMIT", 25)
    paths = [write(tmp_path / f"prices{number}.py", "VALUE = 1\n") for number in range(4)]
    fill(stock, *[(path, False) for path in paths])
    assert [stock.digest(path) is not None for path in paths] == [True, True, False, False]
    fill(stock, *[(path, False) for path in paths[2:]])
    assert [stock.digest(path) is not None for path in paths] == [False, False, True, True]


def test_other_loaders_are_left_alone(stock: Stock, tmp_path: Path) -> None:
    """Tools that change code as it is imported derive theirs from the ordinary one."""

    class Instrumenting(SourceFileLoader):
        pass

    path = write(tmp_path / "prices.py", "VALUE = 1\n")
    fill(stock, (path, False))
    loader = Instrumenting("prices", path)
    before = dict(vars(loader))
    stock.serve(loader)
    stock.serve(object())
    assert vars(loader) == before
    assert "prices" not in sys.modules
