"""Why somebody may book no more, in words: quotas that are used, and time in which she may not book at all."""

from flask_babel import gettext, ngettext

from booking.rules.facts import Counted, Measure
from booking.rules.refusals import Refusal
from booking.wording.display import f_number, f_percent
from booking.wording.quotas import amount_words, hours_words, moment_words, where_words


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
    sentence = gettext("You can't book here until %(moment)s.", moment=moment_words(refusal.lifts_at, zone))
    reason = refusal.data.get("reason")
    return f"{sentence} ({reason})" if reason else str(sentence)


def _used(refusal: Refusal) -> list[str]:
    """What is booked already, and what this would add; nothing where the first alone says it."""
    used, asked = _whole(refusal, "used"), _whole(refusal, "asked")
    if not used:
        return []
    if refusal.data["measure"] == Measure.OPEN_BOOKINGS:
        words = ngettext("%(number)s is booked.", "%(number)s are booked.", used, number=f_number(used))
    else:
        words = gettext(
            "Booked already: %(used)s; this time takes %(asked)s.",
            used=hours_words(used),
            asked=hours_words(asked),
        )
    return [str(words)]


def _room(refusal: Refusal, zone: str) -> list[str]:
    if refusal.lifts_at is not None:
        return [str(gettext("There is room again from %(moment)s on.", moment=moment_words(refusal.lifts_at, zone)))]
    return [str(gettext("Only a shorter time fits."))] if refusal.data["measure"] != Measure.OPEN_BOOKINGS else []


def _whole(refusal: Refusal, name: str) -> int:
    return int(str(refusal.data[name]))
