"""Counts what recorded lines and arcs cover, by the project's own coverage.py and its configuration.

It runs in a process of its own, a fork of the host: tests need not wait until coverage.py has been imported.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

from .. import wire
from .exporting import export
from .files import Counter
from .library import UnfitError, library


def main(plan: str, answer: str) -> None:
    """Answer the ``wire.CountPlan`` in the file ``plan`` by a ``wire.Counted`` in ``answer``, whole or not at all.

    Raises OSError, and ValueError for something else than a plan.
    """
    with open(plan, "rb") as file:
        wanted = wire.decode(file.read())
    unfinished = answer + ".part"
    with open(unfinished, "wb") as file:
        file.write(wire.encode(counted(wanted)))
    os.replace(unfinished, answer)


def counted(plan: dict[str, Any]) -> dict[str, Any]:
    """The answer to a plan. Whatever is wrong with the project or its coverage.py is said in ``error``, in words."""
    sys.path += [path for path in plan["roots"] if path not in sys.path]
    answer: dict[str, Any] = {"coverage": "", "lent": False, "error": "", "files": {}, "same": [], "notes": []}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            module, answer["lent"] = library(plan["lend"])
            answer["coverage"] = str(module.__version__)
            counter = Counter(module, plan)
            if plan["export"]:
                answer["exported"] = export(counter, *plan["export"])
            else:
                answer.update(counter.answer())
        except UnfitError as error:
            answer["error"] = str(error)
        except Exception as error:  # of its configuration, its plugins, or its inner parts
            answer["error"] = f"coverage.py {answer['coverage']} cannot be used here: {_words(error)}"
    about = [str(each.message) for each in caught if type(each.message).__name__ == "CoverageWarning"]
    answer["notes"] = list(dict.fromkeys([*answer["notes"], *about]))
    return answer


def _words(error: Exception) -> str:
    known = type(error).__module__.startswith("coverage")
    return str(error) if known and str(error) else f"{type(error).__name__}: {error}"
