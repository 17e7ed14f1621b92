"""Codes of refusals as sentences: what stands in the way, and until when. For pages, mails and answers alike."""

from collections.abc import Callable, Iterable
from datetime import datetime

from flask_babel import lazy_gettext

from booking.rules.access import Role
from booking.rules.refusals import Refusal
from booking.wording import quota_refusals, visits
from booking.wording.display import f_duration, f_number, f_range, f_short_day, f_time
from booking.wording.members import day_words
from booking.wording.reader import gettext, ngettext

# Sentences without anything to fill in. A reason that people wrote is put behind others, in their own words.
PLAIN = {
    "tool_retired": lazy_gettext("This tool can't be booked any more."),
    "unit_gone": lazy_gettext("This unit can't be booked any more. Choose another, or any."),
    "account_unconfirmed": lazy_gettext("Confirm your mail address first: follow the link that was mailed to you."),
    "not_a_member": lazy_gettext(
        "This space lends its tools to its members only. Ask to join it, or for a visit as a guest."
    ),
    "in_the_past": lazy_gettext("This time has passed."),
    "changed_meanwhile": lazy_gettext("This booking has been changed meanwhile. Look at it again."),
    "not_confirmed": lazy_gettext("Confirm your mail address first: follow the link that was mailed to you."),
    "not_your_decision": lazy_gettext("Only the person who decided this can undo it."),
    "not_your_space": lazy_gettext(
        "You can move other people's bookings only within spaces that you manage. Ask the maker to move this one."
    ),
    "last_lead": lazy_gettext("A team needs somebody who leads it. Hand over the lead first, or dissolve the team."),
    "inviter_may_not": lazy_gettext(
        "Whoever invited you does not manage this space any more. Ask the space for another invitation."
    ),
    "no_visit_needed": lazy_gettext("You can book this tool without asking for a visit."),
    "extension_needs_approval": lazy_gettext(
        "A manager has to say yes to more time on this tool. Ask somebody of the space."
    ),
    "last_manager": lazy_gettext("A space needs a manager. Make somebody else one first."),
    "last_admin": lazy_gettext("The network needs somebody who runs it. Let somebody else run it first."),
    "by_invitation": lazy_gettext("This space takes new members by invitation only."),
    "offer_over": lazy_gettext("This offer is over. Whether you still wait is on your waitlist."),
    "proposal_over": lazy_gettext("This time is not offered any more."),
    "handover_over": lazy_gettext("This booking can't be taken over any more."),
    "no_account": lazy_gettext(
        "Nobody has confirmed this mail address yet. Register with it first, then open the link again."
    ),
    "too_many_waits": lazy_gettext("You wait for as much as one person can. Leave another line first."),
    "email_taken": lazy_gettext("This mail address belongs to another account."),
}

WRONG_STATES = {
    "pending": lazy_gettext("This request is still waiting for a manager."),
    "confirmed": lazy_gettext("This booking is confirmed already."),
    "declined": lazy_gettext("This request has been declined."),
    "expired": lazy_gettext("This request has expired: nobody answered it in time."),
    "withdrawn": lazy_gettext("This request has been withdrawn."),
    "in_use": lazy_gettext("This booking is in use."),
    "cancelled": lazy_gettext("This booking has been cancelled."),
    "missed": lazy_gettext("This booking was missed."),
    "started": lazy_gettext("This booking has started, so it can't be moved any more."),
    "finished": lazy_gettext("This booking is over."),
    "early": lazy_gettext("It is too early for this: check-in opens 15 minutes before the start."),
}
_OVER = lazy_gettext("Book another time if you still need one.")
_POSSIBLE = {
    "pending": lazy_gettext("It can be moved, withdrawn, approved or declined."),
    "confirmed": lazy_gettext("Until it starts it can be moved or cancelled, and then given back or extended."),
    "in_use": lazy_gettext("It can be given back or extended."),
    "started": lazy_gettext("It can be given back or extended."),
    **dict.fromkeys(("declined", "expired", "withdrawn", "cancelled", "missed", "finished"), _OVER),
}
UNDO_TOO_LATE = lazy_gettext("It is too late to undo this.")


def refusal_sentence(refusal: Refusal, zone: str) -> str:
    """One clear sentence, with times on the clock of the space's zone, in the reader's language."""
    filled = FILLED.get(refusal.code)
    if filled is not None:
        # Short units end in a full stop in some languages, and so does the sentence.
        return filled(refusal, zone).replace("..", ".")
    return str(PLAIN.get(refusal.code) or gettext("This is not possible right now."))


def refusal_sentences(refusals: Iterable[Refusal], zone: str) -> list[str]:
    """The sentences of several refusals, in their order."""
    return [refusal_sentence(refusal, zone) for refusal in refusals]


def overridable_words(refusal: Refusal) -> str:
    """Who may book all the same; an empty string when nobody may."""
    if refusal.overridable_by is Role.MANAGER:
        return str(gettext("A manager of the space can book this all the same."))
    if refusal.overridable_by is not None:
        return str(gettext("An administrator of the network can book this all the same."))
    return ""


def _tool_down(refusal: Refusal, zone: str) -> str:
    return _with_reason(gettext("This tool is out of order."), refusal.data.get("note"))


def _certificate_missing(refusal: Refusal, zone: str) -> str:
    names = _names(refusal.data.get("names"))
    if not names:
        sentence = gettext("This tool asks for a certificate that you don't hold yet.")
    else:
        sentence = ngettext(
            "This tool asks for a certificate that you don't hold yet: %(names)s.",
            "This tool asks for certificates that you don't hold yet: %(names)s.",
            len(names),
            names=", ".join(names),
        )
    return _with_briefing(sentence, refusal, zone)


def _certificate_expired(refusal: Refusal, zone: str) -> str:
    name, ended = str(refusal.data.get("name", "")), _instant(refusal, "ended")
    if ended and refusal.data.get("over"):
        sentence = gettext("Your certificate %(name)s ended on %(day)s.", name=name, day=day_words(ended, zone))
    else:
        day = f_short_day(ended, zone) if ended else ""
        sentence = gettext("Your certificate %(name)s ends before this time does, on %(day)s.", name=name, day=day)
    return _with_briefing(sentence, refusal, zone)


def _too_soon(refusal: Refusal, zone: str) -> str:
    notice = f_duration(_whole(refusal, "notice_minutes"))
    earliest = _moment(_instant(refusal, "earliest"), zone)
    return str(
        gettext(
            "This tool asks for %(notice)s of notice; the earliest start is %(earliest)s.",
            notice=notice,
            earliest=earliest,
        )
    )


def _too_far_ahead(refusal: Refusal, zone: str) -> str:
    days = _whole(refusal, "window_days")
    sentence = ngettext(
        "This tool can be booked at most %(number)s day ahead.",
        "This tool can be booked at most %(number)s days ahead.",
        days,
        number=f_number(days),
    )
    if refusal.lifts_at is None:
        return str(sentence)
    opening = gettext("This time opens on %(moment)s.", moment=_moment(refusal.lifts_at, zone))
    return f"{sentence} {opening}"


def _too_short(refusal: Refusal, zone: str) -> str:
    length = f_duration(_whole(refusal, "shortest_minutes"), in_full=True)
    return str(gettext("The shortest booking of this tool is %(length)s.", length=length))


def _too_long(refusal: Refusal, zone: str) -> str:
    length = f_duration(_whole(refusal, "longest_minutes"), in_full=True)
    return str(gettext("The longest booking of this tool is %(length)s.", length=length))


def _off_grain(refusal: Refusal, zone: str) -> str:
    step = f_duration(_whole(refusal, "grain_minutes"), in_full=True)
    return str(gettext("Bookings of this tool start and end in steps of %(step)s.", step=step))


def _outside_opening_hours(refusal: Refusal, zone: str) -> str:
    sentence = gettext("The space is not open for all of this time.")
    return _with_opening(sentence, refusal, zone)


def _closed_day(refusal: Refusal, zone: str) -> str:
    sentence = _with_reason(gettext("The space is closed on this day."), refusal.data.get("reason"))
    return _with_opening(sentence, refusal, zone)


def _outage(refusal: Refusal, zone: str) -> str:
    until = _instant(refusal, "until")
    if refusal.data.get("in_turn"):
        sentence = gettext("No unit of this tool is in order for all of this time.")
        if until is not None:
            back = gettext("One will be from %(moment)s on.", moment=_moment(until, zone))
            sentence = f"{sentence} {back}"
    elif until is None:
        sentence = gettext("This tool is out of order until further notice.")
    else:
        sentence = gettext("This tool is out of order until %(moment)s.", moment=_moment(until, zone))
    return _with_reason(sentence, refusal.data.get("reason"))


def _event(refusal: Refusal, zone: str) -> str:
    sentence = gettext("An event of the space takes the tool: %(time)s.", time=_stretch(refusal, zone))
    return _with_reason(sentence, refusal.data.get("title"))


def _slot_taken(refusal: Refusal, zone: str) -> str:
    time = _stretch(refusal, zone)
    if refusal.data.get("named"):
        return _unit_taken(time)
    if not time and "from" in refusal.data:
        return str(gettext("No unit of this tool is free for all of this time."))
    if not time:
        return str(gettext("This time is taken already."))
    if refusal.data.get("pending"):
        return str(gettext("A request that waits for approval holds this time: %(time)s.", time=time))
    return str(gettext("This time is taken already: %(time)s.", time=time))


def _unit_taken(time: str) -> str:
    if time:
        return str(gettext("This unit is taken already: %(time)s.", time=time))
    return str(gettext("This unit is taken already."))


def _no_such_time(refusal: Refusal, zone: str) -> str:
    wall = _instant(refusal, "wall")
    if wall is None:
        return str(gettext("The clocks skip this time on this day."))
    return str(gettext("The clocks skip %(time)s on this day.", time=f_time(wall.time())))


def _wrong_state(refusal: Refusal, zone: str) -> str:
    state, act = str(refusal.data.get("state", "")), refusal.data.get("act")
    if act == "undo" and state in {"confirmed", "declined"}:
        return str(UNDO_TOO_LATE)
    said = str(WRONG_STATES.get(state) or gettext("This is not possible any more."))
    return f"{said} {_POSSIBLE[state]}" if state in _POSSIBLE else said


def _too_many_tries(refusal: Refusal, zone: str) -> str:
    if refusal.lifts_at is None:
        return str(gettext("Too many tries. Wait a little and try again."))
    return str(gettext("Too many tries. Try again from %(moment)s.", moment=_moment(refusal.lifts_at, zone)))


def _too_many_tokens(refusal: Refusal, zone: str) -> str:
    most = _whole(refusal, "most")
    return str(
        ngettext(
            "You can have at most %(number)s token. End it first.",
            "You can have at most %(number)s tokens. End one of them first.",
            most,
            number=f_number(most),
        )
    )


def _too_many_feeds(refusal: Refusal, zone: str) -> str:
    most = _whole(refusal, "most")
    return str(
        ngettext(
            "You can have at most %(number)s calendar address. End it first.",
            "You can have at most %(number)s calendar addresses. End one of them first.",
            most,
            number=f_number(most),
        )
    )


def _too_many_teams(refusal: Refusal, zone: str) -> str:
    most = _whole(refusal, "most")
    return str(
        ngettext(
            "You can be in at most %(number)s team. Leave it first.",
            "You can be in at most %(number)s teams. Leave one of them first.",
            most,
            number=f_number(most),
        )
    )


FILLED: dict[str, Callable[[Refusal, str], str]] = {
    "tool_down": _tool_down,
    "certificate_missing": _certificate_missing,
    "certificate_expired": _certificate_expired,
    "too_soon": _too_soon,
    "too_far_ahead": _too_far_ahead,
    "too_short": _too_short,
    "too_long": _too_long,
    "off_grain": _off_grain,
    "outside_opening_hours": _outside_opening_hours,
    "closed_day": _closed_day,
    "outage": _outage,
    "event": _event,
    "slot_taken": _slot_taken,
    "no_such_time": _no_such_time,
    "wrong_state": _wrong_state,
    "too_many_tries": _too_many_tries,
    "too_many_tokens": _too_many_tokens,
    "too_many_feeds": _too_many_feeds,
    "too_many_teams": _too_many_teams,
    "suspended": quota_refusals.suspended,
    "quota_used": quota_refusals.quota_used,
    "visitors_share_used": quota_refusals.visitors_share_used,
    "visit_over": visits.visit_over,
    "outside_visit_hours": visits.outside_visit_hours,
}


def _with_opening(sentence: str, refusal: Refusal, zone: str) -> str:
    opens, closes = _instant(refusal, "opens"), _instant(refusal, "closes")
    if opens is None or closes is None:
        return sentence
    day, time = f_short_day(opens, zone), f_range(opens, closes, zone)
    opening = gettext("It opens next on %(day)s, %(time)s.", day=day, time=time)
    return f"{sentence} {opening}"


def _with_briefing(sentence: str, refusal: Refusal, zone: str) -> str:
    briefing = _instant(refusal, "briefing")
    if briefing is None:
        return sentence
    told = gettext("The next briefing is on %(moment)s.", moment=_moment(briefing, zone))
    return f"{sentence} {told}"


def _with_reason(sentence: str, reason: object) -> str:
    """The sentence, and behind it what people wrote, as they wrote it."""
    return f"{sentence} ({reason})" if reason else sentence


def _stretch(refusal: Refusal, zone: str) -> str:
    start, end = _instant(refusal, "from"), _instant(refusal, "until")
    return f"{f_short_day(start, zone)}, {f_range(start, end, zone)}" if start and end else ""


def _moment(instant: datetime | None, zone: str) -> str:
    return f"{f_short_day(instant, zone)} {f_time(instant, zone)}" if instant else ""


def _instant(refusal: Refusal, name: str) -> datetime | None:
    value = refusal.data.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _whole(refusal: Refusal, name: str) -> int:
    return int(str(refusal.data.get(name, 0)))


def _names(value: object) -> list[str]:
    return [str(name) for name in value if name] if isinstance(value, tuple | list) else []
