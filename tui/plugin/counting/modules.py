"""Names that a file can have as a module.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys


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
