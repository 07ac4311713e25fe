"""Amounts of money, always as Decimal."""

from decimal import ROUND_DOWN, Decimal

SYMBOLS = {"eur": "€", "gbp": "£", "jpy": "¥"}
CENT = Decimal("0.01")


def round_price(amount):
    """Round to whole cents."""
    return amount.quantize(CENT, rounding=ROUND_DOWN)  # a bug: shops round half up


def format_price(amount, currency):
    """Write an amount with its currency's symbol in front."""
    return f"{SYMBOLS[currency]}{round_price(amount)}"


def parse_price(text):
    """Read an amount that was written with a comma or a point.

    Raises:
        ValueError: the text is no amount.
    """
    cleaned = text.strip().lstrip("".join(SYMBOLS.values())).replace(",", ".")
    if not cleaned.replace(".", "", 1).isdigit():
        raise ValueError(f"not a price: {text!r}")
    return Decimal(cleaned)
