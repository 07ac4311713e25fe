"""Lends the terminal to an editor, a pager or a debugger, and takes it back whatever happens."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Protocol

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from types import FrameType

    from textual.app import App
    from textual.driver import Driver
    from textual.signal import Signal


class Lender(Protocol):
    """What lending asks of an app; `TerminalApp` has it."""

    @property
    def terminal_driver(self) -> Driver | None:
        """The driver, None before the app runs."""

    @property
    def is_running(self) -> bool:
        """False once the app shuts down."""

    @property
    def app_suspend_signal(self) -> Signal[App[object]]:
        """Published before the terminal is given away."""

    @property
    def app_resume_signal(self) -> Signal[App[object]]:
        """Published when it is back."""

    def batch_update(self) -> AbstractContextManager[None]:
        """Holds back painting."""

    def repaint(self) -> None:
        """Paints everything anew."""


class AlreadyLentError(RuntimeError):
    """The terminal is lent already; there is only one."""


@contextmanager
def lend_terminal(app: Lender) -> Iterator[None]:
    """Give the terminal away inside the `with` block, in the state in which the shell had it.

    The block may await: the event loop goes on, and what changes meanwhile is painted at the end.
    Use it in a worker; in a message handler it would hold up that widget's other messages.

    Differs from `App.suspend` in that nothing is painted meanwhile, that the terminal is always
    taken back (unless the app has ended), and that ctrl+c typed at the borrower does not end us.

    Raises:
        AlreadyLentError: It is lent already.
        SuspendNotSupported: The driver cannot give it away. A headless driver has none to give and
            is no error.
    """
    driver = app.terminal_driver
    if driver is None or driver.is_headless:
        yield
        return
    if not driver.can_suspend:
        raise SuspendNotSupported("This terminal cannot be lent to another program.")
    if not driver._auto_restart:  # noqa: SLF001 - see internals
        raise AlreadyLentError("The terminal is lent already.")
    with ExitStack() as stack:
        stack.callback(app.repaint)
        stack.enter_context(app.batch_update())
        app.app_suspend_signal.publish(app)  # type: ignore[arg-type]
        stack.callback(_take_back, app, driver)
        stack.enter_context(driver.no_automatic_restart())
        driver.suspend_application_mode()
        stack.enter_context(_deaf_to_the_keyboard())
        stack.enter_context(redirect_stdout(sys.__stdout__))
        stack.enter_context(redirect_stderr(sys.__stderr__))
        yield


def _take_back(app: Lender, driver: Driver) -> None:
    if app.is_running:
        driver.resume_application_mode()
        app.app_resume_signal.publish(app)  # type: ignore[arg-type]


@contextmanager
def _deaf_to_the_keyboard() -> Iterator[None]:
    """Ignore ctrl+c and ctrl+backslash, which reach the whole foreground process group.

    By a handler that does nothing: SIG_IGN would be inherited by the borrower.
    """
    saved = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in saved.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
