"""Makes the pictures anew from the real app: ``python screenshots/make.py``, or with names for some of them.

Each picture is a session of its own: a project in a temporary folder, the explorer, real runs of pytest, real keys.
Needs Redbar with its development tools (``pip install -e '.[dev]'``). The same screen gives the same file.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from screenshots.projects import add_interpreter, set_stage  # noqa: E402 - the clone's own, whatever is installed
from screenshots.scene import UnexpectedScreenError, opened  # noqa: E402
from screenshots.states import SIZES, STATES, State  # noqa: E402

_FOLDER = Path("/tmp/redbar")
"""Where the projects lie while they are photographed. Pictures show it, hence it is the same everywhere."""
_PRIVATE = {str(Path.home()), sys.prefix, sys.base_prefix, str(HERE.parent)}
"""What no picture may show."""


def name_of(state: State, size: tuple[int, int]) -> str:
    """The picture's file name."""
    return f"{state.name}-{size[0]}x{size[1]}.svg"


async def take(state: State, size: tuple[int, int]) -> str:
    """Take one picture. Raises UnexpectedScreenError when the app does not show what it should."""
    project = state.project(_FOLDER)
    try:
        set_stage(project, state.plan)
        add_interpreter(project, with_pytest=state.with_pytest)
        async with opened(project, size, state.settings, state.args, state.environment) as scene:
            await state.play(scene)
            svg = await scene.still(state.shows)
            shown = [private for private in _PRIVATE if any(private in line for line in scene.words())]
            if shown:
                raise UnexpectedScreenError(f"a path of this machine: {', '.join(shown)}")
            return svg
    finally:
        shutil.rmtree(project)


def main(names: list[str]) -> int:
    """Make all pictures, or those of the states named; returns the exit code."""
    unknown = set(names) - {state.name for state in STATES}
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(state.name for state in STATES)}")
        return 2
    try:
        _FOLDER.mkdir(mode=0o700)
    except FileExistsError:
        print(f"{_FOLDER} is there already: another is making pictures. If not, remove it.")
        return 1
    failed = 0
    try:
        for state in STATES:
            for size in SIZES if not names or state.name in names else ():
                failed += not _make(state, size)
    finally:
        shutil.rmtree(_FOLDER)
    return bool(failed)


def _make(state: State, size: tuple[int, int]) -> bool:
    name = name_of(state, size)
    try:
        svg = asyncio.run(take(state, size))
    except UnexpectedScreenError as error:
        print(f"{name}: {error}")
        return False
    file = HERE / name
    same = file.exists() and file.read_text("utf-8") == svg
    file.write_text(svg, "utf-8")
    print(f"{name}: {'as before' if same else 'new'}", flush=True)
    return True


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
