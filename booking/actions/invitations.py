"""Inviting people to a space by mail; the link works once and ends after 14 days."""

from datetime import timedelta

from booking.actions.call import Call
from booking.models import accounts, invitations
from booking.models.spaces import SpaceCard
from booking.outside.secrets import digest, new_secret
from booking.rules.access import Role

VALID = timedelta(days=14)


def invite(call: Call, space: SpaceCard, email: str, role: Role, inviter_id: int) -> int:
    """Invite an address, already checked, in a role and in somebody's name, and leave the mail; the invitation's id.

    Whoever calls this has made sure that the inviter may.
    """
    secret, ends = new_secret(), call.now + VALID
    known = accounts.card_by_email(call.session, email)
    id_ = invitations.add(call.session, space.id, email, role, digest(secret), inviter_id, call.now, ends)
    payload: dict[str, object] = {
        "event": "invitation",
        "email": email,
        "space_id": space.id,
        "role": role.value,
        "language": known.language if known else space.language,
        "inviter_id": inviter_id,
        "expires_at": ends.isoformat(),
        "link": f"{call.settings.base_url}/invitations/{secret}",
    }
    call.later("mail", payload, once=f"invitation:{id_}")
    call.note("invited", "space", space.id, space.id, invitation=id_, role=role.value)
    return id_
