"""All accounts of the network, as its admins look through them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from booking.models.database import Session
from booking.models.tables.accounts import Account, SignIn


@dataclass(frozen=True, slots=True)
class PersonCard:
    """An account in the list of all; `sign_ins` counts the browsers that are signed in now."""

    id: int
    name: str
    email: str
    is_admin: bool
    is_confirmed: bool
    is_disabled: bool
    created_at: datetime
    sign_ins: int


def page(
    session: Session, now: datetime, *, words: str = "", before_id: int | None = None, limit: int = 50
) -> tuple[PersonCard, ...]:
    """Newest accounts first; with words only those whose name or address holds them. One query."""
    live = (
        select(func.count())
        .where(SignIn.account_id == Account.id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .scalar_subquery()
    )
    question = (
        select(
            Account.id,
            Account.name,
            Account.email,
            Account.is_admin,
            Account.confirmed_at.is_not(None),
            Account.disabled_at.is_not(None),
            Account.created_at,
            live,
        )
        .where(Account.erased_at.is_(None))
        .order_by(Account.id.desc())
        .limit(limit)
    )
    if words:
        question = question.where(
            or_(Account.name.icontains(words, autoescape=True), Account.email.icontains(words, autoescape=True))
        )
    if before_id is not None:
        question = question.where(Account.id < before_id)
    return tuple(PersonCard(*row) for row in session.execute(question))
