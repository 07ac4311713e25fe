"""A debugger in another pane of tmux, while the screen goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.app.seat import policy
from tests.ui.debugging.tmux import Tmux, needs_tmux

pytestmark = needs_tmux

FILES = {
    "test_till.py": """
        def test_close():
            counted = 3
            assert counted == 4

        def test_stops():
            counted = 3
            breakpoint()
    """,
}
CLOSE, STOPS = (f"test_till.py::test_{name}" for name in ("close", "stops"))


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    made = Tmux(tmp_path)
    for name, value in made.environ().items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


async def prompt(sitting: Sitting, tmux: Tmux, words: str) -> str:
    """Wait for a debugger's prompt in the other pane; its number."""
    await sitting.until(lambda: len(tmux.panes) == 2, "another pane")
    pane = tmux.panes[1]
    await sitting.until(lambda: tmux.shows(pane).endswith("(Pdb)"), "the debugger's prompt")
    assert words in tmux.shows(pane)
    return pane


async def closed(sitting: Sitting, tmux: Tmux) -> None:
    """Wait until nobody debugs, and no pane is left."""
    await sitting.until(lambda: not sitting.app.visits.is_open, "the end of the debugger")
    assert len(tmux.panes) == 1


async def fail(sitting: Sitting) -> None:
    await sitting.go(CLOSE)
    await sitting.run("r")
    await sitting.until(lambda: sitting.explorer.desk.frozen, "a frozen failure")


@pytest.mark.parametrize(("key", "prefers"), [("p", False), ("d", True)])
async def test_a_failure_beside_the_tree(suite: Path, tmux: Tmux, key: str, prefers: bool) -> None:
    async with sit_down(suite, policy=policy(), debug_in_tmux=prefers) as sitting:
        await fail(sitting)
        await sitting.press(key)
        pane = await prompt(sitting, tmux, "test_till.py(4)test_close()")
        await sitting.press("j")
        assert sitting.at == STOPS
        tmux("send-keys", "-t", pane, "p counted", "Enter")
        await sitting.until(lambda: "\n3\n" in tmux.shows(pane), "the answer")
        tmux("send-keys", "-t", pane, "q", "Enter")
        await closed(sitting, tmux)
        assert sitting.footer.said == ""


async def test_a_run_that_waits_goes_on_in_its_pane(suite: Path, tmux: Tmux) -> None:
    async with sit_down(suite, policy=policy(), debug_in_tmux=True) as sitting:
        await sitting.go(STOPS)
        await sitting.press("r")
        pane = await prompt(sitting, tmux, "test_stops()")
        await sitting.until(lambda: sitting.bar.startswith("PAUSED"), "the pause")
        assert sitting.bar.startswith("PAUSED at test_till.py:8: its debugger is open")
        await sitting.until(lambda: "it stands still at a breakpoint" in sitting.document, "the detail pane")
        tmux("send-keys", "-t", pane, "c", "Enter")
        await sitting.rest()
        await closed(sitting, tmux)
        assert sitting.outcomes[STOPS] == "passed"


async def test_a_pane_that_is_closed_ends_the_debugger(suite: Path, tmux: Tmux) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        await sitting.press("p")
        pane = await prompt(sitting, tmux, "test_close()")
        tmux("kill-pane", "-t", pane)
        await closed(sitting, tmux)
        await sitting.press("p")
        pane = await prompt(sitting, tmux, "test_close()")
        await sitting.press("ctrl+backslash")
        await closed(sitting, tmux)


async def test_no_room_for_another_pane(suite: Path, tmux: Tmux) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        tmux("kill-server")
        await sitting.press("p")
        await sitting.said("tmux opened no pane: ")
        assert not sitting.app.visits.is_open
