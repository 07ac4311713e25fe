"""What source files consist of, in the eyes of the interpreter that runs the tests.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import warnings
import zlib
from typing import Any

from .. import wire
from .bodies import blocks_of
from .imports import Resolver
from .statements import units_of


def main(paths: list[str], answer: str) -> None:
    """Write ``describe(paths)`` as JSON into the file ``answer``, whole or not at all. Raises OSError."""
    unfinished = answer + ".part"
    with open(unfinished, "wb") as file:
        file.write(wire.encode(describe(paths)))
    os.replace(unfinished, answer)


def describe(paths: list[str]) -> dict[str, Any]:
    """The content, blocks, units and imports of each file; ``paths`` are absolute. Nothing is imported.

    ``{"python": version, "files": {path: {"hash", "error", "lines", "blocks", "units", "imports", "wants"}}}``; of a
    file that is gone only ``{"hash": None}``, of one that is no Python ``error`` says why and the rest is missing.
    """
    resolver = Resolver()
    files = {path: _file(path, resolver) for path in paths}
    return {"python": platform.python_version(), "files": files}


def _file(path: str, resolver: Resolver) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return {"hash": None}
    told: dict[str, Any] = {"hash": hashlib.blake2b(data, digest_size=16).hexdigest(), "error": None}
    # Lines end here where they end for the parser, not where they do for text.
    told["lines"] = [zlib.crc32(line.strip()) for line in data.splitlines()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data, path)
            told["units"] = units_of(tree)
            told["blocks"], nodes = blocks_of(tree, path)
        told["imports"], told["wants"] = resolver.imports(nodes, path)
    except SyntaxError as error:
        told = {"hash": told["hash"], "error": f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)}
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        told = {"hash": told["hash"], "error": str(error) or type(error).__name__}
    return told
