"""Source files as units: what stands at the top of a module or class, by itself."""

from __future__ import annotations

from tests.plugin.blocks.describing import SHOP, Describe, one


def test_units(describe: Describe, python: str) -> None:
    text = """
        '''Doc.'''
        import os, sys as system
        from a import b as c, d
        A = B, C[0] = 1, 2
        x.attribute: int = 1
        print(A)
        @pytest.fixture(autouse=True)
        def always(): pass
        def plain(): pass
        class K:
            '''Doc of K.'''
            y = 1
        if A:
            D = 1
        try:
            E = 1
        except ValueError:
            E = 2
        for i in A:
            F = i
    """
    units = [(each["kind"], each["names"], each["of"]) for each in one(describe, text, python)["units"]]
    assert units == [
        ("doc", [], ""),
        ("import", ["os"], ""),
        ("import", ["system"], ""),
        ("import", ["c"], ""),
        ("import", ["d"], ""),
        ("assign", ["A", "B", "C"], ""),
        ("assign", ["attribute"], ""),
        ("other", [], ""),
        ("autouse", ["always"], ""),
        ("def", ["plain"], ""),
        ("class", ["K"], ""),
        ("doc", ["K"], "K"),
        ("assign", ["y"], "K"),
        ("other", [], ""),
        ("assign", ["D"], ""),
        ("other", [], ""),
        ("assign", ["E"], ""),
        ("other", [], ""),
        ("assign", ["E"], ""),
        ("other", ["i"], ""),
        ("assign", ["F"], ""),
    ]


def test_units_mention_what_stands_in_them_but_in_no_body(describe: Describe, edge: str) -> None:
    text = """
        from a.b import c as d
        A = [B.attribute, "word", "two words", C()]
        @mark(VALUES)
        def f(x=DEFAULT): return inner
        class K(Base, metaclass=Meta):
            y = OWN
        if TEST:
            D = E
    """
    told = {tuple(each["names"]): set(each["mentions"]) for each in one(describe, text, edge)["units"]}
    assert told["d",] == {"c"}
    assert told["A",] == {"A", "B", "attribute", "word", "C"}
    assert told["f",] == {"mark", "VALUES", "DEFAULT"}
    assert told["K",] == {"Base", "Meta"}
    assert told["y",] == {"y", "OWN"}
    assert told[()] == {"TEST"}


def test_a_unit_changes_by_itself(describe: Describe, edge: str) -> None:
    def units(text: str) -> set[tuple[str, ...]]:
        return {(*each["names"], each["hash"]) for each in one(describe, text, edge)["units"]}

    for old, new, names in [
        ("RATE = 2", "RATE = 3", {"RATE"}),
        ("rate=RATE", "rate=4", {"price"}),
        ("limit = 10", "limit = 11", {"limit"}),
        ("Cart(dict)", "Cart(list)", {"Cart"}),
        ("x * rate", "x + rate", set()),
    ]:
        changed = units(SHOP) ^ units(SHOP.replace(old, new))
        assert {name for key in changed for name in key[:-1]} == names
