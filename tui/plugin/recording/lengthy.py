"""What pytest does at length without executing a line of the project: under a trace function it takes twice as long.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable

from .. import outer

if TYPE_CHECKING:
    from .recorder import Recorder


@outer.quiet
def look_away(recorder: Recorder) -> None:
    """Nobody looks while asserts are rewritten, and while the fixtures of all plugins are gathered.

    Reaches into pytest, which has nothing public for that; where it is another one, nothing is gained.
    """
    from _pytest import fixtures
    from _pytest.assertion import rewrite

    if recorder.territory.path(rewrite.__file__) is not None:  # pytest's own tests
        return
    kind: Any = fixtures.FixtureManager
    _wrap(recorder, kind, "__init__", lambda _, session: _calls_nobody(session.config.pluginmanager))
    _wrap(recorder, rewrite, "rewrite_asserts", lambda *_args, **_named: True)


def _calls_nobody(manager: Any) -> bool:
    """Whether no plugin but those of pytest is told that one is registered."""
    try:
        called = manager.hook.pytest_plugin_registered.get_hookimpls()
        return all(_is_of_pytest(each.plugin) for each in called)
    except AttributeError:
        return False


def _is_of_pytest(plugin: Any) -> bool:
    name = getattr(plugin, "__name__", None) or type(plugin).__module__
    return str(name).startswith("_pytest.")


def _wrap(recorder: Recorder, owner: Any, name: str, may: Callable[..., bool]) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def unwatched(*args: Any, **named: Any) -> Any:
        if not (recorder.live and may(*args, **named) and recorder.lines.pause()):
            return original(*args, **named)
        try:
            return original(*args, **named)
        finally:
            recorder.lines.resume()

    setattr(owner, name, unwatched)
