"""What a fork of the host does to become an ordinary ``python -m pytest``.

PYTEST_DONT_REWRITE
"""

import os
import re
import signal
import sys
import types
from typing import List, Optional

from . import outer, wire


def main(folder: str, socket_path: str) -> int:
    """Run pytest as the request in ``folder`` says; returns its exit code."""
    os.setsid()  # no controlling terminal, and one killpg takes the run and everything that it started
    _redirect(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    run = outer.start(folder, socket_path)
    if run.request["cwd_on_path"] and not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())
    problem = _missing()
    if problem is not None:
        run.journal.write({"event": "NotStarted", **problem})
        return 4
    arguments = run.request["args"]
    _pretend(arguments, as_module=run.request["cwd_on_path"])
    import pytest

    code = 1
    try:
        code = int(pytest.main(["-p", wire.PACKAGE + ".entry", *arguments]))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter would: the traceback, and status 1
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    _leave()
    return code & 0xFF


def _redirect(folder: str) -> None:
    """Descriptor 0 is empty, 1 and 2 are the output file of the run."""
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(os.path.join(folder, wire.OUTPUT_FILE), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(output)


def _missing() -> "Optional[dict[str, object]]":
    """Why pytest cannot start here: ``problem`` is no-pytest, broken-pytest or old-pytest."""
    try:
        import pytest
    except ModuleNotFoundError as error:
        kind = "no-pytest" if error.name == "pytest" else "broken-pytest"
        return {"problem": kind, "detail": str(error), "python": sys.executable}
    except BaseException as error:  # noqa: BLE001 - a module of the project that shadows one of pytest's
        return {"problem": "broken-pytest", "detail": repr(error), "python": sys.executable}
    version = getattr(pytest, "__version__", "0")
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < wire.OLDEST_PYTEST:
        return {"problem": "old-pytest", "detail": version, "python": sys.executable}
    return None


def _pretend(arguments: List[str], *, as_module: bool) -> None:
    """``__main__`` and ``sys.argv`` as under ``python -m pytest``."""
    from importlib.util import find_spec

    module = types.ModuleType("__main__")
    spec = find_spec("pytest.__main__")
    path = spec.origin if spec is not None and spec.origin else "pytest"
    if as_module:
        module.__spec__ = spec
    module.__file__ = path
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    sys.argv = [path, *arguments]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [sys.executable, "-m", "pytest", *arguments]


def _leave() -> None:
    """What the interpreter does at its end, short of taking modules apart (up to seconds with pandas loaded)."""
    import atexit
    import threading

    for step in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined]
        try:
            step()
        except BaseException:  # noqa: BLE001 - as the interpreter would: say it and go on
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001,S110 - a test closed it
            pass
