"""A booking that shows others less than its space: each channel tells each reader what the projection says."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.accounts import Account, Token
from booking.models.tables.bookings import Booking
from booking.models.tables.teams import TeamMember
from booking.outside.secrets import digest, new_secret
from booking.rules.events import View
from booking.rules.states import State
from config import Settings
from tests.api.programs import Program
from tests.browsing import post
from tests.calendars import MakeFeed, Workshop, make_booking, store, summaries
from tests.factories import NOW, make_account, make_member, make_team, sign_in

pytestmark = pytest.mark.usefixtures("clock")

HOUR = timedelta(hours=1)
LEVELS = ("", "name", "busy", "closed")
ALL, PURPOSE, NAME, TIME, NOTHING = "all", "purpose", "name", "time", "nothing"
# What each sees of Ada's booking in a space that shows names and purposes, by the booking's own level.
SEEN = {
    "ada": {"": ALL, "name": ALL, "busy": ALL, "closed": ALL},
    "mate": {"": ALL, "name": ALL, "busy": ALL, "closed": ALL},
    "member": {"": PURPOSE, "name": NAME, "busy": TIME, "closed": NOTHING},
    "bo": {"": ALL, "name": ALL, "busy": ALL, "closed": ALL},
    "cy": {"": TIME, "name": TIME, "busy": TIME, "closed": NOTHING},
    "dee": {"": ALL, "name": ALL, "busy": ALL, "closed": ALL},
    "nobody": {"": TIME, "name": TIME, "busy": TIME, "closed": NOTHING},
}
CASES = [
    pytest.param(who, level, sees, id=f"{who}-{level}") for who, row in SEEN.items() for level, sees in row.items()
]


@dataclass
class House:
    """Everybody who looks; the mate is in Ada's team and, as Cy, not a member of the space."""

    people: dict[str, Account]
    team_id: int


@pytest.fixture
def house(workshop: Workshop) -> House:
    """The people, at a space that shows all."""
    session = workshop.session
    workshop.space.visibility, workshop.space.publishes = "open", True
    member, mate = make_account(session, "Mem"), make_account(session, "Mat")
    make_member(session, member, workshop.space)
    team = make_team(session, workshop.ada, mate)
    session.commit()
    people = {name: getattr(workshop, name) for name in ("ada", "bo", "cy", "dee")}
    return House(people | {"member": member, "mate": mate}, team.id)


def token_of(workshop: Workshop, account: Account) -> str:
    """A token of somebody's, fresh."""
    secret = new_secret()
    workshop.session.add(Token(account_id=account.id, name="Shelf", token_hash=digest(secret), created_at=NOW))
    workshop.session.commit()
    return secret


def as_feed(body: bytes) -> str:
    """What a calendar told of its only booking."""
    if not summaries(body):
        return NOTHING
    if b"Busy" in body:
        return TIME
    if b"Cutting" not in body:
        return NAME
    return ALL if b"/bookings/" in body else PURPOSE


@pytest.mark.both_engines
@pytest.mark.parametrize("is_stored", [True, False])
def test_each_feed_tells_each_reader_no_more(
    client: FlaskClient,
    app: Flask,
    settings: Settings,
    workshop: Workshop,
    make_feed: MakeFeed,
    house: House,
    is_stored: bool,
) -> None:
    feeds = {who: make_feed(reader, View.TOOL) for who, reader in house.people.items()}
    feeds["nobody"] = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/calendar.ics"
    for level in LEVELS:
        workshop.session.query(Booking).delete()
        row = make_booking(workshop, visibility=level, team_id=house.team_id)
        if is_stored:
            store(app, settings, row)
        told = {who: as_feed(client.get(path).data) for who, path in feeds.items()}
        assert told == {who: SEEN[who][level] for who in told}, level


@pytest.mark.parametrize(("who", "level", "sees"), CASES)
def test_the_schedule_and_the_week_page_tell_no_more(
    client: FlaskClient, workshop: Workshop, house: House, who: str, level: str, sees: str
) -> None:
    make_booking(workshop, visibility=level, team_id=house.team_id, start=NOW + HOUR, hours=1)
    token = None
    if who != "nobody":
        sign_in(client, workshop.session, house.people[who])
        token = token_of(workshop, house.people[who])
    times = {"from": (NOW + HOUR).isoformat(), "to": (NOW + 2 * HOUR).isoformat()}
    [told] = Program(client.application, token).get(f"/tools/{workshop.tool.id}/schedule", **times).get_json()["spans"]
    page = client.get(f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/").text
    for word, levels in (("Ada", (NAME, PURPOSE, ALL)), ("Cutting", (PURPOSE, ALL))):
        if who != "ada":
            assert (word in told.get("label", "")) == (sees in levels)
            assert (word in page) == (sees in levels)
    assert told["kind"] == ("mine" if who == "ada" else "closed" if sees == NOTHING else "busy")
    assert sees != NOTHING or "why" not in told


def test_whoever_asks_for_hidden_time_hears_only_that_it_is_taken(
    client: FlaskClient, workshop: Workshop, house: House
) -> None:
    make_booking(workshop, visibility="closed", start=NOW + HOUR, hours=1)
    span = {"start": (NOW + HOUR).isoformat(), "end": (NOW + 2 * HOUR).isoformat()}
    for who, is_told in (("member", False), ("bo", True)):
        program = Program(client.application, token_of(workshop, house.people[who]))
        refusals = program.post("/bookings/check", {"tool": str(workshop.tool.id), **span}).get_json()["refusals"]
        [taken] = [each for each in refusals if each["code"] == "slot_taken"]
        assert bool(taken.get("lifts_at")) == is_told


def test_a_program_chooses_when_it_books_and_later(client: FlaskClient, workshop: Workshop, house: House) -> None:
    program = Program(client.application, token_of(workshop, workshop.ada))
    span = {"start": (NOW + HOUR).isoformat(), "end": (NOW + 2 * HOUR).isoformat()}
    made = program.post("/bookings", {"tool": str(workshop.tool.id), "visibility": "busy", **span}).get_json()
    assert made["visibility"] == "busy"
    address = f"/bookings/{made['id']}"
    assert program.call("PATCH", address, {"visibility": "space"}).get_json()["visibility"] == "space"
    bo = Program(client.application, token_of(workshop, workshop.bo))
    assert bo.call("PATCH", address, {"visibility": "closed"}).status_code == 403
    assert bo.call("PATCH", address, {"purpose": "Feet"}).get_json()["visibility"] == "space"


def test_a_former_mate_is_not_told_that_nothing_changed(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, house: House
) -> None:
    make_booking(workshop, visibility="closed", team_id=house.team_id)
    path = make_feed(house.people["mate"], View.TOOL)
    first = client.get(path)
    assert as_feed(first.data) == ALL
    workshop.session.query(TeamMember).filter_by(account_id=house.people["mate"].id).delete()
    workshop.session.commit()
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert as_feed(again.data) == NOTHING


def test_the_maker_chooses_on_the_page_of_her_booking_and_nobody_else_does(
    client: FlaskClient, workshop: Workshop, house: House
) -> None:
    row = make_booking(workshop, start=NOW + HOUR, hours=1)
    address = f"/bookings/{row.id}"
    sign_in(client, workshop.session, workshop.ada)
    assert "What may others see?" in client.get(address).text
    assert post(client, f"{address}/visibility", visibility="busy").status_code == 303
    workshop.session.refresh(row)
    assert (row.visibility, row.sequence, row.version) == ("busy", 1, 2)
    assert post(client, f"{address}/visibility", visibility="open").status_code == 422
    sign_in(client, workshop.session, workshop.bo)
    assert "What may others see?" not in client.get(address).text
    assert post(client, f"{address}/visibility", visibility="").status_code == 403


def test_the_dialog_offers_only_what_tells_less_and_books_it(client: FlaskClient, workshop: Workshop) -> None:
    sign_in(client, workshop.session, workshop.ada)
    book = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/book"
    found = BeautifulSoup(client.get(book).text, "html.parser").select('[name="visibility"] option')
    assert [option["value"] for option in found] == ["", "closed"]
    form = {"date": "2026-11-25", "start": "11:00", "end": "12:00", "visibility": "closed"}
    assert post(client, book, **form).status_code == 303
    assert workshop.session.query(Booking).one().visibility == "closed"


def test_what_is_over_asks_no_more_what_others_may_see(client: FlaskClient, house: House, workshop: Workshop) -> None:
    sign_in(client, workshop.session, house.people["ada"])
    held, over = make_booking(workshop), make_booking(workshop, state=State.CANCELLED, start=NOW + 30 * HOUR)
    assert "What may others see?" in client.get(f"/bookings/{held.id}").text
    assert "What may others see?" not in client.get(f"/bookings/{over.id}").text
