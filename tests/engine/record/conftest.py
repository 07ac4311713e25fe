"""A project on disk whose runs and whose interpreter are stand-ins: journals and descriptions written by hand."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tui.engine.record import Record
from tui.model.events import ItemFinished, ItemKey
from tui.model.impact import Choice, Facts
from tui.model.outcome import Status

PYTHON = "3.11.7"


def content_hash(path: Path) -> str | None:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() if path.exists() else None


@dataclass
class Stage:
    """A project folder; ``asked`` are the paths that the interpreter had to describe."""

    root: Path
    asked: list[str] = field(default_factory=list)
    mute: bool = False
    runs: int = 0

    def record(self, python: str = PYTHON) -> Record:
        return Record(self.root, python)

    def path(self, name: str) -> str:
        return str(self.root / name)

    def write(self, name: str, text: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    async def describe(self, paths: Sequence[str]) -> dict[str, Any]:
        """Functions are blocks, other lines are units of the module; ``import x`` means x.py."""
        if self.mute:
            raise OSError("nobody there")
        self.asked += paths
        return {"python": PYTHON, "files": {path: self._described(Path(path)) for path in paths}}

    def _described(self, path: Path) -> dict[str, Any]:
        found = content_hash(path)
        if found is None:
            return {"hash": None}
        lines = path.read_text().splitlines()
        if "def def" in lines:
            return {"hash": found, "error": f"line {lines.index('def def') + 1}: invalid syntax"}
        blocks: list[dict[str, Any]] = [{"qual": "", "kind": "module", "hash": "", "lines": [], "names": []}]
        units: list[dict[str, Any]] = []
        imports: list[str] = []
        for number, line in enumerate(lines, 1):
            if match := re.match(r"def (\w+)", line):
                name, kind = match[1], "def"
                blocks.append({"qual": name, "kind": "function", "hash": "", "lines": [], "names": []})
            elif line.startswith(" "):
                blocks[-1]["hash"] += line.strip()
                blocks[-1]["lines"] += [number, number]
                blocks[-1]["names"] += re.findall(r"\w+", line)
                continue
            else:
                name, kind = line.partition(" ")[0], "assign"
                imports += [str(path.with_name(f"{word}.py")) for word in re.findall(r"^import (\w+)", line)]
            blocks[0]["hash"] += line
            blocks[0]["lines"] += [number, number]
            units.append({"kind": kind, "names": [name], "hash": line, "of": "", "first": number, "last": number})
        crc = [zlib.crc32(line.strip().encode()) for line in lines]
        return {"hash": found, "error": None, "lines": crc, "blocks": blocks, "units": units, "imports": imports}

    def run(self, *lines: dict[str, Any], name: str = "main", end: bool = True, files: Sequence[str] = ()) -> Path:
        """The folder of a run with one record journal; ``files`` get the numbers 0, 1, … in it."""
        self.runs += 1
        folder = self.root / "runs" / str(self.runs)
        folder.mkdir(parents=True)
        self.journal(folder, *lines, name=name, end=end, files=files)
        return folder

    def journal(
        self, folder: Path, *lines: dict[str, Any], name: str, end: bool = True, files: Sequence[str] = ()
    ) -> None:
        heads = [
            {"file": number, "path": self.path(file), "hash": content_hash(self.root / file)}
            for number, file in enumerate(files)
        ]
        tail = [{"end": True, "python": PYTHON}] if end else []
        text = "\n".join(json.dumps(line) for line in [*heads, *lines, *tail])
        (folder / f"record-{name}.jsonl").write_text(text + "\n")

    async def choose(self, record: Record, names: Sequence[str], items: dict[ItemKey, str]) -> Choice:
        changes = {self.path(name): content_hash(self.root / name) for name in names}
        facts = Facts({key: self.path(file) for key, file in items.items()})
        return await record.choose(changes, self.describe, lambda: facts)


def context(nodeid: str, lines: dict[int, list[int]], **more: object) -> dict[str, Any]:
    return {"context": "t", "nodeid": nodeid, "number": 0, "lines": {str(n): r for n, r in lines.items()}, **more}


def finished(*nodeids: str, status: Status = Status.PASSED) -> list[ItemFinished]:
    return [ItemFinished(1, nodeid, 0, status, 0.1) for nodeid in nodeids]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """``cart.py`` with two functions, a test for each, and six more tests that nothing reaches."""
    made = Stage(tmp_path)
    made.write("cart.py", "RATE = 1\ndef price():\n    return RATE\ndef label():\n    return 1\n")
    made.write(
        "test_cart.py", "import cart\ndef test_price():\n    cart.price()\ndef test_label():\n    cart.label()\n"
    )
    made.write("test_other.py", "def test_other():\n    pass\n")
    return made


FILES = ("cart.py", "test_cart.py", "test_other.py")
PRICE, LABEL = "test_cart.py::test_price", "test_cart.py::test_label"
OTHERS = tuple(f"test_other.py::test_other[{number}]" for number in range(6))
ITEMS: dict[ItemKey, str] = {
    (PRICE, 0): "test_cart.py",
    (LABEL, 0): "test_cart.py",
    **{(other, 0): "test_other.py" for other in OTHERS},
}
FULL = (
    {"context": "i", "path": "PATH/cart.py", "module": "cart", "lines": {"0": [1, 2, 4, 4]}},
    {"context": "i", "path": "PATH/test_cart.py", "module": "test_cart", "lines": {"1": [1, 2, 4, 4]}},
    context(PRICE, {1: [3, 3], 0: [3, 3]}),
    context(LABEL, {1: [5, 5], 0: [5, 5]}),
    *(context(other, {2: [2, 2]}) for other in OTHERS),
)


def full(stage: Stage) -> list[dict[str, Any]]:
    """The journal lines of a run of everything."""
    return [json.loads(json.dumps(line).replace("PATH", str(stage.root))) for line in FULL]


@pytest.fixture
async def taken(stage: Stage) -> Record:
    """A record of a full run."""
    record = stage.record()
    await record.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE, LABEL, *OTHERS))
    return record
