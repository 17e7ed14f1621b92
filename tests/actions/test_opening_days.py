"""Changed hours leave bookings where they are, and say how many now fall outside."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from booking.actions import opening_days
from booking.actions import spaces as making
from booking.actions.call import Call
from booking.models import spaces
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.catalogue import SpaceWish
from booking.rules.facts import WeeklyOpening
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
    assert opening_days.bookings_outside(call, space.id) == 0
    opening_days.set_week(call, space.slug, [WeeklyOpening(2, 600, 660), WeeklyOpening(2, 690, 720)])
    assert opening_days.bookings_outside(call, space.id) == 3
    opening_days.open_as(call, space.slug, date(2026, 11, 26), 2, "As a Wednesday")
    opening_days.close(call, space.slug, date(2026, 11, 25), date(2026, 11, 25), "Holiday")
    assert opening_days.bookings_outside(call, space.id) == 4
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
