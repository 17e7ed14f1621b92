"""What missing booked times leads to at a space, and what its managers can do about it."""

from datetime import datetime, timedelta

from booking.actions.call import Call
from booking.actions.freed import look_for
from booking.actions.spaces import managed
from booking.models import members, strikes
from booking.models.bookings import BookingCard
from booking.models.spaces import SpaceCard
from booking.models.strikes import Policy
from booking.rules.refusals import Absent, Problem, Unacceptable
from booking.rules.text import one_line

LONGEST_REASON = 200
# The lowest and the highest number of each part of a policy.
BOUNDS = {"allowed": (0, 100), "strike_days": (1, 730), "suspension_days": (1, 365)}


def count(call: Call, missed: BookingCard) -> None:
    """Count a missed booking against its maker, and suspend her where the space has counted enough of them."""
    # Two bookings of hers that are missed at once count as two.
    members.lock(call.session, missed.space_id)
    who, space_id = missed.account_id, missed.space_id
    strikes.add(call.session, who, space_id, missed.id, call.now)
    policy = strikes.policy_of(call.session, space_id)
    since = call.now - timedelta(days=policy.strike_days)
    if policy.allowed and strikes.number(call.session, who, space_id, since) >= policy.allowed:
        _suspend(call, who, space_id, policy.suspension_days, "")


def set_policy(call: Call, slug: str, policy: Policy) -> None:
    """Say, as a manager, what the space makes of missed times from now on; raises Unacceptable."""
    space = managed(call, slug)
    problems = [
        Problem(name, "out_of_range", {"low": low, "high": high})
        for name, (low, high) in BOUNDS.items()
        if not low <= getattr(policy, name) <= high
    ]
    if problems:
        raise Unacceptable(*problems)
    strikes.set_policy(call.session, space.id, policy)
    numbers = {"allowed": policy.allowed, "days": policy.strike_days, "suspension_days": policy.suspension_days}
    call.note("strike_policy", "space", space.id, space.id, **numbers)


def suspend(call: Call, slug: str, account_id: int, days: int, reason: str) -> datetime:
    """Let a member of the space not book there for so many days, as its manager; she is told why.

    Raises Unacceptable, and Absent for people who don't belong there.
    """
    space = managed(call, slug)
    low, high = BOUNDS["suspension_days"]
    if not low <= days <= high:
        raise Unacceptable(Problem("days", "out_of_range", {"low": low, "high": high}))
    reason = one_line(reason, LONGEST_REASON, "reason")
    if not reason:
        raise Unacceptable(Problem("reason", "required"))
    if members.role_of(call.session, account_id, space.id) is None:
        raise Absent
    return _suspend(call, account_id, space.id, days, reason)


def forgive(call: Call, slug: str, strike_id: int) -> None:
    """Let a missed time count no more, as a manager; doing it again changes nothing. Raises Absent."""
    space = managed(call, slug)
    account_id = strikes.forgive(call.session, space.id, strike_id, call.now, call.person.account_id)
    call.note("strike_forgiven", "account", account_id, space.id, strike=strike_id)


def lift(call: Call, slug: str, suspension_id: int) -> None:
    """End a suspension early, as a manager, and tell whose it was; doing it again changes nothing. Raises Absent."""
    space: SpaceCard = managed(call, slug)
    account_id = strikes.lift(call.session, space.id, suspension_id, call.now)
    call.note("suspension_lifted", "account", account_id, space.id, suspension=suspension_id)
    look_for(call, account_id)
    mail: dict[str, object] = {"event": "suspension_lifted", "account_id": account_id, "space_id": space.id}
    call.later("mail", mail, once=f"suspension_lifted:{suspension_id}")


def _suspend(call: Call, account_id: int, space_id: int, days: int, reason: str) -> datetime:
    made_by = call.actor.account_id if call.actor else None
    until = strikes.suspend(call.session, account_id, space_id, call.now, days, reason, made_by)
    call.note("suspended", "account", account_id, space_id, until=until.isoformat())
    told = {"account_id": account_id, "space_id": space_id, "expires_at": until.isoformat(), "reason": reason}
    call.later("mail", {"event": "suspended", **told})
    return until
