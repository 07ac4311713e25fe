"""What is known of a frozen failure and of a run that waits, and what the inspector answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.values import Value, state, value

if TYPE_CHECKING:
    from tui.model.events import ItemKey

Step = int | str | tuple[int | str, ...]
"""One step from a value into it, as the frozen process named it."""


@value
class FrozenFrame(Value):
    """A frame of a traceback. ``path`` is absolute, ``line`` 1-based.

    ``own`` says that it is of the person's code, ``hidden`` that it set ``__tracebackhide__``.
    """

    path: str
    line: int
    function: str
    own: bool = True
    hidden: bool = False


@value
class FrozenException(Value):
    """An exception of a failure: the one that was raised, its causes, or a member of a group.

    ``label`` says in words which of these; ``parent`` is the place of the exception it belongs to, None for the first.
    """

    label: str
    type: str
    message: str
    parent: int | None
    frames: tuple[FrozenFrame, ...]


@state
class FrozenFailure:
    """A kept process. ``default`` is where a person wants to stand: places of an exception and of a frame in it.

    ``descriptors`` and ``threads`` tell in words what the process had open and what else ran in it. ``state`` is
    ``frozen``, ``debugged`` while a person is in it, or ``gone``; ``pid`` that of the kept process.
    """

    id: str
    key: ItemKey
    when: str
    exceptions: tuple[FrozenException, ...]
    default: tuple[int, int]
    run: int
    worker: str
    pid: int
    threads: tuple[str, ...] = ()
    descriptors: tuple[str, ...] = ()
    state: str = "frozen"
    bytes: int = 0
    """What it takes of memory, as far as it is known (PSS)."""

    @property
    def is_gone(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self.state == "gone"


@value
class Pause(Value):
    """A process of the run that stands still: ``why`` is breakpoint, trace or post-mortem, ``path`` absolute."""

    id: str
    key: ItemKey
    why: str
    path: str
    line: int
    function: str
    debugger: str
    pid: int


@value
class LocalValue(Value):
    """A variable, or what lies inside a value. ``text`` is its bounded repr, ``why`` in words why there is none.

    With ``more`` it can be expanded: ``step`` is then one more step of the path that leads to it.
    """

    name: str
    type: str
    text: str
    more: bool
    step: Step
    why: str = ""


@value
class Answer(Value):
    """What an inspector says. ``words`` tell why it could not; then the rest is empty.

    Of ``locals`` and ``expand``: ``values``, and ``cut``, how many more there are. Of ``evaluate``: ``text`` is the
    repr, ``printed`` what the expression wrote, ``error`` the exception it raised. Of ``complete``: ``names``.
    """

    words: str = ""
    values: tuple[LocalValue, ...] = ()
    cut: int = 0
    text: str = ""
    printed: str = ""
    error: str = ""
    names: tuple[str, ...] = ()
