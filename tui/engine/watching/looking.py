"""Finds out what events mean: looks at the files they name, or at all. Runs in threads; changes nothing."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.engine.watching.reading import Reading, read_all, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.engine.watching.contents import Contents
    from tui.engine.watching.rules import Rules

_MANY = 32
"""Folders gone or come at once from which a look at everything is cheaper."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found."""

    readings: list[Reading] = field(default_factory=list)
    folders: frozenset[str] = frozenset()
    """New folders, which have to be watched; after a look at everything all there are."""
    gone: frozenset[str] = frozenset()
    """Known folders that are no longer there."""
    whole: bool = False
    """Everything was looked at."""
    unwatched: frozenset[str] = frozenset()
    """Known files that the rules do not want any longer."""
    locked: bool = False
    """git is at work."""


def look(
    paths: Iterable[str], appeared: Collection[str], folders: Collection[str], rules: Rules, contents: Contents
) -> Sight:
    """Look at these paths; where one of the known ``folders`` is gone or one has appeared, at all below it too."""
    wanted: dict[str, None] = {}
    new: set[str] = set()
    moved: list[str] = []
    for path in rules.links.named(paths):
        is_folder = _is_folder(path, rules)
        if path == rules.root and (path in appeared or not is_folder):
            return look_at_all(rules, contents, paths)
        if is_folder and path in appeared and rules.folder(path):
            listing = walk(path, rules)
            new.update(listing.folders)
            wanted.update(dict.fromkeys(listing.files))
        if path in contents or (not is_folder and rules.file(path)):
            wanted[path] = None
            if path in appeared and os.path.islink(path) and (outside := rules.links.file(path)) is not None:
                new.add(outside)
        if path in folders and (path in appeared or not is_folder):
            moved.append(path)
    if len(moved) > _MANY:
        return look_at_all(rules, contents, wanted)
    if moved:
        below = tuple(f"{path}/" for path in moved)
        wanted.update((path, None) for path in contents if path.startswith(below))
    gone = frozenset(path for path in moved if path not in new)
    return Sight(read_all(wanted), frozenset(new), gone, locked=rules.repository.is_busy())


def look_at_all(rules: Rules, contents: Contents, suspects: Iterable[str] = ()) -> Sight:
    """Look at every file: read the suspects, and those that have another signature than before, or none."""
    listing = walk(rules.root, rules)
    wanted = {path: None for path, signature in listing.files.items() if contents.signature(path) != signature}
    wanted.update((path, None) for path in rules.links.named(suspects) if path in listing.files)
    missing = [path for path in contents if path not in listing.files]
    unwatched = frozenset(path for path in missing if not rules.file(path))
    wanted.update((path, None) for path in missing if path not in unwatched)
    return Sight(
        read_all(wanted),
        frozenset(listing.folders),
        whole=True,
        unwatched=unwatched,
        locked=rules.repository.is_busy(),
    )


def _is_folder(path: str, rules: Rules) -> bool | None:
    """None if nothing is there, as far as can be seen. A link to one is one if it leads out of the project."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return None
    return stat.S_ISDIR(mode) or (stat.S_ISLNK(mode) and rules.links.is_folder(path))
