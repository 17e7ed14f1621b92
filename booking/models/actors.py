"""Who somebody is when nobody is signed in: for what is worked out in her name, such as a mail's proposals."""

from sqlalchemy import select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Membership
from booking.rules.access import Actor, Role


def reading(session: Session, account_id: int) -> Actor | None:
    """The account as one that may look but not act; None when it is gone or disabled: two queries."""
    row = session.get(Account, account_id)
    if row is None or row.disabled_at is not None:
        return None
    roles = session.execute(select(Membership.space_id, Membership.role).where(Membership.account_id == account_id))
    return Actor(
        row.id,
        row.name,
        is_admin=row.is_admin,
        is_confirmed=row.confirmed_at is not None,
        language=row.language,
        time_zone=row.time_zone,
        roles={space_id: Role(role) for space_id, role in roles},
        scope="read",
        email=row.email,
    )
