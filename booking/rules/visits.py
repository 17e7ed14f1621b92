"""Guests: makers whom a space for members lends a tool to all the same, within the conditions of its yes."""

from datetime import datetime, timedelta

from booking.rules import hours
from booking.rules.facts import Ask, BookableBy, Facts, Hours, Visiting, WeeklyOpening
from booking.rules.refusals import Refusal, because

_TICK = timedelta(microseconds=1)
_WEEK = range(7)


def needs_visit(facts: Facts) -> bool:
    """Whether the space lends its tools to members only, and the maker has no role there."""
    return facts.tool.bookable_by is BookableBy.MEMBERS and facts.maker.role is None


def is_supervised(ask: Ask, facts: Facts) -> bool:
    """Whether the host wants somebody beside the guest, so that a manager has to say yes to each time."""
    visits = _of_guest(facts)
    fitting = [visit for visit in visits if _lasts(visit, ask, facts) and not _off_hours(visit, ask, facts)] or visits
    return bool(fitting) and all(visit.supervised for visit in fitting)


def visit_over(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The host's yes to the maker's visit ends before the asked time does.

    Data: last_day. Lifts: not known.
    """
    days = [visit.last_day for visit in _of_guest(facts) if visit.last_day is not None]
    if not days or any(_lasts(visit, ask, facts) for visit in _of_guest(facts)):
        return None
    return because("visit_over", last_day=max(days).isoformat())


def outside_visit_hours(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The asked time lies outside the hours of the wall day (in minutes) to which the host said yes for the visit.

    Data: opens, closes. Lifts: when these hours begin next.
    """
    lasting = [visit for visit in _of_guest(facts) if _lasts(visit, ask, facts)]
    if not lasting or any(not _off_hours(visit, ask, facts) for visit in lasting):
        return None
    visit = lasting[-1]
    shut = hours.shut_within(_hours(visit, facts), ask.span, unattended=False)
    opening = hours.next_opening(_hours(visit, facts), shut[0].start)
    lifts_at = opening.start if opening and _lasts_at(visit, opening.start, facts) else None
    return because("outside_visit_hours", lifts_at=lifts_at, opens=visit.opens, closes=visit.closes)


def _of_guest(facts: Facts) -> tuple[Visiting, ...]:
    return facts.maker.visiting if needs_visit(facts) else ()


def _lasts(visit: Visiting, ask: Ask, facts: Facts) -> bool:
    """Whether the visit's last day is not before the day on which the asked time ends."""
    return _lasts_at(visit, ask.span.end - _TICK, facts)


def _lasts_at(visit: Visiting, instant: datetime, facts: Facts) -> bool:
    return visit.last_day is None or hours.to_wall(facts.hours.zone, instant).date() <= visit.last_day


def _off_hours(visit: Visiting, ask: Ask, facts: Facts) -> bool:
    if visit.opens is None:
        return False
    return bool(hours.shut_within(_hours(visit, facts), ask.span, unattended=False))


def _hours(visit: Visiting, facts: Facts) -> Hours:
    """The visit's hours as those of a place that is open so every day."""
    opens, closes = visit.opens or 0, visit.closes or 0
    return Hours(facts.hours.zone, tuple(WeeklyOpening(day, opens, closes) for day in _WEEK))
