"""Paying, with a bank that is not always there."""

import logging
import sys
import time

import pytest
from shop.payment import PaymentFailed, ask_bank, pay

log = logging.getLogger("tests.payment")


def test_paid():
    assert ask_bank("4111111111111111", "9.99")["state"] == "paid"


@pytest.mark.slow
def test_bank_answers_late():
    """Long enough to watch it run."""
    time.sleep(1.5)
    assert pay("4111111111111111", "9.99")["card"] == "1111"


def test_no_answer():
    """An error that has a cause: both tracebacks are shown."""
    print("\x1b[1mpaying\x1b[0m with \x1b[33m5500 0000 0000 0004\x1b[0m")
    print("bank: \x1b[31mno answer\x1b[0m", file=sys.stderr)
    assert pay("5500000000000004", "9.99")["state"] == "paid"


def test_no_answer_is_expected():
    with pytest.raises(PaymentFailed, match="after 1 attempts"):
        pay("5500000000000004", "9.99", attempts=1)


def test_prints_in_colour():
    """Passes, and has something to say on every channel."""
    for code, word in enumerate(["red", "green", "yellow", "blue", "magenta", "cyan"], start=31):
        print(f"\x1b[{code}m{word}\x1b[0m", end=" ")
    print("\x1b[38;5;208m256 colours\x1b[0m \x1b[38;2;120;200;80mtrue colour\x1b[0m")
    print("a line on standard error", file=sys.stderr)
    log.warning("a line in the log")


@pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="subtests need pytest 9")
def test_every_card(subtests):
    """Three checks in one test, of which one fails."""
    for card in ["4111111111111111", "5500000000000004", "4000000000000002"]:
        with subtests.test(msg="card", ending=card[-4:]):
            assert ask_bank(card, "1.00")["card"] == card[-4:]
