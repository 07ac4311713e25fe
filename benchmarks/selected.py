"""What the rows of `mutants` come to: missed tests, shares of the suite, the place of the first failing test."""

from __future__ import annotations

from collections import Counter
from statistics import mean, median
from typing import Any

from benchmarks.mutation import SHARES

Row = dict[str, Any]
_AT_ONCE = 5
"""Tests that a person sees fail at once."""


def report(rows: list[Row]) -> str:
    """The figures in words, one a line."""
    ran = [row for row in rows if row["status"] == "ok"]
    if not ran:
        return f"{len(rows)} mutants: {_counted(rows)}"
    killed = [row for row in ran if row["failing"]]
    failing = sum(len(row["failing"]) for row in killed)
    lines = [
        f"{len(rows)} mutants: {_counted(rows)}",
        f"{len(ran)} ran to the end; {len(killed)} of them were noticed, by {failing} failing tests",
    ]
    for limit, name in ((1, "tiers 0-1"), (2, "tiers 0-2"), (3, "all tiers")):
        lines += _tiers(ran, killed, limit, name)
    with_testmon = [row for row in ran if "testmon" in row]
    if with_testmon:
        missed = [len(row["testmon_missed"]) for row in with_testmon]
        lines.append(f"missed by testmon: {sum(missed)} tests in {sum(map(bool, missed))} mutants")
        lines.append(f"  selected: {_share(with_testmon, [row['testmon'] for row in with_testmon])}")
    for key, name in (("first", "chosen order"), ("first_testmon", "testmon"), ("first_plain", "plain order")):
        lines += _first([row[key] for row in killed if row.get(key)], name)
    times = [row["choose_ms"] for row in ran]
    if times:
        lines.append(
            f"answer, with the description of the edit: median {median(times):.0f} ms, {max(times):.0f} ms at most"
        )
    lines += [
        f"MISSED {row['file']}:{row['line']} {row['old']!r} -> {row['new']!r}: {', '.join(row['missed'][3][:5])}"
        for row in killed
        if row["missed"][3]
    ]
    return "\n".join(lines)


def _tiers(ran: list[Row], killed: list[Row], limit: int, name: str) -> list[str]:
    """What the tiers up to a limit miss and select, by the kind of place."""
    missed = [len(row["missed"][limit]) for row in killed]
    lines = [
        f"missed by {name}: {sum(missed)} tests in {sum(map(bool, missed))} mutants",
        f"  selected: {_share(ran, [row['selected'][limit] for row in ran])}",
    ]
    for place in SHARES:
        some = [row for row in ran if row["place"] == place]
        if some:
            share = _share(some, [row["selected"][limit] for row in some])
            lines.append(f"    {place:9}{len(some):4} mutants: {share}")
    return lines


def _first(found: list[list[float]], name: str) -> list[str]:
    if not found:
        return []
    places = [place for place, _ in found]
    within = sum(place <= _AT_ONCE for place in places)
    before = mean(seconds for _, seconds in found)
    where = f"place {median(places):.0f} (median), {mean(places):.1f} (mean)"
    often = f"among the first five in {within} of {len(found)}"
    return [f"first failing test, {name}: {where}, {often}; after {before:.3f} s of tests (mean)"]


def _counted(rows: list[Row]) -> str:
    statuses = Counter(row["status"] for row in rows)
    places = Counter(row["place"] for row in rows)
    return ", ".join(f"{count} {name}" for name, count in [*places.most_common(), *statuses.most_common()])


def _share(rows: list[Row], counts: list[int]) -> str:
    shares = [100 * count / row["suite"] for row, count in zip(rows, counts, strict=True)]
    return f"mean {mean(shares):.1f} %, median {median(shares):.1f} % of the suite"
