"""What the explorer is asked for: the project, and runs of its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.request import EVERYTHING, Selection, maxfail
from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tui.engine.debugging.policy import Policy
    from tui.engine.interpreter import Interpreter
    from tui.engine.settings import Settings
    from tui.plugin import wire


GO_ON = "--continue-on-collection-errors"
"""pytest's option for running what can be collected."""


@value
class Project(Value):
    """Where and how tests run. ``args`` are the person's own arguments for pytest."""

    cwd: Path
    interpreter: Interpreter
    args: tuple[str, ...] = ()
    cwd_on_path: bool = True


@value
class Order(Value):
    """One run to be made. ``extra`` arguments come after the person's own; ``columns`` 0 leaves the width alone.

    ``record`` is the policy of recording (``off``, ``selection`` or ``full``). ``changed`` are absolute paths of the
    files that were edited since the last run; they help to choose between the parked sessions, the warm host and a cold
    one.
    """

    selection: Selection = EVERYTHING
    collect_only: bool = False
    extra: tuple[str, ...] = ()
    columns: int = 0
    phases: bool = False
    """Give an event for each phase that simply passed, too."""
    record: str = "off"
    changed: frozenset[str] = frozenset()
    cold: bool = False
    """Start from nothing, whatever has been loaded ahead."""
    debug: str = ""
    """``trace``, ``hold`` or ``breakpoints``: how it is debugged (see ``wire.Debug``). Empty for an ordinary run.

    A run that is debugged is neither distributed nor recorded, and nothing is frozen in it.
    """


COLLECT = Order(collect_only=True)
"""Find all tests, run none: the first thing that the screen asks for."""


def initial_order(settings: Settings, *, phases: bool = False) -> Order:
    """What watch mode begins with: everything once, or only what there is."""
    if not settings.initial_run:
        return Order(collect_only=True, phases=phases)
    extra = (*maxfail(settings.stop_after), GO_ON)
    return Order(extra=extra, phases=phases, record=settings.coverage, cold=settings.cold)


def first_order(settings: Settings) -> Order:
    """What is done first: collect, or with ``watch`` run everything once."""
    return initial_order(settings) if settings.watch else COLLECT


def request_for(project: Project, order: Order, number: int, changed: Iterable[str], policy: Policy) -> wire.Request:
    """What the process of a run with that number is told; ``changed`` are files whose bytecode it must not trust."""
    args = ["--color=yes", *project.args, *order.extra]
    if order.collect_only:
        args += ["--collect-only", "-qq"]
    debugged = bool(order.debug)
    by_hand = any(arg.startswith(("-n", "--dist", "--tx", "--numprocesses")) for arg in project.args)
    return {
        "run": number,
        "args": args,
        "columns": order.columns,
        "everything": order.selection.everything,
        "scopes": list(order.selection.scopes),
        "items": [list(item) for item in order.selection.items],
        "cwd_on_path": project.cwd_on_path,
        "sequential": debugged or (order.selection.sequential and not by_hand),
        "record": "off" if debugged else order.record,
        "changed": list(changed),
        "saved": sorted(order.changed),
        "modules": not order.cold,
        "lead": order.selection.lead,
        "stage": order.selection.stage,
        "fresh": [[path, [list(key) for key in known]] for path, known in order.selection.fresh],
        "freeze": 0 if debugged or order.collect_only else policy.limit,
        "debug": {"mode": order.debug, "debugger": policy.debugger} if debugged else None,
        "debugger": policy.debugger,
        "breakpoints": [list(place) for place in policy.breakpoints] if debugged else [],
        "lend": borrowed() if policy.attended and not order.collect_only else {},
    }


def borrowed() -> wire.Lend:
    """What a project may borrow for a debugger; to find that out takes a while, once."""
    from tui.engine.lending import lent  # what reads about installed packages is not needed to collect

    return lent("pudb")
