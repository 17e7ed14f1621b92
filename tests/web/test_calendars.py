"""Calendars as programs read them: headers, tags, what each reader sees, what becomes of revoked and unknown ones."""

import gzip
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from booking.models.database import db
from booking.models.tables.calendars import Feed
from booking.models.tables.spaces import Membership
from booking.models.tables.traffic import Traffic
from booking.rules.events import View
from booking.web import calendars as web_calendars
from tests.calendars import MakeFeed, Workshop, make_booking, summaries
from tests.factories import NOW, make_space, make_tool, sign_in

pytestmark = pytest.mark.usefixtures("clock")


def test_a_feed_is_a_calendar_in_the_measured_order(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    make_booking(workshop)
    address = make_feed(workshop.ada, View.MINE, name="Workshop")
    response = client.get(address)
    assert response.status_code == 200
    names = [line.split(b":")[0] for line in response.data.split(b"BEGIN:VEVENT")[0].split(b"\r\n") if line[:1] != b" "]
    assert [name.decode() for name in names if name] == [
        "BEGIN",
        "VERSION",
        "PRODID",
        "CALSCALE",
        "NAME",
        "X-WR-CALNAME",
        "X-WR-CALDESC",
        "X-WR-TIMEZONE",
        "REFRESH-INTERVAL;VALUE=DURATION",
        "X-PUBLISHED-TTL",
        "COLOR",
        "SOURCE;VALUE=URI",
    ]
    assert b"METHOD" not in response.data
    assert b"VTIMEZONE" not in response.data
    assert b"X-WR-CALNAME:Workshop\r\n" in response.data
    assert f"SOURCE;VALUE=URI:http://localhost{address}"[:70].encode() in response.data


def test_the_headers_are_those_that_calendar_programs_need(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    response = client.get(make_feed(workshop.ada, View.MINE))
    headers = response.headers
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == 'inline; filename="calendar.ics"'
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["ETag"].startswith('"')
    assert headers["Content-Length"] == str(len(response.data))
    assert headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in headers
    assert "Last-Modified" in headers


def test_head_answers_the_same_headers_without_the_body(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    asked, seen = client.get(address), client.head(address)
    assert seen.data == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified"):
        assert seen.headers[name] == asked.headers[name]


def test_compression_is_used_where_it_is_accepted_and_has_a_tag_of_its_own(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_known_tag_is_answered_without_a_body(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, form: str
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    tag = client.get(address).headers["ETag"]
    response = client.get(address, headers={"If-None-Match": form.format(tag)})
    assert response.status_code == 304
    assert response.data == b""
    assert response.headers["ETag"] == tag


def test_a_known_date_is_answered_without_a_body(client: FlaskClient, workshop: Workshop, make_feed: MakeFeed) -> None:
    address = make_feed(workshop.ada, View.MINE)
    known = client.get(address).headers["Last-Modified"]
    assert client.get(address, headers={"If-Modified-Since": known}).status_code == 304
    make_booking(workshop, changed_at=NOW + timedelta(seconds=1))
    assert client.get(address, headers={"If-Modified-Since": known}).status_code == 200


@pytest.mark.both_engines
def test_every_change_gives_another_tag(client: FlaskClient, workshop: Workshop, make_feed: MakeFeed) -> None:
    address = make_feed(workshop.ada, View.TOOL)
    tags = [client.get(address).headers["ETag"]]

    def seen() -> None:
        workshop.session.commit()
        tags.append(client.get(address).headers["ETag"])

    row = make_booking(workshop)
    seen()
    row.version, row.sequence = 2, 1
    seen()
    row.tool_id = make_tool(workshop.session, workshop.space, name="Second").id
    make_booking(workshop, version=2, start=NOW + timedelta(days=1))
    seen()
    workshop.space.version += 1
    seen()
    workshop.ada.language = "de"
    seen()
    assert len(set(tags)) == len(tags)


def test_a_feed_changes_when_the_day_does(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, clock: time_machine.Traveller
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    tag = client.get(address).headers["ETag"]
    clock.shift(timedelta(hours=15))
    assert client.get(address).headers["ETag"] == tag
    clock.shift(timedelta(hours=2))
    assert client.get(address).headers["ETag"] != tag


def test_a_revoked_feed_is_gone_and_an_unknown_one_not_found(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    workshop.session.query(Feed).one().revoked_at = NOW
    workshop.session.commit()
    assert client.get(address).status_code == 410
    for unknown in (address.replace("/m", "/t"), "/feeds/m.ics", "/feeds/" + "m" * 44 + ".ics", "/feeds/ü.ics"):
        response = client.get(unknown)
        assert response.status_code == 404
        assert b"VCALENDAR" not in response.data


def test_a_disabled_account_and_a_lost_role_end_what_their_feeds_show(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    hers, his = make_feed(workshop.ada, View.MINE), make_feed(workshop.bo, View.SPACE)
    workshop.ada.disabled_at = NOW
    workshop.space.visibility = "closed"
    workshop.session.query(Membership).filter_by(account_id=workshop.bo.id).delete()
    workshop.session.commit()
    assert client.get(hers).status_code == 404
    assert client.get(his).status_code == 404


def test_public_calendars_show_busy_times_where_the_space_publishes(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop)
    of_space = f"/spaces/{workshop.space.slug}/calendar.ics"
    of_tool = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/calendar.ics"
    for address in (of_space, of_tool):
        response = client.get(address)
        assert summaries(response.data) == ["Busy: Lumi"]
        assert b"Ada" not in response.data
        assert b"Cutting" not in response.data
        assert response.headers["Cache-Control"] == "public, max-age=300"
        known = {"If-None-Match": response.headers["ETag"]}
        assert client.get(address, headers=known).status_code == 304
    assert client.get(f"/spaces/{workshop.space.slug}/tools/other/calendar.ics").status_code == 404


@pytest.mark.parametrize("change", [{"publishes": False}, {"visibility": "closed"}])
def test_public_calendars_of_other_spaces_do_not_exist(
    client: FlaskClient, workshop: Workshop, change: dict[str, object]
) -> None:
    for name, value in change.items():
        setattr(workshop.space, name, value)
    workshop.session.commit()
    assert client.get(f"/spaces/{workshop.space.slug}/calendar.ics").status_code == 404
    assert client.get(f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/calendar.ics").status_code == 404


def test_reading_is_noted_once_in_a_few_minutes(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, clock: time_machine.Traveller
) -> None:
    address = make_feed(workshop.ada, View.MINE)

    def read(program: str) -> str:
        client.get(address, headers={"User-Agent": program})
        workshop.session.rollback()
        return workshop.session.query(Traffic).filter_by(kind="feed").one().client

    assert read("Thunderbird") == "Thunderbird"
    clock.shift(timedelta(minutes=1))
    assert read("khal") == "Thunderbird"
    clock.shift(timedelta(minutes=10))
    workshop.session.expire_all()
    assert read("khal") == "khal"


def test_one_booking_that_cannot_be_written_does_not_take_the_others_away(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    make_booking(workshop)
    elsewhere = make_space(workshop.session, "Nowhere", time_zone="Not/AZone")
    make_booking(workshop, start=NOW + timedelta(days=1), space_id=elsewhere.id)
    response = client.get(make_feed(workshop.ada, View.MINE))
    assert response.status_code == 200
    assert summaries(response.data) == ["Lumi, Werkhof"]


def test_trouble_asks_to_come_back_and_logs_no_token(
    app: Flask, client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, caplog: pytest.LogCaptureFixture
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    app.testing = False
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE feed RENAME TO mislaid")
        connection.commit()
    response = client.get(address)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "300"
    assert b"VCALENDAR" not in response.data
    assert address.removeprefix("/feeds/").removesuffix(".ics") not in caplog.text
    assert "could not be read" in caplog.text


def test_a_program_that_runs_wild_is_slowed_down_but_still_told_that_nothing_changed(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, clock: time_machine.Traveller
) -> None:
    address = make_feed(workshop.ada, View.MINE)
    answers = [client.get(address) for _ in range(web_calendars.BODIES_AT_ONCE + 1)]
    assert [each.status_code for each in answers[-2:]] == [200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    known = {"If-None-Match": answers[0].headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    clock.shift(timedelta(minutes=1))
    assert client.get(address).status_code == 200


def test_a_signed_in_browser_gets_no_cookie_back(client: FlaskClient, workshop: Workshop, make_feed: MakeFeed) -> None:
    sign_in(client, workshop.session, workshop.ada)
    response = client.get(make_feed(workshop.ada, View.MINE))
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers["Vary"]


@pytest.mark.parametrize("since", ["Fri, 31 Dec 9999 23:59:59 -0100", "Mon, 01 Jan 0001 00:00:00 +0100", "yesterday"])
def test_a_date_that_nobody_can_reckon_with_is_no_date(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, since: str
) -> None:
    answer = client.get(make_feed(workshop.ada, View.MINE), headers={"If-Modified-Since": since})
    assert answer.status_code == 200


def test_what_cannot_be_done_with_a_calendar_is_said_in_plain_text(client: FlaskClient) -> None:
    answers = client.post("/feeds/unknown.ics"), client.get("/spaces/a/b/c/calendar.ics")
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(400, "text/plain"), (404, "text/plain")]
