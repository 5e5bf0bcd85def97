"""Days of the calendar, judged as `datetime` judges them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.model.date import is_date


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2027-03-31", True),
        ("2028-02-29", True),
        ("2000-02-29", True),
        ("1900-02-29", False),
        ("2027-02-29", False),
        ("2027-04-31", False),
        ("2027-00-01", False),
        ("2027-13-01", False),
        ("2027-01-00", False),
        ("0000-01-01", False),
        ("2027-3-31", False),
        ("2027-03-31 ", False),
        ("2027-03-31\n", False),
        ("٢٠٢٧-٠٣-٣١", False),
        ("", False),
    ],
)
def test_days(text: str, good: bool) -> None:
    assert is_date(text) is good


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_as_datetime_has_it(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
        good = True
    except ValueError:
        good = False
    assert is_date(f"{year:04}-{month:02}-{day:02}") is good
