"""What the clock does to certificates: counting how they are used, and reminding people of their ends."""

from dataclasses import replace
from datetime import datetime, timedelta

from booking.actions.call import Call
from booking.models import lapsing
from booking.models.lapsing import Ending
from booking.rules.certificates import LONGEST_REMINDER_DAYS, is_over

# What was looked at last time is looked at again; after a longer pause all that ended since.
_AGAIN, _FURTHEST = timedelta(days=1), timedelta(days=60)
_REMINDED_AT_ONCE = 200


def count_uses(call: Call) -> int:
    """Write down for each certificate when a booking that needed it was last over; how many were used anew.

    A use after its end doesn't bring a certificate back.
    """
    last, furthest = lapsing.last_use(call.session), call.now - _FURTHEST
    since = max(last - _AGAIN, furthest) if last else furthest
    used_at: dict[int, datetime] = {}
    for use in lapsing.uses(call.session, since, call.now):
        active_at = max(use.held.active_at, used_at.get(use.grant_id, use.held.active_at))
        if not is_over(replace(use.held, active_at=active_at).ends_at, use.starts_at):
            used_at[use.grant_id] = use.ends_at
    lapsing.use(call.session, used_at)
    return len(used_at)


def remind(call: Call) -> bool:
    """Leave a mail to holders whose certificate ends soon, once for each end; whether there are more of them."""
    until = call.now + timedelta(days=LONGEST_REMINDER_DAYS)
    due = [each for each in lapsing.ending(call.session, call.now, until) if _is_due(each, call.now)]
    for each in due[:_REMINDED_AT_ONCE]:
        _remind(call, each)
    lapsing.reminded(call.session, [each.grant_id for each in due[:_REMINDED_AT_ONCE]], call.now)
    return len(due) > _REMINDED_AT_ONCE


def _is_due(ending: Ending, now: datetime) -> bool:
    """Whether it is time for the reminder of this end, and only an earlier end was told before."""
    end, remind_at = ending.held.ends_at, ending.held.remind_at(ending.reminder_days)
    if end is None or remind_at is None or not remind_at <= now < end:
        return False
    return ending.reminded_at is None or ending.reminded_at < remind_at


def _remind(call: Call, ending: Ending) -> None:
    end, briefing_at = ending.held.ends_at, ending.briefing_at
    if briefing_at is not None and briefing_at <= call.now:
        briefing_at = None
    mail: dict[str, object] = {
        "event": "certificate_ending",
        "account_id": ending.account_id,
        "certificate_id": ending.held.certificate_id,
        "expires_at": end.isoformat() if end else None,
        "by_use": end != ending.held.expires_at,
        "briefing_at": briefing_at.isoformat() if briefing_at else None,
        "note": ending.briefing_note,
        "link": f"{call.settings.base_url}/certificates/",
    }
    call.later("mail", mail, once=f"certificate_ending:{ending.grant_id}:{end:%Y-%m-%d}")
