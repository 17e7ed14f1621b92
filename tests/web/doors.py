"""A network with one thing behind every door, and everybody who may try the handle."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from booking.models.database import Session, db
from booking.models.tables.accounts import Account, Link, SignIn, Token
from booking.models.tables.bookings import Booking, Handover, Proposal
from booking.models.tables.calendars import Feed
from booking.models.tables.certificates import Acceptance
from booking.models.tables.jobs import Job
from booking.models.tables.limits import Strike, Suspension
from booking.models.tables.reports import Report, Supply
from booking.models.tables.series import Plan, Series
from booking.models.tables.spaces import Closure, Invitation, JoinRequest, MakeUpDay, Opening, Space, SpecialDay
from booking.models.tables.teams import TeamInvitation
from booking.models.tables.tools import Outage, Photo, Tool, Unit
from booking.models.tables.visits import Visit
from booking.models.tables.waitlist import Offer, WaitlistEntry
from booking.outside.secrets import digest
from booking.rules.access import Role
from booking.rules.states import State
from config import Settings
from tests import factories
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, added

METHODS = ("GET", "POST", "PATCH", "DELETE")
PEOPLE = ("nobody", "cy", "ada", "tia", "bo", "max", "dee")
SECRETS = {"confirm": "confirm-secret", "reset": "reset-secret"}
INVITED, OFFERED, FEED = "invited-secret", "offered-secret", "m" + "f" * 40
# What forms must hold to be looked at at all.
FIELDS = {"version": "1", "kind": "laser_cutter", "view": "mine", "act": "rename", "name": "Another", "role": "member"}
PHOTO, LETTER = "0" * 32 + ".jpg", "letter.eml"
LATER = NOW + timedelta(days=7)


@dataclass
class House:
    """The application with what stands in it; every knock leaves it as it was."""

    app: Flask
    known: dict[str, Any]
    of_tool: dict[str, Any]
    own: dict[str, Any]
    people: dict[str, Account]
    database: str

    def doors(self) -> Iterator[tuple[str, Rule]]:
        """Every method of every route of ours."""
        for rule in self.app.url_map.iter_rules():
            for method in METHODS:
                if method in (rule.methods or set()) and rule.endpoint != "static":
                    yield method, rule

    def knock(self, who: str, method: str, rule: Rule, **instead: Any) -> TestResponse:
        """The answer to somebody at a door, as if nothing had happened before."""
        brings = self._brings(who, method, rule)
        # Reading writes nothing: tests/test_routes.py.
        with nullcontext() if method == "GET" else _undone(self):
            return self._browser(who).open(self._address(rule, instead), method=method, buffered=True, **brings)

    def _browser(self, who: str) -> FlaskClient:
        browser = self.app.test_client()
        if who in self.people:
            with browser.session_transaction() as cookie:
                cookie["_user_id"] = who
        return browser

    def _brings(self, who: str, method: str, rule: Rule) -> dict[str, Any]:
        if not rule.rule.startswith("/api/"):
            return {"data": FIELDS} if method == "POST" else {"query_string": {"kind": FIELDS["kind"]}}
        headers = {"Authorization": f"Bearer {who}"} if who in self.people else {}
        return {"headers": headers} if method in ("GET", "DELETE") else {"headers": headers, "json": {}}

    def _address(self, rule: Rule, instead: dict[str, Any]) -> str:
        def value(part: re.Match[str]) -> str:
            name = part[0].strip("<>").rpartition(":")[2]
            choice = rule._converters.get(name)
            if isinstance(choice, AnyConverter):
                return sorted(choice.items)[0]
            # Addresses call things of several kinds by one word; the view or its room tells which is meant.
            keys = (f"{rule.endpoint}.{name}", f"{rule.endpoint.partition('.')[0]}.{name}", name)
            known = {**self.known, **(self.of_tool if "tool" in rule.arguments else {}), **instead}
            return next(str(known[key]) for key in keys if key in known)

        return re.sub(r"<[^>]*>", value, rule.rule)


@contextmanager
def _undone(house: House) -> Iterator[None]:
    """What happens inside leaves no trace in the database."""
    with closing(sqlite3.connect(":memory:")) as before, closing(sqlite3.connect(house.database)) as live:
        live.backup(before)
        yield
        with house.app.app_context():
            db.engine.dispose()
        before.backup(live)


def built(app: Flask, workshop: Workshop) -> House:
    """The house, furnished."""
    app.config["WTF_CSRF_ENABLED"] = False
    session, space = workshop.session, workshop.space
    people = {"ada": workshop.ada, "bo": workshop.bo, "cy": workshop.cy, "dee": workshop.dee}
    people |= {name: factories.make_account(session, name.capitalize()) for name in ("tia", "max")}
    factories.make_member(session, people["tia"], space, Role.TRAINER)
    elsewhere = factories.make_space(session, "Elsewhere")
    factories.make_member(session, people["max"], elsewhere, Role.MANAGER)
    other = factories.make_tool(session, elsewhere)
    for name, account in people.items():
        _let_in(session, name, account)
    known = _of_the_space(session, workshop) | _of_people(session, space, people) | _secrets(session, space, people)
    booking = make_booking(workshop, state=State.PENDING, start=LATER)
    together = {"series": _series(workshop), "plan": _plan(workshop)}
    known |= (
        {"booking_id": booking.id, "booking": booking.id}
        | together
        | _handover(workshop)
        | _proposal(workshop, booking)
    )
    known |= {f"{name}_id": id_ for name, id_ in together.items()}
    session.commit()
    session.close()
    _put_files(app.config["SETTINGS"])
    with app.app_context():
        database = str(db.engine.url.database)
    of_tool = {"photo_id": known.pop("tool_photo_id")}
    return House(app, known, of_tool, {"space": elsewhere.slug, "tool": other.slug}, people, database)


def _series(workshop: Workshop) -> int:
    """A repeating booking of Ada's."""
    pattern = {"frequency": "weekly", "step": 1, "weekdays": [], "first_day": LATER.date(), "times": 2}
    times = {"starts": 600, "minutes": 60, "time_zone": workshop.space.time_zone, "created_at": NOW}
    row = added(workshop.session, Series(account_id=workshop.ada.id, tool_id=workshop.tool.id, **pattern, **times))
    booking = make_booking(workshop, state=State.PENDING, start=LATER + timedelta(days=1))
    booking.series_id, booking.series_day = row.id, LATER.date()
    workshop.session.flush()
    return row.id


def _handover(workshop: Workshop) -> dict[str, Any]:
    """A booking of Cy's that he offers to Ada."""
    booking = make_booking(workshop, account=workshop.cy, start=LATER + timedelta(days=2))
    whose = {"booking_id": booking.id, "account_id": workshop.cy.id, "email": workshop.ada.email}
    row = Handover(token_hash=digest(OFFERED), state="open", created_at=NOW, **whose)
    id_ = added(workshop.session, row).id
    return {"handover_id": id_, "handover": id_, "handovers.secret": OFFERED}


def _proposal(workshop: Workshop, booking: Booking) -> dict[str, Any]:
    """Another time that is offered for a request."""
    times = {"starts_at": LATER + timedelta(days=3), "ends_at": LATER + timedelta(days=3, hours=1), "created_at": NOW}
    what = {"booking_id": booking.id, "tool_id": workshop.tool.id, "proposed_by": workshop.bo.id}
    added(workshop.session, Proposal(token_hash=digest(OFFERED), expires_at=LATER, **times, **what))
    return {"proposals.secret": OFFERED}


def _plan(workshop: Workshop) -> int:
    """Two of Ada's bookings that were made together."""
    row = added(workshop.session, Plan(account_id=workshop.ada.id, created_at=NOW))
    for place in (1, 2):
        booking = make_booking(workshop, start=LATER + place * timedelta(hours=3))
        booking.plan_id, booking.plan_position = row.id, place
    workshop.session.flush()
    return row.id


def _put_files(settings: Settings) -> None:
    folders = {settings.instance / name: PHOTO for name in ("photos", "reports")}
    folders |= {Path(settings.mail_url.removeprefix("file://")): LETTER}
    for folder, name in folders.items():
        folder.mkdir(parents=True)
        (folder / name).write_text("Subject: Hello\n\nHello\n")


def _let_in(session: Session, name: str, account: Account) -> None:
    """A sign-in and a token, both with the person's name as their secret."""
    session.add(
        SignIn(account_id=account.id, token_hash=digest(name), created_at=NOW, expires_at=NOW + timedelta(days=30))
    )
    session.add(Token(account_id=account.id, name="t", token_hash=digest(name), scope="write", created_at=NOW))


def _of_the_space(session: Session, workshop: Workshop) -> dict[str, Any]:
    space, tool = workshop.space, workshop.tool
    day = LATER.date()
    made = {"size": {"width": 1, "height": 1, "added_at": NOW}}
    certificate = factories.make_certificate(session, space, tool)
    added(session, Opening(space_id=space.id, weekday=0, opens=480, closes=600, first_day=day))
    factories.make_grant(session, certificate, workshop.ada)
    foreign = factories.make_certificate(session, factories.make_space(session, "Afar"))
    return {
        "space": space.slug,
        "tool": tool.slug,
        "api.schedule_show.tool": tool.id,
        "kind": "laser_cutter",
        "imports.kind": "members",
        "imports.name": "1-" + "0" * 32,
        "photos.show.file": PHOTO,
        "admin.letter.name": LETTER,
        "certificate_id": certificate.id,
        "acceptance_id": added(session, Acceptance(certificate_id=certificate.id, foreign_id=foreign.id)).id,
        "closure_id": added(session, Closure(space_id=space.id, first_day=day, last_day=day)).id,
        "make_up_id": added(session, MakeUpDay(space_id=space.id, day=day, like_weekday=0)).id,
        "opening_days.day": day.isoformat(),
        "special_id": added(session, SpecialDay(space_id=space.id, day=day, opens=480, closes=600)).id,
        "outage_id": added(session, Outage(tool_id=tool.id, starts_at=LATER)).id,
        "supply_id": added(session, Supply(space_id=space.id, name="Compressor")).id,
        "quota_id": factories.make_quota(session, space_id=space.id, amount=3000).id,
        "limit_id": factories.make_quota(session, amount=3000).id,
        "report_id": _report(session, workshop).id,
        "arrivals.code": tool.code,
        "labels.code": tool.code,
        **_missed_times(session, workshop),
        "unit_id": session.query(Unit).filter_by(tool_id=tool.id).one().id,
        "photo_id": added(session, Photo(space_id=space.id, file=PHOTO, **made["size"])).id,
        "tool_photo_id": added(session, Photo(tool_id=tool.id, file="1" * 32 + ".jpg", **made["size"])).id,
    }


def _missed_times(session: Session, workshop: Workshop) -> dict[str, Any]:
    """A time that Dee missed, and until when she may not book for it."""
    whose = {"account_id": workshop.dee.id, "space_id": workshop.space.id}
    booking = make_booking(workshop, start=NOW - timedelta(days=2), state=State.MISSED, account=workshop.dee)
    suspension = Suspension(starts_at=NOW, ends_at=NOW + timedelta(hours=1), **whose)
    return {
        "strike_id": added(session, Strike(booking_id=booking.id, at=NOW, **whose)).id,
        "suspension_id": added(session, suspension).id,
    }


def _report(session: Session, workshop: Workshop) -> Report:
    """Ada's word that something is wrong, with a photo."""
    where = {"space_id": workshop.space.id, "tool_id": workshop.tool.id}
    row = Report(account_id=workshop.ada.id, words="Smoke", photo=PHOTO, state="open", created_at=NOW, **where)
    return added(session, row)


def _of_people(session: Session, space: Space, people: dict[str, Account]) -> dict[str, Any]:
    ada, cy = people["ada"], people["cy"]
    feed = Feed(account_id=ada.id, token_hash=digest(FEED), view="mine", created_at=NOW)
    job = Job(kind="mail", payload={"event": "x"}, run_at=NOW, created_at=NOW, dead_at=NOW)
    return {
        "account_id": ada.id,
        "feed_id": added(session, feed).id,
        "feed": feed.id,
        "token_id": session.query(Token).filter_by(account_id=ada.id).one().id,
        "api.tokens_revoke.token": session.query(Token).filter_by(account_id=ada.id).one().id,
        "sign_in_id": session.query(SignIn).filter_by(account_id=ada.id).one().id,
        "visit_id": added(session, _visit(session, space, ada)).id,
        "request_id": added(session, JoinRequest(account_id=cy.id, space_id=space.id, asked_at=NOW)).id,
        "job_id": added(session, job).id,
        **_offer(session, space, ada),
    }


def _offer(session: Session, space: Space, waiting: Account) -> dict[str, Any]:
    """Time that is held for somebody who waits."""
    tool = session.query(Tool).filter_by(space_id=space.id).first()
    assert tool is not None
    times = {"created_at": NOW, "changed_at": NOW, "window_from": LATER, "window_until": LATER + timedelta(days=2)}
    entry = WaitlistEntry(account_id=waiting.id, tool_id=tool.id, minutes=60, state="offered", **times)
    ends = {"starts_at": LATER, "ends_at": LATER + timedelta(hours=1), "expires_at": LATER, "created_at": NOW}
    entry_id = added(session, entry).id
    added(session, Offer(entry_id=entry_id, tool_id=tool.id, token_hash=digest(OFFERED), state="open", **ends))
    return {"entry_id": entry_id, "entry": entry_id, "waitlist.secret": OFFERED}


def _visit(session: Session, space: Space, guest: Account) -> Visit:
    """Somebody's wish to use a tool of the space, which its managers have to answer."""
    tool = session.query(Tool).filter_by(space_id=space.id).first()
    assert tool is not None
    whose = {"account_id": guest.id, "tool_id": tool.id, "host_id": space.id}
    return Visit(state="asked", created_at=NOW, changed_at=NOW, **whose)


def _secrets(session: Session, space: Space, people: dict[str, Account]) -> dict[str, Any]:
    """Mailed links, which let in whoever holds them."""
    ends = {"created_at": NOW, "expires_at": NOW + timedelta(hours=1)}
    ada, bo = people["ada"], people["bo"]
    for purpose, secret in SECRETS.items():
        session.add(Link(account_id=ada.id, purpose=purpose, token_hash=digest(secret), email=ada.email, **ends))
    invitation = Invitation(
        space_id=space.id, email="new@example.org", token_hash=digest(INVITED), invited_by=bo.id, **ends
    )
    team = factories.make_team(session, ada)
    into_team = TeamInvitation(
        team_id=team.id, email="new@example.org", token_hash=digest(INVITED), invited_by=ada.id, **ends
    )
    return {
        "team_id": team.id,
        "teams.invitation_id": added(session, into_team).id,
        "teams.token": INVITED,
        "answers.token": INVITED,
        "invitation_id": added(session, invitation).id,
        "joining.token": INVITED,
        "calendars.token": FEED,
        "accounts.confirm.secret": SECRETS["confirm"],
        "accounts.reset.secret": SECRETS["reset"],
    }
