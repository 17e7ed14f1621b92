"""What happened to a booking, in words: acts of the audit, and rules that a manager set aside."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask_babel import gettext, lazy_gettext

from booking.wording.display import f_range, f_short_day, f_time

ACTS = {
    "describe": lazy_gettext("Purpose changed"),
    "show": lazy_gettext("Shown to others differently"),
    "approve": lazy_gettext("Approved"),
    "decline": lazy_gettext("Declined"),
    "undo": lazy_gettext("Decision taken back"),
    "cut_short": lazy_gettext("Ended early, because the tool went out of order"),
    "change_unit": lazy_gettext("Given another unit, to make room for others"),
    "propose": lazy_gettext("Another time offered"),
    "take_proposal": lazy_gettext("Moved to the offered time and confirmed"),
    "leave_proposal": lazy_gettext("The offered time not taken"),
    "hand_over": lazy_gettext("Handed over"),
    "hand_over_asked": lazy_gettext("Offered to somebody else"),
    "hand_over_declined": lazy_gettext("Not taken by whom it was offered to"),
    "hand_over_taken_back": lazy_gettext("Not offered to somebody else any more"),
    "check_in": lazy_gettext("Checked in"),
    "miss": lazy_gettext("Missed, and the time given to others"),
    "give_back": lazy_gettext("Given back early"),
    "remind": lazy_gettext("Brought to the managers' minds again"),
    "escalate": lazy_gettext("Handed to the deputy"),
    "expire": lazy_gettext("Expired, because nobody answered in time"),
}
SET_ASIDE = {
    "not_a_member": lazy_gettext("members only"),
    "visit_over": lazy_gettext("the end of a visit"),
    "outside_visit_hours": lazy_gettext("the hours of a visit"),
    "too_soon": lazy_gettext("the notice"),
    "too_far_ahead": lazy_gettext("how far ahead"),
    "too_short": lazy_gettext("the shortest time"),
    "too_long": lazy_gettext("the longest time"),
    "outside_opening_hours": lazy_gettext("the opening hours"),
    "closed_day": lazy_gettext("a closed day"),
    "event": lazy_gettext("an event of the space"),
    "extension_needs_approval": lazy_gettext("the yes of a manager"),
}


def act_words(act: str, details: Mapping[str, object], zone: str) -> str:
    """One act on a booking, without who did it; times on the clock of the space's zone."""
    if act == "place":
        return str(gettext("Asked for") if details.get("state") == "pending" else gettext("Booked"))
    if act == "cancel":
        return str(gettext("Withdrawn") if details.get("state") == "withdrawn" else gettext("Cancelled"))
    if act == "extend":
        return _extended(details, zone)
    if act == "move":
        return _moved(details, zone)
    return str(ACTS.get(act) or gettext("Changed"))


def set_aside_words(codes: Iterable[object]) -> str:
    """The rules of these codes as one list; an empty string without any."""
    return ", ".join(str(SET_ASIDE[code]) for code in codes if isinstance(code, str) and code in SET_ASIDE)


def _extended(details: Mapping[str, object], zone: str) -> str:
    end = details.get("ends_at")
    until = datetime.fromisoformat(end) if isinstance(end, str) else None
    return str(gettext("Extended until %(time)s", time=f_time(until, zone)) if until else gettext("Changed"))


def _moved(details: Mapping[str, object], zone: str) -> str:
    start, end = details.get("old_starts_at"), details.get("old_ends_at")
    if not isinstance(start, str) or not isinstance(end, str):
        return str(gettext("Moved"))
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    old = f"{f_short_day(first, zone)}, {f_range(first, last, zone)}"
    return str(gettext("Moved, before: %(time)s", time=old))
