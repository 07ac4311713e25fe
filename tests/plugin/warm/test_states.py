"""What tells one state of a file or folder from another."""

from __future__ import annotations

import os
from pathlib import Path

from tui.plugin.wire import state_of


def test_a_save_by_renaming_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "cart.py"
    file.write_text("a = 1\n")
    folder, content = state_of(str(tmp_path)), state_of(str(file))
    new = tmp_path / "cart.py.tmp"
    new.write_text("a = 2\n")
    assert state_of(str(tmp_path)) == folder  # the new file is there for a moment only
    new.replace(file)
    os.utime(tmp_path, (1, 1))
    assert state_of(str(tmp_path)) == folder
    assert state_of(str(file)) != content


def test_a_folder_is_another_one_with_other_names_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").touch()
    before = state_of(str(tmp_path))
    (tmp_path / "b.json").touch()
    both = state_of(str(tmp_path))
    assert both != before
    (tmp_path / "__pycache__").mkdir()
    assert state_of(str(tmp_path)) == both
    (tmp_path / "a.json").unlink()
    assert state_of(str(tmp_path)) not in (before, both)
    assert state_of(str(tmp_path / "nothing")) is None
