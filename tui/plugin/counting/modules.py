"""Names that a file can have as a module.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def names_of(path: str) -> list[str]:
    """Dotted names under which the file at ``path`` may have been imported, the most likely first; never empty.

    By the ``__init__.py`` files around it, and by the folders of ``sys.path``: a namespace package has none.
    """
    folder, _, last = path.rpartition("/")
    stem = last.rpartition(".")[0] or last
    names = [] if stem == "__init__" else [stem]
    while folder and os.path.exists(f"{folder}/__init__.py"):
        folder, _, last = folder.rpartition("/")
        names.insert(0, last)
    found = [".".join(names) or stem]
    for root in sys.path:
        base = os.path.realpath(root) if root else os.getcwd()
        if path.startswith(f"{base}/"):
            dotted = path[len(base) + 1 :].rpartition(".")[0].replace("/", ".")
            found.append(dotted.removesuffix(".__init__"))
    return list(dict.fromkeys(found))


def names_of_copies(path: str, mapped: Callable[[str], str]) -> Iterator[str]:
    """Dotted names of files on ``sys.path`` in whose place the one at ``path`` stands.

    ``mapped`` gives the path that a file has in the report.
    """
    parts = path.rpartition(".")[0].split("/")
    for root in sys.path:
        for count in range(1, len(parts)):
            copy = f"{root}/{'/'.join(parts[-count:])}.py"
            if copy != path and os.path.exists(copy) and mapped(copy) == path:
                yield ".".join(parts[-count:]).removesuffix(".__init__")
