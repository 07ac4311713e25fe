"""What the tests of blocks ask of a source file, and what they look at in the answer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from tests.plugin.driver import HERE
from tui.plugin import wire

Told = dict[str, Any]
Describe = Callable[..., dict[str, Told]]

SCRIPT = (
    wire.BOOT
    + """
load(sys.argv[1])
from _redbar_plugin import blocks
before = set(sys.modules)
blocks.main(sys.argv[3:], sys.argv[2])
assert "pytest" not in sys.modules
"""
)


def one(describe: Describe, text: str, python: str = HERE) -> Told:
    return describe({"m.py": text}, python=python)["m.py"]


def blocks(told: Told) -> dict[str, Told]:
    return {block["qual"]: block for block in told["blocks"]}


def hashes(told: Told) -> dict[str, str]:
    return {block["qual"]: block["hash"] for block in told["blocks"]}


def text_of(source: str, flat: list[int]) -> list[str]:
    lines = textwrap.dedent(source).split("\n")
    return [lines[n - 1].strip() for a, b in zip(flat[::2], flat[1::2], strict=True) for n in range(a, b + 1)]


SHOP = """
    '''A shop.'''
    import functools
    RATE = 2
    def price(x, rate=RATE):
        '''What it costs.'''
        total = x * rate
        return total
    class Cart(dict):
        '''Holds things.'''
        limit = 10
        @property
        def size(self):
            return len(self)
        @size.setter
        def size(self, n):
            self.n = n
        class Inner:
            def deep(self):
                def deeper():
                    return [x for x in range(3)]
                return sorted(deeper(), key=lambda x: -x)
    if RATE:
        def late(): return 1
    else:
        def late(): return 2
"""
