"""The connection to one frozen failure: sessions, questions, and what it says of itself."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from tui.engine.debugging.values import Answer, FrozenException, FrozenFailure, FrozenFrame, LocalValue

if TYPE_CHECKING:
    from tui.engine.server import Connection

_ANSWER_SECONDS = 15.0
"""For an answer; the frozen process has limits of its own, and answers within them even where a repr hangs."""
_LEAVE_SECONDS = 2.0
"""For leaving; then it is killed."""

GONE = "This failure is not kept any more: what is written here was the last that is known of it."
SILENT = "No answer came in time."


class Session:
    """A person in a debugger: how it ended is in ``status`` and ``words`` once ``over`` is set."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.over = asyncio.Event()
        self.status = 0
        self.words = ""

    def end(self, status: int, words: str) -> None:
        """It has ended."""
        if not self.over.is_set():
            self.status, self.words = status, words
            self.over.set()


class Contact:
    """What is said to a frozen failure, and heard of it. Never raises for one that is gone."""

    def __init__(self, failure: FrozenFailure, connection: Connection) -> None:
        self.failure = failure
        self.session: Session | None = None
        self.prepared = False
        """Whether it was told to load the debugger."""
        self._connection = connection
        self._questions: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._count = 0

    def belongs(self, connection: Connection) -> bool:
        """Whether that is its connection."""
        return connection is self._connection

    def said(self, message: dict[str, Any]) -> None:
        """A message of it. Raises KeyError and the like for one that is not of this protocol."""
        session = self.session
        if "answer" in message:
            question = self._questions.pop(message["answer"], None)
            if question is not None and not question.done():
                question.set_result(message)
        elif "ended" in message and session is not None and message["ended"] == session.number:
            session.end(message["status"], message.get("words", ""))

    def gone(self) -> None:
        """Its connection has closed: nobody has to wait for it any more."""
        self.failure.state = "gone"
        for question in self._questions.values():
            if not question.done():
                question.set_result({"why": GONE})
        self._questions = {}
        if self.session is not None:
            self.session.end(-signal.SIGKILL, "The kept process has ended.")

    # Sessions

    def begin(self, message: dict[str, object], slave: int) -> Session:
        """Ask for a session on that side of a pty; ``message`` says how."""
        self._count += 1
        session = self.session = Session(self._count)
        self.failure.state = "debugged"
        if not self._connection.send({"do": "debug", "session": session.number, **message}, [slave]):
            session.end(-signal.SIGKILL, "The kept process has ended.")
        return session

    def finish(self, session: Session) -> None:
        """Nobody is in that session any more; it ends by force if it has not."""
        if self.session is session:
            if not session.over.is_set():
                self.kill_session()
            self.session = None
            if not self.failure.is_gone:
                self.failure.state = "frozen"

    def kill_session(self) -> None:
        """End the session by force."""
        if self.session is not None:
            self._connection.send({"do": "kill", "session": self.session.number})

    def prepare(self, message: dict[str, object]) -> None:
        """Have the debugger loaded, so that it opens at once."""
        if not (self.prepared or self.failure.is_gone):
            self.prepared = True
            self._connection.send({"do": "preload", **message})

    def leave(self) -> None:
        """Send it away."""
        self._connection.send({"do": "leave"})
        self.failure.state = "gone"
        loop = asyncio.get_running_loop()
        loop.call_later(_LEAVE_SECONDS, self._insist)

    def _insist(self) -> None:
        if self._connection.is_open:  # else its number may be another process's by now
            try:
                os.killpg(self.failure.pid, signal.SIGKILL)
            except OSError:
                return

    # Questions

    async def ask(self, what: str, **fields: object) -> Answer:
        """Ask a question and wait for its answer; words in place of one that does not come."""
        if self.failure.is_gone:
            return Answer(GONE)
        self._count += 1
        number = self._count
        question = self._questions[number] = asyncio.get_running_loop().create_future()
        try:
            if not self._connection.send({"do": what, "id": number, **fields}):
                return Answer(GONE)
            seconds = fields.get("seconds", 0)
            assert isinstance(seconds, int | float)  # noqa: S101 - our own messages
            async with asyncio.timeout(_ANSWER_SECONDS + seconds):
                return answer(await question)
        except TimeoutError:
            return Answer(SILENT)
        except (KeyError, TypeError, ValueError) as error:
            return Answer(f"The answer cannot be read: {error!r}")
        finally:
            self._questions.pop(number, None)


def answer(message: dict[str, Any]) -> Answer:
    """An answer from the wire. Raises KeyError, TypeError and ValueError."""
    return Answer(
        message.get("why", ""),
        tuple(_value(each) for each in message.get("values", ())),
        int(message.get("cut", 0)),
        message.get("text") or "",
        message.get("printed") or "",
        message.get("error") or "",
        tuple(str(word) for word in message.get("words", ())),
    )


def _value(fields: dict[str, Any]) -> LocalValue:
    step = fields.get("step", "")
    return LocalValue(
        fields["name"],
        fields["type"],
        fields["text"] or "",
        bool(fields["more"]),
        tuple(step) if isinstance(step, list) else step,
        fields.get("why") or "",
    )


def failure_of(hello: dict[str, Any]) -> FrozenFailure:
    """A frozen failure by its first message. Raises KeyError, TypeError and ValueError."""
    exceptions = tuple(
        FrozenException(
            each["label"],
            each["type"],
            each["message"],
            each["parent"],
            tuple(
                FrozenFrame(frame["path"], frame["line"], frame["function"], frame["own"], frame["hidden"])
                for frame in each["frames"]
            ),
        )
        for each in hello["exceptions"]
    )
    exception, frame = hello["default"]
    return FrozenFailure(
        hello["frozen"],
        (hello["nodeid"], hello["number"]),
        hello["when"],
        exceptions,
        (int(exception), int(frame)),
        hello["run"],
        hello["worker"] or "",
        hello["pid"],
        _texts(hello.get("threads")),
        _texts(hello.get("descriptors")),
    )


def _texts(value: object) -> tuple[str, ...]:
    """A list of words, or one text of them."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
