"""Small makers of real rows. People: Ada makes, Bo manages, Cy is a stranger, Dee runs the network."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient

from booking.models.database import Session
from booking.models.tables.accounts import Account, SignIn
from booking.models.tables.certificates import Certificate, Grant
from booking.models.tables.limits import Quota
from booking.models.tables.spaces import Membership, Opening, Space
from booking.models.tables.teams import Team, TeamMember
from booking.models.tables.tools import Kind, Tool, ToolCertificate, Unit
from booking.outside.secrets import digest, new_secret, short_code
from booking.rules.access import Actor, Role

# A Wednesday, 09:00 in Berlin.
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
Row = TypeVar("Row")
_numbers = itertools.count(1)


def make_account(session: Session, name: str = "Ada", **columns: Any) -> Account:
    """A confirmed maker; each call makes another person."""
    number = next(_numbers)
    values = {
        "email": f"{name.lower()}{number}@example.org",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "created_at": NOW,
        "confirmed_at": NOW,
    }
    return added(session, Account(name=name, **values | columns))


def make_space(session: Session, name: str = "Werkhof", *, hours: bool = True, **columns: Any) -> Space:
    """A published space in Berlin, open every day from 08:00 to 22:00 unless `hours` is False."""
    values = {
        "slug": f"{name.lower()}-{next(_numbers)}",
        "city": "Berlin",
        "country": "DE",
        "latitude": 52.5,
        "longitude": 13.4,
        "time_zone": "Europe/Berlin",
        "created_at": NOW,
        "changed_at": NOW,
    }
    space = added(session, Space(name=name, **values | columns))
    if hours:
        session.add_all(Opening(space_id=space.id, weekday=day, opens=480, closes=1320) for day in range(7))
        session.flush()
    return space


def make_kind(session: Session, slug: str = "laser_cutter", **columns: Any) -> Kind:
    """The kind of this slug, made when it isn't there yet."""
    found = session.query(Kind).filter_by(slug=slug).one_or_none()
    return found or added(session, Kind(slug=slug, **{"name": slug.replace("_", " ").capitalize()} | columns))


def make_tool(
    session: Session, space: Space, kind: Kind | None = None, name: str = "Lumi", units: int = 1, **columns: Any
) -> Tool:
    """A working tool without approval or certificate, with this many units."""
    values = {
        "slug": f"{name.lower()}-{next(_numbers)}",
        "kind_id": (kind or make_kind(session)).id,
        "code": short_code(),
        "created_at": NOW,
        "changed_at": NOW,
    }
    tool = added(session, Tool(space_id=space.id, name=name, **values | columns))
    session.add_all(Unit(tool_id=tool.id, name=str(number + 1)) for number in range(units))
    session.flush()
    return tool


def make_member(session: Session, account: Account, space: Space, role: Role = Role.MEMBER) -> Membership:
    """The account's role at the space."""
    return added(session, Membership(account_id=account.id, space_id=space.id, role=role.value, since=NOW))


def make_team(session: Session, lead: Account, *mates: Account, name: str = "Rocket") -> Team:
    """A team that the first of these people leads."""
    team = added(session, Team(name=name, created_at=NOW))
    for account in (lead, *mates):
        session.add(TeamMember(team_id=team.id, account_id=account.id, leads=account is lead, since=NOW))
    session.flush()
    return team


def make_quota(session: Session, counted: str = "person", measure: str = "minutes_week", **columns: Any) -> Quota:
    """A quota of an hour a week for each person in the network, unless told otherwise."""
    values = {"amount": 60, "created_at": NOW} | columns
    return added(session, Quota(counted=counted, measure=measure, **values))


def make_certificate(session: Session, space: Space, *tools: Tool, name: str = "Laser safety") -> Certificate:
    """A certificate that these tools ask for."""
    certificate = added(session, Certificate(space_id=space.id, name=name))
    session.add_all(ToolCertificate(tool_id=tool.id, certificate_id=certificate.id) for tool in tools)
    session.flush()
    return certificate


def make_grant(session: Session, certificate: Certificate, account: Account, **columns: Any) -> Grant:
    """The certificate, held by the account without an end."""
    return added(session, Grant(certificate_id=certificate.id, account_id=account.id, granted_at=NOW, **columns))


def actor_of(account: Account, **roles_by_space: Role) -> Actor:
    """The account as an action sees it; roles as `space_<id>=Role.MANAGER`."""
    roles = {int(name.removeprefix("space_")): role for name, role in roles_by_space.items()}
    return Actor(
        account.id,
        account.name,
        is_admin=account.is_admin,
        is_confirmed=account.confirmed_at is not None,
        language=account.language,
        time_zone=account.time_zone,
        roles=roles,
    )


def sign_in(client: FlaskClient, session: Session, account: Account, now: datetime = NOW) -> None:
    """Give the client the cookie of a fresh sign-in; commits."""
    secret = new_secret()
    session.add(
        SignIn(account_id=account.id, token_hash=digest(secret), created_at=now, expires_at=now + timedelta(days=30))
    )
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True


def database(app: Flask) -> Session:
    """A session of its own on the application's database, for preparing rows; the test commits and closes it."""
    from booking.models.database import db

    with app.app_context():
        return Session(bind=db.engine, expire_on_commit=False)


def added(session: Session, row: Row) -> Row:
    """The row, saved and with its id."""
    session.add(row)
    session.flush()
    return row
