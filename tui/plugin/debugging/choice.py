"""Which debugger: the one that the person wants, or pdb and the reason why.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from . import pudbs
from .lending import fits, lacks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Choice:
    """``make`` gives a new debugger. ``name`` is for the person, ``words`` say why it is not what they wanted."""

    def __init__(self, name: str, make: Callable[[], Any], words: str = "") -> None:
        self.name = name
        self.make = make
        self.words = words


def choose(debugger: str, lend: Mapping[str, Any]) -> Choice:
    """``pudb``, ``pdb``, ``ipdb`` or ``module:Class``, as far as it can be imported. Call it while pudb is lent."""
    try:
        return Choice(debugger, _maker(debugger))
    except Exception as error:
        return Choice("pdb", _maker("pdb"), f"{_reason(debugger, lend, error)}: this is pdb.")


def _maker(debugger: str) -> Callable[[], Any]:
    if debugger == "pudb":
        return pudbs.maker()
    if debugger == "ipdb":
        make: Callable[[], Any] = importlib.import_module("ipdb.__main__")._init_pdb  # noqa: SLF001 - there is no other
        return make
    module, _, name = ("pdb", "", "Pdb") if debugger == "pdb" else debugger.partition(":")
    kind: Any = importlib.import_module(module)
    for part in name.split("."):
        kind = getattr(kind, part)
    if pudbs.is_pudb(kind):
        pudbs.be_quiet()
    return kind  # type: ignore[no-any-return] # a class


def _reason(debugger: str, lend: Mapping[str, Any], error: Exception) -> str:
    module = debugger.partition(":")[0]
    if lacks(module.partition(".")[0]):
        words = f"{module} is not installed in this project"
        if module in lend.get("modules", {}) and not fits(lend):
            return f"{words}, and Redbar's own needs Python {'.'.join(map(str, lend['python']))}"
        return words
    return f"{debugger} cannot be loaded ({type(error).__name__}: {error})"


def preload(debugger: str) -> None:
    """Import what ``choose`` and the first screen of that debugger need."""
    if debugger == "pudb":
        pudbs.preload()
    elif debugger == "ipdb":
        importlib.import_module("ipdb")
    elif debugger != "pdb":
        importlib.import_module(debugger.partition(":")[0])
    if "pdb" not in sys.modules:
        importlib.import_module("pdb")
