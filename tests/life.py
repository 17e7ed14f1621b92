"""One person who has left a trace in every table that knows persons."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from booking.actions import bookings, handovers, waitlist
from booking.actions.waitlist import Wanted
from booking.models.database import Session, writing
from booking.models.tables import METADATA
from booking.models.tables.accounts import Account, Link, SignIn, Token
from booking.models.tables.bookings import Booking, Decision, IdempotencyKey, Proposal
from booking.models.tables.calendars import Feed
from booking.models.tables.certificates import Grant
from booking.models.tables.jobs import Job
from booking.models.tables.limits import Strike, Suspension
from booking.models.tables.reports import Report
from booking.models.tables.series import Plan, Series
from booking.models.tables.spaces import Invitation, JoinRequest, Space
from booking.models.tables.teams import TeamInvitation, TeamMember
from booking.models.tables.tools import Outage
from booking.models.tables.traffic import Traffic
from booking.models.tables.visits import Visit
from booking.rules.access import Role
from booking.rules.spans import Span
from tests import factories
from tests.acting import HOUR, TEN, Scene
from tests.factories import NOW

NAME, EMAIL, WORDS = "Adelheid Zwiebelgrün", "adelheid@zwiebelturm.example", "Kirschkernweitspucken"
SOON = NOW + timedelta(days=2)


def live(scene: Scene) -> int:
    """Let Ada leave a trace everywhere; the id of her booking that is to come."""
    with writing(scene.engine) as session:
        account = session.get_one(Account, scene.ada.account_id)
        account.name, account.email = NAME, EMAIL
    ada = factories.actor_of(account, **{f"space_{scene.space_id}": Role.MEMBER})
    scene.ada = ada
    coming = scene.perform(ada, bookings.place, scene.ask(purpose=WORDS))
    scene.perform(ada, handovers.offer, coming.id, "friend@example.org")
    given = scene.perform(ada, bookings.place, scene.ask(TEN + 8 * HOUR, purpose=WORDS))
    with writing(scene.engine) as session:
        taker = session.get_one(Account, scene.bo.account_id).email
    scene.perform(None, handovers.accept, scene.perform(ada, handovers.offer, given.id, taker))
    others = scene.perform(scene.cy, bookings.place, scene.ask(TEN + 5 * HOUR))
    scene.perform(scene.cy, handovers.offer, others.id, EMAIL)
    window = Span(TEN, TEN + 2 * HOUR)
    scene.perform(ada, waitlist.join, Wanted(window, 60, tool_id=scene.tool_id, purpose=WORDS))
    with writing(scene.engine) as session:
        for row in _rows(scene, session, coming.id, others.id):
            session.add(row)
    return coming.id


def _rows(scene: Scene, session: Session, coming: int, others: int) -> Iterator[Any]:
    ada, bo = scene.ada.account_id, scene.bo.account_id
    space, hers = session.get_one(Space, scene.space_id), {"account_id": ada, "created_at": NOW}
    space.deputy_id, space.contact = ada, EMAIL
    session.get_one(Booking, coming).reason = WORDS
    session.get_one(Booking, others).booked_by = ada
    yield from _keys(hers)
    yield from _belonging(scene, session, space, hers)
    yield Decision(booking_id=others, decided_by=ada, decided_at=NOW, approved=True, reason=WORDS)
    times = {"tool_id": scene.tool_id, "starts_at": TEN, "ends_at": TEN + HOUR}
    yield Proposal(
        booking_id=others,
        proposed_by=ada,
        note=WORDS,
        token_hash="p" * 64,
        created_at=NOW,
        expires_at=SOON,
        **times,
    )
    late = {"starts_at": TEN + 24 * HOUR, "ends_at": TEN + 25 * HOUR}
    yield Outage(tool_id=scene.tool_id, reason=WORDS, declared_by=ada, **late)
    said = {"words": WORDS, "state": "open", "created_at": NOW}
    yield Report(space_id=space.id, tool_id=scene.tool_id, account_id=ada, **said)
    yield Strike(account_id=ada, space_id=space.id, booking_id=coming, at=NOW)
    yield Suspension(account_id=ada, space_id=space.id, starts_at=NOW, ends_at=SOON, reason="Late", made_by=bo)
    yield Suspension(account_id=bo, space_id=space.id, starts_at=NOW, ends_at=SOON, reason=WORDS, made_by=ada)
    pattern = {
        "frequency": "weekly",
        "step": 1,
        "first_day": date(2026, 12, 1),
        "starts": 600,
        "minutes": 60,
        "times": 3,
    }
    yield Series(tool_id=scene.tool_id, time_zone="UTC", purpose=WORDS, **pattern, **hers)
    yield from (Plan(name=f"{WORDS} {number}", **hers) for number in range(1100))
    yield IdempotencyKey(key=WORDS, request_hash="h", status=201, answer={"name": NAME}, **hers)
    answer = {"status": "decided", "booking": {"maker": NAME, "purpose": WORDS}, "all": [EMAIL]}
    yield IdempotencyKey(account_id=bo, key="bo", request_hash="h", status=201, answer=answer, created_at=NOW)
    yield from _jobs(ada, bo)


def _keys(hers: dict[str, Any]) -> Iterator[Any]:
    """What opens her account or its calendars, and what is kept of the programs that do."""
    yield SignIn(id=901, token_hash="s" * 64, expires_at=SOON, client=f"{WORDS}/1.0", address="192.0.2.77", **hers)
    yield Traffic(kind="sign_in", subject_id=901, seen_at=NOW, client=f"{WORDS}/1.0")
    yield Token(name=WORDS, token_hash="t" * 64, **hers)
    yield Link(purpose="email", token_hash="l" * 64, email=EMAIL, name=NAME, expires_at=SOON, **hers)
    yield Feed(name=WORDS, token_hash="f" * 64, view="mine", **hers)


def _belonging(scene: Scene, session: Session, space: Space, hers: dict[str, Any]) -> Iterator[Any]:
    """Where she belongs, would like to, and whom she asked to come."""
    ada, bo = scene.ada.account_id, scene.bo.account_id
    elsewhere = factories.make_space(session, "Fablab")
    certificate = factories.make_certificate(session, space)
    yield Grant(certificate_id=certificate.id, account_id=ada, granted_by=bo, granted_at=NOW)
    yield JoinRequest(account_id=ada, space_id=elsewhere.id, note=WORDS, asked_at=NOW)
    dates = {"created_at": NOW, "expires_at": SOON}
    yield Invitation(space_id=elsewhere.id, email=EMAIL, token_hash="i" * 64, invited_by=bo, **dates)
    yield Invitation(space_id=space.id, email="x@example.org", token_hash="j" * 64, invited_by=ada, **dates)
    team = factories.make_team(session, session.get_one(Account, bo))
    yield TeamMember(team_id=team.id, account_id=ada, since=NOW)
    yield TeamInvitation(team_id=team.id, email=EMAIL, token_hash="k" * 64, invited_by=bo, **dates)
    yield TeamInvitation(team_id=team.id, email="y@example.org", token_hash="m" * 64, invited_by=ada, **dates)
    guest = {"host_id": space.id, "tool_id": scene.tool_id, "state": "asked", "changed_at": NOW}
    yield Visit(note=WORDS, **guest, **hers)
    other = {"account_id": bo, "created_at": NOW, "vouched_by": ada, "decided_by": ada}
    yield Visit(training=WORDS, reason=WORDS, fee_note=WORDS, **guest, **other)


def _jobs(ada: int, bo: int) -> Iterator[Job]:
    """Mails to her and about her, done, waiting and dead."""
    when = {"run_at": NOW, "created_at": NOW}
    yield Job(kind="mail", payload={"event": "suspended", "account_id": ada, "reason": WORDS}, done_at=NOW, **when)
    yield Job(kind="mail", payload={"event": "confirm_address", "email": EMAIL, "name": NAME}, **when)
    told = {"event": "join_asked", "account_id": bo, "name": NAME, "note": WORDS}
    yield Job(kind="mail", payload=told, dead_at=NOW, last_error=f"550 <{EMAIL}> unknown", **when)


def told_of(session: Session, *mentions: str) -> list[str]:
    """Where in the whole database any of these words stand, in any spelling: `table.column: row`."""
    found = []
    for table in METADATA.sorted_tables:
        for row in session.execute(table.select()).mappings():
            for name, value in row.items():
                text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                # Calendars break long lines.
                text = text.replace("\r\n ", "").casefold()
                found += [f"{table.name}.{name}: {text}" for each in mentions if each.casefold() in text]
    return found
