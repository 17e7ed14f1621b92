"""Guests: makers whom a space for members lends a tool to all the same, within the conditions of its yes."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from booking.rules import hours
from booking.rules.facts import Ask, BookableBy, Facts, Hours, Visiting, WeeklyOpening
from booking.rules.refusals import Refusal, because
from booking.rules.spans import Span

_TICK = timedelta(microseconds=1)
_DAY_MINUTES = 1_440
_WEEK = range(7)


def needs_visit(facts: Facts) -> bool:
    """Whether the space lends its tools to members only, and the maker has no role there."""
    return facts.tool.bookable_by is BookableBy.MEMBERS and facts.maker.role is None


def is_supervised(ask: Ask, facts: Facts) -> bool:
    """Whether the host wants somebody beside the guest, so that a manager has to say yes to each time."""
    visits = _of_guest(facts)
    fitting = [visit for visit in visits if allows(visit, ask.span, facts.hours.zone)] or visits
    return bool(fitting) and all(visit.supervised for visit in fitting)


def over_at(last_day: date | None, closes: int | None) -> datetime | None:
    """The wall time at which a visit is over: when its last day ends, or the night that begins on it. None: never."""
    if last_day is None:
        return None
    return datetime.combine(last_day, time.min) + timedelta(minutes=max(_DAY_MINUTES, closes or 0))


def allows(visit: Visiting, span: Span, zone: str) -> bool:
    """Whether a time lies within a visit's days and hours, by the wall of the host's zone."""
    return _lasts(visit, span, zone) and not _off_hours(visit, span, zone)


def visit_over(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The host's yes to the maker's visit ends before the asked time does.

    Data: last_day. Lifts: not known.
    """
    days = [visit.last_day for visit in _of_guest(facts) if visit.last_day is not None]
    if not days or any(_lasts(visit, ask.span, facts.hours.zone) for visit in _of_guest(facts)):
        return None
    return because("visit_over", last_day=max(days).isoformat())


def outside_visit_hours(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The asked time lies outside the hours of the wall day (in minutes) to which the host said yes for the visit.

    Data: opens, closes. Lifts: when these hours begin next.
    """
    zone = facts.hours.zone
    lasting = [visit for visit in _of_guest(facts) if _lasts(visit, ask.span, zone)]
    if not lasting or any(not _off_hours(visit, ask.span, zone) for visit in lasting):
        return None
    openings = ((_agreed_from(visit, ask.span, zone), visit) for visit in lasting)
    known = [(start, visit) for start, visit in openings if start is not None]
    lifts_at, visit = min(known, key=itemgetter(0)) if known else (None, lasting[-1])
    return because("outside_visit_hours", lifts_at=lifts_at, opens=visit.opens, closes=visit.closes)


def _agreed_from(visit: Visiting, span: Span, zone: str) -> datetime | None:
    """When the hours of a visit begin next, for a span of which they leave some out; None where it is over by then."""
    shut = hours.shut_within(_hours(visit, zone), span, unattended=False)
    opening = hours.next_opening(_hours(visit, zone), shut[0].start)
    return opening.start if opening and _lasts_at(visit, opening.start, zone) else None


def turns(span: Span, facts: Facts) -> Iterator[datetime]:
    """The instants around which a guest's visits begin or end to allow time within the span; in no order."""
    zone = facts.hours.zone
    for visit in _of_guest(facts):
        if visit.last_day is not None:
            yield hours.day_span(zone, visit.last_day).end
        if visit.opens is not None:
            for agreed in hours.open_within(_hours(visit, zone), span):
                yield from (agreed.start, agreed.end)


def _of_guest(facts: Facts) -> tuple[Visiting, ...]:
    return facts.maker.visiting if needs_visit(facts) else ()


def _lasts(visit: Visiting, span: Span, zone: str) -> bool:
    """Whether the visit is not over before the asked time is."""
    return _lasts_at(visit, span.end - _TICK, zone)


def _lasts_at(visit: Visiting, instant: datetime, zone: str) -> bool:
    over = over_at(visit.last_day, visit.closes)
    return over is None or hours.to_wall(zone, instant) < over


def _off_hours(visit: Visiting, span: Span, zone: str) -> bool:
    if visit.opens is None:
        return False
    return bool(hours.shut_within(_hours(visit, zone), span, unattended=False))


def _hours(visit: Visiting, zone: str) -> Hours:
    """The visit's hours as those of a place that is open so every day; a night belongs to the day it begins on."""
    opens, closes = visit.opens or 0, visit.closes or 0
    return Hours(zone, tuple(WeeklyOpening(day, opens, closes) for day in _WEEK))
