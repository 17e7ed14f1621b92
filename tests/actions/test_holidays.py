"""A calendar file is read apart from everything else; of a closure that has begun only the rest goes."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from booking.actions import holidays
from booking.actions.call import Call
from booking.ical.holidays import Holiday, HolidayCalendar
from booking.models import opening_days
from booking.models.tables.bookings import Booking
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Closure
from booking.models.tables.waitlist import WaitlistEntry
from booking.rules.refusals import Absent, Unacceptable
from config import Settings
from tests.factories import NOW, actor_of, added, database, make_account, make_space, make_tool

LONG_AGO = date(2000, 1, 1)
GOLDEN = Holiday(date(2026, 11, 24), date(2026, 11, 30), "Golden week")
CHRISTMAS = Holiday(date(2026, 12, 25), date(2026, 12, 25), "Christmas")


@pytest.fixture
def call(app: Flask, settings: Settings) -> Iterator[Call]:
    """Dee, who runs the network."""
    with app.app_context(), database(app) as session:
        yield Call(session, actor_of(make_account(session, "Dee", is_admin=True)), NOW, settings)


def keys(*days: Holiday) -> set[str]:
    return {f"{day.first}/{day.last}" for day in days}


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(Unacceptable) as refused:
        holidays.read(b"x" * (holidays.LARGEST_FILE + 1), NOW)
    assert [problem.code for problem in refused.value.problems] == ["file_too_large"]


@pytest.mark.both_engines
def test_of_a_closure_that_has_begun_the_rest_goes(call: Call) -> None:
    space = make_space(call.session)
    holidays.bring(call, space.slug, "", HolidayCalendar("China", (GOLDEN, CHRISTMAS)), keys(GOLDEN, CHRISTMAS))
    holidays.bring(call, space.slug, "China", HolidayCalendar("", (CHRISTMAS,)), keys(CHRISTMAS))
    rows = opening_days.closures(call.session, space.id, LONG_AGO)
    assert [(row.first, row.last) for row in rows] == [
        (GOLDEN.first, date(2026, 11, 24)),
        (CHRISTMAS.first, CHRISTMAS.last),
    ]


@pytest.mark.both_engines
def test_what_is_not_chosen_any_more_goes(call: Call) -> None:
    space = make_space(call.session)
    calendar = HolidayCalendar("China", (CHRISTMAS,))
    assert holidays.bring(call, space.slug, "", calendar, keys(CHRISTMAS)) == 1
    assert holidays.bring(call, space.slug, "", calendar, keys(CHRISTMAS)) == 0
    assert holidays.bring(call, space.slug, "", calendar, ()) == 1
    assert opening_days.closures(call.session, space.id, LONG_AGO) == ()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (Holiday(date(2026, 11, 24), date(2026, 11, 24), "Yesterday"), "over"),
        (Holiday(date(2031, 1, 1), date(2031, 1, 1), "Far"), "too_far"),
        (Holiday(date(2026, 12, 1), date(2036, 1, 1), "Long"), "too_long"),
        (Holiday(date(2026, 12, 24), date(2026, 12, 24), "Closed"), "closed_already"),
        (Holiday(CHRISTMAS.first, CHRISTMAS.last, "Again"), "twice"),
        (Holiday(date(2026, 12, 1), date(2026, 12, 1), "Meeting", "not_whole_days"), "not_whole_days"),
    ],
)
def test_each_date_that_is_left_out_says_why(call: Call, day: Holiday, why: str) -> None:
    space = make_space(call.session)
    added(call.session, Closure(space_id=space.id, first_day=date(2026, 12, 24), last_day=date(2026, 12, 24)))
    plan = holidays.plan(call, space.slug, "Days", HolidayCalendar("", (CHRISTMAS, day)))
    [line] = [line for line in plan.lines if line.outcome is holidays.Outcome.LEFT_OUT]
    assert (line.title, line.why) == (day.title, why)


def test_a_calendar_needs_a_name_and_its_space_a_manager(call: Call) -> None:
    space = make_space(call.session)
    with pytest.raises(Unacceptable) as refused:
        holidays.plan(call, space.slug, "", HolidayCalendar("", (CHRISTMAS,)))
    assert [(each.field, each.code) for each in refused.value.problems] == [("source", "required")]
    cy = Call(call.session, actor_of(make_account(call.session, "Cy")), NOW, call.settings)
    with pytest.raises(Absent):
        holidays.plan(cy, space.slug, "Days", HolidayCalendar("", (CHRISTMAS,)))


def test_days_that_are_open_again_are_offered_to_those_who_wait(call: Call) -> None:
    space = make_space(call.session)
    tool = make_tool(call.session, space)
    times = {"created_at": NOW, "changed_at": NOW, "window_from": NOW, "window_until": NOW + timedelta(days=40)}
    added(
        call.session,
        WaitlistEntry(account_id=call.person.account_id, tool_id=tool.id, minutes=60, state="waiting", **times),
    )
    both = HolidayCalendar("Germany", (GOLDEN, CHRISTMAS))
    holidays.bring(call, space.slug, "", both, keys(GOLDEN, CHRISTMAS))
    assert [job.kind for job in call.session.query(Job)] == []
    holidays.bring(call, space.slug, "", HolidayCalendar("Germany", (GOLDEN,)), keys(GOLDEN))
    assert [job.kind for job in call.session.query(Job)] == ["freed"]


@pytest.mark.both_engines
def test_whose_booking_lies_on_an_imported_holiday_hears_of_it(call: Call) -> None:
    space, ada = make_space(call.session), make_account(call.session)
    tool = make_tool(call.session, space)
    start = NOW + timedelta(days=30)
    about = {"space_id": space.id, "tool_id": tool.id, "account_id": ada.id, "state": "confirmed", "uid": "christmas"}
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1), "created_at": NOW, "changed_at": NOW}
    booking = added(call.session, Booking(**about, **times))
    for _ in range(2):
        holidays.bring(call, space.slug, "", HolidayCalendar("China", (CHRISTMAS,)), keys(CHRISTMAS))
    payloads = [job.payload for job in call.session.query(Job)]
    mails = [each for each in payloads if each.get("event") == "booking_outside"]
    assert mails == [{"event": "booking_outside", "account_id": ada.id, "booking_id": booking.id}]
