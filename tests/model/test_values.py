from dataclasses import field, fields, replace
from typing import Any

import pytest

from tui.model.values import Value, state, value


def _classes() -> tuple[Any, Any]:
    """New ones, of which there is no instance yet."""

    @value
    class Place(Value):
        """Where."""

        file: str
        line: int = 1

    @state
    class Walk:
        """What changes."""

        steps: list[int] = field(default_factory=list)
        over: bool = False

    return Place, Walk


def test_equal_values() -> None:
    place, _ = _classes()
    assert place("a.py") == place(file="a.py", line=1) != place("a.py", 2)
    assert len({place("a.py"), place("a.py")}) == 1
    assert repr(place("a.py")) == "Place(file='a.py', line=1)"


def test_state_equals_itself_alone() -> None:
    _, walk = _classes()
    one, other = walk(), walk()
    one.steps.append(1)
    one.over = True
    assert (one.steps, other.steps, other.over) == ([1], [], False)
    assert one != other


def test_wrong_arguments() -> None:
    place, walk = _classes()
    with pytest.raises(TypeError):
        place()
    with pytest.raises(TypeError):
        place("a.py", column=1)
    with pytest.raises(TypeError):
        walk([], True, 1)


def test_no_room_for_more() -> None:
    for made in (_classes()[0]("a.py"), _classes()[1]()):
        with pytest.raises(AttributeError):
            made.other = 1


def test_as_a_dataclass_before_the_first_instance() -> None:
    assert [each.name for each in fields(_classes()[0])] == ["file", "line"]
    assert [each.name for each in fields(_classes()[1])] == ["steps", "over"]


def test_replaced_field() -> None:
    place, _ = _classes()
    assert replace(place("a.py", 3), line=4) == place("a.py", 4)


def test_match_by_position() -> None:
    place, _ = _classes()
    match place("a.py", 7):
        case place(file, line):
            assert (file, line) == ("a.py", 7)
        case _:
            pytest.fail("no match")


def test_name_of_the_class() -> None:
    place, _ = _classes()
    assert place.__qualname__.endswith("_classes.<locals>.Place")
    assert place.__module__ == __name__
    assert place.__doc__ == "Where."
