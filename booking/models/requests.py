"""What a manager wants to know about those who wait: who they are to the space, and how it went before."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from booking.models.acceptances import accepted
from booking.models.database import Session
from booking.models.holding import of_people
from booking.models.strikes import times_of
from booking.models.tables import METADATA
from booking.models.visits import agreed
from booking.rules.access import Role
from booking.rules.certificates import briefings_on_top, counting
from booking.rules.facts import MakerFacts, Training
from booking.rules.states import State

_account, _membership, _booking = (METADATA.tables[name] for name in ("account", "membership", "booking"))
_certificate, _needs = METADATA.tables["certificate"], METADATA.tables["tool_certificate"]
_KEPT = (State.CONFIRMED.value, State.IN_USE.value)


@dataclass(frozen=True, slots=True)
class History:
    """How many bookings of a person are over, and how many she missed."""

    visits: int = 0
    missed: int = 0


def makers(
    session: Session, account_ids: Collection[int], places: Mapping[int, int]
) -> dict[tuple[int, int], MakerFacts]:
    """Each of these people as the rules see her at each of these tools, by account id and tool id: six queries.

    `places` tells the space of each tool.
    """
    tool_ids = places.keys()
    roles, confirmed, admins = _people(session, account_ids)
    needed, held = _needed(session, tool_ids), of_people(session, account_ids)
    visiting = agreed(session, account_ids, tool_ids)
    ways = accepted(session, {certificate_id for each in needed.values() for certificate_id in each})
    suspended = times_of(session, account_ids, set(places.values()))
    return {
        (account_id, tool_id): MakerFacts(
            account_id=account_id,
            is_confirmed=account_id in confirmed,
            role=Role.ADMIN if account_id in admins else roles.get((account_id, space_id)),
            certificates=counting(needed[tool_id], held[account_id], ways),
            certificate_names={training.id: training.name for training in needed[tool_id].values()},
            trainings=needed[tool_id],
            on_top=briefings_on_top(held[account_id], ways),
            visiting=visiting.get((account_id, tool_id), ()),
            suspended=(*suspended.get((account_id, None), ()), *suspended.get((account_id, space_id), ())),
        )
        for account_id in account_ids
        for tool_id, space_id in places.items()
    }


def histories(
    session: Session, account_ids: Collection[int], space_ids: Collection[int] | None, now: datetime
) -> dict[int, History]:
    """How it went before with these people at these spaces (None: at all), by account id."""
    over = and_(_booking.c.state.in_(_KEPT), _booking.c.ends_at <= now)
    visits = func.sum(case((over, 1), else_=0))
    missed = func.sum(case((_booking.c.state == State.MISSED.value, 1), else_=0))
    question = select(_booking.c.account_id, visits, missed).where(_booking.c.account_id.in_(account_ids))
    if space_ids is not None:
        question = question.where(_booking.c.space_id.in_(space_ids))
    rows = session.execute(question.group_by(_booking.c.account_id))
    return {account_id: History(int(past), int(gone)) for account_id, past, gone in rows}


def _people(
    session: Session, account_ids: Collection[int]
) -> tuple[dict[tuple[int, int], Role], frozenset[int], frozenset[int]]:
    """Roles by account and space; who has confirmed her address; who runs the network."""
    question = (
        select(_account.c.id, _account.c.confirmed_at, _account.c.is_admin, _membership.c.space_id, _membership.c.role)
        .outerjoin(_membership, _membership.c.account_id == _account.c.id)
        .where(_account.c.id.in_(account_ids))
    )
    rows = session.execute(question).all()
    roles = {(row.id, row.space_id): Role(row.role) for row in rows if row.role}
    confirmed = frozenset(row.id for row in rows if row.confirmed_at is not None)
    return roles, confirmed, frozenset(row.id for row in rows if row.is_admin)


def _needed(session: Session, tool_ids: Collection[int]) -> dict[int, dict[int, Training]]:
    """What leads to each certificate that each tool asks for."""
    question = (
        select(_needs.c.tool_id, _certificate.c.id, _certificate.c.name, _certificate.c.next_briefing_at)
        .join(_certificate, _certificate.c.id == _needs.c.certificate_id)
        .where(_needs.c.tool_id.in_(tool_ids))
        .order_by(_certificate.c.id)
    )
    found: dict[int, dict[int, Training]] = defaultdict(dict)
    for tool_id, *columns in session.execute(question):
        training = Training(*columns)
        found[tool_id][training.id] = training
    return found
