"""Changed hours leave bookings where they are, and say how many now fall outside."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from booking.actions import opening_days
from booking.actions import spaces as making
from booking.actions.call import Call
from booking.actions.opening_days import BookingsOutside
from booking.models import opening_days as questions
from booking.models import spaces
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.catalogue import SpaceWish
from booking.rules.facts import MakeUpDay, WeeklyOpening
from booking.rules.refusals import Absent, Unacceptable
from config import Settings
from tests.factories import NOW, actor_of, database, make_account, make_space, make_tool


@pytest.fixture
def call(app: Flask, settings: Settings) -> Iterator[Call]:
    """Dee, who runs the network."""
    with app.app_context(), database(app) as session:
        yield Call(session, actor_of(make_account(session, "Dee", is_admin=True)), NOW, settings)


def book(call: Call, space: Space, tool: Tool, ada: Account, hours: int) -> Booking:
    """A confirmed hour, so many hours from nine o'clock in Berlin on a Wednesday."""
    start = NOW + timedelta(hours=hours)
    columns = {"space_id": space.id, "tool_id": tool.id, "account_id": ada.id, "state": "confirmed"}
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1), "created_at": NOW, "changed_at": NOW}
    booking = Booking(uid=f"{tool.id}-{hours}", **columns, **times)
    call.session.add(booking)
    call.session.flush()
    return booking


@pytest.mark.both_engines
def test_bookings_outside_changed_hours_are_counted_and_stay(call: Call) -> None:
    space, ada = make_space(call.session), make_account(call.session)
    tool, unattended = make_tool(call.session, space), make_tool(call.session, space, unattended=True)
    kept = [book(call, space, tool, ada, hours) for hours in (1, 3, 24)]
    book(call, space, unattended, ada, 2)
    assert opening_days.bookings_outside(call, space.id) == ()
    opening_days.set_week(call, space.slug, [WeeklyOpening(2, 600, 660), WeeklyOpening(2, 690, 720)])
    assert len(opening_days.bookings_outside(call, space.id)) == 3
    opening_days.open_as(call, space.slug, date(2026, 11, 26), 2, "As a Wednesday")
    opening_days.close(call, space.slug, date(2026, 11, 25), date(2026, 11, 25), "Holiday")
    assert len(opening_days.bookings_outside(call, space.id)) == 4
    call.session.expire_all()
    assert {booking.sequence for booking in kept} == {0}


@pytest.mark.both_engines
def test_another_zone_leaves_the_instants_and_moves_the_calendars(call: Call) -> None:
    space, ada = make_space(call.session), make_account(call.session)
    booking = book(call, space, make_tool(call.session, space), ada, 1)
    over = book(call, space, make_tool(call.session, space), ada, -48)
    card = spaces.space_card(call.session, space.slug)
    wish = SpaceWish(**{name: getattr(card, name) for name in SpaceWish.__slots__} | {"time_zone": "Asia/Shanghai"})
    changed = making.change(call, space.slug, wish, card.version)
    call.session.expire_all()
    assert (changed.version, booking.sequence, booking.changed_at) == (card.version + 1, 1, NOW)
    assert booking.starts_at == NOW + timedelta(hours=1)
    assert over.sequence == 0


def test_another_spaces_rows_are_not_there(call: Call) -> None:
    space, other = make_space(call.session), make_space(call.session)
    closure = opening_days.close(call, other.slug, date(2027, 1, 1), date(2027, 1, 1), "")
    with pytest.raises(Absent):
        opening_days.reopen(call, space.slug, closure)


@pytest.mark.parametrize(
    ("rows", "weekday"),
    [
        ([(2, 480, 720), (2, 719, 900)], 2),
        ([(2, 480, 720), (2, 480, 720)], 2),
        ([(1, 600, 660), (2, 1200, 1560), (3, 119, 600)], 2),
        ([(6, 1200, 1560), (0, 60, 600)], 6),
        ([(2, 480, 720), (2, 720, 900), (2, 1200, 1560), (3, 120, 600)], None),
        ([(6, 1200, 1560), (0, 120, 600)], None),
        ([(6, 0, 1440), (0, 0, 1440)], None),
        ([(3, 600, 2040)], None),
        ([], None),
    ],
)
def test_weekly_hours_that_overlap_are_refused_also_over_midnight(
    call: Call, rows: list[tuple[int, int, int]], weekday: int | None
) -> None:
    space = make_space(call.session)
    week = [WeeklyOpening(*row) for row in rows]
    if weekday is None:
        opening_days.set_week(call, space.slug, week)
        return
    with pytest.raises(Unacceptable) as refused:
        opening_days.set_week(call, space.slug, week)
    [problem] = refused.value.problems
    assert (problem.code, problem.data) == ("hours_overlap", {"weekday": weekday})


def test_a_day_that_is_over_by_the_clock_of_the_space_is_refused(call: Call) -> None:
    # In Auckland it is Wednesday evening, in Honolulu still Tuesday.
    there, here = (make_space(call.session, time_zone=zone) for zone in ("Pacific/Auckland", "Pacific/Honolulu"))
    tuesday = date(2026, 11, 24)
    opening_days.open_day(call, here.slug, tuesday, 600, 660, "")
    opening_days.close(call, here.slug, tuesday - timedelta(days=3), tuesday, "")
    for act in (
        lambda: opening_days.open_day(call, there.slug, tuesday, 600, 660, ""),
        lambda: opening_days.open_as(call, there.slug, tuesday, 2, ""),
        lambda: opening_days.close(call, there.slug, tuesday, tuesday, ""),
    ):
        with pytest.raises(Unacceptable) as refused:
            act()
        assert [problem.code for problem in refused.value.problems] == ["day_is_over"]


WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)


def told(call: Call) -> list[tuple[int, int]]:
    """Who hears by mail that which booking lies outside."""
    call.session.flush()
    payloads = [job.payload for job in call.session.query(Job).order_by(Job.id)]
    found = [each for each in payloads if each.get("event") == "booking_outside"]
    return [(each["account_id"], each["booking_id"]) for each in found]


@pytest.mark.both_engines
def test_whose_booking_a_change_leaves_outside_hears_of_it_once(call: Call) -> None:
    space, ada, cy = make_space(call.session), make_account(call.session), make_account(call.session, "Cy")
    tool = make_tool(call.session, space)
    first, second, _kept = (
        book(call, space, tool, ada, 24),
        book(call, space, tool, cy, 26),
        book(call, space, tool, ada, 48),
    )
    for sure in (False, True):
        savepoint = call.session.begin_nested()
        try:
            opening_days.close(call, space.slug, THURSDAY, THURSDAY, "Holiday", sure=sure)
            savepoint.commit()
        except BookingsOutside:
            savepoint.rollback()
            assert told(call) == []
    assert told(call) == [(ada.id, first.id), (cy.id, second.id)]
    opening_days.set_week(call, space.slug, [WeeklyOpening(day, 480, 1320) for day in (2, 4)])
    assert len(told(call)) == 2, "what lay outside already is no news"


def codes(refused: pytest.ExceptionInfo[Unacceptable]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in refused.value.problems]


@pytest.mark.both_engines
def test_a_change_that_touches_bookings_first_says_which(call: Call) -> None:
    space, ada = make_space(call.session), make_account(call.session)
    tool = make_tool(call.session, space)
    touched, _kept = book(call, space, tool, ada, 24), book(call, space, tool, ada, 48)
    for act in (
        lambda: opening_days.close(call, space.slug, THURSDAY, THURSDAY, "", sure=False),
        lambda: opening_days.open_day(call, space.slug, THURSDAY, 720, 780, "", sure=False),
    ):
        savepoint = call.session.begin_nested()
        with pytest.raises(BookingsOutside) as outside:
            act()
        savepoint.rollback()
        [booking] = outside.value.bookings
        assert (booking.id, booking.tool_name, booking.account_name) == (touched.id, tool.name, "Ada")
    opening_days.close(call, space.slug, THURSDAY, THURSDAY, "")
    assert [booking.id for booking in opening_days.bookings_outside(call, space.id)] == [touched.id]
    # What lies outside already is no news.
    opening_days.set_week(call, space.slug, [WeeklyOpening(day, 480, 1320) for day in (2, 4)], sure=False)


@pytest.mark.both_engines
def test_a_make_up_day_follows_its_weekday_and_takes_the_place_of_what_was_said_for_the_date(call: Call) -> None:
    space = make_space(call.session)
    saturday = date(2026, 11, 28)
    opening_days.open_day(call, space.slug, saturday, 600, 660, "")
    opening_days.open_as(call, space.slug, saturday, 0, "Open as a Monday")
    hours = spaces.hours_of(call.session, [space.id])[space.id]
    assert (hours.special, hours.make_up) == ((), (MakeUpDay(saturday, 0),))
    opening_days.open_day(call, space.slug, saturday, 600, 660, "")
    assert spaces.hours_of(call.session, [space.id])[space.id].make_up == ()
    opening_days.open_as(call, space.slug, saturday, 0, "")
    [row] = questions.make_up_days(call.session, space.id, WEDNESDAY)
    opening_days.forget_make_up_day(call, space.slug, row.id)
    with pytest.raises(Absent):
        opening_days.forget_make_up_day(call, space.slug, row.id)


def test_a_make_up_day_that_changes_nothing_is_asked_about(call: Call) -> None:
    space = make_space(call.session)
    with pytest.raises(Unacceptable) as refused:
        opening_days.open_as(call, space.slug, THURSDAY, 3, "")
    assert codes(refused) == [("weekday", "same_weekday")]
    opening_days.close(call, space.slug, THURSDAY, THURSDAY, "Holiday")
    opening_days.open_as(call, space.slug, THURSDAY, 3, "Open all the same")


@pytest.mark.both_engines
def test_hours_change_on_a_date_and_the_change_can_be_taken_back(call: Call) -> None:
    space = make_space(call.session)
    before = spaces.hours_of(call.session, [space.id])[space.id].weekly
    december = date(2026, 12, 1)
    opening_days.set_week(call, space.slug, [WeeklyOpening(2, 600, 720)], december)
    after = spaces.hours_of(call.session, [space.id])[space.id].weekly
    assert [row.last for row in after if row.first is None] == [date(2026, 11, 30)] * 7
    assert [row for row in after if row.first] == [WeeklyOpening(2, 600, 720, december)]
    opening_days.forget_week(call, space.slug, december)
    assert spaces.hours_of(call.session, [space.id])[space.id].weekly == before
    with pytest.raises(Absent):
        opening_days.forget_week(call, space.slug, december)


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 11, 24), "day_is_over"), (date(2031, 1, 1), "day_too_far")], ids=["past", "far"]
)
def test_days_out_of_reach_are_refused(call: Call, day: date, code: str) -> None:
    slug = make_space(call.session).slug
    for act in (
        lambda: opening_days.set_week(call, slug, [], day),
        lambda: opening_days.close(call, slug, day, day, ""),
        lambda: opening_days.open_day(call, slug, day, 600, 660, ""),
        lambda: opening_days.open_as(call, slug, day, 0, ""),
    ):
        with pytest.raises(Unacceptable) as refused:
            act()
        assert [code for _, code in codes(refused)] == [code]


def test_closing_what_is_closed_is_refused(call: Call) -> None:
    slug = make_space(call.session).slug
    opening_days.close(call, slug, date(2026, 12, 21), date(2027, 1, 6), "Winter")
    with pytest.raises(Unacceptable) as refused:
        opening_days.close(call, slug, date(2026, 12, 24), date(2026, 12, 26), "")
    assert codes(refused) == [("first", "closed_already")]


def test_staffed_hours_replace_one_another(call: Call) -> None:
    space = make_space(call.session)
    for rows in ((WeeklyOpening(0, 600, 720), WeeklyOpening(1, 600, 720)), (WeeklyOpening(2, 600, 720),), ()):
        opening_days.set_staffed(call, space.slug, rows)
        assert spaces.hours_of(call.session, [space.id])[space.id].staffed == rows
    with pytest.raises(Unacceptable):
        opening_days.set_staffed(call, space.slug, [WeeklyOpening(0, 600, 720), WeeklyOpening(0, 660, 780)])
