"""Which debugger: the one that the person wants, or pdb and the reason why.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import importlib
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Any

from . import pudbs, surroundings
from .lending import fits, lacks
from .streams import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def made(debugger: str, lend: Mapping[str, Any], *, again: bool = False) -> tuple[Any, str]:
    """A debugger, and why it is not the one that was wanted (or nothing). Call it while pudb is lent.

    ``debugger`` is ``pudb``, ``pdb``, ``ipdb`` or ``module:Class``. ``again``: pudb's own if there is one already.
    """
    with surroundings.of_the_person(), plain(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they would be the test's, and with it they may be errors
        try:
            existing = pudbs.current() if again and debugger == "pudb" else None
            return existing or _maker(debugger)(), ""
        except Exception as error:
            return _maker("pdb")(), f"{_reason(debugger, lend, error)}: this is pdb."


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
    whole = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return f"{whole}\n{debugger} cannot be loaded ({type(error).__name__}: {error})"


def preload(debugger: str) -> None:
    """Import what ``choose`` and the first screen of that debugger need."""
    if debugger == "pudb":
        pudbs.preload()
    elif debugger == "ipdb":
        # Not IPython: it asks when it is imported whether there is a terminal.
        for name in ("prompt_toolkit.shortcuts", "pygments.lexers", "traitlets.config", "jedi"):
            importlib.import_module(name)
    elif debugger != "pdb":
        importlib.import_module(debugger.partition(":")[0])
    if "pdb" not in sys.modules:
        importlib.import_module("pdb")
