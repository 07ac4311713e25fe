"""When Python looks for garbage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tui

SCRIPT = """\
import gc
from tui.engine.garbage import collect_seldom
from tui.headless import watch  # what is imported is not looked through
gc.disable()
collect_seldom()
kept = len(gc.get_objects())
assert gc.isenabled() and gc.get_freeze_count() > kept, (gc.get_freeze_count(), kept)
young, middle, old = gc.get_threshold()
assert young * middle * old >= 10_000_000, "objects of as many tests as anybody has"
"""


def test_it_is_not_looked_for_among_what_stays() -> None:
    root = Path(tui.__file__).parents[1]
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, cwd=root)
