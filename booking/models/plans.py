"""Questions about plans, and the writing of their rows. Their bookings are in `bookings.of_plan`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.refusals import Absent

_plan, _booking, _account = (METADATA.tables[name] for name in ("plan", "booking", "account"))
_ADD = insert(_plan).returning(_plan.c.id)


@dataclass(frozen=True, slots=True)
class PlanCard:
    """Several bookings that were made together."""

    id: int
    account_id: int
    account_name: str
    team_id: int | None
    name: str
    version: int
    created_at: datetime


def add(session: Session, account_id: int, team_id: int | None, name: str, now: datetime) -> int:
    """Write a new plan and return its id."""
    values = {"account_id": account_id, "team_id": team_id, "name": name, "version": 1, "created_at": now}
    return int(session.execute(_ADD, values).scalar_one())


def card(session: Session, plan_id: int) -> PlanCard:
    """The plan of that id; raises Absent when there is none. Who may see it is for the asker's side to say."""
    columns = (_plan.c.id, _plan.c.account_id, _account.c.name, _plan.c.team_id, _plan.c.name, _plan.c.version)
    question = select(*columns, _plan.c.created_at).join(_account, _account.c.id == _plan.c.account_id)
    row = session.execute(question.where(_plan.c.id == plan_id)).first()
    if row is None:
        raise Absent
    return PlanCard(*row)


def raise_version(session: Session, plan_id: int) -> int:
    """Count one more change of a plan; its version afterwards."""
    changed = update(_plan).where(_plan.c.id == plan_id).values(version=_plan.c.version + 1).returning(_plan.c.version)
    return int(session.execute(changed).scalar_one())


def positions(session: Session, plan_id: int) -> dict[int, int | None]:
    """The place of each booking in the plan, by its id; None for lost ones about which the maker has spoken."""
    question = select(_booking.c.id, _booking.c.plan_position).where(_booking.c.plan_id == plan_id)
    return {booking_id: position for booking_id, position in session.execute(question)}


def settle(session: Session, booking_ids: Collection[int]) -> None:
    """Note that the maker has spoken about the loss of these parts."""
    session.execute(update(_booking).where(_booking.c.id.in_(booking_ids)).values(plan_position=None))


def of_booking(session: Session, booking_id: int) -> int | None:
    """The plan of a booking, or None."""
    return session.scalar(select(_booking.c.plan_id).where(_booking.c.id == booking_id))


def mine(session: Session, account_id: int, now: datetime) -> tuple[tuple[int, str], ...]:
    """A person's plans of which something is still to come, the newest first: id and name; one query."""
    coming = select(_booking.c.plan_id).where(_booking.c.account_id == account_id, _booking.c.ends_at > now)
    question = select(_plan.c.id, _plan.c.name).where(_plan.c.account_id == account_id)
    found = question.where(_plan.c.id.in_(coming.where(_booking.c.plan_id.is_not(None)))).order_by(_plan.c.id.desc())
    return tuple((plan_id, name) for plan_id, name in session.execute(found))
