"""Repeating bookings on pages: all dates before anything is booked, the series, changing it, calling it off."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.series import Series
from booking.models.tables.teams import Team, TeamMember
from booking.models.tables.tools import Unit
from booking.rules.states import State
from tests.browsing import form_token, post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, added, make_tool, sign_in
from tests.pages import DIALOG, THURSDAY, address, browser_of, counted, element, rows, soup
from tests.visitor import filled

pytestmark = pytest.mark.usefixtures("clock")
WEEKLY = {**THURSDAY, "frequency": "weekly", "times": "3"}
# Thursday, 18:00 in Berlin, and the two weeks after.
FIRST = datetime.fromisoformat("2026-11-26T17:00Z")
WEEK = timedelta(days=7)


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def repeated(client: FlaskClient, workshop: Workshop, **more: str) -> TestResponse:
    """The page with all dates, as the address says."""
    return client.get(address(workshop, "repeat"), query_string=WEEKLY | more)


def sent(client: FlaskClient, page: TestResponse, **typed: Any) -> TestResponse:
    """The form of a page that was shown, sent as it is but for what is typed."""
    form = element(page, "main form[method=post]")
    return client.post(str(form["action"]), data=filled(form) | typed)


def placed(client: FlaskClient, workshop: Workshop, **more: str) -> str:
    """A series that went through; its address."""
    answer = sent(client, repeated(client, workshop, **more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def selects(answer: TestResponse) -> list[Tag]:
    return soup(answer).select(".occasions select")


def test_a_dialog_that_repeats_leads_to_all_dates_and_books_nothing(ada: FlaskClient, workshop: Workshop) -> None:
    opened = ada.get(address(workshop), query_string=THURSDAY)
    assert [each["value"] for each in element(opened, "#field-frequency").select("option")] == [
        "",
        "daily",
        "weekly",
        "monthly_day",
        "monthly_weekday",
    ]
    answer = post(ada, address(workshop), **THURSDAY, frequency="weekly", purpose="Gears")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(
        "/repeat?date=2026-11-26&start=18:00&end=20:00&frequency=weekly&purpose=Gears"
    )
    data = {"csrf_token": form_token(ada), **THURSDAY, "frequency": "weekly"}
    inside = ada.post(address(workshop), data=data, headers=DIALOG)
    assert "/repeat?" in inside.headers["HX-Redirect"]
    assert rows(workshop) == []
    shown = ada.get(answer.headers["Location"])
    assert len(selects(shown)) == 8
    # No further than the tool can be booked ahead.
    workshop.tool.window_days = 20
    workshop.session.commit()
    assert len(selects(ada.get(answer.headers["Location"]))) == 3


def test_every_date_says_how_it_stands_and_all_are_booked_at_once(ada: FlaskClient, workshop: Workshop) -> None:
    shown = repeated(ada, workshop)
    assert "Weekly: Thursday, 18:00–20:00, 3 times" in element(shown, ".page-head").text
    assert [mark.text for mark in soup(shown).select(".occasions .chip")] == ["Free"] * 3
    answer = sent(ada, shown)
    assert answer.status_code == 303
    assert [row.starts_at for row in rows(workshop)] == [FIRST, FIRST + WEEK, FIRST + 2 * WEEK]
    # The same form once more books nothing more.
    assert sent(ada, shown).headers["Location"] == answer.headers["Location"]
    assert len(rows(workshop)) == 3


def test_what_was_chosen_in_the_dialog_goes_along(ada: FlaskClient, workshop: Workshop) -> None:
    workshop.space.visibility = "name"
    unit = Unit(tool_id=workshop.tool.id, name="Second")
    added(workshop.session, unit)
    workshop.session.commit()
    chosen = {"frequency": "weekly", "unit": str(unit.id), "visibility": "busy"}
    dialog = sent(ada, ada.get(address(workshop), query_string=THURSDAY), **chosen)
    answer = sent(ada, ada.get(str(dialog.headers["Location"])))
    assert answer.status_code == 303, answer.text
    workshop.session.rollback()
    held = workshop.session.execute(select(Booking.visibility, Claim.unit_id, Claim.pinned).join(Claim)).all()
    assert set(held) == {("busy", unit.id, True)}


def test_where_the_very_unit_is_taken_another_is_offered_for_that_date(ada: FlaskClient, workshop: Workshop) -> None:
    first = make_booking(workshop, account=workshop.cy, start=FIRST + WEEK)
    taken = workshop.session.execute(select(Claim.unit_id).where(Claim.booking_id == first.id)).scalar_one()
    added(workshop.session, Unit(tool_id=workshop.tool.id, name="Second"))
    workshop.session.execute(update(Claim).values(pinned=True))
    workshop.session.commit()
    page = repeated(ada, workshop, unit=str(taken))
    _, second, _ = selects(page)
    [other] = [each for each in second.select("option") if "another unit" in each.text]
    assert sent(ada, page, **{str(second["name"]): other["value"]}).status_code == 303
    workshop.session.rollback()
    held = workshop.session.execute(select(Claim.unit_id, Claim.pinned).order_by(Claim.id).offset(1)).all()
    assert [tuple(row) for row in held] == [(taken, True), (taken + 1, False), (taken, True)]


def test_a_clash_is_told_with_ways_out_and_left_out_unless_one_is_chosen(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=FIRST + WEEK, account=workshop.cy)
    make_tool(workshop.session, workshop.space, name="Beam")
    workshop.session.commit()
    shown = repeated(ada, workshop)
    assert shown.status_code == 200
    clash = soup(shown).select(".occasions > li")[1]
    assert "Not possible" in clash.text
    assert "18:00" in clash.text
    [chosen] = clash.select("option[selected]")
    assert chosen["value"] == "out"
    ways = {option.text: str(option["value"]) for option in clash.select("option")}
    on_beam = next(value for words, value in ways.items() if "on Beam" in words)
    location = sent(ada, shown, **{"on-2026-12-03": on_beam}).headers["Location"]
    names = [link.text for link in soup(ada.get(location)).select(".occasions a.strong")]
    assert len(names) == 3
    mine = [row for row in rows(workshop) if row.account_id == workshop.ada.id]
    assert len({row.tool_id for row in mine}) == 2


def test_who_was_too_slow_chooses_again_and_keeps_the_rest(ada: FlaskClient, workshop: Workshop) -> None:
    shown = repeated(ada, workshop)
    make_booking(workshop, start=FIRST + WEEK, account=workshop.cy)
    answer = sent(ada, shown, **{"on-2026-12-10": "out"})
    assert answer.status_code == 409
    assert [each.select_one("option[selected]")["value"] for each in selects(answer)][1:] == ["out", "out"]  # type: ignore[index]
    assert len(rows(workshop)) == 1
    assert sent(ada, answer).status_code == 303
    assert [row.starts_at for row in rows(workshop)][1:] == [FIRST]


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "yearly"},
        {"every": "0"},
        {"times": "201"},
        {"times": "many"},
        {"until": "2026-11-01"},
        {"until": "2199-01-01"},
        {"start": "20:00", "end": "18:00"},
        {"start": "99:00"},
        {"date": ""},
        {"weekdays": "9"},
        {"purpose": "x" * 201},
    ],
)
def test_what_is_no_pattern_is_said_beside_its_field(
    ada: FlaskClient, workshop: Workshop, wrong: dict[str, str]
) -> None:
    answer = repeated(ada, workshop, **wrong)
    assert answer.status_code == 422
    assert soup(answer).select(".summary")
    assert post(ada, address(workshop, "repeat"), **(WEEKLY | wrong)).status_code == 422
    assert rows(workshop) == []


def test_nonsense_among_the_choices_is_no_choice(ada: FlaskClient, workshop: Workshop) -> None:
    odd = {"on-2026-12-03": "9/x/y", "on-never": "out", "on-2026-11-26": "1" * 300}
    assert sent(ada, repeated(ada, workshop), **odd).status_code == 303
    assert len(rows(workshop)) == 3
    nothing = {f"on-{day}": "out" for day in ("2027-01-07", "2027-01-14", "2027-01-21")}
    later = repeated(ada, workshop, date="2027-01-07")
    assert sent(ada, later, **nothing).status_code == 422


def test_a_manager_takes_what_she_may_all_the_same(app: FlaskClient, workshop: Workshop) -> None:
    bo = browser_of(app, workshop, workshop.bo)  # type: ignore[arg-type]
    shown = repeated(bo, workshop, start="06:00", end="07:00")
    assert element(shown, "#field-override")
    early = {str(each["name"]): each.select("option")[0]["value"] for each in selects(shown)}
    answer = sent(bo, shown, override="yes", **early)
    assert answer.status_code == 303
    assert {tuple(row.overridden) for row in rows(workshop)} == {("outside_opening_hours",)}


def test_where_approval_is_needed_the_dates_are_asked_for(ada: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.approval = "always"
    workshop.session.commit()
    shown = repeated(ada, workshop)
    assert "Ask for these dates" in shown.text
    sent(ada, shown)
    assert {row.state for row in rows(workshop)} == {State.PENDING}


def test_the_page_of_a_series_shows_every_date_and_leads_to_its_acts(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=FIRST + WEEK, account=workshop.cy)
    location = placed(ada, workshop)
    shown = ada.get(location)
    marks = [mark.text for mark in soup(shown).select(".occasions .chip")]
    assert marks == ["Confirmed", "Left out", "Confirmed"]
    links = [str(link["href"]) for link in soup(shown).select("main a.button")]
    assert {link.partition("?")[0].rpartition("/")[2] for link in links} >= {"change", "cancel", "dates", "calendar"}
    booking = ada.get(soup(shown).select(".occasions a.strong")[0]["href"])
    assert "One date of a series: Weekly: Thursday" in booking.text
    file = ada.get(f"{location}/calendar")
    events = Calendar.from_ical(file.data).walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(events) == 2


def test_a_series_costs_the_same_questions_however_long(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    pages = []
    for times, start in (("1", "10:00"), ("8", "12:00")):
        location = placed(ada, workshop, times=times, start=start, end=f"{int(start[:2]) + 1}:00")
        for path in ("", "/change?start=15:00&end=16:00", "/cancel", "/dates"):
            with counted(app) as asked:
                assert ada.get(location + path).status_code == 200
            pages.append(len(asked))
    assert pages[:4] == pages[4:]


def test_another_time_is_shown_before_it_is_saved(ada: FlaskClient, workshop: Workshop) -> None:
    location = placed(ada, workshop)
    make_booking(workshop, start=FIRST + 2 * WEEK - timedelta(hours=3), account=workshop.cy)
    asked = ada.get(f"{location}/change", query_string={"start": "15:00", "end": "16:00", "since": "2026-12-03"})
    assert asked.status_code == 200
    assert [mark.text for mark in soup(asked).select(".occasions .chip")] == ["Free", "Not possible"]
    assert sent(ada, asked).headers["Location"] != location, "what follows is a series of its own"
    starts = [row.starts_at for row in rows(workshop) if row.account_id == workshop.ada.id]
    assert starts == [FIRST, FIRST + WEEK - timedelta(hours=3), FIRST + 2 * WEEK]
    for wrong in ({"start": "x"}, {"start": "16:00", "end": "15:00"}, {"start": "15:00", "end": "16:00", "since": "x"}):
        assert ada.get(f"{location}/change", query_string=wrong).status_code == 422


def test_another_weekday_is_shown_before_it_is_saved(ada: FlaskClient, workshop: Workshop) -> None:
    page = placed(ada, workshop)
    shown = ada.get(f"{page}/change", query_string={"start": "19:00", "end": "20:00", "weekday": "4"})
    assert [each.text for each in soup(shown).select(".occasions label")] == [
        "Thursday, 26 November 2026 → Friday, 27 November 2026",
        "Thursday, 3 December 2026 → Friday, 4 December 2026",
        "Thursday, 10 December 2026 → Friday, 11 December 2026",
    ]
    assert sent(ada, shown).status_code == 303
    assert {row.starts_at.weekday() for row in rows(workshop)} == {4}
    daily = placed(ada, workshop, frequency="daily", date="2026-12-21")
    assert soup(ada.get(f"{daily}/change")).select("#field-weekday") == []


def test_another_tool_of_the_space_is_shown_before_it_is_saved(ada: FlaskClient, workshop: Workshop) -> None:
    location = placed(ada, workshop)
    other = make_tool(workshop.session, name="Zora", space=workshop.space)
    workshop.session.commit()
    wanted = {"start": "18:00", "end": "19:00", "tool": str(other.id)}
    asked = ada.get(f"{location}/change", query_string=wanted)
    assert {row.tool_id for row in rows(workshop)} == {workshop.tool.id}
    assert sent(ada, asked).headers["Location"] == location
    assert {row.tool_id for row in rows(workshop)} == {other.id}
    assert ada.get(f"{location}/change", query_string=wanted | {"tool": "999999"}).status_code == 404


def test_this_and_those_after_it_are_called_off(ada: FlaskClient, workshop: Workshop) -> None:
    location = placed(ada, workshop)
    confirm = ada.get(f"{location}/cancel", query_string={"since": "2026-12-03"})
    assert "2 dates are called off." in confirm.text
    assert "1 before it stays." in confirm.text
    assert sent(ada, confirm, reason="Done earlier").headers["Location"] == location
    assert [row.state for row in rows(workshop)] == ["confirmed", "cancelled", "cancelled"]
    assert sent(ada, ada.get(f"{location}/cancel"), reason="x" * 501).status_code == 422


def test_a_left_out_date_is_added_later(ada: FlaskClient, workshop: Workshop) -> None:
    location = placed(ada, workshop)
    post(ada, f"/bookings/{rows(workshop)[1].id}/cancel")
    asked = ada.get(f"{location}/dates", query_string={"day": "2026-12-03"})
    assert len(selects(asked)) == 1
    assert sent(ada, asked, **{"on-2026-12-03": "out"}).status_code == 422
    assert sent(ada, asked).headers["Location"] == location
    assert [row.starts_at for row in rows(workshop) if row.state == "confirmed"] == [
        FIRST,
        FIRST + 2 * WEEK,
        FIRST + WEEK,
    ]
    assert "No date is left out" in ada.get(f"{location}/dates").text


def test_a_series_is_for_its_maker_and_the_managers_of_its_space(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    location = placed(ada, workshop)
    bo, cy = (browser_of(app, workshop, who) for who in (workshop.bo, workshop.cy))
    assert bo.get(location).status_code == 200
    for path in ("", "/change", "/cancel", "/dates", "/calendar"):
        assert cy.get(location + path).status_code == 404
    assert bo.get(f"{location}/dates").status_code == 404
    assert workshop.session.query(Series).count() == 1


def test_the_queue_shows_a_series_once_and_approves_all_of_it(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.approval = "always"
    workshop.session.commit()
    location = placed(ada, workshop)
    make_booking(workshop, start=FIRST - timedelta(hours=5), state=State.PENDING, account=workshop.cy)
    bo = browser_of(app, workshop, workshop.bo)
    queue = bo.get("/approvals/")
    assert len(soup(queue).select("article.request")) == 2
    assert "3 dates of this series wait" in queue.text
    assert post(ada, f"{location}/approve").status_code == 403
    answer = post(bo, f"{location}/approve")
    assert answer.headers["Location"] == "/approvals/"
    states = [row.state for row in rows(workshop) if row.account_id == workshop.ada.id]
    assert states == [State.CONFIRMED] * 3
    assert f"{location}/approve/undo" in bo.get("/approvals/").text
    assert post(bo, f"{location}/approve/undo").status_code == 303
    assert "3 dates of this series wait" in bo.get("/approvals/").text


def test_ones_series_are_found_from_ones_bookings(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    assert "Nothing belongs together yet" in ada.get("/series/").text
    counts = []
    for start in ("10:00", "12:00", "14:00"):
        location = placed(ada, workshop, start=start, end=f"{int(start[:2]) + 1}:00")
        with counted(app) as asked:
            listed = ada.get("/series/")
        counts.append(len(asked))
    assert location in [link["href"] for link in soup(listed).select("h3 a")]
    assert len(set(counts)) == 1
    assert element(ada.get("/bookings/"), "a[href='/series/']")


def test_what_is_booked_for_a_team_stays_the_teams(ada: FlaskClient, workshop: Workshop) -> None:
    team = added(workshop.session, Team(name="Robots", created_at=NOW))
    workshop.session.add(TeamMember(team_id=team.id, account_id=workshop.ada.id, leads=True, since=NOW))
    workshop.session.commit()
    led_on = post(ada, address(workshop), **THURSDAY, frequency="weekly", team=str(team.id))
    assert sent(ada, ada.get(led_on.headers["Location"])).status_code == 303
    led_on = post(ada, address(workshop), date="2026-11-27", start="18:00", end="19:00", plan="yes", team=str(team.id))
    assert sent(ada, ada.get(led_on.headers["Location"])).status_code == 303
    assert {row.team_id for row in rows(workshop)} == {team.id}
    for foreign in (str(team.id + 1), "x"):
        assert ada.get(address(workshop, "repeat"), query_string=WEEKLY | {"team": foreign}).status_code in (404, 422)
    assert ada.get("/plans/new", query_string={"tool-1": workshop.tool.id, "team": str(team.id + 1)}).status_code == 200
