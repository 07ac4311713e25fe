"""The order of what runs, and how many of the first may run one by one."""

from __future__ import annotations

from dataclasses import replace

from tests.model.impact.making import ROOT, Project, told
from tui.model.impact.index import IMPORT, Name
from tui.model.impact.source import changed_lines, line_set, members

CART, OTHER = "tests/test_cart.py", "tests/test_other.py"
TALL = "def f(n):\n    if n:\n        return 1\n    return 2\n"


def lines_of(text: str) -> list[int]:
    return [hash(line) for line in text.splitlines()]


def test_who_executed_the_changed_line_itself_comes_first(shop: Project) -> None:
    shop.write("tall.py", TALL)
    whole = shop.test(f"{OTHER}::test_one", {"tall.py": ["f"]})
    short = shop.test(f"{OTHER}::test_two", {})
    file = shop.index.file("/p/tall.py")
    context = shop.index.tests.get(short)
    assert context is not None
    shop.index.put(replace(context, lines=(*context.lines, file.executed(next(iter(file.versions)), 0b1100))))
    seconds = {whole: 5.0, short: 0.01}  # its way leads past the edit
    choice = shop.choose(shop.edit("tall.py", "return 2", "return 3"), seconds=seconds)
    assert list(told(choice)) == [whole[0], short[0]]


def test_the_cheap_one_of_equals_comes_first(shop: Project) -> None:
    seconds = {(f"{CART}::test_price", 0): 3.0, (f"{CART}::test_total", 0): 0.1}
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), seconds=seconds)
    assert list(told(choice)) == [f"{CART}::test_total", f"{CART}::test_price"]


def test_every_way_through_what_changed_comes_before_the_second_of_any(shop: Project) -> None:
    shop.write("tall.py", TALL)
    early = [
        shop.test(f"{OTHER}::test_{name}", {"tall.py": ["f"]}, only={"tall.py": 0b1100}) for name in ("one", "two")
    ]
    late = shop.test(f"{OTHER}::test_three", {"tall.py": ["f"]}, only={"tall.py": 0b10100})
    seconds = {early[0]: 0.1, early[1]: 0.2, late: 9.0}
    choice = shop.choose(shop.edit("tall.py", "if n", "if not n"), seconds=seconds)
    assert list(told(choice)) == [early[0][0], late[0], early[1][0]]


def test_ways_elsewhere_do_not_count(shop: Project) -> None:
    again = shop.test(f"{OTHER}::test_one", {"cart.py": ["price"]})
    seconds = {(f"{CART}::test_price", 0): 0.1, again: 0.2, (f"{CART}::test_total", 0): 9.0}
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), seconds=seconds)
    assert list(told(choice)) == [f"{CART}::test_price", again[0], f"{CART}::test_total"]


def test_what_few_have_in_common_with_the_edit_comes_before_what_many_have(shop: Project) -> None:
    shop.write(
        "kinds.py", "class Kind:\n    size = 1\n\ndef one(n):\n    return n.size\n\ndef two():\n    return Kind()\n"
    )
    shop.write(OTHER, "\n".join(f"def test_n{n}():\n    return n{n}\n" for n in range(9)), "kinds.py")
    many = [shop.test(f"{OTHER}::test_n{n}", {"kinds.py": ["one"]}) for n in range(8)]
    few = shop.test(f"{OTHER}::test_n8", {"kinds.py": ["two"]})
    choice = shop.choose(shop.edit("kinds.py", "size = 1", "size = 2"), seconds={few: 0.001})
    assert [chosen.key for chosen in choice.items if chosen.tier == 2][:1] == [few]
    assert {chosen.tier for chosen in choice.items if chosen.key in {few, *many}} == {2}


def test_another_function_comes_before_the_same_with_other_parameters(shop: Project) -> None:
    shop.write("tall.py", TALL)
    keys = [shop.test(f"{OTHER}::test_one[{n}]", {"tall.py": ["f"]}, only={"tall.py": 0b100 << n}) for n in range(3)]
    other = shop.test(f"{OTHER}::test_two", {"tall.py": ["f"]}, only={"tall.py": 0b1100})
    seconds = dict.fromkeys(keys, 0.001) | {other: 0.003}
    order = [key for key, _ in told(shop.choose(shop.edit("tall.py", "if n", "if not n"), seconds=seconds)).items()]
    assert order[:2] == [keys[0][0], other[0]]


def test_some_of_the_first_places_go_to_who_executes_much(shop: Project) -> None:
    """What is expected may be wrong: a test that does a lot finds what nobody thought of."""
    more = "tests/test_more.py"
    shop.write("tall.py", TALL)
    shop.write("much.py", "\n".join(f"def f{n}():\n    return {n}\n" for n in range(40)))
    shop.write(more, "\n".join(f"def test_s{n}():\n    f(1)\n" for n in range(12)) + "\ndef test_big():\n    f(2)\n")
    small = [shop.test(f"{more}::test_s{n}", {"tall.py": ["f"]}) for n in range(12)]
    broad = shop.test(f"{more}::test_big", {"tall.py": ["f"], "much.py": [f"f{n}" for n in range(40)]})
    edit = shop.edit("tall.py", "if n", "if not n")
    for seconds, place in ((0.5, 2), (1.5, 12)):
        choice = shop.choose(edit, seconds=dict.fromkeys(small, 0.1) | {broad: seconds})
        assert [chosen.key for chosen in choice.items].index(broad) == place
        assert {broad, *small} <= {chosen.key for chosen in choice.items}


def test_the_last_tier_goes_by_duration(shop: Project) -> None:
    seconds = {(f"{CART}::test_{name}", 0): n for name, n in (("label", 2.0), ("empty", 1.0))}
    choice = shop.choose(shop.edit("cart.py", "RATE = 2", "RATE = 3"), seconds=seconds)
    assert list(told(choice))[2:] == [f"{CART}::test_empty", f"{CART}::test_label"]


def test_what_failed_last_comes_first_in_its_tier(shop: Project) -> None:
    seconds = {(f"{CART}::test_price", 0): 3.0, (f"{CART}::test_total", 0): 0.1}
    failed = {(f"{CART}::test_price", 0)}
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), seconds=seconds, failed=failed)
    assert next(iter(told(choice))) == f"{CART}::test_price"


def test_at_most_ten_lead(shop: Project) -> None:
    for number in range(30):
        shop.test(f"{OTHER}::test_one[{number}]", {"cart.py": ["label"]})
    assert shop.choose(shop.edit("cart.py", "str(n)", "repr(n)")).lead == 10


def test_an_expensive_fixture_of_a_module_ends_the_lead(shop: Project) -> None:
    key = shop.fixture("tests::db@tests/test_other.py#", {}, setup=0.2)
    slow = shop.test(f"{OTHER}::test_one", {"cart.py": ["price"]}, fixtures=(key,))
    seconds = {(f"{CART}::test_price", 0): 0.1, (f"{CART}::test_total", 0): 0.2, slow: 1.0}
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), seconds=seconds)
    assert [chosen.key for chosen in choice.items].index(slow) == choice.lead == 2


def test_an_expensive_fixture_of_the_session_is_set_up_once_anyway(shop: Project) -> None:
    key = shop.fixture("tests::db@#", {}, setup=0.2)
    for name in ("price", "total"):
        shop.test(f"{CART}::test_{name}", {"cart.py": ["price"]}, fixtures=(key,))
    assert shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n")).lead == 2


def test_changed_lines() -> None:
    old = lines_of("a\nb\nc\nd\ne")
    assert set(members(changed_lines(old, lines_of("a\nb\nX\nd\ne")))) == {3}
    assert set(members(changed_lines(old, lines_of("a\nb\nX\nc\nd\ne")))) == {2, 3}
    assert set(members(changed_lines(old, lines_of("b\nc\ne")))) == {1, 4}
    assert changed_lines(old, old) == 0
    assert set(members(changed_lines(lines_of("a"), lines_of("a\nb")))) == {1, 2}


def test_line_sets() -> None:
    assert line_set([3, 3, 5, 7]) == 0b11101000
    assert list(members(0b11101000)) == [3, 5, 6, 7]
    assert line_set([]) == 0


def test_who_executed_the_line_while_being_imported_counts_as_near(shop: Project) -> None:
    """Its tests are of the second tier, since none of them executed it; the edit shows in them all the same."""
    shop.executed(Name(IMPORT, f"{ROOT}/{OTHER}"), {"cart.py": ["price"]}, only={"cart.py": 0b100_0000})
    seconds = {(f"{CART}::test_price", 0): 1.0, (f"{CART}::test_total", 0): 2.0}
    choice = shop.choose(shop.edit("cart.py", "n * RATE", "RATE * n"), seconds=seconds)
    assert [chosen.tier for chosen in choice.items[:3]] == [2, 1, 2]
