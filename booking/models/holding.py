"""What people hold: the grants that count, each with the way in which it ends."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, select, tuple_
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.tables.certificates import Certificate, Grant
from booking.models.tables.spaces import Space
from booking.rules.certificates import End, Held

# What `held` reads from a row; the certificate and its space have to be joined.
ENDING = (
    Grant.certificate_id,
    Grant.expires_at,
    Grant.granted_at,
    Grant.used_at,
    Certificate.unused_days,
    Space.time_zone,
)


def held(row: Row[*tuple[Any, ...]]) -> Held:
    """The grant of a row that has the columns of ENDING."""
    active_at = max(row.granted_at, row.used_at or row.granted_at)
    return Held(row.certificate_id, row.expires_at, active_at, row.unused_days, row.time_zone)


def question(*columns: Any) -> Select[Any]:
    """The columns and those of ENDING, of every grant that counts."""
    joined = select(*columns, *ENDING).join_from(Grant, Certificate, Certificate.id == Grant.certificate_id)
    return joined.join(Space, Space.id == Certificate.space_id).where(*counting())


def counting() -> tuple[ColumnElement[bool], ...]:
    """The conditions for the one grant of a person that counts: the latest that is not revoked, as the rules say."""
    later: Any = aliased(Grant)
    newer = exists().where(
        later.certificate_id == Grant.certificate_id,
        later.account_id == Grant.account_id,
        later.revoked_at.is_(None),
        tuple_(later.granted_at, later.id) > tuple_(Grant.granted_at, Grant.id),
    )
    return (Grant.revoked_at.is_(None), ~newer)


def of_certificates(session: Session, certificate_ids: Collection[int]) -> tuple[Held, ...]:
    """Every grant of these certificates that counts, ended ones too: one query."""
    return tuple(held(row) for row in session.execute(question().where(Grant.certificate_id.in_(certificate_ids))))


def of_people(session: Session, account_ids: Collection[int]) -> Mapping[int, Mapping[int, End]]:
    """The end of everything that each of these people holds, by account and certificate: one query."""
    found: dict[int, dict[int, End]] = defaultdict(dict)
    for row in session.execute(question(Grant.account_id).where(Grant.account_id.in_(account_ids))):
        found[row.account_id][row.certificate_id] = held(row).ends_at
    return found
