"""Spans of time land on the right quarter-hours of the drawn day."""

from datetime import UTC, date, datetime

from booking.web.timeline import Axis, Segment, segment, without_overlap

SATURDAY = Axis(date(2026, 11, 28), "Europe/Berlin", first_hour=8, last_hour=22)


def at(hour: int, minute: int = 0, day: int = 28) -> datetime:
    """An instant in November 2026, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def placed(axis: Axis, start: datetime, end: datetime) -> Segment:
    """The busy segment of a span that is known to be in sight."""
    drawn = segment(axis, "busy", start, end)
    assert drawn is not None
    return drawn


def test_a_span_is_placed_by_the_clock_of_the_space() -> None:
    drawn = placed(SATURDAY, at(9), at(11, 30))  # 10:00 to 12:30 in Berlin
    assert (drawn.column, drawn.width) == (9, 10)
    assert (drawn.start.hour, drawn.end.hour) == (10, 12)


def test_a_span_is_cut_to_the_axis() -> None:
    drawn = placed(SATURDAY, at(18, day=27), at(9))
    assert (drawn.column, drawn.width) == (1, 8)
    assert segment(SATURDAY, "busy", at(22), at(23)) is None
    assert segment(SATURDAY, "busy", at(9, day=27), at(11, day=27)) is None


def test_odd_minutes_fill_the_quarters_they_touch() -> None:
    drawn = placed(SATURDAY, at(9, 5), at(9, 20))
    assert (drawn.column, drawn.width) == (9, 2)


def test_a_whole_day_reaches_midnight() -> None:
    axis = Axis(date(2026, 11, 28), "Europe/Berlin", first_hour=0, last_hour=24)
    assert placed(axis, at(23, day=27), at(23)).width == 96


def test_two_spans_of_the_repeated_hour_do_not_overlap() -> None:
    clock_set_back = Axis(date(2026, 10, 25), "Europe/Berlin", first_hour=0, last_hour=24)
    before = placed(clock_set_back, datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
    after = placed(clock_set_back, datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))
    drawn = without_overlap([after, before])
    ends = [each.column + each.width for each in drawn]
    assert all(end <= following.column for end, following in zip(ends, drawn[1:], strict=False))
