"""What a customer is about to buy."""

import warnings
from dataclasses import dataclass, field
from decimal import Decimal

from shop.prices import format_price, round_price


@dataclass(frozen=True)
class Item:
    """Something for sale, with a price for each currency."""

    sku: str
    prices: dict


@dataclass
class Cart:
    """Items and how many of each."""

    lines: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)

    def add(self, item, pieces=1):
        """Put pieces of an item into the cart.

        Raises:
            ValueError: fewer than one piece.
        """
        if pieces < 1:
            raise ValueError(f"cannot add {pieces} pieces of {item.sku}")
        self.items[item.sku] = item
        self.lines[item.sku] = self.lines.get(item.sku, 0) + pieces

    def total(self, currency, discount=Decimal(0)):
        """Add up the cart in one currency, less a discount between 0 and 1."""
        full = sum(
            (self.items[sku].prices[currency] * pieces for sku, pieces in self.lines.items()),
            Decimal(0),
        )
        return round_price(full * (1 - discount))

    def sum(self):
        """Add up the cart in euros."""
        warnings.warn("Cart.sum() is deprecated, use Cart.total()", DeprecationWarning, stacklevel=2)
        return self.total("eur")

    def receipt(self, currency):
        """Return the lines of the receipt, the total last."""
        lines = [f"{pieces:>3} x {sku}" for sku, pieces in self.lines.items()]
        return [*lines, f"total {format_price(self.total(currency), currency)}"]
