"""The way to the bank."""

import logging

log = logging.getLogger("shop.payment")


class PaymentFailed(Exception):
    """The bank did not take the payment."""


def ask_bank(card, amount):
    """Ask the bank, which answers only cards that begin with 4."""
    if not card.startswith("4"):
        raise TimeoutError(f"no answer for card ending in {card[-4:]}")
    return {"card": card[-4:], "amount": amount, "state": "paid"}


def pay(card, amount, attempts=3):
    """Pay, asking the bank again when it does not answer.

    Raises:
        PaymentFailed: the bank did not answer any attempt.
    """
    for attempt in range(1, attempts + 1):
        try:
            return ask_bank(card, amount)
        except TimeoutError as error:
            log.error("attempt %d of %d: %s", attempt, attempts, error)
            cause = error
    raise PaymentFailed(f"{amount} after {attempts} attempts") from cause
