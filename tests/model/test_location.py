"""Offsets, lines and columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.model.location import Region, Source, Span


@pytest.mark.parametrize(
    ("text", "starts", "lines"),
    [
        ("", [0], [""]),
        ("a", [0], ["a"]),
        ("a\n", [0, 2], ["a", ""]),
        ("a\nb", [0, 2], ["a", "b"]),
        ("a\r\nb\r\n", [0, 3, 6], ["a", "b", ""]),
        ("\n\n", [0, 1, 2], ["", "", ""]),
        ("a\rb", [0], ["a\rb"]),
        ("é😀\nb", [0, 3], ["é😀", "b"]),
        ("a\u2028b\x0bc\x0cd", [0], ["a\u2028b\x0bc\x0cd"]),
    ],
)
def test_lines(text: str, starts: list[int], lines: list[str]) -> None:
    source = Source("Dockerfile", text)
    assert source.line_starts == starts
    assert [source.line(number) for number in range(1, len(starts) + 1)] == lines


@pytest.mark.parametrize(
    ("text", "span", "region"),
    [
        ("", Span(0, 0), Region(1, 1, 1, 1)),
        ("FROM a\nRUN b", Span(0, 6), Region(1, 1, 1, 7)),
        ("FROM a\nRUN b", Span(7, 12), Region(2, 1, 2, 6)),
        ("FROM a\nRUN b", Span(5, 10), Region(1, 6, 2, 4)),
        ("FROM a\n", Span(7, 7), Region(2, 1, 2, 1)),
        ("a\r\nbc", Span(3, 5), Region(2, 1, 2, 3)),
        ("a\r\nbc", Span(0, 2), Region(1, 1, 1, 3)),
        ("😀é\n", Span(1, 2), Region(1, 2, 1, 3)),
        ("ab\ncd", Span(0, 3), Region(1, 1, 2, 1)),
    ],
)
def test_region(text: str, span: Span, region: Region) -> None:
    assert Source("Dockerfile", text).region(span) == region


def offset(source: Source, line: int, column: int) -> int:
    return source.line_starts[line - 1] + column - 1


@given(st.text(alphabet="ab\r\n😀\t", max_size=40), st.data())
def test_a_region_leads_back_to_its_span(text: str, data: st.DataObject) -> None:
    source = Source("Dockerfile", text)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    region = source.region(span)
    first = offset(source, region.start_line, region.start_column)
    last = offset(source, region.end_line, region.end_column)
    assert Span(first, last) == span
    assert source[span] == text[first:last]
    assert region.start_line == text[:start].count("\n") + 1 == source.line_of(start)
