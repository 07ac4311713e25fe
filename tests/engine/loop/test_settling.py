"""What a run leaves when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model.making import collected
from tui.engine.loop.settling import drop_gone
from tui.model import events as ev
from tui.model.nodes import modules_below
from tui.model.outcome import Status
from tui.model.pending import Pending
from tui.model.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run is on in which a file goes, whose tests are taken out, and one of them ends after that."""
    (tmp_path / "test_b.py").touch()
    store = Store()
    store.begin(3, collecting=False, whole=True)
    store.session = ev.SessionStarted(3, str(tmp_path), None, str(tmp_path), "3.11", "python", "9.0", 0)
    for name in ("test_a.py", "test_b.py"):
        store.tree.add(collected(f"{name}::test", file_path=str(tmp_path / name)))
    store.tree.remove_all(list(store.tree.items())[:1])
    store.apply(ev.ItemFinished(3, "test_a.py::test", 0, Status.FAILED, 0.1))
    store.apply(ev.CollectorReported(3, "test_a.py", "failed", longrepr="gone"))
    return store


def names(store: Store) -> list[str]:
    return [module.nodeid for module in modules_below(store.tree.root)]


def test_what_is_told_of_a_file_that_is_gone_goes_with_the_run(store: Store, tmp_path: Path) -> None:
    pending = Pending()
    pending.gone = {str(tmp_path / "test_a.py"): 3}
    assert sorted(names(store)) == ["test_a.py", "test_b.py"]
    drop_gone(store, pending, 3)
    assert names(store) == ["test_b.py"]
    assert not store.tree.broken
    assert pending.gone  # the next run may have begun before that was known
    drop_gone(store, pending, 4)
    assert not pending.gone


def test_a_file_that_is_back_keeps_what_is_told(store: Store, tmp_path: Path) -> None:
    pending = Pending()
    pending.gone = {str(tmp_path / "test_a.py"): 3}
    (tmp_path / "test_a.py").touch()
    drop_gone(store, pending, 3)
    assert sorted(names(store)) == ["test_a.py", "test_b.py"]
