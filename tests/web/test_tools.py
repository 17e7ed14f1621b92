"""A tool's page: its week as each reader may see it, what it asks for, and how to book it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.calendars import Block, Subscription
from booking.models.tables.spaces import Closure, Opening
from booking.models.tables.tools import Outage, Unit
from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, make_grant, make_quota, make_tool, sign_in
from tests.pages import address, browser_of, counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def day(client: FlaskClient, workshop: Workshop, date: str = "2026-11-26") -> list[str]:
    """What the page says of the stretches of one day, in order."""
    page = soup(client.get(address(workshop, f"?day={date}")))
    return [" ".join(one.text.split()) for one in page.select(f"#day-{date} .slots > li:not(.now, .day-over)")]


def on_thursday(hour: int) -> datetime:
    """A time on the day after NOW in Berlin, in UTC."""
    return datetime(2026, 11, 26, hour - 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("visibility", "stranger", "member"),
    [
        ("busy", "Booked 10:00–12:00", "Booked 10:00–12:00"),
        ("name", "Booked 10:00–12:00", "Cy 10:00–12:00 Booked"),
        ("open", "Booked 10:00–12:00", "Cy · Signs 10:00–12:00 Booked"),
    ],
)
def test_readers_see_of_others_what_the_space_shows(
    app: Flask, workshop: Workshop, visibility: str, stranger: str, member: str
) -> None:
    workshop.space.visibility = visibility
    make_booking(workshop, start=on_thursday(10), account=workshop.cy, purpose="Signs")
    assert stranger in day(app.test_client(), workshop)
    assert member in day(browser_of(app, workshop, workshop.ada), workshop)
    assert "Cy · Signs 10:00–12:00 Booked" in day(browser_of(app, workshop, workshop.bo), workshop)
    assert "Signs 10:00–12:00 Yours" in day(browser_of(app, workshop, workshop.cy), workshop)


def test_free_time_is_a_link_that_books_it_and_taken_time_one_that_says_why(
    ada: FlaskClient, workshop: Workshop
) -> None:
    make_booking(workshop, start=on_thursday(10), account=workshop.cy, state=State.PENDING)
    page = soup(ada.get(address(workshop, "?week=2026-W48")))
    links = {" ".join(a.text.split()): str(a["href"]) for a in page.select("#day-2026-11-26 a")}
    form = address(workshop)
    assert links["Free 08:00–10:00"] == f"{form}?date=2026-11-26&start=08:00&end=09:00"
    assert links["Waiting for approval 10:00–12:00"] == f"{form}?date=2026-11-26&start=10:00&end=11:00"
    assert links["Free 12:00–22:00"] == f"{form}?date=2026-11-26&start=12:00&end=13:00"


def test_own_bookings_lead_to_their_pages(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop, start=on_thursday(10))
    assert element(ada.get(address(workshop, "")), ".event.mine")["href"] == f"/bookings/{row.id}"


def test_what_keeps_a_tool_from_being_free_is_named(client: FlaskClient, workshop: Workshop) -> None:
    session, space_id = workshop.session, workshop.space.id
    friday = datetime(2026, 11, 27, tzinfo=UTC)
    session.add(Closure(space_id=space_id, first_day=friday.date(), last_day=friday.date(), reason="Inventory"))
    session.add(Outage(tool_id=workshop.tool.id, starts_at=on_thursday(9), ends_at=on_thursday(11), reason="Mirrors"))
    events = Subscription(space_id=space_id, name="Events")
    session.add(events)
    session.flush()
    session.add(
        Block(
            subscription_id=events.id,
            space_id=space_id,
            starts_at=on_thursday(18),
            ends_at=on_thursday(20),
            title="Open evening",
        )
    )
    session.commit()
    thursday = day(client, workshop)
    assert "Mirrors 09:00–11:00 Out of order. This tool is out of order until Thu 26 Nov 11:00. (Mirrors)" in thursday
    assert any(each.startswith("Open evening 18:00–20:00 Taken by an event. An event of") for each in thursday)
    assert day(client, workshop, "2026-11-27") == [
        "Inventory 00:00–00:00 Closed. The space is closed on this day. (Inventory) It opens next on Sat 28 Nov,"
        " 08:00–22:00. A manager of the space can book this all the same."
    ]


def test_free_time_says_to_whom_it_is_not_free_and_why(app: Flask, workshop: Workshop) -> None:
    make_quota(workshop.session, space_id=workshop.space.id, amount=120)
    make_booking(workshop, start=on_thursday(10))
    page = soup(browser_of(app, workshop, workshop.ada).get(address(workshop, "?day=2026-11-27")))
    this_week, next_week = page.select("#day-2026-11-27 .gap-link"), "?day=2026-11-30"
    assert this_week[0]["title"] == (
        "You may have 2 hours a week at this space. Booked already: 2 hours; this time takes 15 minutes."
        " There is room again from Mon 30 Nov 00:00 on. A manager of the space can book this all the same."
    )
    later = soup(browser_of(app, workshop, workshop.ada).get(address(workshop, next_week)))
    assert not later.select_one("#day-2026-11-30 .gap-link[title]")
    others = soup(browser_of(app, workshop, workshop.cy).get(address(workshop, "?day=2026-11-27")))
    assert not others.select_one(".gap-link[title]")


def test_free_time_without_room_for_a_booking_says_why_and_leads_to_what_says_more(
    ada: FlaskClient, workshop: Workshop
) -> None:
    workshop.tool.shortest_minutes = 120
    make_booking(workshop, start=on_thursday(10))
    make_booking(workshop, start=on_thursday(13))
    gap = soup(ada.get(address(workshop, "?day=2026-11-26"))).select_one("a.event.gap")
    assert gap is not None
    assert gap["href"] == address(workshop, "book?date=2026-11-26&start=12:00&end=13:00")
    assert str(gap["title"]).startswith("The shortest booking of this tool is 2 ")
    assert "Free, but too short 12:00–13:00" in gap.get_text(" ", strip=True)
    shown = ada.get(str(gap["href"]))
    assert "The shortest booking of this tool is 2" in shown.get_data(as_text=True)


def test_what_has_passed_stays_in_sight_but_books_nothing(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW - timedelta(days=1))
    tuesday = element(client.get(address(workshop, "")), "#day-2026-11-24")
    assert "Booked 09:00–11:00" in " ".join(tuesday.text.split())
    assert tuesday.select("a") == []


def test_several_units_are_taken_only_when_all_are(client: FlaskClient, workshop: Workshop) -> None:
    workshop.session.add(Unit(tool_id=workshop.tool.id, name="2"))
    make_booking(workshop, start=on_thursday(10))
    assert "Free 08:00–22:00" in day(client, workshop)


def test_buffers_around_a_booking_are_not_free(ada: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.cleanup_minutes = 30
    workshop.session.commit()
    make_booking(workshop, start=on_thursday(10))
    said = day(ada, workshop)
    assert "Free 12:30–22:00" not in said and "Free 08:00–09:30" in said


@pytest.mark.parametrize("columns", [{"visibility": "closed"}, {"publishes": False}])
def test_a_space_that_keeps_its_times_shows_no_week_to_strangers(
    app: Flask, workshop: Workshop, columns: dict[str, object]
) -> None:
    for name, value in columns.items():
        setattr(workshop.space, name, value)
    make_booking(workshop, start=on_thursday(10))
    page = soup(app.test_client().get(address(workshop, "")))
    assert page.select(".week") == [] and page.select(".note .icon")
    assert not page.find(string="Subscribe")
    assert soup(browser_of(app, workshop, workshop.ada).get(address(workshop, ""))).select(".week")


def test_the_next_free_time_is_offered_and_strangers_sign_in_first(app: Flask, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW, hours=3)
    offered = element(browser_of(app, workshop, workshop.ada).get(address(workshop, "")), ".next")
    assert "Today, 12:00–20:00" in offered.text and "Book 12:00" in offered.text
    stranger = element(app.test_client().get(address(workshop, "")), ".next a")
    assert stranger.text.strip() == "Sign in to book"
    assert "next=/spaces/" in str(stranger["href"]) and "start%3D12:00" in str(stranger["href"])


def test_training_is_said_before_anything_is_chosen(ada: FlaskClient, workshop: Workshop) -> None:
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool)
    workshop.session.commit()
    before = element(ada.get(address(workshop, "")), ".hero").text
    assert "Needs training: Laser safety" in before and "Book " not in before
    make_grant(workshop.session, certificate, workshop.ada)
    workshop.session.commit()
    after = element(ada.get(address(workshop, "")), ".hero").text
    assert "You are trained" in after and "Book 09:00" in after


def test_the_rules_are_said_in_words(client: FlaskClient, workshop: Workshop) -> None:
    tool = workshop.tool
    tool.notice_minutes, tool.window_days, tool.approval, tool.setup_minutes = 120, 14, "always", 15
    workshop.session.commit()
    page = client.get(address(workshop, ""))
    assert "A manager answers each request" in page.text and "Ask for" not in page.text
    said = [" ".join(one.text.split()) for one in soup(page).select(".about dd")]
    assert said == ["From 15 mins to 8 hrs", "15 mins", "At least 2 hrs before", "Up to 14 days before"] + [
        "15 mins kept free"
    ]


def test_a_tool_out_of_order_says_so(client: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.state, workshop.tool.state_note = "down", "The tube is broken."
    workshop.session.commit()
    page = client.get(address(workshop, ""))
    assert "Out of order" in element(page, ".hero").text and "The tube is broken." in page.text
    assert soup(page).select(".gap-link") == []


def test_the_week_is_that_of_the_clocks_in_the_space(client: FlaskClient, workshop: Workshop) -> None:
    workshop.space.time_zone = "Pacific/Auckland"
    workshop.session.commit()
    page = soup(client.get(address(workshop, "")))
    today = page.select_one(".day.today")
    assert isinstance(today, Tag) and today["id"] == "day-2026-11-25"
    assert "GMT+13" in element(client.get(address(workshop, "")), ".place-time").text


@pytest.mark.parametrize("date", ["2027-03-28", "2027-10-31"])
def test_days_on_which_clocks_change_keep_their_wall_times(client: FlaskClient, workshop: Workshop, date: str) -> None:
    workshop.tool.window_days = 365
    workshop.session.commit()
    assert day(client, workshop, date) == ["Free 08:00–22:00"]
    workshop.session.query(Opening).update({"opens": 0, "closes": 1440})
    workshop.session.commit()
    assert day(client, workshop, date) == ["Free 00:00–00:00"]


def test_an_hour_that_comes_twice_is_drawn_one_booking_after_the_other(ada: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.window_days = 365
    workshop.session.query(Opening).update({"opens": 0, "closes": 1440})
    for hour in (0, 1):
        make_booking(workshop, start=datetime(2027, 10, 31, hour, tzinfo=UTC), hours=1, purpose=f"Job {hour}")
    shown = day(ada, workshop, "2027-10-31")
    assert shown == [
        "Free 00:00 GMT+2 – 02:00 GMT+2",
        "Job 0 02:00 GMT+2 – 02:00 GMT+1 Yours",
        "Job 1 02:00 GMT+1 – 03:00 GMT+1 Yours",
        "Free 03:00–00:00",
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        *((f"week={week}", "Please give a week of the calendar") for week in ("2026-W54", "x", "2026-11-26")),
        *((f"day={day}", "Please give a date that is in the calendar.") for day in ("2026-02-30", "x")),
        *((query, "between the years 2000 and 2199") for query in ("week=0001-W01", "day=9999-12-31")),
    ],
)
def test_a_week_that_is_none_is_refused(client: FlaskClient, workshop: Workshop, query: str, said: str) -> None:
    answer = client.get(address(workshop, f"?{query}"))
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_tool_that_is_not_there_is_not_found(client: FlaskClient, workshop: Workshop) -> None:
    other = make_tool(workshop.session, workshop.space)
    workshop.session.commit()
    assert client.get(f"/spaces/elsewhere/tools/{other.slug}/").status_code == 404


def test_the_page_asks_at_most_twelve_questions_however_many_bookings(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    def questions() -> int:
        with counted(app) as asked:
            assert ada.get(address(workshop, "")).status_code == 200
        return len([one for one in asked if "BEGIN" not in one])

    questions()  # The first visit is marked.
    few = questions()
    for number in range(20):
        make_booking(workshop, start=on_thursday(9) + timedelta(hours=number * 3), hours=1)
    assert questions() == few <= 12


def test_a_week_with_nothing_left_gives_way_to_the_next_that_has(client: FlaskClient, workshop: Workshop) -> None:
    with time_machine.travel("2026-11-29 21:55:00+00:00", tick=False):
        assert "30 Nov – 6 Dec 2026" in client.get(address(workshop, "")).text
        assert "23–29 Nov 2026" in client.get(address(workshop, "?day=2026-11-29")).text


@pytest.mark.parametrize(
    ("query", "first"), [("", "2026-11-25"), ("?day=2026-11-27", "2026-11-27"), ("?week=2026-W49", "2026-12-01")]
)
def test_a_phone_begins_with_the_asked_day_or_today_or_the_first_free_one(
    client: FlaskClient, workshop: Workshop, query: str, first: str
) -> None:
    make_booking(workshop, start=datetime(2026, 11, 29, 23, tzinfo=UTC), hours=24)
    page = soup(client.get(address(workshop, query)))
    assert [day["id"] for day in page.select(".day.begin")] == [f"day-{first}"]
    assert [link["href"] for link in page.select(".day-strip .in-view")] == [f"#day-{first}"]


def test_a_tool_with_all_its_machines_out_does_not_say_that_it_works(client: FlaskClient, workshop: Workshop) -> None:
    tool_id = workshop.tool.id
    workshop.session.add(Outage(tool_id=tool_id, starts_at=NOW - timedelta(hours=1), ends_at=None, reason="Mirrors"))
    workshop.session.commit()
    page = client.get(address(workshop, ""))
    assert element(page, ".hero .chip").text == "Out of order"
    assert "This tool is out of order until further notice. (Mirrors)" in page.text


@pytest.mark.parametrize("publishes", [True, False])
def test_whoever_sees_its_times_is_led_to_a_private_feed(
    app: Flask, ada: FlaskClient, workshop: Workshop, publishes: bool
) -> None:
    workshop.space.publishes, workshop.space.visibility = publishes, "name"
    workshop.session.commit()
    for page, asked in (
        (address(workshop, ""), f"view=tool&id={workshop.tool.id}"),
        (f"/spaces/{workshop.space.slug}/", f"view=space&id={workshop.space.id}"),
    ):
        link = soup(ada.get(page)).select_one(f'main a[href="/feeds/?{asked}"]')
        assert link is not None and ada.get(str(link["href"])).status_code == 200
        assert f"/feeds/?{asked}" not in app.test_client().get(page).get_data(as_text=True).replace("&amp;", "&")
