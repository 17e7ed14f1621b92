"""Which freed time fits somebody: also later than where a free stretch begins."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules import policy
from booking.rules.availability import free_spans, starts_on_grain
from booking.rules.facts import Ask, BookableBy, Counted, Facts, Measure, Quota, Suspended, Used, Visiting
from booking.rules.spans import Span
from booking.rules.waitlist import SHORTEST_OFFER, Wish, fit
from tests.rules.worlds import ALWAYS_OPEN, NOW, ask, facts, span, spans, worlds

DAY = Wish(span("2026-03-24 08:00", "2026-03-24 17:00"), 60)


def test_a_guest_is_offered_what_lies_within_the_hours_of_her_visit() -> None:
    guest = facts(bookable_by=BookableBy.MEMBERS, visiting=(Visiting(opens=16 * 60, closes=18 * 60),))
    assert fit(DAY, guest, NOW) == ask("2026-03-24 15:00", "2026-03-24 16:00")


def test_who_will_be_suspended_is_offered_what_begins_when_that_is_over() -> None:
    suspended = facts(suspended=(Suspended(span("2026-03-24 07:00", "2026-03-24 12:00")),))
    assert fit(DAY, suspended, NOW) == ask("2026-03-24 12:00", "2026-03-24 13:00")


def test_who_may_not_have_it_at_any_hour_is_offered_nothing() -> None:
    assert fit(DAY, facts(bookable_by=BookableBy.MEMBERS), NOW) is None
    assert fit(DAY, facts(), NOW) == ask("2026-03-24 08:00", "2026-03-24 09:00")


EVENING, NIGHT = Visiting(opens=16 * 60, closes=21 * 60), Visiting(opens=22 * 60, closes=26 * 60)
DAILY, WEEKLY = (Quota(1, Counted.PERSON, measure, 90) for measure in (Measure.MINUTES_DAY, Measure.MINUTES_WEEK))
LIMITS = st.lists(st.sampled_from((DAILY, WEEKLY, replace(DAILY, amount=600))), max_size=2).map(tuple)
VISITS = st.lists(st.sampled_from((EVENING, NIGHT)), max_size=2, unique=True).map(tuple)


def one_after_the_other(wish: Wish, known: Facts) -> Iterator[Ask]:
    """All that the maker may have, with every start tried."""
    length, first = timedelta(minutes=wish.minutes), NOW + SHORTEST_OFFER
    first = max(wish.window.start, first + timedelta(minutes=known.tool.limits.notice_minutes))
    free = free_spans(known, Span(first, wish.window.end), NOW, wish.minutes) if first < wish.window.end else ()
    for start in (start for each in free for start in starts_on_grain(known, each, length)):
        tried = Ask(known.tool.id, Span(start, start + length))
        if not policy.check(tried, known, NOW):
            yield tried


@given(
    *(worlds(), spans(6000), st.sampled_from((15, 60, 240)), LIMITS, VISITS),
    *(st.lists(spans(900), max_size=3), st.lists(spans(3000), max_size=1)),
)
def test_what_fits_is_the_first_of_all_starts_that_is_allowed(
    known: Facts,
    window: Span,
    minutes: int,
    limits: tuple[Quota, ...],
    visiting: tuple[Visiting, ...],
    booked: list[Span],
    rests: list[Span],
) -> None:
    used = tuple(Used(number, each, 1, 1, 1, 7) for number, each in enumerate(booked))
    rest = tuple(Suspended(each) for each in rests)
    level = BookableBy.MEMBERS if visiting else BookableBy.NETWORK
    maker = replace(known.maker, account_id=7, role=None, visiting=visiting, suspended=rest)
    known = replace(known, tool=replace(known.tool, bookable_by=level), maker=maker, quotas=limits, used=used)
    wish = Wish(window, minutes)
    assert fit(wish, known, NOW) == next(one_after_the_other(wish, known), None)


@pytest.mark.parametrize("days", [7, 28])
def test_who_used_up_her_time_costs_some_looks_a_week_however_fine_the_steps_of_the_tool(days: int) -> None:
    window = Span(NOW + timedelta(hours=1), NOW + timedelta(days=days))
    used = tuple(Used(week, week_of(week), 1, 1, 1, 7) for week in range(6))
    known = replace(facts(ALWAYS_OPEN, grain_minutes=5), quotas=(WEEKLY,), used=used)
    with patch.object(policy, "personal", wraps=policy.personal) as looked:
        assert fit(Wish(window, 120), known, NOW) is None
    assert looked.call_count <= (days // 7 + 1) * 26


def week_of(number: int) -> Span:
    """Two hours on the Wednesday of a week from now on."""
    start: datetime = NOW + timedelta(days=7 * number + 2)
    return Span(start, start + timedelta(hours=2))
