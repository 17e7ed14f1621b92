"""How much somebody may book, in words: the limits themselves, and what is left of them."""

from datetime import datetime

from flask_babel import gettext, lazy_gettext, ngettext

from booking.rules.facts import Counted, Measure, Quota
from booking.rules.quotas import Left, scope
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
        return f_duration(rest, in_full=True)
    words = str(ngettext("%(number)s hour", "%(number)s hours", hours, number=f_number(hours)))
    return f"{words} {f_duration(rest, in_full=True)}" if rest else words


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
    return str(gettext("%(what)s; more from %(moment)s on", what=words, moment=moment_words(left.frees, zone)))


def limit_words(quota: Quota, team: str = "") -> str:
    """A limit as those read it who set it: "Each person: 6 hours a week"."""
    who = who_words(quota.counted, team)
    return str(gettext("%(who)s: %(amount)s", who=who, amount=amount_words(quota.measure, quota.amount)))


def moment_words(instant: datetime, zone: str) -> str:
    """A day and a time on the clock of the zone."""
    return f"{f_short_day(instant, zone)} {f_time(instant, zone)}"
