"""A file that cannot be collected: what it imports was removed."""

from shop.barcode import scan


def test_scan():
    assert scan("4006381333931") == "pencil"
