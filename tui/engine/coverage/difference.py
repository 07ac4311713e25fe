"""What is covered of the lines that differ from a commit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.coverage import gutter, words
from tui.model.coverage import DiffCoverage
from tui.model.impact.source import members, set_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.coverage.counting import Tally
    from tui.engine.coverage.git import Difference
    from tui.engine.coverage.state import State


def covered_of(
    base: str, difference: Difference, state: State, tally: Tally, relative: Callable[[str], str]
) -> DiffCoverage:
    """The answer; ``relative`` gives an absolute path as it is shown. It reads files: not for the event loop."""
    statements = covered = 0
    missing: dict[str, tuple[int, ...]] = {}
    code: dict[str, dict[int, str]] = {}
    for path, lines in sorted(difference.lines.items()):
        count = tally.files.get(path)
        if count is None or count.left_out or count.error:
            continue
        changed = set_of(lines) & count.statements
        lost = changed & count.missing
        statements += changed.bit_count()
        covered += (changed & ~lost).bit_count()
        if lost:
            missing[relative(path)] = tuple(members(lost))
            source, _ = gutter.source_of(Path(path))
            code[relative(path)] = {line: source[line - 1] for line in members(lost) if line <= len(source)}
    said = words.of_difference(state, difference.lines, tally)
    return DiffCoverage(base, statements, covered, missing, said, code)
