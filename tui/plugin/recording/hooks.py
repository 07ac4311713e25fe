"""Opens and closes contexts as pytest goes through its session.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from ..outer import quiet
from ..posix import calls
from .contexts import Context

if TYPE_CHECKING:
    from .recorder import Recorder


class RecordingHooks:
    """The contexts of items, collectors and of fixtures wider than one item."""

    def __init__(self, recorder: Recorder, number: Callable[[], int]) -> None:
        """``number`` gives the number of the item that runs, among those of its nodeid."""
        self._recorder = recorder
        self._number = number
        self._alive: dict[Any, Context] = {}
        """The wide fixtures that are set up now, by their definition."""
        self._inner: dict[Any, list[Any]] = {}
        """Wide fixtures by the wide one during whose set-up they were set up."""
        self._setting_up: list[Any] = []
        self._used: dict[str, bool] = {}

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: Any) -> Any:
        """What runs while its children are collected belongs to the collector."""
        context = self._open("c", nodeid=collector.nodeid)
        outcome = yield
        failed = outcome.excinfo is not None or getattr(outcome.get_result(), "outcome", "failed") == "failed"
        if context is not None and failed:
            context.keys["failed"] = True
        self._close(context)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        """All phases belong to the item; one that was interrupted has no record."""
        self._used = {}
        context = self._open_item(item.nodeid)
        outcome = yield
        self._close_item(context, interrupted=outcome.excinfo is not None)

    @quiet
    def _open_item(self, nodeid: str) -> Context | None:
        context = self._open("t", nodeid=nodeid)
        if context is not None:
            self._recorder.lines.settle()
        return context

    @quiet
    def _close_item(self, context: Context | None, *, interrupted: bool) -> None:
        if context is None:
            return
        self._recorder.pop(context)
        if not interrupted:
            context.keys["number"] = self._number()
            context.keys["fixtures"] = sorted(self._used)
            self._recorder.write(context)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: Any) -> Any:
        """Note which wide fixtures the item has used, before they can be torn down."""
        self._note_used(item)
        yield

    @quiet
    def _note_used(self, item: Any) -> None:
        if not self._alive:
            return
        closure = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
        pending = [each for each in list(self._alive) if any(each in each_name for each_name in closure.values())]
        # Those that the item asked for by name while it ran.
        asked = getattr(getattr(item, "_request", None), "_fixture_defs", {})
        pending += [each for each in list(asked.values()) if each in self._alive]
        seen: set[Any] = set()
        while pending:
            definition = pending.pop()
            context = self._alive.get(definition)
            if definition not in seen and context is not None:
                seen.add(definition)
                self._used[str(context.keys["key"])] = True
                pending += self._inner.get(definition, ())

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        """A fixture that several items share has a context of its own."""
        if fixturedef.scope == "function":
            yield
            return
        context = self._begin_fixture(fixturedef, request)
        began = calls.monotonic()
        yield
        self._end_fixture(fixturedef, context, began)

    @quiet
    def _begin_fixture(self, definition: Any, request: Any) -> Context | None:
        key = f"{definition.baseid}::{definition.argname}@{request.node.nodeid}#{getattr(request, 'param_index', 0)}"
        if self._setting_up:
            self._inner.setdefault(self._setting_up[-1], []).append(definition)
        self._setting_up.append(definition)
        return self._open("f", key=key, name=definition.argname)

    @quiet
    def _end_fixture(self, definition: Any, context: Context | None, began: float) -> None:
        if self._setting_up and self._setting_up[-1] is definition:
            self._setting_up.pop()
        if context is None:
            return
        context.keys["setup"] = round(calls.monotonic() - began, 6)
        self._close(context)
        del context.keys["setup"]
        self._alive[definition] = context
        # Finalizers run in reverse: the teardown lies between this one and the hook below.
        definition.addfinalizer(lambda: self._reopen(context))

    @quiet
    def _reopen(self, context: Context) -> None:
        if self._recorder.live and self._recorder.owns_thread:
            self._recorder.push(context)

    @pytest.hookimpl(trylast=True)
    @quiet
    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        """It has been torn down; some versions of pytest say so more than once."""
        context = self._alive.pop(fixturedef, None)
        self._inner.pop(fixturedef, None)
        if context is not None:
            self._close(context)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_unconfigure(self) -> Any:
        """The end of the session, even if another plugin fails there."""
        self._recorder.note_roots()  # pytest takes what its settings have added to sys.path away now
        yield
        self._end()

    @quiet
    def _end(self) -> None:
        copies = self._recorder.territory.other_copies
        for path, copy in list(copies.items())[:1]:
            more = f" (and {len(copies) - 1:,} more)" if len(copies) > 1 else ""
            self._recorder.say({"fault": f"{path} was executed, which is not the same as {copy}{more}"})
        self._recorder.end()

    @quiet
    def _open(self, kind: str, **keys: object) -> Context | None:
        if not self._recorder.live or not self._recorder.owns_thread:
            return None
        context = Context(kind, **keys)
        self._recorder.push(context)
        return context

    @quiet
    def _close(self, context: Context | None) -> None:
        if context is not None and self._recorder.live:
            self._recorder.pop(context)
            self._recorder.write(context)
