"""A week changes on a date: what held before stays until then, and what was planned can be taken back."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules import openings
from booking.rules.facts import WeeklyOpening

TODAY = date(2026, 3, 23)
SUMMER, AUTUMN = date(2026, 6, 1), date(2026, 9, 1)
DAY = timedelta(days=1)
SHORT = (WeeklyOpening(0, 540, 720),)
LONG = (WeeklyOpening(0, 480, 1200), WeeklyOpening(1, 480, 1200))


def held(rows: Sequence[WeeklyOpening], day: date) -> list[tuple[int, int, int]]:
    """Weekday and minutes of the rows that hold on a date."""
    return sorted((row.weekday, row.opens, row.closes) for row in openings.in_force(rows, day))


def test_a_week_that_holds_at_once_is_all_there_is() -> None:
    assert openings.changed(LONG, SHORT, None, TODAY) == SHORT
    assert openings.changes(SHORT, TODAY) == ()


def test_a_week_from_a_date_on_leaves_the_days_before_it() -> None:
    rows = openings.changed(SHORT, LONG, SUMMER, TODAY)
    assert held(rows, SUMMER - DAY) == held(SHORT, TODAY)
    assert held(rows, SUMMER) == held(LONG, TODAY)
    assert [day for day, _ in openings.changes(rows, TODAY)] == [SUMMER]
    assert openings.changes(rows, SUMMER) == ()


def test_a_week_that_holds_at_once_leaves_what_is_planned() -> None:
    planned = openings.changed(SHORT, LONG, SUMMER, TODAY)
    rows = openings.changed(planned, (), None, TODAY)
    assert held(rows, TODAY) == []
    assert held(rows, SUMMER) == held(LONG, TODAY)


def test_a_change_before_another_lasts_until_that_one() -> None:
    rows = openings.changed(openings.changed(SHORT, LONG, AUTUMN, TODAY), (), SUMMER, TODAY)
    assert [(day, len(week)) for day, week in openings.changes(rows, TODAY)] == [(SUMMER, 0), (AUTUMN, 2)]


def test_a_change_that_is_taken_back_never_was() -> None:
    planned = openings.changed(openings.changed(SHORT, LONG, SUMMER, TODAY), (), AUTUMN, TODAY)
    rows = openings.taken_back(planned, SUMMER)
    assert [day for day, _ in openings.changes(rows, TODAY)] == [AUTUMN]
    assert held(rows, SUMMER) == held(SHORT, TODAY)
    assert openings.taken_back(openings.changed(SHORT, LONG, SUMMER, TODAY), SUMMER) == SHORT


def test_a_week_that_stays_the_same_is_no_change() -> None:
    assert openings.changed(SHORT, SHORT, SUMMER, TODAY) == SHORT


@pytest.mark.parametrize(
    ("rows", "weekday"),
    [
        ([(0, 540, 720), (0, 720, 900)], None),
        ([(0, 540, 720), (1, 600, 900)], None),
        ([(3, 700, 900), (3, 540, 720)], 3),
        ([(3, 540, 1560), (3, 600, 660)], 3),
    ],
    ids=["touching", "other days", "across", "within"],
)
def test_rows_of_one_day_that_share_time_are_found(rows: list[tuple[int, int, int]], weekday: int | None) -> None:
    assert openings.overlapping_weekday([WeeklyOpening(*row) for row in rows]) == weekday


DAYS = st.integers(-20, 60).map(lambda number: TODAY + number * DAY)
WEEKS = st.lists(st.sampled_from((*SHORT, *LONG, WeeklyOpening(2, 0, 1440))), max_size=3, unique=True)


@given(st.lists(st.tuples(st.one_of(st.none(), DAYS), WEEKS), max_size=5), DAYS)
def test_whatever_is_changed_each_day_has_the_week_that_was_said_last_about_it(
    said: list[tuple[date | None, list[WeeklyOpening]]], day: date
) -> None:
    rows: tuple[WeeklyOpening, ...] = ()
    for first, week in said:
        before = openings.changes(rows, first or TODAY)
        rows = openings.changed(rows, week, first, TODAY)
        end = before[0][0] if before else date.max
        for each in (first or TODAY, end - DAY, max(first or TODAY, min(day, end - DAY))):
            assert held(rows, each) == held(week, each)
        for later, planned in before:
            assert held(rows, later) == held(planned, later)
