"""Certificates: spaces define them, trainers grant and revoke them."""

from collections.abc import Collection
from datetime import datetime

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import certificates, grants, members, spaces
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.access import Role
from booking.rules.certificates import LONGEST_VALID_DAYS, ends_at
from booking.rules.refusals import Absent, Problem, Unacceptable

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 500
MOST_AT_ONCE = 100


def trained(call: Call, slug: str) -> SpaceCard:
    """The space of that slug, for its trainers, managers and admins; raises Absent for everybody else."""
    space = spaces.space_card(call.session, slug)
    if not call.person.has(Role.TRAINER, space.id):
        raise Absent
    return space


def add(call: Call, slug: str, name: str, description: str, valid_days: int | None) -> int:
    """Define a certificate of a space, as its manager; `valid_days` None lasts for ever. Its id."""
    space = managed(call, slug)
    name, description = _checked(call, space, None, name, description, valid_days)
    certificate_id = certificates.add(call.session, space.id, name, description, valid_days)
    call.note("certificate_added", "certificate", certificate_id, space.id, name=name, valid_days=valid_days)
    return certificate_id


def change(call: Call, slug: str, certificate_id: int, name: str, description: str, valid_days: int | None) -> None:
    """Change what a certificate says, as the space's manager; who holds it already keeps the end that was granted."""
    space = managed(call, slug)
    certificates.card(call.session, space.id, certificate_id, call.now)
    name, description = _checked(call, space, certificate_id, name, description, valid_days)
    certificates.change(call.session, certificate_id, name, description, valid_days)
    call.note("certificate_changed", "certificate", certificate_id, space.id, name=name, valid_days=valid_days)


def grant(
    call: Call, slug: str, certificate_id: int, account_ids: Collection[int], emails: Collection[str] = ()
) -> int:
    """Let members of the space hold its certificate, as a trainer: all of them or none. How many got it anew.

    Who holds it with the same end already is left alone. Raises Unacceptable with `required` for nobody at all, with
    `not_members` for addresses (data `emails`) and people who don't belong to the space.
    """
    space = trained(call, slug)
    certificate = certificates.card(call.session, space.id, certificate_id, call.now)
    found = _members(call, space, account_ids, emails)
    expires_at = ends_at(space.time_zone, call.now, certificate.valid_days)
    held = grants.ends(call.session, certificate_id, found)
    fresh = [account_id for account_id in found if account_id not in held or held[account_id] != expires_at]
    for account_id in fresh:
        _grant(call, certificate, account_id, expires_at)
    return len(fresh)


def revoke(call: Call, slug: str, certificate_id: int, account_id: int) -> None:
    """Let somebody hold the certificate no more, as a trainer; raises Absent when she doesn't hold it."""
    space = trained(call, slug)
    certificates.card(call.session, space.id, certificate_id, call.now)
    if not grants.revoke(call.session, certificate_id, account_id, call.now):
        raise Absent
    call.note("certificate_revoked", "certificate", certificate_id, space.id, account=account_id)


def _grant(call: Call, certificate: CertificateCard, account_id: int, expires_at: datetime | None) -> None:
    by = call.person.account_id
    grant_id = grants.add(call.session, certificate.id, account_id, by, call.now, expires_at)
    ends = expires_at.isoformat() if expires_at else None
    mail: dict[str, object] = {
        "event": "certificate_granted",
        "account_id": account_id,
        "certificate_id": certificate.id,
        "expires_at": ends,
    }
    call.later("mail", mail, once=f"certificate_granted:{grant_id}")
    details = {"account": account_id, "expires_at": ends}
    call.note("certificate_granted", "certificate", certificate.id, certificate.space_id, **details)


def _members(call: Call, space: SpaceCard, account_ids: Collection[int], emails: Collection[str]) -> tuple[int, ...]:
    """The members of the space who are meant, each once; raises Unacceptable when not all of them are there."""
    if not account_ids and not emails:
        raise Unacceptable(Problem("people", "required"))
    if len(account_ids) + len(emails) > MOST_AT_ONCE:
        raise Unacceptable(Problem("people", "too_many_people", {"most": MOST_AT_ONCE}))
    found = members.chosen(call.session, space.id, account_ids=account_ids, emails=emails)
    missing = sorted(set(emails) - {card.email for card in found})
    if missing:
        raise Unacceptable(Problem("emails", "not_members", {"emails": ", ".join(missing)}))
    if set(account_ids) - {card.id for card in found}:
        raise Unacceptable(Problem("people", "not_a_choice"))
    return tuple(card.id for card in found)


def _checked(
    call: Call, space: SpaceCard, own_id: int | None, name: str, description: str, valid_days: int | None
) -> tuple[str, str]:
    """The words as they are kept; raises Unacceptable for a name that another certificate of the space has."""
    if valid_days is not None and not 1 <= valid_days <= LONGEST_VALID_DAYS:
        raise Unacceptable(Problem("valid_days", "out_of_range", {"low": 1, "high": LONGEST_VALID_DAYS}))
    name = text.one_line(name, LONGEST_NAME, "name")
    if not name:
        raise Unacceptable(Problem("name", "required"))
    members.lock(call.session, space.id)
    if certificates.named(call.session, space.id, name) not in (None, own_id):
        raise Unacceptable(Problem("name", "already_there"))
    return name, text.many_lines(description, LONGEST_DESCRIPTION, "description")
