"""What is left on the shelf."""

import logging

log = logging.getLogger("shop.stock")


class OutOfStock(Exception):
    """More pieces were wanted than there are."""


class Stock:
    """Pieces for each sku, and how many of them are reserved."""

    def __init__(self, **pieces):
        self.pieces = dict(pieces)
        self.reserved = {}

    def free(self, sku):
        """Return how many pieces can still be sold."""
        return self.pieces.get(sku, 0) - self.reserved.get(sku, 0)

    def reserve(self, sku, pieces):
        """Keep pieces back for a customer.

        Raises:
            OutOfStock: there are not that many left.
        """
        if pieces > self.free(sku):
            log.warning("only %d of %d pieces of %s are left", self.free(sku), pieces, sku)
            raise OutOfStock(sku)
        self.reserved[sku] = self.reserved.get(sku, 0) + pieces
        log.info("reserved %d pieces of %s", pieces, sku)

    def release(self, sku):
        """Put the reserved pieces of a sku back on the shelf."""
        self.reserved.pop(sku, None)

    def report(self):
        """Return what a stocktaker wants to know of each sku."""
        return {
            sku: {"pieces": pieces, "reserved": self.reserved.get(sku, 0), "low": pieces < 5}
            for sku, pieces in self.pieces.items()
        }
