"""The limits of a tool in words, as people read them before they choose a time."""

from flask_babel import gettext, lazy_gettext, ngettext

from booking.rules.facts import Approval, Limits
from booking.wording.display import f_duration, f_number


def length_words(limits: Limits) -> str:
    """How long a booking may be, and in which steps."""
    longest, step = f_duration(limits.longest_minutes), f_duration(limits.grain_minutes)
    shortest = f_duration(max(limits.shortest_minutes, limits.grain_minutes))
    if shortest == longest:
        return str(gettext("%(length)s at a time", length=longest))
    return str(
        gettext("%(shortest)s to %(longest)s, in steps of %(step)s", shortest=shortest, longest=longest, step=step)
    )


def ahead_words(limits: Limits) -> str:
    """How near and how far ahead a start may lie."""
    days = limits.window_days
    far = str(ngettext("up to %(number)s day ahead", "up to %(number)s days ahead", days, number=f_number(days)))
    if not limits.notice_minutes:
        return far
    return str(gettext("%(notice)s of notice, %(far)s", notice=f_duration(limits.notice_minutes), far=far))


def between_words(limits: Limits) -> str:
    """What is kept free around a booking; an empty string when nothing is."""
    before, after = f_duration(limits.setup_minutes), f_duration(limits.cleanup_minutes)
    if limits.setup_minutes and limits.cleanup_minutes:
        return str(gettext("%(before)s before and %(after)s after are kept free", before=before, after=after))
    if limits.setup_minutes:
        return str(gettext("%(before)s before are kept free", before=before))
    return str(gettext("%(after)s after are kept free", after=after)) if limits.cleanup_minutes else ""


def approval_words(approval: Approval) -> str:
    """Who has to say yes; an empty string when nobody has to."""
    return str(_APPROVAL[approval])


def approval_reason(approval: Approval) -> str:
    """Why a manager has to say yes to a time, and what becomes of it meanwhile."""
    return str(_REASONS.get(approval) or gettext("A manager has to say yes. The time is held for you meanwhile."))


_APPROVAL = {
    Approval.NEVER: "",
    Approval.ALWAYS: lazy_gettext("a manager has to say yes"),
    Approval.VISITORS: lazy_gettext("visitors need a manager's yes"),
    Approval.FIRST: lazy_gettext("your first booking needs a manager's yes"),
    Approval.UNSTAFFED: lazy_gettext("outside the staffed hours it needs a manager's yes"),
}
_REASONS = {
    Approval.FIRST: lazy_gettext(
        "It would be your first time on this tool, so a manager has to say yes. The time is held for you meanwhile."
    ),
    Approval.UNSTAFFED: lazy_gettext(
        "Nobody of the space is there all of that time, so a manager has to say yes. It is held for you meanwhile."
    ),
}
