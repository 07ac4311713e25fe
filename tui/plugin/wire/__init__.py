"""What both worlds agree on: protocol version, limits, files, coding and shapes of the messages.

The only part of this package that Redbar's own process imports.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os

from .coding import LINE_LIMIT, POKE, Frames, decode, encode, frame
from .files import state_of
from .shapes import Command, Counted, CountPlan, Debug, Hello, Lend, Parked, ParkRequest, Request, Scope
from .variables import PERSONS_VARIABLES, TERMINAL_VARIABLES

PROTOCOL = 1
"""Version of the journal lines and of the control messages; both sides must have the same."""

PACKAGE = "_redbar_plugin"
"""Name under which this package is loaded in the user's interpreter."""
FOLDER = os.path.dirname(os.path.dirname(__file__))
"""Where it lies."""

OLDEST_PYTHON = (3, 9)
OLDEST_PYTEST = (7, 0)

POKE_SECONDS = 0.02
"""Least time between two pokes of one process; a send costs about 45 us because it wakes the reader."""
SECTION_LIMIT = 64 * 1024
"""Characters of a captured section above which the whole goes to a file of the run."""
SECTION_KEEP = 16 * 1024
"""Characters kept of the head and of the tail of such a section."""
OUTPUT_LIMIT = 1 << 30
"""Bytes that a run may write to its descriptors 1 and 2; then the host stops it."""

CANNOT_START = 70
"""Status of a debugger on a frozen failure that could not begin: what it needs has been replaced by the test."""
GONE = 250
"""Exit status of a fork that could not become what it was made for."""

REQUEST_FILE = "request.json"
SELECTED_FILE = "selected.json"
"""The whole request of a run that had begun before it was known which tests it runs."""
OUTPUT_FILE = "output"
"""What the run wrote to its descriptors 1 and 2."""
MODULES_FILE = "modules.json"
"""What the run imported: ``modules`` as ``[name, file, rewritten, foreign, late]``, ``environ`` the variables that it
changed, ``installed`` the folders of installed packages."""
PARK_FILE = "park.json"
"""In the folder of a park: what it is to be, a ``ParkRequest``."""
PARKED_FILE = "parked.json"
"""The same, written by it: what it has read, a ``Parked``."""
SECTIONS_FOLDER = "sections"
JOURNAL_FILE = "journal-{}.jsonl"
"""The journal of a process of the run: ``MAIN_JOURNAL``, or the id of an xdist worker."""
RECORD_FILE = "record-{}.jsonl"
"""What was executed in such a process, or in a child of it."""
MAIN_JOURNAL = "main"

ORDERING = {"orderingplugin": "order", "dependency": "dependency"}
"""The marks by which tests say what comes before them, by the name of the plugin that reads these."""

BOOT = """\
import sys
if sys.version_info < (3, 9):
    sys.exit("redbar: python %d.%d" % sys.version_info[:2])
def load(folder):
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location("_redbar_plugin", folder + "/__init__.py", submodule_search_locations=[folder])
    package = sys.modules["_redbar_plugin"] = module_from_spec(spec)
    spec.loader.exec_module(package)
"""
"""Source that defines ``load``; it runs on any Python, so that an old one can be told from a broken one."""

BOOT_HOST = (
    BOOT
    + """\
if sys.path[:1] == [""]:
    del sys.path[0]
load(sys.argv[1])
from _redbar_plugin import host
host.main(sys.argv[2:])
"""
)
BOOT_WORKER = BOOT + "if '_redbar_plugin' not in sys.modules:\n    load({folder!r})\n"

__all__ = [
    "BOOT",
    "BOOT_HOST",
    "BOOT_WORKER",
    "CANNOT_START",
    "FOLDER",
    "GONE",
    "JOURNAL_FILE",
    "LINE_LIMIT",
    "MAIN_JOURNAL",
    "MODULES_FILE",
    "OLDEST_PYTEST",
    "OLDEST_PYTHON",
    "ORDERING",
    "OUTPUT_FILE",
    "OUTPUT_LIMIT",
    "PACKAGE",
    "PARKED_FILE",
    "PARK_FILE",
    "PERSONS_VARIABLES",
    "POKE",
    "POKE_SECONDS",
    "PROTOCOL",
    "RECORD_FILE",
    "REQUEST_FILE",
    "SECTIONS_FOLDER",
    "SECTION_KEEP",
    "SECTION_LIMIT",
    "SELECTED_FILE",
    "TERMINAL_VARIABLES",
    "Command",
    "CountPlan",
    "Counted",
    "Debug",
    "Frames",
    "Hello",
    "Lend",
    "ParkRequest",
    "Parked",
    "Request",
    "Scope",
    "decode",
    "encode",
    "frame",
    "state_of",
]
