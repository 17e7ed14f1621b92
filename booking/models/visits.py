"""Questions about visits: guests' wishes to use a tool of a space for members; and writing what becomes of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select, update
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.certificates import Certificate, Grant
from booking.models.tables.spaces import Membership, Space
from booking.models.tables.tools import Tool
from booking.models.tables.visits import Visit
from booking.rules.facts import Visiting
from booking.rules.spans import Span
from booking.rules.states import HOLDING


class VisitState(StrEnum):
    """How far a visit has come: asked, vouched for by the home space, then the host's yes, and its end."""

    ASKED = "asked"
    VOUCHED = "vouched"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit with the names around it; `member_since`: since when its maker belongs to her home space, if she does.

    `opens` and `closes` are minutes of the host's wall day, `last_day` a date of its calendar; None: no such condition.
    """

    id: int
    state: VisitState
    account_id: int
    account_name: str
    tool_id: int
    tool_slug: str
    tool_name: str
    host_id: int
    host_slug: str
    host_name: str
    host_zone: str
    home_id: int | None
    home_slug: str
    home_name: str
    member_since: datetime | None
    note: str
    voucher: str
    vouched_at: datetime | None
    training: str
    decided_at: datetime | None
    reason: str
    last_day: date | None
    opens: int | None
    closes: int | None
    supervised: bool
    fee_note: str
    version: int
    created_at: datetime

    @property
    def visiting(self) -> Visiting:
        """The host's conditions as the rules take them."""
        return Visiting(self.last_day, self.opens, self.closes, self.supervised)

    @property
    def waits_for_home(self) -> bool:
        """Whether the home space has to vouch before the host hears of it."""
        return self.state is VisitState.ASKED and self.home_id is not None

    @property
    def waits_for_host(self) -> bool:
        """Whether the host has to decide."""
        return self.state is VisitState.VOUCHED or (self.state is VisitState.ASKED and self.home_id is None)

    @property
    def has_reached_host(self) -> bool:
        """Whether the host has been asked, now or before: what a home space turned down never comes to it."""
        return self.home_id is None or self.vouched_at is not None


def card(session: Session, visit_id: int) -> VisitCard | None:
    """The visit of that id, or None. Who may see it is for the asker's side to say."""
    row = session.execute(_VISITS.where(Visit.id == visit_id)).first()
    return _card(row) if row else None


def mine(session: Session, account_id: int, limit: int) -> tuple[VisitCard, ...]:
    """Somebody's visits, the newest first: one query."""
    question = _VISITS.where(Visit.account_id == account_id).order_by(Visit.id.desc()).limit(limit)
    return tuple(map(_card, session.execute(question)))


def of_tool(session: Session, account_id: int, tool_id: int) -> VisitCard | None:
    """Somebody's last visit of a tool, or None."""
    question = _VISITS.where(Visit.account_id == account_id, Visit.tool_id == tool_id).order_by(Visit.id.desc())
    row = session.execute(question.limit(1)).first()
    return _card(row) if row else None


def at_space(session: Session, space_id: int, *, as_host: bool, limit: int) -> tuple[VisitCard, ...]:
    """The visits that a space is or was asked about, what waits for it first, then the newest: one query.

    Those for which it should vouch, and with `as_host` those of its own tools too.
    """
    waits = or_(and_(Visit.home_id == space_id, _WAITS_FOR_HOME), and_(Visit.host_id == space_id, _WAITS_FOR_HOST))
    hosted = and_(Visit.host_id == space_id, or_(Visit.home_id.is_(None), Visit.vouched_at.is_not(None)))
    question = _VISITS.where(or_(Visit.home_id == space_id, hosted if as_host else false()))
    ordered = question.order_by(case((waits, 0), else_=1), Visit.id.desc()).limit(limit)
    return tuple(map(_card, session.execute(ordered)))


def agreed(
    session: Session, account_ids: Collection[int], tool_ids: Collection[int]
) -> dict[tuple[int, int], tuple[Visiting, ...]]:
    """What hosts have said yes to for these people at these tools, by account id and tool id: one query."""
    question = select(
        Visit.account_id, Visit.tool_id, Visit.last_day, Visit.opens, Visit.closes, Visit.supervised
    ).where(
        Visit.account_id.in_(account_ids),
        Visit.tool_id.in_(tool_ids),
        Visit.state == VisitState.ACCEPTED.value,
    )
    found: dict[tuple[int, int], tuple[Visiting, ...]] = {}
    for row in session.execute(question.order_by(Visit.id)):
        visiting = Visiting(row.last_day, row.opens, row.closes, row.supervised)
        found[row.account_id, row.tool_id] = (*found.get((row.account_id, row.tool_id), ()), visiting)
    return found


def spans_ahead(session: Session, account_id: int, tool_id: int, now: datetime) -> tuple[Span, ...]:
    """The times that somebody has booked or asked for at a tool and that are not over yet, by their start."""
    question = select(Booking.starts_at, Booking.ends_at).where(
        Booking.account_id == account_id, Booking.tool_id == tool_id, Booking.ends_at > now, Booking.state.in_(HOLDING)
    )
    return tuple(Span(*row) for row in session.execute(question.order_by(Booking.starts_at)))


def held_at(session: Session, account_id: int, space_id: int, now: datetime) -> tuple[str, ...]:
    """The names of the certificates of a space that somebody holds now."""
    question = (
        select(Certificate.name)
        .join(Grant, Grant.certificate_id == Certificate.id)
        .where(Certificate.space_id == space_id, Grant.account_id == account_id, Grant.revoked_at.is_(None))
        .where(or_(Grant.expires_at.is_(None), Grant.expires_at > now))
    )
    return tuple(session.scalars(question.distinct().order_by(Certificate.name)))


def add(session: Session, values: dict[str, Any]) -> int:
    """Note a wish; its id."""
    row = Visit(**values)
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, seen: VisitCard, now: datetime, **values: Any) -> bool:
    """Write new values to a visit that is still as it was seen; False when somebody was faster."""
    same = update(Visit).where(Visit.id == seen.id, Visit.version == seen.version)
    fresh = same.values(version=seen.version + 1, changed_at=now, **values)
    return session.execute(fresh.returning(Visit.id)).first() is not None


_WAITS_FOR_HOME: ColumnElement[bool] = and_(Visit.state == VisitState.ASKED.value, Visit.home_id.is_not(None))
_WAITS_FOR_HOST: ColumnElement[bool] = or_(
    Visit.state == VisitState.VOUCHED.value, and_(Visit.state == VisitState.ASKED.value, Visit.home_id.is_(None))
)
_host, _home, _voucher = aliased(Space), aliased(Space), aliased(Account)
_VISITS: Select[*tuple[Any, ...]] = (
    select(
        *(Visit.id, Visit.state, Account.id, Account.name, Tool.id, Tool.slug, Tool.name),
        *(_host.id, _host.slug, _host.name, _host.time_zone),
        *(_home.id, _home.slug, _home.name, Membership.since),
        *(Visit.note, _voucher.name, Visit.vouched_at, Visit.training, Visit.decided_at, Visit.reason),
        *(Visit.last_day, Visit.opens, Visit.closes, Visit.supervised, Visit.fee_note, Visit.version),
        Visit.created_at,
    )
    .join(Account, Account.id == Visit.account_id)
    .join(Tool, Tool.id == Visit.tool_id)
    .join(_host, _host.id == Visit.host_id)
    .outerjoin(_home, _home.id == Visit.home_id)
    .outerjoin(Membership, and_(Membership.account_id == Visit.account_id, Membership.space_id == Visit.home_id))
    .outerjoin(_voucher, _voucher.id == Visit.vouched_by)
)


def _card(row: Any) -> VisitCard:
    found = list(row)
    found[1] = VisitState(found[1])
    for place in (12, 13, 16):
        found[place] = found[place] or ""
    return VisitCard(*found)
