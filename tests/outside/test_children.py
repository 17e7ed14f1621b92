"""What reads a stranger's file does so in a child that can neither take long nor take much."""

from datetime import date

import pytest

from booking.ical.holidays import heard
from booking.outside import children

YEARLY = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_a_child_answers_what_its_module_writes() -> None:
    found = heard(children.limited("booking.ical.holidays", YEARLY, "2029-01-01"))
    assert [day.first for day in found.days] == [date(2026, 12, 25)]


def test_a_child_that_ends_badly_gave_no_answer() -> None:
    with pytest.raises(children.Failed):
        children.limited("booking.ical.holidays", b"hello", "2029-01-01")


@pytest.mark.parametrize(("limit", "value"), [("SECONDS", 0), ("MEMORY", 2**24), ("PATIENCE", 0.01)])
def test_a_child_that_takes_more_than_its_limits_gave_no_answer(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    monkeypatch.setattr(children, limit, value)
    with pytest.raises(children.Failed):
        children.limited("booking.ical.holidays", YEARLY * 4, "2029-01-01")
