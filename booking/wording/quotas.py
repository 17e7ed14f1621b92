"""How much somebody may book, in words: the limits themselves, what is left of them, and what lies beyond."""

from datetime import datetime

from flask_babel import gettext, lazy_gettext, ngettext

from booking.rules.facts import Counted, Measure, Quota
from booking.rules.quotas import Left, scope
from booking.rules.refusals import Refusal
from booking.wording.display import f_duration, f_number, f_percent, f_short_day, f_time

_WHERE = {
    "tool": lazy_gettext("on this tool"),
    "kind_at_space": lazy_gettext("on tools of this kind at this space"),
    "kind": lazy_gettext("on tools of this kind, at all spaces"),
    "space": lazy_gettext("at this space"),
    "network": lazy_gettext("at all spaces of the network"),
}
_WHO = {
    Counted.PERSON: lazy_gettext("Each person"),
    Counted.TEAM: lazy_gettext("Each team"),
    Counted.VISITORS: lazy_gettext("All visitors together"),
}


def where_words(where: str) -> str:
    """Where a quota counts, behind a sentence; takes what `rules.quotas.scope` gives."""
    return str(_WHERE[where])


def who_words(counted: Counted, team: str = "") -> str:
    """Whose bookings a quota adds up, a team's by its name where one is given."""
    return str(gettext("Team %(name)s", name=team) if team else _WHO[counted])


def amount_words(measure: Measure, amount: int) -> str:
    """How much it allows: "6 hours a week", "3 bookings ahead at a time"."""
    match measure:
        case Measure.OPEN_BOOKINGS:
            return str(
                ngettext(
                    "%(number)s booking ahead at a time",
                    "%(number)s bookings ahead at a time",
                    amount,
                    number=f_number(amount),
                )
            )
        case Measure.MINUTES_DAY:
            return str(gettext("%(hours)s a day", hours=hours_words(amount)))
        case Measure.MINUTES_WEEK:
            return str(gettext("%(hours)s a week", hours=hours_words(amount)))
        case Measure.PERCENT_WEEK:
            return str(gettext("%(percent)s of the open hours of a week", percent=f_percent(amount / 100)))


def hours_words(minutes: int) -> str:
    """A length in hours and minutes, never in days: quotas of 40 hours are spoken of so."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f_duration(rest)
    words = str(ngettext("%(number)s hour", "%(number)s hours", hours, number=f_number(hours)))
    return f"{words} {f_duration(rest)}" if rest else words


def left_label(left: Left, team: str = "") -> str:
    """Whose limit it is, as a label before `left_words`."""
    if left.quota.counted is Counted.PERSON:
        return str(gettext("Your limit"))
    return who_words(left.quota.counted, team)


def left_words(left: Left, zone: str) -> str:
    """What is left of a limit and when more comes back: "4 hours of 6 hours left this week"."""
    where, quota = where_words(scope(left.quota)), left.quota
    if quota.measure is Measure.OPEN_BOOKINGS:
        number = f_number(left.left)
        words = ngettext(
            "%(number)s of %(amount)s booking left, %(where)s",
            "%(number)s of %(amount)s bookings left, %(where)s",
            left.amount,
            number=number,
            amount=f_number(left.amount),
            where=where,
        )
    else:
        said = {"left": hours_words(left.left), "amount": hours_words(left.amount), "where": where}
        if quota.measure is Measure.MINUTES_DAY:
            words = gettext("%(left)s of %(amount)s left today, %(where)s", **said)
        else:
            words = gettext("%(left)s of %(amount)s left this week, %(where)s", **said)
    if left.frees is None:
        return str(words)
    return str(gettext("%(what)s; more from %(moment)s on", what=words, moment=_moment(left.frees, zone)))


def quota_used(refusal: Refusal, zone: str) -> str:
    """Which limit of the person or her team an ask goes beyond, and from when on there is room."""
    data = refusal.data
    amount, where = (
        amount_words(Measure(str(data["measure"])), _whole(refusal, "amount")),
        where_words(str(data["scope"])),
    )
    if data["counted"] == Counted.TEAM:
        sentence = gettext("Your team may have %(amount)s %(where)s.", amount=amount, where=where)
    else:
        sentence = gettext("You may have %(amount)s %(where)s.", amount=amount, where=where)
    return " ".join([sentence, *_used(refusal), *_room(refusal, zone)])


def visitors_share_used(refusal: Refusal, zone: str) -> str:
    """Which share of visitors an ask goes beyond, and from when on there is room."""
    hours = hours_words(_whole(refusal, "amount"))
    if refusal.data.get("percent") is not None:
        percent = f_percent(_whole(refusal, "percent") / 100)
        sentence = gettext(
            "Visitors of this space may have %(percent)s of the tool's open hours, together %(hours)s that week.",
            percent=percent,
            hours=hours,
        )
    else:
        amount = amount_words(Measure(str(refusal.data["measure"])), _whole(refusal, "amount"))
        sentence = gettext("Visitors of this space may together have %(amount)s on this tool.", amount=amount)
    return " ".join([sentence, *_used(refusal), *_room(refusal, zone)])


def suspended(refusal: Refusal, zone: str) -> str:
    """Until when somebody may not book."""
    if refusal.lifts_at is None:
        return str(gettext("You can't book here at the moment."))
    sentence = gettext("You can't book here until %(moment)s.", moment=_moment(refusal.lifts_at, zone))
    reason = refusal.data.get("reason")
    return f"{sentence} ({reason})" if reason else str(sentence)


def limit_words(quota: Quota, team: str = "") -> str:
    """A limit as those read it who set it: "Each person: 6 hours a week"."""
    who = who_words(quota.counted, team)
    return str(gettext("%(who)s: %(amount)s", who=who, amount=amount_words(quota.measure, quota.amount)))


def _used(refusal: Refusal) -> list[str]:
    """What is booked already, and what this would add; nothing where the first alone says it."""
    used, asked = _whole(refusal, "used"), _whole(refusal, "asked")
    if not used:
        return []
    if refusal.data["measure"] == Measure.OPEN_BOOKINGS:
        words = ngettext("%(number)s is booked.", "%(number)s are booked.", used, number=f_number(used))
    else:
        words = gettext(
            "%(used)s are booked already, and this time takes %(asked)s.",
            used=hours_words(used),
            asked=hours_words(asked),
        )
    return [str(words)]


def _room(refusal: Refusal, zone: str) -> list[str]:
    if refusal.lifts_at is not None:
        return [str(gettext("There is room again from %(moment)s on.", moment=_moment(refusal.lifts_at, zone)))]
    return [str(gettext("Only a shorter time fits."))] if refusal.data["measure"] != Measure.OPEN_BOOKINGS else []


def _moment(instant: datetime, zone: str) -> str:
    return f"{f_short_day(instant, zone)} {f_time(instant, zone)}"


def _whole(refusal: Refusal, name: str) -> int:
    return int(str(refusal.data[name]))
