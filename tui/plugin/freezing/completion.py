"""What a name that a person has begun to type can become.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import builtins
import keyword
import re
from typing import Any

from .limits import TooLongError, within

_BEGUN = re.compile(r"(?:[^\W\d]\w*\.)*(?:[^\W\d]\w*)?\Z")
_WORDS = 200
_SECONDS = 0.3


def complete(text: str, names: dict[str, Any]) -> dict[str, object]:
    """``words`` that can stand in place of the end of ``text`` from character ``start`` on."""
    match = _BEGUN.search(text)
    begun = match.group() if match else ""
    owner, dot, prefix = begun.rpartition(".")
    try:
        found = within(_SECONDS, _members, owner, names) if dot else {*names, *vars(builtins), *keyword.kwlist}
    except (Exception, TooLongError):
        found = set()
    fitting = [name for name in found if isinstance(name, str) and name.startswith(prefix) and name.isidentifier()]
    if not prefix.startswith("_"):
        fitting = [name for name in fitting if not name.startswith("_")]
    own = names if not dot else {}
    ordered = sorted(fitting, key=lambda name: (name not in own, name))
    return {"words": [f"{owner}{dot}{name}" for name in ordered[:_WORDS]], "start": len(text) - len(begun)}


def _members(owner: str, names: dict[str, Any]) -> set[Any]:
    first, *rest = owner.split(".")
    value = names[first] if first in names else vars(builtins)[first]
    for name in rest:
        value = getattr(value, name)
    return set(dir(value))
