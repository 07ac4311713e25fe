"""How much memory there is: by the machine, and by every control group, of either version."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.freezing.desk import freeze
from tui.plugin.freezing.memory import Memory

MB = 1 << 20


def system(root: Path, files: dict[str, str]) -> Memory:
    for name, text in {"proc/meminfo": f"MemTotal: 9 kB\nMemAvailable: {8000 * 1024} kB\n", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Memory(str(root))


def test_machine(tmp_path: Path) -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    memory = system(tmp_path, {"proc/self/statm": "1000 700 1 1 0 1 0"})
    assert memory.resident() == 700 * page
    assert memory.available() == 8000 * MB
    assert memory.lack(100 * MB) == ""


def test_little_memory(tmp_path: Path) -> None:
    memory = system(tmp_path, {"proc/meminfo": f"MemAvailable: {600 * 1024} kB\n"})
    assert memory.lack(100 * MB) == ""  # 512 MB are enough for a small one
    assert memory.lack(500 * MB) == "memory is short: 600 MB are left, and 750 MB should be"


def test_nothing_known(tmp_path: Path) -> None:
    memory = system(tmp_path, {"proc/meminfo": "nonsense"})
    assert memory.available() is None
    assert memory.lack(10**12) == ""


def group(limit: str, usage: int, cache: int, *, prefix: str = "") -> dict[str, str]:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if prefix else ("memory.max", "memory.current")
    return {names[0]: limit, names[1]: f"{usage}\n", "memory.stat": f"anon 5\n{prefix}inactive_file {cache}\n"}


def below(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in files.items()}


def test_group_of_version_2(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "0::/a/b\n",
        **below("sys/fs/cgroup/a/b", group("max\n", 5 * MB, 0)),
        **below("sys/fs/cgroup/a", group(f"{1000 * MB}\n", 700 * MB, 100 * MB)),
    }
    assert system(tmp_path, files).available() == 400 * MB  # what is only cached can be had


def test_group_of_version_2_in_a_container(tmp_path: Path) -> None:
    """The path is that of the machine's tree, and only the own group is there, at the top."""
    files = {"proc/self/cgroup": "0::/docker/0123\n", **below("sys/fs/cgroup", group(f"{900 * MB}", 200 * MB, 0))}
    assert system(tmp_path, files).available() == 700 * MB


def test_group_of_version_1(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/x\n1:name=systemd:/x\n",
        **below("sys/fs/cgroup/memory/x", group(f"{600 * MB}", 500 * MB, 50 * MB, prefix="total_")),
        **below("sys/fs/cgroup/memory", group(str(2**63 - 4096), 900 * MB, 0, prefix="total_")),
    }
    memory = system(tmp_path, files)
    assert memory.available() == 150 * MB
    assert memory.lack(10 * MB) == "memory is short: 150 MB are left, and 512 MB should be"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc")
def test_here() -> None:
    memory = Memory()
    assert memory.resident() > 5 * MB
    available = memory.available()
    assert available is not None
    assert available > 0


def test_words_reach_the_journal(drive: Start) -> None:
    """A project may be bigger than what is left for a copy of it."""
    conftest = """
        def pytest_sessionstart(session):
            freezer = session.config.pluginmanager.get_plugin("redbar-freezing")
            freezer._memory.available = lambda: 100 << 20
    """
    run, _ = freeze(drive({"conftest.py": conftest, "test_a.py": "def test_a(): assert 0\n"}), count=0)
    assert run.event("NotFrozen")["why"] == "memory is short: 100 MB are left, and 512 MB should be"
