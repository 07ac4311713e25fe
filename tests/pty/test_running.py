"""Runs as a person sees them: real keys, a real terminal, real processes below."""

from pathlib import Path

import pytest

from tests.gate import Gate
from tests.pty.person import at, write

pytestmark = pytest.mark.pty

HOLD = """
    import os, signal

    def hold():
        with open("pid", "w") as file:
            print(os.getpid(), file=file)
        with open("gate", "rb", buffering=0) as file:
            file.readline()
"""


def test_a_failure_is_seen_mended_in_the_editor_and_run_again(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "test_shop.py": """
                def test_open():
                    assert True

                def test_price():
                    price = 9
                    assert price == 10
            """,
            # Notes what it was asked to open, mends the test and goes.
            "editor.sh": """\
                echo "$@" > asked
                sed -i.old 's/price = 9/price = 10/' test_shop.py
            """,
        },
    )
    with at(tmp_path, EDITOR="sh editor.sh") as person:
        person.sees_in_bar("READY 2 tests")
        person.press("R")
        person.sees_in_bar("RED", "1 failed", "1 passed", " in ")
        person.press("n")
        person.sees("✗ test_price", "assert 9 == 10", "price = 9")
        person.press("e")
        person.wait((tmp_path / "asked").exists, "the editor")
        person.press("f")
        person.sees_in_bar("PASSED 2", ", 1 stale")  # what stands in the same file has not run since
        person.press("R")
        person.sees_in_bar("GREEN 2 passed in ")
        person.press("q")
        assert person.has_left() == 0
    assert (tmp_path / "asked").read_text(encoding="utf-8") == f"+7 {tmp_path / 'test_shop.py'}\n"


def test_what_is_gone_is_never_green(tmp_path: Path) -> None:
    write(tmp_path, {"test_kept.py": "def test_kept(): pass\n", "test_lost.py": "def test_lost(): pass\n"})
    with at(tmp_path) as person:
        person.sees_in_bar("READY 2 tests")
        person.press("R")
        person.sees_in_bar("GREEN 2 passed")
        (tmp_path / "test_lost.py").unlink()
        person.press("Gr")
        person.sees_in_bar("PASSED", "1 asked for not found")
        assert "GREEN" not in person.bar
        person.press("R")
        person.sees_in_bar("GREEN 1 passed")


def test_a_second_key_stops_a_test_that_ignores_the_first(tmp_path: Path, gate: Gate) -> None:
    write(
        tmp_path,
        {
            "holding.py": HOLD,
            "test_deaf.py": """
                import signal
                from holding import hold

                def test_done(): pass

                def test_deaf():
                    signal.signal(signal.SIGINT, signal.SIG_IGN)
                    hold()

                def test_later(): pass
            """,
        },
    )
    with at(tmp_path) as person:
        person.sees_in_bar("READY 3 tests")
        person.press("R")
        process = person.process_of_the_run()
        person.sees_in_bar("RUNNING", "1 passed")
        person.press("s")
        person.sees_in_bar("STOPPING")
        person.press("s")
        person.sees_in_bar("STOPPED", "1 passed")
        person.sees_end_of(process)
        person.press("zjr")
        person.sees_in_bar("PASSED 1")
        assert "STOPPED" not in person.bar


def test_the_screen_bears_any_size_during_a_run(tmp_path: Path, gate: Gate) -> None:
    write(
        tmp_path,
        {
            "holding.py": HOLD,
            "test_wide.py": """
                from holding import hold

                def test_first(): pass
                def test_held(): hold()
                def test_last(): assert not "found"
            """,
        },
    )
    with at(tmp_path) as person:
        person.sees_in_bar("READY 3 tests")
        person.press("Rz")
        person.process_of_the_run()
        for width, height in ((40, 10), (1, 1), (300, 80), (10, 2), (160, 45)):
            person.resize(width, height)
            person.press("j:\x1b[6~")
            person.press("\x1b")
        person.resize(80, 24)
        gate.open()
        person.sees_in_bar("RED", "1 failed", "2 passed", " in ")
        person.sees("✗ test_last ", "✓ test_held", "? help")
