"""What the form of the waitlist says: read, filled in beforehand, and the ways that lead to it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from flask import url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from booking.actions.bookings import LONGEST_PURPOSE
from booking.actions.waitlist import LONGEST_MINUTES, Wanted
from booking.models.tools import ToolCard
from booking.outside import clock
from booking.rules import hours
from booking.rules.facts import Ask
from booking.rules.refusals import Problem, Refusal, Unacceptable
from booking.rules.spans import Span
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields, day_in

# What may well be over when somebody gives time back.
_MAY_FREE = frozenset({"slot_taken", "outage", "tool_down", "event", "closed_day"})
_WHAT = ("tool", "space", "spaces", "network")
# Unless one comes from a time that was taken.
_USUAL_DAYS, _USUAL_MINUTES = 7, 60


def read(form: MultiDict[str, str], card: ToolCard, spaces: Mapping[str, int]) -> Wanted:
    """What the form asks for, its times on the wall clock of the tool's space; `spaces` has the ids of possible ones.

    Raises Unacceptable with all that can't be read, Refused for a time that the clocks skip.
    """
    fields = Fields(form)
    what = fields.choice("what", _WHAT)
    first, since = fields.day("day"), fields.clock("since")
    last, until = fields.day("last_day"), fields.clock("until")
    minutes = fields.whole("minutes", 1, LONGEST_MINUTES)
    purpose = fields.line("purpose", LONGEST_PURPOSE, required=False)
    team_id = fields.optional_whole("team", 1, LARGEST_ID)
    chosen = fields.choices("spaces", spaces) if what == "spaces" else ()
    if what == "spaces" and not chosen:
        fields.problem("spaces", "required")
    fields.finish()
    start, end = _instant(card, first, since), _instant(card, last, until)
    if end <= start:
        raise Unacceptable(Problem("until", "ends_before_start"))
    return Wanted(
        Span(start, end),
        minutes,
        tool_id=card.id if what == "tool" else None,
        kind_id=None if what == "tool" else card.kind_id,
        space_ids=(card.space_id,) if what == "space" else tuple(spaces[slug] for slug in chosen),
        purpose=purpose,
        team_id=team_id,
    )


def usual(source: Mapping[str, str], card: ToolCard) -> dict[str, str]:
    """The form before anything is typed: the time in the address, else the coming week."""
    today = hours.to_wall(card.time_zone, clock.now()).date()
    day = day_in(source.get("day", "")) or today + timedelta(days=1)
    found = {
        "what": "tool",
        "day": day.isoformat(),
        "last_day": (day if "day" in source else day + timedelta(days=_USUAL_DAYS - 1)).isoformat(),
        "since": "00:00",
        "until": "23:59",
        "minutes": str(_USUAL_MINUTES),
    }
    return found | {name: source[name] for name in found if source.get(name)}


def ways(card: ToolCard, ask: Ask | None, refusals: Collection[Refusal]) -> list[tuple[str, str]]:
    """The way from a refused time to the waitlist, where somebody may give the time back."""
    if ask is None or not any(refusal.code in _MAY_FREE for refusal in refusals):
        return []
    start, end = (hours.to_wall(card.time_zone, instant) for instant in (ask.span.start, ask.span.end))
    address = url_for(
        "waitlist.ask",
        space=card.space_slug,
        tool=card.slug,
        day=start.date().isoformat(),
        since=f"{start:%H:%M}",
        last_day=end.date().isoformat(),
        until=f"{end:%H:%M}",
        minutes=ask.span.length // timedelta(minutes=1),
    )
    return [(address, gettext("Wait until it is free"))]


def _instant(card: ToolCard, day: date, minutes: int) -> datetime:
    return hours.to_utc(card.time_zone, datetime.combine(day, time()) + timedelta(minutes=minutes))
