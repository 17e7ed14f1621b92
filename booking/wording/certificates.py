"""How certificates end, and what leads to one, in words."""

from datetime import date, datetime

from flask_babel import gettext, ngettext

from booking.wording.display import f_number, f_short_day, f_time, f_week
from booking.wording.members import day_words


def term_words(valid_days: int | None, ends_on: date | None, unused_days: int | None) -> list[str]:
    """When a certificate of these terms ends, a phrase for each; the first to come counts."""
    found = []
    if valid_days is not None:
        number = f_number(valid_days)
        found.append(ngettext("valid for %(number)s day", "valid for %(number)s days", valid_days, number=number))
    if ends_on is not None:
        found.append(gettext("ends on %(day)s", day=f_week(ends_on, ends_on)))
    if unused_days is not None:
        number = f_number(unused_days)
        found.append(
            ngettext(
                "ends when unused for %(number)s day",
                "ends when unused for %(number)s days",
                unused_days,
                number=number,
            )
        )
    return [str(phrase) for phrase in found] or [str(gettext("does not end"))]


def briefing_words(briefing_at: datetime | None, now: datetime, zone: str) -> str:
    """When the next briefing is, on the space's clock; empty when none is told or it is over."""
    if briefing_at is None or briefing_at <= now:
        return ""
    moment = f"{f_short_day(briefing_at, zone)} {f_time(briefing_at, zone)}"
    return str(gettext("The next briefing is on %(moment)s.", moment=moment))


def end_words(end: datetime | None, zone: str, now: datetime, *, lapses: bool = False) -> str:
    """Until when something is held, or since when no more."""
    if end is None:
        return str(gettext("Does not end"))
    day = day_words(end, zone)
    if end <= now:
        return str(gettext("Ended on %(day)s", day=day))
    if lapses:
        return str(gettext("Ends on %(day)s unless you use it before", day=day))
    return str(gettext("Valid until %(day)s", day=day))
