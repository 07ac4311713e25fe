"""Lines of Python within a string are painted as what they are."""

from __future__ import annotations

import pytest

from tui.engine.source import Source
from tui.ui.detail import others
from tui.ui.detail.document import Look
from tui.ui.detail.strings import within_strings


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('def f():\n    """One.\n\n    True and the if.\n    """\n    return 1', {3, 4, 5}),
        ("x = '''a\nb'''\ny = 1", {2}),
        ('x = f("""a\nb""")', {2}),
        ('x = """a\nb""" if y else None', set()),
        ('x = """a\nb\nc""".strip() + other', {2}),
        ('# not """ a string\ny = 1\nz = 2 # """', set()),
        ('x = \'"""\'\ny = 1\nz = \'"""\'', set()),
        ('x = """a\\"""b\nc"""', {2}),
        ('x = """never closed\ny = 1', set()),
        ('"""a\nb"""\n"""c\nd\n"""', {2, 4, 5}),
        ("", set()),
    ],
)
def test_lines_within_strings(source: str, lines: set[int]) -> None:
    assert within_strings(source.split("\n")) == lines


def test_docstring_in_the_tab_of_the_source() -> None:
    found = Source(7, ("def test_one():", '    """If and', "    for.", '    """', "    assert 0"))
    document = others.source(None, found, "a.py", 11)
    assert [line.look for line in document.lines] == [
        Look.CODE,
        Look.CODE,
        Look.STRING,
        Look.STRING,
        Look.FAILING,
    ]
