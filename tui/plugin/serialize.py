"""pytest's reports as plain values: never its private serialisation, so that every version of it reads the same.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import io
import linecache
import os
import re
import reprlib
from typing import Any

try:
    from _pytest._io import TerminalWriter
except ImportError:  # in a pytest to come it may have another place
    TerminalWriter = None  # type: ignore[assignment,misc]

TEXT_LIMIT = 200_000
"""Characters of a longrepr; of a longer one head and tail are kept."""
_SKIP_FIELDS = 3
"""A skip is told by path, line and reason."""
_LOCALS = 8
_SOURCE_BEFORE = 4
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_OTHERS_CODE = re.compile(r"[/\\](site-packages|dist-packages|_pytest|pluggy)[/\\]")

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 160
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxdict = 12
_repr.maxlevel = 4


def text_of(longrepr: Any) -> str | None:
    """``longrepr`` as pytest would print it, without colours; None when there is none."""
    if longrepr is None:
        return None
    if isinstance(longrepr, tuple) and len(longrepr) == _SKIP_FIELDS:
        return str(longrepr[2])
    text = _written(longrepr)
    if len(text) > TEXT_LIMIT:
        half = TEXT_LIMIT // 2
        text = f"{text[:half]}\n… {len(text) - TEXT_LIMIT} characters left out …\n{text[-half:]}"
    return text


def _written(longrepr: Any) -> str:
    """What ``longrepr`` writes to a terminal. Its ``str`` is the same, less the indent of the first line."""
    if TerminalWriter is None or not hasattr(longrepr, "toterminal"):
        return str(longrepr)
    text = io.StringIO()
    try:
        writer = TerminalWriter(file=text)
        writer.hasmarkup = False  # FORCE_COLOR asks for colours even here
        longrepr.toterminal(writer)
    except Exception:  # a plugin's longrepr may need more of a terminal than this one is
        return str(longrepr)
    return text.getvalue().strip("\n").rstrip()


def crash_of(longrepr: Any, rootdir: str) -> dict[str, object] | None:
    """Where it failed: ``path`` (relative to rootdir where it lies below it), ``line`` (1-based), ``message``."""
    if isinstance(longrepr, tuple) and len(longrepr) == _SKIP_FIELDS:
        path, line, reason = longrepr
        return {"path": relative(str(path), rootdir), "line": line, "message": str(reason)}
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        return {"path": relative(str(crash.path), rootdir), "line": crash.lineno, "message": str(crash.message)[:4000]}
    for location, _ in getattr(longrepr, "reprlocation_lines", None) or ():  # a doctest
        message = str(getattr(location, "message", "") or "doctest failed")
        return {"path": relative(str(location.path), rootdir), "line": location.lineno, "message": message}
    return None


def relative(path: str, rootdir: str) -> str:
    """``path`` with forward slashes, relative to ``rootdir`` if it lies below it."""
    if path.startswith(rootdir + os.sep):
        path = path[len(rootdir) + 1 :]
    return path.replace(os.sep, "/")


def frame_of(excinfo: Any, rootdir: str) -> dict[str, object] | None:
    """The person's own last frame: ``path``, ``line`` and ``first`` (1-based), ``name``, ``source``, ``locals``.

    ``source`` are the lines from ``first`` to ``line``, ``locals`` the bounded reprs of the names in that line. Helper
    frames (``__tracebackhide__``) and code that is not under rootdir are skipped; None if nothing is left.
    """
    chosen = around = None
    traceback = excinfo.tb
    while traceback is not None:
        code = traceback.tb_frame.f_code
        own = code.co_filename.startswith(rootdir + os.sep) and not _OTHERS_CODE.search(code.co_filename)
        if own and not traceback.tb_frame.f_locals.get("__tracebackhide__"):
            chosen = traceback
            # A generator expression or lambda says little alone: it is shown within the function that it stands in.
            if not code.co_name.startswith("<") or around is None or around.co_filename != code.co_filename:
                around = code
        traceback = traceback.tb_next
    if chosen is None or around is None:
        return None
    code, line = chosen.tb_frame.f_code, chosen.tb_lineno
    first = max(min(around.co_firstlineno, line), line - _SOURCE_BEFORE)
    source = [linecache.getline(code.co_filename, n).rstrip("\n") for n in range(first, line + 1)]
    return {
        "path": relative(code.co_filename, rootdir),
        "line": line,
        "first": first,
        "name": around.co_name,
        "source": source,
        "locals": _named_locals(source[-1], chosen.tb_frame.f_locals),
    }


def _named_locals(line: str, values: dict[str, Any]) -> list[list[str]]:
    named: list[list[str]] = []
    names = dict.fromkeys(_IDENTIFIER.findall(line))
    for name in sorted(names, key=("self", "cls").__contains__):  # these say least
        if name in values and len(named) < _LOCALS and not name.startswith("@py_"):
            named.append([name, safe_repr(values[name])])
    return named


def safe_repr(value: object) -> str:
    """A bounded repr on one line; a repr that raises gives the name of the type and of the error."""
    try:
        return " ".join(_repr.repr(value).split())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a repr of the user's may raise anything, pytest.skip and SystemExit included
        return f"<{type(value).__name__}: repr raised {type(error).__name__}>"


def subtest_of(report: Any) -> str | None:
    """The label of a subtest's report as pytest shows it, or None for an ordinary report."""
    context = getattr(report, "context", None)
    if context is None or not hasattr(context, "kwargs"):
        return None
    parts = []
    if context.msg is not None:
        parts.append(f"[{context.msg}]")
    if context.kwargs:
        # pytest 9 keeps reprs, others the values.
        pairs = context.kwargs.items()
        values = [(name, value if isinstance(value, str) else safe_repr(value)) for name, value in pairs]
        parts.append("({})".format(", ".join(f"{name}={value}" for name, value in values)))
    return " ".join(parts) or "(<subtest>)"
