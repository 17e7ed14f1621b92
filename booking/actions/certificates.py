"""Certificates: spaces define them, trainers grant and revoke them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from booking.actions.call import Call
from booking.actions.freed import look_for
from booking.actions.spaces import managed
from booking.models import certificates, grants, members, spaces
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.access import Role
from booking.rules.certificates import LONGEST_REMINDER_DAYS, LONGEST_VALID_DAYS, CertificateWish, Held, ends_at
from booking.rules.refusals import Absent, Problem, Unacceptable

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 500
LONGEST_NOTE = 300
MOST_AT_ONCE = 100


def trained(call: Call, slug: str) -> SpaceCard:
    """The space of that slug, for its trainers, managers and admins; raises Absent for everybody else."""
    space = spaces.space_card(call.session, slug)
    if not call.person.has(Role.TRAINER, space.id):
        raise Absent
    return space


def add(call: Call, slug: str, wish: CertificateWish) -> int:
    """Define a certificate of a space, as its manager. Its id."""
    space = managed(call, slug)
    wish = _checked(call, space, None, wish)
    certificate_id = certificates.add(call.session, space.id, wish)
    call.note("certificate_added", "certificate", certificate_id, space.id, **_terms(wish))
    return certificate_id


def change(call: Call, slug: str, certificate_id: int, wish: CertificateWish) -> None:
    """Change what a certificate says, as the space's manager; who holds it already keeps the day that was granted.

    For how long it may be unused counts at once, for everybody.
    """
    space = managed(call, slug)
    certificates.card(call.session, space.id, certificate_id, call.now)
    wish = _checked(call, space, certificate_id, wish)
    certificates.change(call.session, certificate_id, wish)
    call.note("certificate_changed", "certificate", certificate_id, space.id, **_terms(wish))


def grant(
    call: Call, slug: str, certificate_id: int, account_ids: Collection[int], emails: Collection[str] = ()
) -> int:
    """Let members of the space hold its certificate, as a trainer: all of them or none. How many got it anew.

    Who holds it with the same end already is left alone. Raises Unacceptable with `required` for nobody at all, with
    `not_members` for addresses (data `emails`) and people who are neither members nor may be guests.
    """
    space = trained(call, slug)
    certificate = certificates.card(call.session, space.id, certificate_id, call.now)
    found = _members(call, space, account_ids, emails)
    ends, new = grants.ends(call.session, certificate_id, found), granted(call, space, certificate, call.now)
    fresh = [account_id for account_id in found if account_id not in ends or ends[account_id] != new.ends_at]
    for account_id in fresh:
        give(call, certificate, account_id, new)
    return len(fresh)


def revoke(call: Call, slug: str, certificate_id: int, account_id: int) -> None:
    """Let somebody hold the certificate no more, as a trainer, and tell her; raises Absent when she doesn't hold it."""
    space = trained(call, slug)
    certificates.card(call.session, space.id, certificate_id, call.now)
    if not grants.revoke(call.session, certificate_id, account_id, call.now):
        raise Absent
    mail: dict[str, object] = {"event": "certificate_revoked", "account_id": account_id}
    call.later("mail", mail | {"certificate_id": certificate_id, "link": f"{call.settings.base_url}/certificates/"})
    call.note("certificate_revoked", "certificate", certificate_id, space.id, account=account_id)


def granted(call: Call, space: SpaceCard, certificate: CertificateCard, granted_at: datetime) -> Held:
    """What somebody holds to whom the certificate is granted at that instant.

    Raises Unacceptable with `certificate_over` when it would have ended by now.
    """
    end = ends_at(space.time_zone, granted_at, certificate.valid_days, certificate.ends_on)
    new = Held(certificate.id, end, granted_at, certificate.unused_days, space.time_zone)
    if new.ends_at is not None and new.ends_at <= call.now:
        raise Unacceptable(Problem("people", "certificate_over"))
    return new


def give(call: Call, certificate: CertificateCard, account_id: int, new: Held) -> None:
    """Let one person hold a certificate, and tell her; whether it may be given has been asked before."""
    by = call.actor.account_id if call.actor else None
    grant_id = grants.add(call.session, certificate.id, account_id, by, new.active_at, new.expires_at)
    ends = new.ends_at.isoformat() if new.ends_at else None
    mail: dict[str, object] = {
        "event": "certificate_granted",
        "account_id": account_id,
        "certificate_id": certificate.id,
        "expires_at": ends,
    }
    call.later("mail", mail, once=f"certificate_granted:{grant_id}")
    details = {"account": account_id, "expires_at": ends}
    call.note("certificate_granted", "certificate", certificate.id, certificate.space_id, **details)
    look_for(call, account_id)


def _members(call: Call, space: SpaceCard, account_ids: Collection[int], emails: Collection[str]) -> tuple[int, ...]:
    """Those who are meant and whom the space may train, each once; raises Unacceptable when any of them is not."""
    if not account_ids and not emails:
        raise Unacceptable(Problem("people", "required"))
    if len(account_ids) + len(emails) > MOST_AT_ONCE:
        raise Unacceptable(Problem("people", "too_many_people", {"most": MOST_AT_ONCE}))
    found = members.trainees(call.session, space.id, account_ids=account_ids, emails=emails)
    missing = sorted(set(emails) - set(found.values()))
    if missing:
        raise Unacceptable(Problem("emails", "not_members", {"emails": ", ".join(missing)}))
    if set(account_ids) - set(found):
        raise Unacceptable(Problem("people", "not_a_choice"))
    return tuple(found)


def _checked(call: Call, space: SpaceCard, own_id: int | None, wish: CertificateWish) -> CertificateWish:
    """The wish with its words as they are kept; raises Unacceptable for what can't be, or a name that is taken."""
    for name, value, low, high in (
        ("valid_days", wish.valid_days, 1, LONGEST_VALID_DAYS),
        ("unused_days", wish.unused_days, 1, LONGEST_VALID_DAYS),
        ("reminder_days", wish.reminder_days, 0, LONGEST_REMINDER_DAYS),
    ):
        if value is not None and not low <= value <= high:
            raise Unacceptable(Problem(name, "out_of_range", {"low": low, "high": high}))
    kept = replace(
        wish,
        name=text.one_line(wish.name, LONGEST_NAME, "name"),
        description=text.many_lines(wish.description, LONGEST_DESCRIPTION, "description"),
        briefing_note=text.one_line(wish.briefing_note, LONGEST_NOTE, "briefing_note"),
    )
    if not kept.name:
        raise Unacceptable(Problem("name", "required"))
    members.lock(call.session, space.id)
    if certificates.named(call.session, space.id, kept.name) not in (None, own_id):
        raise Unacceptable(Problem("name", "already_there"))
    return kept


def _terms(wish: CertificateWish) -> dict[str, object]:
    """What the audit keeps of a wish."""
    ends_on = wish.ends_on.isoformat() if wish.ends_on else None
    return {
        "name": wish.name,
        "valid_days": wish.valid_days,
        "ends_on": ends_on,
        "unused_days": wish.unused_days,
    }
