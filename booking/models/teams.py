"""Questions about teams: whose they are, who is in them, who is invited; and writing all that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.teams import Team, TeamInvitation, TeamMember
from booking.models.tables.waitlist import WaitlistEntry


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team as one of its members sees it; `leads` tells whether she leads it."""

    id: int
    name: str
    leads: bool
    members: int


@dataclass(frozen=True, slots=True)
class MateCard:
    """Somebody in a team; `id` is the account's."""

    id: int
    name: str
    leads: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """An invitation to a team that nobody has accepted or revoked; it may have ended. `inviter` is a shown name."""

    id: int
    team_id: int
    team_name: str
    email: str
    created_at: datetime
    expires_at: datetime
    inviter: str


def mine(session: Session, account_id: int) -> tuple[TeamCard, ...]:
    """The teams that somebody is in, by name: one query."""
    rows = session.execute(_teams(account_id).order_by(Team.name, Team.id))
    return tuple(TeamCard(*row) for row in rows)


def one(session: Session, team_id: int, account_id: int) -> TeamCard | None:
    """The team of that id as this member sees it; None for everybody who isn't in it."""
    row = session.execute(_teams(account_id).where(Team.id == team_id)).first()
    return TeamCard(*row) if row else None


def mates(session: Session, team_id: int) -> tuple[MateCard, ...]:
    """Who is in a team, whoever leads it first, then by name: one query."""
    question = (
        select(Account.id, Account.name, TeamMember.leads, TeamMember.since)
        .join(TeamMember, TeamMember.account_id == Account.id)
        .where(TeamMember.team_id == team_id)
        .order_by(case((TeamMember.leads, 0), else_=1), Account.name, Account.id)
    )
    return tuple(MateCard(*row) for row in session.execute(question))


def names(session: Session, team_ids: Collection[int]) -> dict[int, str]:
    """The names of teams by their id, in the order of the names."""
    if not team_ids:
        return {}
    question = select(Team.id, Team.name).where(Team.id.in_(team_ids)).order_by(Team.name, Team.id)
    return {team_id: name for team_id, name in session.execute(question)}


def lock(session: Session, team_id: int) -> None:
    """Hold the team until the transaction ends, so that nobody leaves it while its lead is handed to her."""
    session.execute(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))


def add(session: Session, name: str, account_id: int, now: datetime) -> int:
    """A fresh team that this person leads; its id."""
    team = Team(name=name, created_at=now)
    session.add(team)
    session.flush()
    session.add(TeamMember(team_id=team.id, account_id=account_id, leads=True, since=now))
    session.flush()
    return team.id


def rename(session: Session, team_id: int, name: str) -> None:
    """Give a team another name."""
    session.get_one(Team, team_id).name = name


def join(session: Session, team_id: int, account_id: int, now: datetime) -> None:
    """Let somebody into a team; who is in it already stays as she is."""
    insert = sqlite_insert(TeamMember) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(TeamMember)
    values = {"team_id": team_id, "account_id": account_id, "leads": False, "since": now}
    session.execute(insert.values(values).on_conflict_do_nothing())


def remove(session: Session, team_id: int, account_id: int) -> bool:
    """Let somebody be in a team no more; False when she wasn't. What she waits for with it she waits for alone."""
    _wait_alone(session, team_id, WaitlistEntry.account_id == account_id)
    hers = delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.account_id == account_id)
    return session.execute(hers.returning(TeamMember.account_id)).first() is not None


def hand_over(session: Session, team_id: int, account_id: int) -> bool:
    """Let this member lead the team, and nobody else; False when she isn't in it."""
    of_team = update(TeamMember).where(TeamMember.team_id == team_id)
    hers = of_team.where(TeamMember.account_id == account_id).values(leads=True)
    if session.execute(hers.returning(TeamMember.account_id)).first() is None:
        return False
    session.execute(of_team.where(TeamMember.account_id != account_id).values(leads=False))
    return True


def dissolve(session: Session, team_id: int, now: datetime) -> None:
    """Let nobody be in the team or come into it any more; what is booked for it keeps its name."""
    _wait_alone(session, team_id)
    session.execute(update(Team).where(Team.id == team_id).values(dissolved_at=now))
    session.execute(delete(TeamMember).where(TeamMember.team_id == team_id))
    waiting_ones = update(TeamInvitation).where(TeamInvitation.team_id == team_id, *_UNANSWERED)
    session.execute(waiting_ones.values(revoked_at=now))


def _wait_alone(session: Session, team_id: int, *whose: ColumnElement[bool]) -> None:
    session.execute(update(WaitlistEntry).where(WaitlistEntry.team_id == team_id, *whose).values(team_id=None))


def is_in(session: Session, team_id: int, email: str) -> bool:
    """Whether the account with this address is in the team."""
    question = select(TeamMember.account_id).join(Account, Account.id == TeamMember.account_id)
    return session.execute(question.where(TeamMember.team_id == team_id, Account.email == email)).first() is not None


def invite(
    session: Session, team_id: int, email: str, token_hash: str, invited_by: int, now: datetime, expires_at: datetime
) -> int:
    """Note an invitation; its id."""
    row = TeamInvitation(
        team_id=team_id,
        email=email,
        token_hash=token_hash,
        invited_by=invited_by,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id


def waiting(session: Session, team_id: int, limit: int) -> tuple[InvitationCard, ...]:
    """Invitations to a team that wait for their answer, the newest first, those that have ended too: one query."""
    question = _INVITATIONS.where(TeamInvitation.team_id == team_id).order_by(TeamInvitation.id.desc())
    return tuple(InvitationCard(*row) for row in session.execute(question.limit(limit)))


def one_waiting(session: Session, team_id: int, invitation_id: int) -> InvitationCard | None:
    """The invitation of this id to this team while it waits for its answer, or None."""
    return _invitation(session, TeamInvitation.team_id == team_id, TeamInvitation.id == invitation_id)


def find(session: Session, token_hash: str, now: datetime) -> InvitationCard | None:
    """The invitation whose link holds this secret; None when it is unknown, accepted, revoked or has ended."""
    return _invitation(session, TeamInvitation.token_hash == token_hash, TeamInvitation.expires_at > now)


def accept(session: Session, invitation_id: int, now: datetime) -> bool:
    """Use an invitation up; False when somebody was faster or it has been revoked."""
    fresh = update(TeamInvitation).where(TeamInvitation.id == invitation_id, *_UNANSWERED).values(accepted_at=now)
    return session.execute(fresh.returning(TeamInvitation.id)).first() is not None


def revoke(session: Session, team_id: int, email: str, now: datetime) -> None:
    """Let no waiting invitation of this address to the team work any more."""
    open_ones = update(TeamInvitation).where(TeamInvitation.team_id == team_id, TeamInvitation.email == email)
    session.execute(open_ones.where(*_UNANSWERED).values(revoked_at=now))


_UNANSWERED = (TeamInvitation.accepted_at.is_(None), TeamInvitation.revoked_at.is_(None))
_INVITATIONS = (
    select(
        TeamInvitation.id,
        Team.id,
        Team.name,
        TeamInvitation.email,
        TeamInvitation.created_at,
        TeamInvitation.expires_at,
        Account.name,
    )
    .join(Team, Team.id == TeamInvitation.team_id)
    .join(Account, Account.id == TeamInvitation.invited_by)
    .where(*_UNANSWERED)
)
_every = aliased(TeamMember)


def _teams(account_id: int) -> Select[*tuple[Any, ...]]:
    number = select(func.count()).select_from(_every).where(_every.team_id == Team.id).scalar_subquery()
    return (
        select(Team.id, Team.name, TeamMember.leads, number)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.account_id == account_id)
    )


def _invitation(session: Session, *conditions: Any) -> InvitationCard | None:
    row = session.execute(_INVITATIONS.where(*conditions)).first()
    return InvitationCard(*row) if row else None
