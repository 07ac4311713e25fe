"""What is said to the person about coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.coverage.counting import ranges_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.coverage.counting import Tally
    from tui.engine.coverage.counts import FileCount
    from tui.engine.coverage.state import State
    from tui.model.executed import Executed

_NAMED = 3


def notes(state: State, tally: Tally, policy: str) -> tuple[str, ...]:
    """What is missing, out of date or measured in part."""
    found = [tally.error] if tally.error else _waiting(tally.waiting)
    if state.stale:
        found.append(stale(state))
    if state.gone:
        found.append(f"{_files(state.gone)} {_are(state.gone)} gone since the last run")
    if state.in_part and not state.nothing:
        tests = f"{state.in_part:,} test{'s' if state.in_part > 1 else ''}"
        found.append(f"{tests} executed lines that could not be seen: they cover more than is shown")
    broken = {path: count.error for path, count in tally.files.items() if count.error}
    found += [f"{_name(path)}: {error}" for path, error in list(broken.items())[:_NAMED]]
    if len(broken) > _NAMED:
        found.append(f"and {len(broken) - _NAMED:,} more files that cannot be counted")
    if state.mixed:
        found.append("branches are known of some files only: the others were recorded without them")
    elif tally.wants_branches and not state.branches and not tally.error:
        advice = "" if policy == "full" else "; coverage = full records them"
        found.append(f"this project measures branches, and only lines were recorded{advice}")
    elif state.branches and not tally.wants_branches:
        found.append("branches are counted because of coverage = full; the project itself measures lines")
    if state.children and not tally.error:
        found += _of_children(tally, policy)
    if tally.lent:
        found.append(f"counted by Redbar's coverage.py {tally.version}: the project has none")
    return tuple(dict.fromkeys([*found, *state.setting.faults, *tally.notes]))


def _waiting(files: int) -> list[str]:
    return [f"{files:,} more file{'s are' if files > 1 else ' is'} being counted"] if files else []


def _of_children(tally: Tally, policy: str) -> list[str]:
    """What child processes execute counts for one side only."""
    if tally.wants_children and policy != "full":
        return ["this project measures child processes, which are not recorded; coverage = full records them"]
    if policy == "full" and not tally.wants_children:
        return ["what child processes execute counts because of coverage = full; the project itself leaves it out"]
    return []


def nothing_recorded(policy: str, recording: str) -> str:
    """Why there is nothing to be seen."""
    if policy == "off":
        return "nothing is recorded: the setting coverage is off"
    if recording == "off":
        return "nothing has been recorded yet"
    return "nothing has been recorded yet: run the tests"


def stale(state: State) -> str:
    """Which files have changed since they were measured; "" if none has."""
    paths = state.stale
    return f"{_files(paths)} changed since {'they were' if len(paths) > 1 else 'it was'} measured" if paths else ""


CHANGED = "it changed while it was counted"


def of_file(count: FileCount, done: Executed, problem: str) -> str:
    """Why not all of a file can be shown; "" if it can."""
    if count.left_out:
        return f"not measured: {count.left_out}"
    if count.error:
        return count.error
    if done.words:
        return done.words
    if done.stale:
        return "parts of it changed since they were measured: what executed them has not run again"
    if count.never:
        return "nothing of this file was executed"
    return problem


def of_difference(state: State, paths: Iterable[str], tally: Tally) -> str:
    """What the number of a difference leaves out."""
    left = [path for path in paths if path in state.files and state.files[path][1].stale]
    unmeasured = [path for path in paths if path not in tally.files or tally.files[path].left_out]
    found = []
    if left:
        found.append(f"{_files(left)} changed since {'they were' if len(left) > 1 else 'it was'} measured")
    if unmeasured:
        found.append(f"{_files(unmeasured)} {_are(unmeasured)} not measured")
    return "; ".join(found)


def since_save(missing: Mapping[str, int]) -> str:
    """Which new lines are not covered, by path; "" if there are none."""
    parts = []
    for path, lines in sorted(missing.items()):
        if lines:
            parts.append(f"{path}: {spans(lines)} {'are' if lines & (lines - 1) else 'is'} new and not covered")
    return "; ".join(parts)


def spans(lines: int) -> str:
    """'line 41', 'lines 41-44, 50'."""
    flat = ranges_of(lines)
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    texts = [f"{first}-{last}" if last > first else f"{first}" for first, last in pairs]
    return f"line{'s' if lines & (lines - 1) else ''} {', '.join(texts)}"


def _files(paths: Iterable[str]) -> str:
    names = [_name(path) for path in paths]
    more = f" and {len(names) - _NAMED:,} more files" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _are(paths: list[str]) -> str:
    return "is" if len(paths) == 1 else "are"


def _name(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder.rpartition('/')[2]}/{name}" if name == "__init__.py" else name
