"""Contrast of text by WCAG 2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.ui.terminal.contrast import AA, AAA, Readable, Undimmed, apart, ratio

COLOURS = st.builds(ColorTriplet, *[st.integers(0, 255)] * 3)
BLACK, WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (BLACK, WHITE, 21.0),
        (WHITE, WHITE, 1.0),
        (ColorTriplet(118, 118, 118), WHITE, 4.54),
        (ColorTriplet(255, 0, 0), WHITE, 4.0),
        (ColorTriplet(0, 0, 255), WHITE, 8.59),
    ],
)
def test_known_ratios(one: ColorTriplet, other: ColorTriplet, expected: float) -> None:
    assert ratio(one, other) == pytest.approx(expected, abs=0.005)
    assert ratio(one, other) == ratio(other, one)


@given(colour=COLOURS, background=COLOURS)
def test_every_colour_becomes_readable_on_every_background(colour: ColorTriplet, background: ColorTriplet) -> None:
    assert ratio(apart(colour, background, AA), background) >= AA
    assert ratio(apart(colour, background, AAA), background) >= min(
        AAA, max(ratio(BLACK, background), ratio(WHITE, background))
    )


@given(colour=COLOURS, background=COLOURS)
def test_what_is_readable_stays_as_it_is(colour: ColorTriplet, background: ColorTriplet) -> None:
    if ratio(colour, background) >= AA:
        assert apart(colour, background, AA) == colour


def test_hue_is_kept() -> None:
    red, green, blue = apart(ColorTriplet(240, 160, 0), ColorTriplet(224, 224, 224), AA)
    assert red > green > blue


def painted(style: Style, text: str = "words") -> Style:
    (segment,) = Readable(AA).apply([Segment(text, style)], Color.parse("#e0e0e0"))
    assert segment.text == text
    assert segment.style is not None
    return segment.style


def test_background_of_the_widget_lies_behind_what_has_none() -> None:
    style = painted(Style.parse("bold #ffa62b"))
    assert style.bold
    assert style.color is not None
    assert style.color.triplet is not None
    assert ratio(style.color.triplet, ColorTriplet(224, 224, 224)) >= AA


def test_reverse_is_judged_as_it_is_seen() -> None:
    style = painted(Style.parse("reverse #ffa62b on #e0e0e0"))
    assert not style.reverse
    assert style.color is not None
    assert style.bgcolor is not None
    assert style.bgcolor.triplet == ColorTriplet(255, 166, 43)
    assert style.color.triplet is not None
    assert ratio(style.color.triplet, style.bgcolor.triplet) >= AA


@pytest.mark.parametrize("text", ["   ", " \u2588\u2584 "])
def test_what_is_no_text_keeps_its_colours(text: str) -> None:
    style = Style.parse("#d0d0d0 on #e0e0e0")
    assert painted(style, text) == style


def test_undimmed() -> None:
    segments = [Segment("a", Style.parse("dim red")), Segment("b", Style.parse("red")), Segment("c")]
    assert Undimmed().apply(segments, Color.parse("black")) == [
        Segment("a", Style.parse("not dim red")),
        Segment("b", Style.parse("red")),
        Segment("c"),
    ]
