"""Flow control: what is under way is bounded, and a terminal that takes nothing stops only the paint."""

import asyncio

from tests.ui.terminal.recording import (
    Cell,
    RecordingDriver,
    SilentDriver,
    driver_of,
    picture,
    settle,
)
from tests.ui.terminal.sample import SampleApp
from tui.ui.terminal.pacing import REQUEST, Pacer


class Clock:
    """Time that stands still unless it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def under_way(pacer: Pacer) -> int:
    """Bytes sent and not acknowledged."""
    return pacer._under_way + pacer._unasked


def test_frames_go_out_until_the_window_is_full_and_again_when_it_is_acknowledged() -> None:
    pacer = Pacer(window=1000, ask_after=100)
    assert pacer.sent(600)
    assert pacer.may_send(0)
    assert pacer.sent(600)
    assert not pacer.may_send(0)
    assert under_way(pacer) == 1200
    pacer.acknowledged()
    assert pacer.may_send(0)
    assert under_way(pacer) == 600


def test_small_frames_share_one_question() -> None:
    pacer = Pacer(ask_after=100)
    assert [pacer.sent(40) for _ in range(6)] == [False, False, True, False, False, True]
    pacer.acknowledged()
    assert under_way(pacer) == 120


def test_a_terminal_that_takes_nothing_gets_nothing_even_when_all_is_acknowledged() -> None:
    pacer = Pacer()
    assert pacer.may_send(queued=1)
    assert not pacer.may_send(queued=2)


def test_lost_answers_hold_up_the_picture_only_for_a_while() -> None:
    clock = Clock()
    pacer = Pacer(window=100, ask_after=1, patience=2.0, clock=clock)
    pacer.sent(200)
    clock.now += 2.0
    assert not pacer.may_send(0)
    clock.now += 0.1
    assert pacer.may_send(0)
    assert under_way(pacer) == 0


def test_a_terminal_that_never_answers_is_asked_no_more() -> None:
    clock = Clock()
    pacer = Pacer(window=100, ask_after=1, clock=clock)
    for _ in range(Pacer.GIVE_UP):
        assert pacer.sent(200)
        clock.now += 5
        assert pacer.may_send(0)
    assert not pacer.sent(200)
    assert pacer.may_send(0)


def test_one_answer_is_enough_to_be_asked_for_ever() -> None:
    clock = Clock()
    pacer = Pacer(window=100, ask_after=1, clock=clock)
    pacer.sent(1)
    pacer.acknowledged()
    for _ in range(Pacer.GIVE_UP * 2):
        assert pacer.sent(200)
        clock.now += 5
        assert pacer.may_send(0)
    assert pacer.sent(200)


def test_an_answer_too_many_is_nothing() -> None:
    pacer = Pacer(ask_after=1)
    pacer.acknowledged()
    pacer.sent(10)
    pacer.acknowledged()
    pacer.acknowledged()
    assert under_way(pacer) == 0


def test_reset_forgets_what_is_under_way() -> None:
    pacer = Pacer(window=10, ask_after=1)
    pacer.sent(100)
    assert not pacer.may_send(0)
    pacer.reset()
    assert pacer.may_send(0)


async def change(app: SampleApp, times: int) -> None:
    """Change all rows this often, each time long enough for a frame."""
    for _ in range(times):
        for row in range(20):
            app.rows.touch(row)
        for _ in range(5):
            await asyncio.sleep(1 / 200)


async def test_what_could_not_be_painted_is_painted_once_when_the_terminal_answers() -> None:
    app = SampleApp(driver_class=SilentDriver, pacer=Pacer(window=2048, clock=Clock()))
    async with app.run_test(headless=False):
        driver = driver_of(app)
        for _ in range(100):
            await change(app, 1)
            if not app.may_paint():
                break
        held = driver.data
        await change(app, 5)
        assert driver.data == held

        driver.answers = True
        for _ in range(held.count(REQUEST)):
            driver.answer()
        await settle(app)
        assert len(driver.data) > len(held)
        assert picture(driver.data) == await afresh(app)


async def test_a_frozen_terminal_is_given_nothing_and_gets_the_newest_when_it_thaws() -> None:
    app = SampleApp(driver_class=RecordingDriver)
    async with app.run_test(headless=False):
        await settle(app)
        driver = driver_of(app)
        driver.waiting = 5
        held = driver.data
        called: list[str] = []
        app.call_after_refresh(called.append, "refreshed")
        await change(app, 3)
        assert driver.data == held
        assert called == ["refreshed"], "only the paint may wait"

        driver.waiting = 0
        await settle(app)
        assert picture(driver.data) == await afresh(app)


async def afresh(app: SampleApp) -> list[list[Cell]]:
    """The picture of a terminal that is sent everything anew."""
    start = len(driver_of(app).data)
    app.repaint()
    await settle(app)
    return picture(driver_of(app).data[start:])


async def test_a_frame_is_one_write() -> None:
    app = SampleApp(driver_class=RecordingDriver)
    async with app.run_test(headless=False):
        app._sync_available = True
        await settle(app)
        writes = len(driver_of(app).writes)
        app.rows.touch(3)
        await settle(app)
        (frame,) = driver_of(app).writes[writes:]
        assert frame.startswith("\x1b[?2026h")
        assert "\x1b[?2026l" in frame


async def test_answers_are_heard_before_somebody_else_could_take_them_for_keys() -> None:
    app = SampleApp(driver_class=SilentDriver, pacer=Pacer(window=2048, ask_after=1))
    async with app.run_test(headless=False):
        driver = driver_of(app)
        await change(app, 1)
        waiting = asyncio.create_task(app.hear_answers(60))
        await change(app, 1)
        held = driver.data
        assert held.count(REQUEST)
        assert not waiting.done()
        await change(app, 1)
        assert driver.data == held, "what is asked now would be answered too late"
        for _ in range(held.count(REQUEST)):
            driver.answer()
        await waiting


async def test_a_terminal_that_does_not_answer_is_not_waited_for_long() -> None:
    app = SampleApp(driver_class=SilentDriver, pacer=Pacer(window=2048, ask_after=1))
    async with app.run_test(headless=False):
        await change(app, 1)
        await app.hear_answers(0.01)
