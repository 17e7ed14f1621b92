"""Taking a person out of the tables, by their marks (models/personal.py), so that no table can be forgotten."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, Text, cast, delete, or_, select, update

from booking.models.database import Session
from booking.models.personal import ADDRESS, mark, owners
from booking.models.tables import METADATA
from booking.models.tables.accounts import Account, SignIn, Token
from booking.models.tables.audit import AuditRow
from booking.models.tables.bookings import Booking, Handover, IdempotencyKey, Rendering
from booking.models.tables.calendars import Feed
from booking.models.tables.jobs import Job
from booking.models.tables.series import Series
from booking.models.tables.spaces import Invitation, Membership, Space
from booking.models.tables.teams import Team, TeamInvitation, TeamMember
from booking.models.tables.traffic import Traffic
from booking.models.tables.visits import Visit
from booking.models.tables.waitlist import Offer, WaitlistEntry
from booking.rules.erasing import Traces, without
from booking.rules.states import HOLDING

# Choices of hers that tell nobody who she was.
_NO_WORDS = frozenset({"language", "time_zone", "theme"})
# So many alternatives any database takes in one condition.
_AT_ONCE = 100
# The acts with which a reason is given that stays with the booking.
_REASONED = ("cancel", "decline", "cut_short", "give_back", "check_in")


def is_erased(session: Session, account_id: int) -> bool:
    """Whether the account has been erased already."""
    return session.scalar(select(Account.erased_at).where(Account.id == account_id)) is not None


def open_bookings(session: Session, account_id: int, now: datetime) -> tuple[tuple[int, int], ...]:
    """Id and tool of each booking of hers that holds time and isn't over."""
    is_open = (Booking.state.in_([state.value for state in HOLDING]), Booking.ends_at > now)
    rows = session.execute(select(Booking.id, Booking.tool_id).where(Booking.account_id == account_id, *is_open))
    return tuple((row[0], row[1]) for row in rows.all())


def managed(session: Session, account_id: int) -> tuple[int, ...]:
    """The spaces that she manages."""
    question = select(Membership.space_id).where(Membership.account_id == account_id, Membership.role == "manager")
    return tuple(session.scalars(question.order_by(Membership.space_id)))


def leads(session: Session, account_id: int) -> bool:
    """Whether she leads a team that isn't dissolved."""
    question = select(TeamMember.team_id).join(Team, Team.id == TeamMember.team_id)
    hers = (TeamMember.account_id == account_id, TeamMember.leads, Team.dissolved_at.is_(None))
    return session.execute(question.where(*hers).limit(1)).first() is not None


def words(session: Session, account_id: int) -> frozenset[str]:
    """Everything that she wrote, her name among it."""
    found: set[str] = set()
    for owner, table, column in _texts():
        if owner != ADDRESS:
            found.update(session.scalars(select(column).where(table.c[owner] == account_id)))
    return frozenset(each for each in found if each)


def end_open(session: Session, account_id: int, email: str, now: datetime) -> None:
    """End what waits for her or goes on by itself: her series, invitations and handovers by her or to her address."""
    series = update(Series).where(Series.account_id == account_id, Series.ended_at.is_(None))
    session.execute(series.values(ended_at=now, version=Series.version + 1))
    for table in (Invitation, TeamInvitation):
        hers = or_(table.invited_by == account_id, table.email == email)
        session.execute(update(table).where(hers, table.revoked_at.is_(None)).values(revoked_at=now))
    is_open = Handover.state == "open"
    by_her, to_her = Handover.account_id == account_id, Handover.email == email
    session.execute(update(Handover).where(is_open, by_her).values(state="taken_back", answered_at=now))
    session.execute(update(Handover).where(is_open, to_her).values(state="declined", answered_at=now))
    session.execute(update(Space).where(Space.deputy_id == account_id).values(deputy_id=None))


def forget_jobs(session: Session, account_id: int, traces: Traces) -> None:
    """Remove what is left to do for her, and take her name and words out of what is left to do for others."""
    payload = Job.payload
    goes = (
        payload["account_id"].as_integer() == account_id,
        payload["email"].as_string() == traces.email,
        *(payload[name].as_integer().in_(_ids(session, rows)) for name, rows in _waiting(account_id).items()),
    )
    session.execute(delete(Job).where(Job.kind != "render", or_(*goes)))
    # Those that are done hold no words any more (actions/jobs.py).
    question = select(Job.id, Job.payload).where(Job.done_at.is_(None))
    for job_id, kept in _mentioning(session, question, payload, traces.all):
        session.execute(update(Job).where(Job.id == job_id).values(payload=without(kept, traces)))
    complaint = Job.last_error.contains(traces.email, autoescape=True)
    session.execute(update(Job).where(complaint).values(last_error=""))


def forget_answers(session: Session, traces: Traces) -> None:
    """Take her name and words out of the answers that are kept for others' programs."""
    question = select(IdempotencyKey.account_id, IdempotencyKey.key, IdempotencyKey.answer)
    for owner_id, key, answer in _mentioning(session, question, IdempotencyKey.answer, traces.all):
        this = update(IdempotencyKey).where(IdempotencyKey.account_id == owner_id, IdempotencyKey.key == key)
        session.execute(this.values(answer=without(answer, traces)))


def forget_marks(session: Session, account_id: int) -> None:
    """Delete when and with what programs she was last here, and the stored events of her bookings."""
    for kind, table in (("sign_in", SignIn), ("token", Token), ("feed", Feed)):
        ids = select(table.id).where(table.account_id == account_id)
        session.execute(delete(Traffic).where(Traffic.kind == kind, Traffic.subject_id.in_(ids)))
    hers = select(Booking.id).where(Booking.account_id == account_id)
    session.execute(delete(Rendering).where(Rendering.booking_id.in_(hers)))


def blank_reasons(session: Session, account_id: int) -> None:
    """Blank the reasons that she gave about others' bookings; those of her decisions go by their marks."""
    acts = select(AuditRow.subject_id).where(
        AuditRow.account_id == account_id, AuditRow.subject == "booking", AuditRow.act.in_(_REASONED)
    )
    given = update(Booking).where(Booking.id.in_(acts), Booking.reason != "")
    session.execute(given.values(reason="", version=Booking.version + 1))


def blank(session: Session, account_id: int, email: str) -> None:
    """Delete the rows that go with her account, and blank what is marked as hers in all others."""
    for table in reversed(METADATA.sorted_tables):
        for name in owners(table):
            keys = table.c[name].foreign_keys
            if any(key.ondelete == "CASCADE" for key in keys):
                session.execute(delete(table).where(table.c[name] == account_id))
    for owner, table, column in _texts():
        if table.name != "account":
            hers = column == email if owner == ADDRESS else table.c[owner] == account_id
            session.execute(update(table).where(hers).values({column.name: "" if not column.nullable else None}))


def close(session: Session, account_id: int, name: str, email: str, now: datetime) -> None:
    """Leave an account behind that nobody can enter, under another name and an address that leads nowhere."""
    gone = {"disabled_at": now, "erased_at": now, "is_admin": False, "password_hash": None}
    plain = {"language": "en", "time_zone": "UTC", "theme": "", "confirmed_at": None}
    statement = update(Account).where(Account.id == account_id)
    session.execute(statement.values(name=name, email=email, **gone, **plain))


def _texts() -> Iterator[tuple[str, Table, Column[Any]]]:
    """The columns that hold words, names and addresses, with their marks and tables; no secrets."""
    for table in METADATA.sorted_tables:
        for column in table.columns:
            owner = mark(column)
            if owner and isinstance(column.type, String) and not column.primary_key and not _tells_nothing(column):
                yield owner, table, column


def _tells_nothing(column: Column[Any]) -> bool:
    return column.name.endswith("_hash") or column.name in _NO_WORDS


def _waiting(account_id: int) -> dict[str, Any]:
    """The names under which jobs speak of rows that go with her account."""
    entries = select(WaitlistEntry.id).where(WaitlistEntry.account_id == account_id)
    return {
        "entry_id": entries,
        "offer_id": select(Offer.id).where(Offer.entry_id.in_(entries)),
        "visit_id": select(Visit.id).where(Visit.account_id == account_id),
    }


def _ids(session: Session, question: Any) -> Collection[int]:
    return list(session.scalars(question))


def _spelled(words: str) -> str:
    """Words as they stand within a JSON text."""
    return json.dumps(words)[1:-1]


def _mentioning(session: Session, question: Any, column: Any, said: frozenset[str]) -> list[Any]:
    """The rows whose JSON column mentions any of these words; asked for some at a time, as nobody knows how many."""
    text, found, ordered = cast(column, Text), dict[Any, Any](), sorted(said)
    for start in range(0, len(ordered), _AT_ONCE):
        some = (text.contains(_spelled(each), autoescape=True) for each in ordered[start : start + _AT_ONCE])
        found |= {tuple(row)[:-1]: row for row in session.execute(question.where(or_(*some)))}
    return list(found.values())
