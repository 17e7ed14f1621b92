"""Joining a space: at once where it is open, on request, or by a mailed invitation."""

from enum import StrEnum

from booking.actions import accounts, invitations, throttle
from booking.actions.accounts import Newcomer
from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import invitations as questions
from booking.models import joining, members, spaces
from booking.models.invitations import InvitationCard
from booking.models.joining import RequestCard
from booking.models.spaces import SpaceCard
from booking.outside.secrets import digest
from booking.rules import text
from booking.rules.access import Role, at_least
from booking.rules.refusals import Absent, Denied, Problem, Refusal, Refused, Unacceptable
from booking.rules.throttle import Bucket

LONGEST_NOTE = 500


class Outcome(StrEnum):
    """What became of a wish to join."""

    JOINED = "joined"
    WAITS = "waits"


def ask(call: Call, slug: str, note: str) -> Outcome:
    """Join an open space at once, or ask its managers; asking twice changes nothing and mails nobody.

    Raises Refused `by_invitation` where only invitations lead in, `too_many_tries`.
    """
    space, person = spaces.space_card(call.session, slug), call.person
    if members.role_of(call.session, person.account_id, space.id) is not None:
        return Outcome.JOINED
    if space.joining == "invitation":
        raise Refused((Refusal("by_invitation"),))
    if space.joining == "open":
        _let_in(call, space, person.account_id, Role.MEMBER)
        call.note("joined", "account", person.account_id, space.id)
        return Outcome.JOINED
    # Asking and taking back in turns must not fill the managers' mailboxes.
    throttle.take(call, (Bucket(f"join:{person.account_id}", capacity=10, seconds=1800),))
    note = text.many_lines(note, LONGEST_NOTE, "note")
    request_id = joining.ask(call.session, person.account_id, space.id, note, call.now)
    if request_id is not None:
        mail: dict[str, object] = {"event": "join_asked", "space_id": space.id, "name": person.name, "note": note}
        call.later("mail", mail)
        call.note("join_asked", "account", person.account_id, space.id)
    return Outcome.WAITS


def withdraw(call: Call, slug: str) -> None:
    """Take one's own waiting request back; raises Absent when there is none."""
    space, account_id = spaces.space_card(call.session, slug), call.person.account_id
    if not joining.withdraw(call.session, account_id, space.id):
        raise Absent
    call.note("join_withdrawn", "account", account_id, space.id)


def admit(call: Call, slug: str, request_id: int) -> RequestCard:
    """Let somebody who asked join as a member, as the space's manager; raises Absent, Refused `wrong_state`."""
    space, request = _decided(call, slug, request_id, accepted=True, reason="")
    members.join(call.session, request.account_id, space.id, Role.MEMBER, call.now)
    return request


def decline(call: Call, slug: str, request_id: int, reason: str) -> RequestCard:
    """Turn a request down, with or without a reason; raises Absent, Refused `wrong_state`."""
    reason = text.many_lines(reason, LONGEST_NOTE, "reason")
    _space, request = _decided(call, slug, request_id, accepted=False, reason=reason)
    return request


def invite(call: Call, slug: str, email: str, role: Role) -> int:
    """Invite an address to the space in a role, as its manager; an earlier invitation of hers ends. Its id.

    Raises Unacceptable with `already_member` for members who have that role or a higher one.
    """
    space = managed(call, slug)
    if role is Role.ADMIN:
        raise Unacceptable(Problem("role", "not_a_choice"))
    address = text.email_address(email)
    person = questions.person(call.session, address, space.id)
    if person is not None and at_least(person.role, role):
        raise Unacceptable(Problem("email", "already_member"))
    questions.revoke(call.session, space.id, address, call.now)
    return invitations.invite(call, space, address, role, call.person.account_id)


def invite_again(call: Call, slug: str, invitation_id: int) -> InvitationCard:
    """Mail an invitation once more, with a fresh link for another 14 days; the earlier link works no more."""
    invitation = _waiting(call, managed(call, slug), invitation_id)
    invite(call, slug, invitation.email, invitation.role)
    return invitation


def may_still_invite(invitation: InvitationCard) -> bool:
    """Whether whoever invited still manages the space or the network: the word of others counts no more."""
    return at_least(invitation.inviter_role, Role.MANAGER)


def revoke(call: Call, slug: str, invitation_id: int) -> InvitationCard:
    """Let an invitation work no more, as the space's manager; raises Absent when it doesn't wait (any more)."""
    space = managed(call, slug)
    invitation = _waiting(call, space, invitation_id)
    questions.revoke(call.session, space.id, invitation.email, call.now)
    call.note("invitation_revoked", "space", space.id, space.id, invitation=invitation_id)
    return invitation


def accept(call: Call, secret: str) -> SpaceCard:
    """Follow an invitation that was mailed to one's own address; a role that is higher already stays.

    Raises Absent when the link does not work (any more), Denied when it was mailed to another address, Refused
    `inviter_may_not` when whoever invited doesn't manage the space any more.
    """
    invitation = _invited(call, secret)
    if invitation.email != call.person.email:
        raise Denied
    return _accepted(call, invitation, call.person.account_id)


def register(call: Call, secret: str, newcomer: Newcomer) -> SpaceCard:
    """Make an account for the address that was invited, and join with it; sign in with it afterwards.

    Raises Absent when the link does not work (any more), Refused `email_taken` when the address has an account,
    `inviter_may_not` as for `accept`.
    """
    invitation = _invited(call, secret)
    return _accepted(call, invitation, accounts.register_from_invitation(call, newcomer, invitation.email))


def _decided(call: Call, slug: str, request_id: int, *, accepted: bool, reason: str) -> tuple[SpaceCard, RequestCard]:
    """Decide a request once, and leave the mail that tells."""
    space, by = managed(call, slug), call.person.account_id
    request = joining.request(call.session, request_id, space.id)
    if request is None:
        raise Absent
    if not joining.decide(call.session, request.account_id, space.id, accepted, by, reason, call.now):
        raise Refused((Refusal("wrong_state"),))
    mail: dict[str, object] = {"event": "join_decided", "account_id": request.account_id, "space_id": space.id}
    call.later("mail", mail | {"accepted": accepted, "reason": reason})
    call.note("join_accepted" if accepted else "join_declined", "account", request.account_id, space.id)
    return space, request


def _waiting(call: Call, space: SpaceCard, invitation_id: int) -> InvitationCard:
    invitation = questions.one_waiting(call.session, space.id, invitation_id)
    if invitation is None:
        raise Absent
    return invitation


def _invited(call: Call, secret: str) -> InvitationCard:
    invitation = questions.find(call.session, digest(secret), call.now)
    if invitation is None:
        raise Absent
    if not may_still_invite(invitation):
        raise Refused((Refusal("inviter_may_not"),))
    return invitation


def _accepted(call: Call, invitation: InvitationCard, account_id: int) -> SpaceCard:
    if not questions.accept(call.session, invitation.id, call.now):
        raise Absent
    space = spaces.space_of(call.session, invitation.space_id)
    _let_in(call, space, account_id, invitation.role)
    details = {"invitation": invitation.id, "role": invitation.role.value}
    call.note("invitation_accepted", "account", account_id, space.id, **details)
    return space


def _let_in(call: Call, space: SpaceCard, account_id: int, role: Role) -> None:
    """Write the membership; a request that still waits is thereby answered."""
    members.join(call.session, account_id, space.id, role, call.now)
    joining.decide(call.session, account_id, space.id, True, account_id, "", call.now)
