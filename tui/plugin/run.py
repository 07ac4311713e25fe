"""What a fork of the host does to become an ordinary ``python -m pytest``.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import atexit
import builtins
import importlib
import os
import re
import signal
import sys
import threading
import types

from . import outer, wire
from .warm import fresh


def main(folder: str, socket_path: str) -> int:
    """Run pytest as the request in ``folder`` says; returns its exit code."""
    become(folder)
    run = outer.start(folder, socket_path)
    fresh.begin(run.request["changed"])
    return session(run)


def become(folder: str) -> None:
    """In a fork: be the leader of a group, with the output and the signals of an ordinary process."""
    os.setsid()  # no controlling terminal, and one killpg takes the run and everything that it started
    redirect(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def session(run: outer.Outer) -> int:
    """Run pytest from its start to the end of the process; its exit code."""
    script = _script()
    if not run.request["cwd_on_path"]:
        sys.path.insert(0, os.path.dirname(script))
    elif not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())
    problem = _missing()
    if problem is not None:
        run.journal.write({"event": "NotStarted", **problem})
        return 4
    arguments = run.request["args"]
    _pretend(arguments, None if run.request["cwd_on_path"] else script)
    code = _as_interpreter(arguments)
    # pytest has said how it ended: a ctrl+c comes too late to change that, but still ends threads that are waited for.
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    if run.listing is not None:
        try:
            run.listing.write(run)
        except Exception as error:  # then the next run starts as cold as this one
            outer.report_fault("modules", error)
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL if heard is None else heard)
        _leave()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:  # between two of its steps
        pass
    return code & 0xFF


def _as_interpreter(arguments: list[str]) -> int:
    """The exit code of pytest, or the one that the interpreter gives for what it raised."""
    import pytest

    try:
        if outer.current is not None and outer.current.request["record"] != "off":
            # Filters of warnings name modules of the project, which pytest imports before any plugin.
            importlib.import_module(wire.PACKAGE + ".entry")
        return int(pytest.main(["-p", wire.PACKAGE + ".entry", *arguments]))
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        print(leaving.code, file=sys.stderr)  # noqa: T201 - what the interpreter does with words
        return 1
    except KeyboardInterrupt:
        _complain()
        _leave()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        return 128 + signal.SIGINT
    except BaseException:
        _complain()
        return 1


def redirect(folder: str) -> None:
    """Descriptor 0 is empty, 1 and 2 are the output file of the run."""
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(os.path.join(folder, wire.OUTPUT_FILE), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    for descriptor in (null, output):
        if descriptor > 2:  # noqa: PLR2004 - a host that was started without some of the three
            os.close(descriptor)


def _missing() -> dict[str, object] | None:
    """Why pytest cannot start here: ``problem`` is no-pytest, broken-pytest or old-pytest."""
    try:
        import pytest
    except ModuleNotFoundError as error:
        kind = "no-pytest" if error.name == "pytest" else "broken-pytest"
        return {"problem": kind, "detail": str(error), "python": sys.executable}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module of the project that shadows one of pytest's
        return {"problem": "broken-pytest", "detail": repr(error), "python": sys.executable}
    version = str(getattr(pytest, "__version__", "0"))
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < wire.OLDEST_PYTEST:
        return {"problem": "old-pytest", "detail": version, "python": sys.executable}
    return None


def _script() -> str:
    """Where installers put the ``pytest`` command of this interpreter."""
    return os.path.join(os.path.dirname(sys.executable), "pytest")


def _pretend(arguments: list[str], script: str | None) -> None:
    """``__main__`` and ``sys.argv`` as under ``python -m pytest``, or as under the ``pytest`` script."""
    from importlib.util import find_spec

    module = types.ModuleType("__main__")
    spec = find_spec("pytest.__main__") if script is None else None
    path = script or "pytest"
    if spec is not None:
        path = spec.origin or path
        module.__doc__ = "The pytest entry point."
        module.__spec__ = spec
        module.__package__ = spec.parent
        module.__loader__ = spec.loader
        module.__dict__["__cached__"] = spec.cached
    module.__file__ = path
    module.__builtins__ = builtins  # type: ignore[attr-defined] # typeshed has it for no module
    sys.modules["__main__"] = module
    sys.argv = [path, *arguments]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [sys.executable, *([] if script else ["-m"]), script or "pytest", *arguments]


def _complain() -> None:
    """Say an exception that nobody caught as the interpreter would."""
    sys.excepthook(*sys.exc_info())


def _leave() -> None:
    """What the interpreter does at its end, short of taking modules apart (up to seconds with pandas loaded)."""
    for step in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined] # noqa: SLF001 - no other way
        try:
            step()
        except BaseException:
            _complain()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # a test closed it
            pass
