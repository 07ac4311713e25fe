"""The desk at which a person debugs: frozen failures, runs that wait, and the terminal of both."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tui.engine.debugging.contact import GONE, Contact, failure_of
from tui.engine.debugging.pauses import Pauses
from tui.engine.debugging.relay import Relay, environ_for
from tui.engine.debugging.values import Answer, FrozenFailure, Pause, Step
from tui.engine.debugging.weight import Scales
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tui.engine.debugging.contact import Session
    from tui.engine.debugging.policy import Policy
    from tui.engine.debugging.terminal import Terminal
    from tui.engine.server import Connection
    from tui.model.events import ItemKey

_HIGHLIGHTED = 0.3
"""Seconds that a failure has to be looked at before its debugger is loaded."""
_UNSTARTED = "The debugger could not be started"
_REPLACED = "the test has replaced what it needs."
_ANSWERED = 2.0
"""Seconds that an expression may take."""


class Desk:
    """``frozen`` are failures by item, newest first; ``on_change`` is called when they, or ``paused``, have changed."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.frozen: Mapping[ItemKey, tuple[FrozenFailure, ...]] = {}
        self.on_change: Callable[[], None] = lambda: None
        self.on_thawed: Callable[[FrozenFailure], None] = lambda _: None
        """Called for each frozen failure that goes."""
        self.on_breakpoints: Callable[[Mapping[str, object]], None] = lambda _: None
        """Passes a message on to the run under way."""
        self._contacts: dict[str, Contact] = {}
        """By id, oldest first."""
        self._doomed: set[str] = set()
        """To go as soon as nobody is in them."""
        self._pauses = Pauses()
        self._scales = Scales(self._weighed)
        self._highlighted: FrozenFailure | None = None
        self._soon: asyncio.TimerHandle | None = None

    # What a person does

    @property
    def paused(self) -> tuple[Pause, ...]:
        """Processes that wait for a person, in the order in which they began to."""
        return self._pauses.waiting

    async def debug(
        self, failure: FrozenFailure, terminal: Terminal, *, exception: int | None = None, frame: int | None = None
    ) -> str:
        """Open the debugger on a frozen failure until the person leaves it; words for the person, "" if all went well.

        ``exception`` and ``frame`` are places in ``failure``; by default those that it has by itself. What ``terminal``
        raises when it cannot be lent is passed on.
        """
        contact = self._contacts.get(failure.id)
        if contact is None or failure.is_gone:
            return GONE
        if contact.session is not None:
            return "A debugger is open on this failure already."
        chosen = failure.default[0] if exception is None else exception
        if frame is None:
            frame = failure.default[1] if chosen == failure.default[0] else len(failure.exceptions[chosen].frames) - 1
        if self._soon is not None:
            self._soon.cancel()
        place = {"exception": chosen, "frame": frame, "environ": environ_for(terminal), **self._choice}
        relay = Relay(terminal)
        session = self._begin(contact, relay, {**place, "pristine": False})
        try:
            async with terminal.lent():
                await relay.run(session.over)
                if session.status == wire.CANNOT_START:
                    relay.close()
                    relay = Relay(terminal)
                    session = self._begin(contact, relay, {**place, "pristine": True})
                    await relay.run(session.over)
        finally:
            relay.close()
            contact.finish(session)
            self._thaw(name for name in list(self._doomed) if name in self._contacts)
            contact.prepare(self._choice)  # who comes once may come again
            self._changed()
        return session.words if session.status != wire.CANNOT_START else _unstarted(session.words)

    def _begin(self, contact: Contact, relay: Relay, message: dict[str, object]) -> Session:
        session = contact.begin(message, relay.slave)
        relay.on_force = contact.kill_session
        relay.lent_slave()
        self._changed()
        return session

    async def attend(self, pause: Pause, terminal: Terminal) -> str:
        """Give a process that waits the terminal until it goes on; words for the person, "" if all went well."""
        wait = self._pauses.get(pause.id)
        if wait is None or wait.attended:
            return "It does not wait any more." if wait is None else "A debugger is open there already."
        relay = Relay(terminal, pid=pause.pid)
        gone = False
        try:
            async with terminal.lent():
                wait.go(environ_for(terminal), relay.slave)
                gone = True
                relay.on_force = wait.kill
                relay.lent_slave()
                await relay.run(wait.over)
        finally:
            if gone and not wait.over.is_set():
                wait.kill()  # it is in a debugger that nobody will ever answer
            relay.close()
            self._changed()
        return ""

    def highlight(self, failure: FrozenFailure | None) -> None:
        """The person looks at this failure, or at none: its debugger is loaded if they go on looking."""
        if failure is self._highlighted:
            return
        self._highlighted = failure
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        contact = self._contacts.get(failure.id) if failure is not None else None
        if contact is not None and not contact.prepared:
            self._soon = asyncio.get_running_loop().call_later(_HIGHLIGHTED, contact.prepare, self._choice)

    def kill_session(self) -> None:
        """End every debugger by force: a session of a frozen failure, or the paused process that somebody attends."""
        for contact in self._contacts.values():
            contact.kill_session()
        self._pauses.kill_attended()

    def toggle_breakpoint(self, path: str, line: int) -> bool:
        """Set or take away a breakpoint for runs that are debugged; ``path`` is absolute. Whether it is set now."""
        place = (path, line)
        if place in self.policy.breakpoints:
            self.policy.breakpoints.remove(place)
        else:
            self.policy.breakpoints.append(place)
        self.on_breakpoints({"breakpoints": [list(each) for each in self.policy.breakpoints]})
        self._changed()
        return place in self.policy.breakpoints

    # The inspector

    async def locals(self, failure: FrozenFailure, exception: int, frame: int) -> Answer:
        """The variables of a frame."""
        return await self._ask(failure, "locals", exception=exception, frame=frame)

    async def expand(self, failure: FrozenFailure, exception: int, frame: int, path: tuple[Step, ...]) -> Answer:
        """What lies inside a value; ``path`` are the steps from the frame to it."""
        return await self._ask(failure, "expand", exception=exception, frame=frame, path=list(path))

    async def evaluate(
        self, failure: FrozenFailure, exception: int, frame: int, code: str, seconds: float = _ANSWERED
    ) -> Answer:
        """The value of an expression in a frame, or what a statement did there; in a copy, the failure stays as was."""
        return await self._ask(failure, "evaluate", exception=exception, frame=frame, code=code, seconds=seconds)

    async def complete(self, failure: FrozenFailure, exception: int, frame: int, text: str) -> Answer:
        """Names that may end ``text``."""
        return await self._ask(failure, "complete", exception=exception, frame=frame, text=text)

    async def _ask(self, failure: FrozenFailure, what: str, **fields: object) -> Answer:
        contact = self._contacts.get(failure.id)
        return Answer(GONE) if contact is None else await contact.ask(what, **fields)

    @property
    def _choice(self) -> dict[str, object]:
        from tui.engine.lending import lent

        return {"debugger": self.policy.debugger, "lend": lent("pudb")}

    # What the processes say

    def connected(self, connection: Connection, hello: dict[str, Any]) -> None:
        """A frozen failure has said hello."""
        try:
            failure = failure_of(hello)
        except (KeyError, TypeError, ValueError):
            connection.send({"do": "leave"})
            return
        self._contacts[failure.id] = Contact(failure, connection)
        beyond = len(self._contacts) - len(self._doomed) - self.policy.limit
        if beyond > 0:
            self._thaw([name for name, each in self._contacts.items() if each.session is None][:beyond])
        self._refresh()
        self._scales.weigh_soon()

    def said(self, connection: Connection, message: dict[str, Any]) -> None:
        """A frozen failure, or a process of a run that waits or waited, has said something."""
        if connection.hello.get("role") == "frozen":
            for contact in self._contacts.values():
                if contact.belongs(connection):
                    contact.said(message)
                    break
        elif "paused" in message:
            self._pauses.began(connection, message, attended=self.policy.attended)
            self._changed()
        elif "resumed" in message:
            self._pauses.ended(message["resumed"])
            self._changed()

    def closed(self, connection: Connection) -> None:
        """A connection has closed."""
        gone = [name for name, contact in self._contacts.items() if contact.belongs(connection)]
        for name in gone:
            self._gone(self._contacts.pop(name))
        if self._pauses.closed(connection) or gone:
            self._refresh()

    def run_began(self) -> None:
        """A run goes on: what is frozen grows, since it shares less and less with it."""
        self._scales.keep_weighing()

    def run_ended(self, run: int) -> None:
        """The process of a run has ended: nothing of it waits."""
        self._pauses.run_ended(run)
        self._scales.rest()
        self._changed()

    def started(self, run: int, key: ItemKey) -> None:
        """An item has started: what was frozen of it in an earlier run goes, as soon as nobody debugs it."""
        kept = self.frozen.get(key)
        if kept is not None:
            self._thaw([failure.id for failure in kept if failure.run < run])

    def pids(self) -> list[int]:
        """Processes that must outlive the run that they came from."""
        return [contact.failure.pid for contact in self._contacts.values()]

    # Going

    def _weighed(self, weights: Mapping[int, int]) -> None:
        """What the kept processes take, in bytes by their number: the oldest go until it is little enough."""
        total = 0
        for contact in self._contacts.values():
            contact.failure.bytes = weights.get(contact.failure.pid, contact.failure.bytes)
            total += contact.failure.bytes
        going = []
        for name, contact in self._contacts.items():
            if total <= self.policy.memory:
                break
            if contact.session is None:
                going.append(name)
                total -= contact.failure.bytes
        self._thaw(going)
        if going:
            self._scales.weigh_soon()  # what they shared with the others counts for these alone now

    def _thaw(self, names: Iterable[str]) -> None:
        changed = False
        for name in names:
            contact = self._contacts.get(name)
            if contact is None:
                continue
            if contact.session is not None:
                self._doomed.add(name)
                continue
            del self._contacts[name]
            contact.leave()
            self._gone(contact)
            changed = True
        if changed:
            self._refresh()

    def _gone(self, contact: Contact) -> None:
        self._doomed.discard(contact.failure.id)
        contact.gone()
        self.on_thawed(contact.failure)

    def _refresh(self) -> None:
        frozen: dict[ItemKey, tuple[FrozenFailure, ...]] = {}
        for contact in self._contacts.values():
            failure = contact.failure
            frozen[failure.key] = (failure, *frozen.get(failure.key, ()))
        self.frozen = frozen
        self._scales.pids = self.pids()
        self._changed()

    def _changed(self) -> None:
        self.on_change()


def _unstarted(words: str) -> str:
    """In words why no debugger came; of a traceback its last line first, and below it the whole."""
    lines = words.strip().splitlines()
    why = f"{_UNSTARTED}: {lines[-1].strip() if lines else _REPLACED}"
    return f"{why}\n\n{words.strip()}" if len(lines) > 1 else why
