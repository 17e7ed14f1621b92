"""Mails: every event has a subject, a text and a page, in the reader's language and with the space's time first."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.actions import mails
from booking.models import jobs
from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.jobs import Job
from booking.models.tables.reports import Report
from booking.models.tables.spaces import Closure, Space, SpecialDay
from booking.models.tables.tools import Outage, Unit
from booking.models.tables.visits import Visit
from booking.outside import mail
from booking.outside.mail import Mail, Undeliverable
from booking.worker import Worker
from config import LANGUAGES
from tests.factories import NOW, database, make_account, make_certificate, make_space, make_tool

SPOKEN_NAME = "Zoë <b>Ångström</b>"


@pytest.fixture
def session(app: Flask, clock: time_machine.Traveller) -> Iterator[Session]:
    """Prepares rows."""
    with database(app) as session:
        yield session


@pytest.fixture
def ada(session: Session) -> Account:
    """A maker from China who books in Berlin."""
    return make_account(session, SPOKEN_NAME, email="ada@example.org", time_zone="Asia/Shanghai")


@pytest.fixture
def booking(session: Session, ada: Account) -> Booking:
    """Lumi at Werkhof, tomorrow from 10:00 to 12:00 in Berlin."""
    space = make_space(session, "Werkhof", address="Kurze Straße 1")
    tool = make_tool(session, space, name="Lumi")
    start = NOW + timedelta(days=1, hours=1)
    row = Booking(
        uid="1@localhost", space_id=space.id, tool_id=tool.id, account_id=ada.id, state="confirmed",
        starts_at=start, ends_at=start + timedelta(hours=2), purpose="Plates & signs", reason="No\nstaff",
        created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def sent(app: Flask, session: Session, tmp_path: Any) -> Callable[..., EmailMessage]:
    """Sends one mail through the worker and reads it back from the folder."""

    def send(event: str, **payload: Any) -> EmailMessage:
        session.rollback()
        jobs.add(session, "mail", {"event": event, **payload}, NOW, NOW, None)
        session.commit()
        Worker(app).run_due()
        job = session.query(Job).filter_by(kind="mail").order_by(Job.id.desc()).first()
        assert job is not None and job.last_error == ""
        return mail_of(tmp_path / "mail" / f"{job.id:010d}.eml")

    return send


def mail_of(path: Any) -> EmailMessage:
    """The message in a file."""
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """One of the two forms of the text."""
    body = message.get_body((kind,))
    assert body is not None
    return body.get_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_can_be_told_in_every_language(
    language: str, session: Session, booking: Booking, ada: Account, sent: Callable[..., EmailMessage]
) -> None:
    ada.language = language
    certificate = make_certificate(session, session.get_one(Space, booking.space_id))
    broken = things_broken(session, booking)
    session.commit()
    about = {"account_id": ada.id, "booking_id": booking.id, "space_id": booking.space_id, **broken}
    more = {
        "certificate_id": certificate.id,
        "expires_at": NOW.isoformat(),
        "visit_id": visit_of(session, booking).id,
        "accepted": True,
        "name": "Cy",
        "note": "I",
        "team": "Wood",
        "inviter": "Bo",
    }
    more |= {"act": "booked", "series_id": 1, "unit": "2", "old_unit": "1"}
    more |= {"tool": "Lumi", "starts_at": NOW.isoformat(), "ends_at": (NOW + timedelta(hours=1)).isoformat()}
    for event in sorted(mails.EVENTS):
        shut(session, booking, is_shut=event == "booking_outside")
        booking.state = "pending" if event in mails.TO_ANSWER else "confirmed"
        session.commit()
        message = sent(event, **about, **more)
        assert message["Subject"]
        assert "http://localhost/" in text_of(message)
        assert "%(" not in text_of(message) + text_of(message, "html")
        assert f'lang="{language}"' in text_of(message, "html")


def shut(session: Session, booking: Booking, *, is_shut: bool) -> None:
    """The day of the booking is a holiday, or no longer."""
    if is_shut:
        day = booking.starts_at.date()
        session.add(Closure(space_id=booking.space_id, first_day=day, last_day=day, reason="Holiday"))
    else:
        session.query(Closure).delete()


def test_whose_booking_lies_outside_hears_when_it_is_open_and_nothing_once_it_lies_inside(
    app: Flask, session: Session, booking: Booking, ada: Account, sent: Callable[..., EmailMessage], tmp_path: Any
) -> None:
    day = booking.starts_at.date()
    closure = Closure(space_id=booking.space_id, first_day=day, last_day=day, reason="Holiday")
    session.add(closure)
    session.commit()
    about = {"account_id": ada.id, "booking_id": booking.id}
    message = sent("booking_outside", **about)
    assert message["Subject"] == "Outside the opening hours: Lumi, Thu 26 Nov"
    assert "The space is closed on that day." in text_of(message)
    assert "Reason: Holiday" in text_of(message)
    assert f"http://localhost/bookings/{booking.id}" in text_of(message)
    session.delete(closure)
    special = SpecialDay(space_id=booking.space_id, day=day, opens=780, closes=840, note="")
    session.add(special)
    session.commit()
    text = text_of(sent("booking_outside", **about)).replace("\r\n", "\n")
    assert "Open now:\n- Thu 26 Nov, 13:00–14:00" in text
    assert "Reason:" not in text
    session.delete(special)
    session.commit()
    jobs.add(session, "mail", {"event": "booking_outside", **about}, NOW, NOW, None)
    session.commit()
    Worker(app).run_due()
    assert len(list(tmp_path.glob("mail/*.eml"))) == 2


def visit_of(session: Session, booking: Booking) -> Visit:
    """A visit that the host agreed to, with conditions, after a home space's word."""
    home = make_space(session, "Fablab")
    whose = {"account_id": booking.account_id, "tool_id": booking.tool_id, "host_id": booking.space_id}
    agreed = {"opens": 840, "closes": 1080, "supervised": True, "fee_note": "5 EUR", "last_day": NOW.date()}
    said = {"note": "A wing", "training": "Laser since 2024", "reason": "Full", "home_id": home.id}
    visit = Visit(state="accepted", created_at=NOW, changed_at=NOW, **whose, **agreed, **said)
    session.add(visit)
    session.commit()
    return visit


def things_broken(session: Session, booking: Booking) -> dict[str, Any]:
    """The booked tool is out of order and reported, and the same maker's booking of another stands."""
    here, times = session.get_one(Space, booking.space_id), (booking.starts_at, booking.ends_at)
    other = make_tool(session, here, name="Beam")
    columns = {"state": "confirmed", "starts_at": times[0], "ends_at": times[1], "created_at": NOW, "changed_at": NOW}
    stands = Booking(uid="2@localhost", space_id=here.id, tool_id=other.id, account_id=booking.account_id, **columns)
    report = {"space_id": here.id, "account_id": booking.account_id, "words": "Smoke", "photo": "1.jpg"}
    broken = Report(tool_id=booking.tool_id, state="outage", created_at=NOW, reply="Thanks", **report)
    session.add_all((stands, broken, Outage(tool_id=booking.tool_id, starts_at=NOW, reason="Belt")))
    booking.state = "confirmed"
    session.flush()
    for row in (booking, stands):
        unit = session.scalars(select(Unit.id).where(Unit.tool_id == row.tool_id)).one()
        place = {"unit_id": unit, "space_id": here.id, "kind_id": other.kind_id}
        session.add(Claim(booking_id=row.id, blocks_from=times[0], blocks_until=times[1], **place))
    waiting = asked_for(session, booking)
    return {"booking_ids": [booking.id, stands.id, waiting], "cut_ids": [booking.id], "report_id": broken.id}


def asked_for(session: Session, booking: Booking) -> int:
    """A request of the same maker for another tool: its id."""
    tool = make_tool(session, session.get_one(Space, booking.space_id), name="Saw")
    times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "created_at": NOW, "changed_at": NOW}
    place = {"space_id": tool.space_id, "tool_id": tool.id, "account_id": booking.account_id}
    row = Booking(uid="3@localhost", state="pending", **times, **place)
    session.add(row)
    session.flush()
    unit = session.scalars(select(Unit.id).where(Unit.tool_id == tool.id)).one()
    held = {"unit_id": unit, "space_id": tool.space_id, "kind_id": tool.kind_id}
    session.add(Claim(booking_id=row.id, blocks_from=row.starts_at, blocks_until=row.ends_at, **held))
    return row.id


@pytest.mark.parametrize(
    ("act", "subject"),
    [
        ("booked", "Your requests for 2 bookings wait for an answer. Lumi"),
        ("moved", "2 bookings have another time. Lumi"),
        ("approved", "2 requests have been approved. Lumi"),
        ("cancelled", "2 bookings are called off. Lumi"),
        ("declined", "One part of your plan can't be had. Do you keep the rest, or free all of it? Lumi"),
    ],
)
def test_several_bookings_are_told_of_in_one_mail(
    act: str, subject: str, session: Session, booking: Booking, ada: Account, sent: Callable[..., EmailMessage]
) -> None:
    ids = things_broken(session, booking)["booking_ids"]
    if act == "declined":
        session.get_one(Booking, ids[2]).state = act
    session.commit()
    message = sent("several", act=act, account_id=ada.id, booking_ids=[ids[0], ids[2]], plan_id=7)
    assert message["Subject"] == subject
    text = text_of(message)
    assert "Thu 26 Nov, 10:00–12:00 (Berlin, GMT+1): Lumi, Werkhof" in text
    assert ": Saw, Werkhof" in text
    assert "http://localhost/plans/7" in text


def test_requests_that_were_answered_meanwhile_are_not_told_to_managers(
    app: Flask, session: Session, booking: Booking, ada: Account, tmp_path: Any
) -> None:
    about = {"account_id": ada.id, "booking_ids": [booking.id], "series_id": 1}
    jobs.add(session, "mail", {"event": "several_wanted", **about}, NOW, NOW, None)
    session.commit()
    Worker(app).run_due()
    assert not list(tmp_path.glob("mail/*.eml"))


def test_the_time_of_the_space_comes_first_and_the_readers_own_second(
    booking: Booking, ada: Account, sent: Callable[..., EmailMessage]
) -> None:
    text = text_of(sent("booking_confirmed", account_id=ada.id, booking_id=booking.id))
    assert "When: Thursday, 26 November 2026, 10:00–12:00 (Berlin, GMT+1)" in text
    assert "On your clock: Thu 26 Nov 17:00–19:00" in text
    assert "Address: Kurze Straße 1, Berlin" in text
    assert "Purpose: Plates & signs" in text
    assert f"http://localhost/bookings/{booking.id}" in text


def test_what_people_typed_is_only_text(booking: Booking, ada: Account, sent: Callable[..., EmailMessage]) -> None:
    html = text_of(sent("booking_declined", account_id=ada.id, booking_id=booking.id), "html")
    assert "<b>Ångström" not in html
    assert "&lt;b&gt;Ångström" in html
    assert "Plates &amp; signs" in html


def test_a_decline_without_a_reason_says_that_there_is_none(
    booking: Booking, ada: Account, sent: Callable[..., EmailMessage]
) -> None:
    about = {"account_id": ada.id, "booking_id": booking.id}
    for kind in ("plain", "html"):
        assert "No reason was given" in text_of(sent("booking_declined", **about, reason=""), kind)
        assert "No reason was given" not in text_of(sent("booking_declined", **about, reason="Too long"), kind)


def test_a_moved_booking_tells_the_time_before(
    booking: Booking, ada: Account, sent: Callable[..., EmailMessage]
) -> None:
    before = {"old_starts_at": "2026-11-25T13:00:00+00:00", "old_ends_at": "2026-11-25T15:00:00+00:00"}
    text = text_of(sent("booking_moved", account_id=ada.id, booking_id=booking.id, **before))
    assert "Before: Wednesday, 25 November 2026, 14:00–16:00" in text


@pytest.mark.parametrize(
    ("became", "subject", "lead"),
    [
        ("", "Changed", "This is how it stands now"),
        ("pending", "Waiting for approval", "has changed and waits for approval"),
        ("confirmed", "Changed", "nobody has to say yes to it any more"),
    ],
)
def test_a_moved_booking_says_whether_it_waits_for_a_yes(
    booking: Booking, ada: Account, sent: Callable[..., EmailMessage], became: str, subject: str, lead: str
) -> None:
    times = {"old_starts_at": "2026-11-25T13:00:00+00:00", "old_ends_at": "2026-11-25T15:00:00+00:00"}
    mail = sent("booking_moved", account_id=ada.id, booking_id=booking.id, became=became, **times)
    assert str(mail["Subject"]).startswith(subject)
    assert lead in text_of(mail)
    assert lead in text_of(mail, "html")


@pytest.mark.parametrize("event", sorted(mails.UNDOABLE))
def test_an_undone_decision_is_not_told(
    event: str, app: Flask, session: Session, booking: Booking, ada: Account, tmp_path: Any
) -> None:
    booking.state = "pending"
    jobs.add(session, "mail", {"event": event, "account_id": ada.id, "booking_id": booking.id}, NOW, NOW, None)
    session.commit()
    Worker(app).run_due()
    assert not list(tmp_path.glob("mail/*.eml"))


def test_people_whose_account_is_disabled_get_no_mail(
    app: Flask, session: Session, booking: Booking, ada: Account, tmp_path: Any
) -> None:
    ada.disabled_at = NOW
    jobs.add(
        session, "mail", {"event": "booking_confirmed", "account_id": ada.id, "booking_id": booking.id}, NOW, NOW, None
    )
    session.commit()
    Worker(app).run_due()
    assert not list(tmp_path.glob("mail/*.eml"))


@pytest.mark.parametrize("to", ["a@example.org,b@example.org", "a@example.org\nBcc: b@example.org", "", "nobody"])
def test_one_mail_has_exactly_one_recipient(to: str) -> None:
    with pytest.raises(Undeliverable):
        mail.compose(plain(to=to))


def test_headers_hold_no_controls() -> None:
    message = mail.compose(plain(subject="Booked\r\nBcc: b@example.org\x00", sender_name="Net\nwork"))
    assert message["Subject"] == "Booked Bcc: b@example.org"
    assert message["Bcc"] is None
    assert message["From"] == "Net work <bookings@example.org>"


def plain(**changes: str) -> Mail:
    """A mail with these things changed."""
    values: dict[str, Any] = {
        "name": "1",
        "message_id": "<job.1.1@localhost>",
        "written_at": NOW,
        "sender": "bookings@example.org",
        "sender_name": "Network",
        "to": "ada@example.org",
        "subject": "Booked",
        "text": "Text",
        "html": "<p>Text</p>",
    }
    return Mail(**values | changes)


def test_each_side_of_a_visit_reads_what_it_needs(
    session: Session, booking: Booking, ada: Account, sent: Callable[..., EmailMessage]
) -> None:
    visit = visit_of(session, booking)
    host = text_of(sent("visit_wanted", account_id=ada.id, visit_id=visit.id))
    assert "Fablab says: Laser since 2024" in host and "A wing" in host
    maker = text_of(sent("visit_accepted", account_id=ada.id, visit_id=visit.id))
    assert {"Until: 25 Nov 2026", "Hours: 14:00–18:00", "Fee: 5 EUR"} <= set(maker.splitlines())
    assert f"http://localhost/visits/{visit.id}" in maker
