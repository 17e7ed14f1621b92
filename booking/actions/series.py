"""Repeating bookings: looked at before anything is saved, booked, changed and called off together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from booking.actions import bookings as single
from booking.actions import several
from booking.actions.call import Call
from booking.actions.several import Looked
from booking.models import bookings, series
from booking.models.bookings import BookingCard
from booking.models.facts import lock_tools
from booking.models.series import SeriesCard
from booking.models.tools import tool_cards
from booking.rules import recurrence, states
from booking.rules.access import Actor, Role
from booking.rules.facts import Ask, Visibility
from booking.rules.recurrence import Pattern
from booking.rules.refusals import Absent, Problem, Unacceptable
from booking.rules.several import Verdict, Wish
from booking.rules.spans import Span
from booking.rules.states import HOLDING, Act, State
from booking.rules.text import many_lines, one_line

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instead:
    """What somebody chose for a date in place of the pattern's own tool and time; `any_unit` where any will do."""

    tool_id: int
    span: Span
    any_unit: bool = False


# What is chosen for dates; None: no booking that day.
Choices = Mapping[date, Instead | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series that somebody wants: a pattern on a tool, and what she chose for single dates of it.

    `unit_id` is the very unit for all dates, `own_level` how much of them others may see at most.
    """

    tool_id: int
    pattern: Pattern
    purpose: str = ""
    team_id: int | None = None
    choices: Choices = field(default_factory=dict)
    unit_id: int | None = None
    own_level: Visibility | None = None


def preview(call: Call, wanted: Wanted, *, override: bool = False) -> Looked:
    """What the rules say to each date of a series, without writing; dates are the keys. Raises like `place`."""
    return several.look(call, _wishes(call, wanted), call.person.account_id, override=override)


def place(call: Call, wanted: Wanted, *, override: bool = False) -> int:
    """Book a series, all of its dates or none: the id of the series.

    Raises Clashing with every date that can't be had, Unacceptable for a pattern that is none or without a date left,
    Absent without the tool or the team.
    """
    person = call.person
    purpose = one_line(wanted.purpose, single.LONGEST_PURPOSE, "purpose")
    wishes = _wishes(call, replace(wanted, purpose=purpose))
    if not wishes:
        raise Unacceptable(Problem("until", "no_dates"))
    looked = _locked(call, wishes, person.account_id, override=override)
    zone = looked.tools[wanted.tool_id].time_zone if wanted.tool_id in looked.tools else _zone(call, wanted.tool_id)
    series_id = series.add(
        call.session, person.account_id, wanted.team_id, wanted.tool_id, zone, wanted.pattern, purpose, call.now
    )
    cards = several.write(call, looked, lambda verdict: _columns(series_id, verdict), series_id=series_id)
    call.note("place", "series", series_id, cards[0].space_id, dates=len(cards))
    several.tell(call, "booked", {"series_id": series_id}, cards, f"series:{series_id}:1")
    return series_id


def visible(who: Actor | None, card: SeriesCard) -> SeriesCard:
    """The series, for its maker, her team and the managers of its space; raises Absent for everybody else."""
    if not is_seen(who, card):
        raise Absent
    return card


def is_seen(who: Actor | None, card: SeriesCard) -> bool:
    """Whether the series is for this reader: its maker, her team, a manager of its space."""
    return who is not None and _manages(who, card, card.space_id)


def own(who: Actor, card: SeriesCard) -> SeriesCard:
    """The series, for its maker and her team; raises Absent for everybody else."""
    if who.account_id != card.account_id and card.team_id not in who.team_ids:
        raise Absent
    return card


def by_day(call: Call, card: SeriesCard) -> dict[date, BookingCard]:
    """For each date that ever had a booking the latest one, as far as whoever asks manages it; two queries."""
    days = series.days(call.session, card.id)
    cards = sorted(bookings.of_series(call.session, card.id), key=lambda each: (each.state in HOLDING, each.id))
    who = call.actor
    return {days[each.id]: each for each in cards if who is not None and _manages(who, card, each.space_id)}


def left_out(call: Call, card: SeriesCard, held: Mapping[date, BookingCard]) -> tuple[date, ...]:
    """The coming dates of the pattern without a booking that holds time; `held` as `by_day` found it."""
    if card.ended_at is not None:
        return ()
    taken = {day for day, booking in held.items() if booking.state in HOLDING}
    occurrences = recurrence.occurrences(card.pattern, card.time_zone)
    return tuple(each.day for each in occurrences if each.day not in taken and each.span and each.span.start > call.now)


def preview_dates(call: Call, series_id: int, days: Collection[date], choices: Choices) -> Looked:
    """What the rules say to dates that the series leaves out, without writing; raises Absent as `add_dates` does."""
    card = own(call.person, series.card(call.session, series_id))
    return several.look(call, _missing(call, card, days, choices), card.account_id)


def add_dates(call: Call, series_id: int, days: Collection[date], choices: Choices) -> tuple[BookingCard, ...]:
    """Book these of the dates that a series leaves out, all of them or none; raises like `place`."""
    card = own(call.person, series.card(call.session, series_id))
    wishes = _missing(call, card, days, choices)
    if not wishes:
        raise Unacceptable(Problem("dates", "no_dates"))
    looked = _locked(call, wishes, card.account_id)
    cards = several.write(call, looked, lambda verdict: _columns(card.id, verdict), series_id=card.id)
    call.note("add", "series", card.id, card.space_id, dates=len(cards))
    series.change(call.session, card, card.pattern, card.purpose, None)
    several.tell(call, "added", {"series_id": card.id}, cards, f"series:{card.id}:{card.version + 1}")
    return cards


def cancel(call: Call, series_id: int, reason: str = "", *, since: date | None = None) -> tuple[BookingCard, ...]:
    """Call off what has not begun: all of it, or from the date `since` on; what was called off.

    Raises Absent for strangers. Doing it again answers with nothing.
    """
    reason = many_lines(reason, single.LONGEST_REASON, "reason")
    card, coming = loaded(call, series_id, since=since)
    ended = tuple(
        single.end(call, each, states.next_state(each.state, Act.CANCEL), "cancel", reason) for each in coming
    )
    if card.ended_at is None:
        _shorten(call, card, since)
    call.note("cancel", "series", card.id, card.space_id, dates=len(ended))
    several.tell(
        call, "cancelled", {"series_id": card.id}, ended, f"series:{card.id}:{card.version + 1}", reason=reason
    )
    return ended


def loaded(
    call: Call, series_id: int, *, since: date | None, tool_ids: Collection[int] = ()
) -> tuple[SeriesCard, tuple[BookingCard, ...]]:
    """The series and its bookings that have not begun, from a date on; its tools and these are locked.

    Raises Absent for strangers.
    """
    card = visible(call.person, series.card(call.session, series_id))
    tools = {each.tool_id for each in bookings.of_series(call.session, series_id)}
    lock_tools(call.session, sorted(tools.union(tool_ids)), account_id=card.account_id, team_id=card.team_id)
    return card, coming(call, card, since)


def coming(call: Call, card: SeriesCard, since: date | None) -> tuple[BookingCard, ...]:
    """The bookings of a series that hold time and have not begun, from a date on, as far as whoever acts manages them.

    One that somebody has checked in to has begun. Two queries.
    """
    days = series.days(call.session, card.id)
    return tuple(
        each
        for each in bookings.of_series(call.session, card.id)
        if each.state in HOLDING
        and each.state is not State.IN_USE
        and each.starts_at > call.now
        and (since is None or days[each.id] >= since)
        and _manages(call.person, card, each.space_id)
    )


def _wishes(call: Call, wanted: Wanted) -> list[Wish]:
    pattern = recurrence.checked(wanted.pattern)
    ask = Ask(wanted.tool_id, Span(call.now, call.now + _DAY), wanted.purpose, team_id=wanted.team_id)
    ask = replace(ask, unit_id=wanted.unit_id, own_level=wanted.own_level)
    single.of_own_team(call.person, ask)
    days = recurrence.days(pattern)
    return _on(days, pattern, _zone(call, wanted.tool_id), ask, wanted.choices)


def _missing(call: Call, card: SeriesCard, days: Collection[date], choices: Choices) -> list[Wish]:
    """The wishes for those of the left out dates that are to be added."""
    held = by_day(call, card)
    wanted = [day for day in left_out(call, card, held) if day in days]
    # Who has left the team adds dates for herself alone.
    team_id = card.team_id if card.team_id in call.person.team_ids else None
    ask = Ask(card.tool_id, Span(call.now, call.now + _DAY), card.purpose, team_id=team_id)
    ask = replace(ask, own_level=next((each.own_level for each in held.values()), None))
    return _on(wanted, card.pattern, card.time_zone, ask, choices)


def _on(days: Sequence[date], pattern: Pattern, zone: str, ask: Ask, choices: Choices) -> list[Wish]:
    """A wish for each day but those that are left out by choice; `ask` holds all but its time."""
    found = []
    for day in days:
        chosen = choices.get(day)
        if chosen is not None:
            unit_id = ask.unit_id if chosen.tool_id == ask.tool_id and not chosen.any_unit else None
            instead = replace(ask, tool_id=chosen.tool_id, span=chosen.span, unit_id=unit_id)
            found.append(Wish(day.isoformat(), instead))
        elif day not in choices:
            occurrence = recurrence.occurrence_on(pattern, zone, day)
            wished = replace(ask, span=occurrence.span) if occurrence.span else None
            found.append(Wish(day.isoformat(), wished, occurrence.refusals))
    return found


def _locked(call: Call, wishes: Sequence[Wish], account_id: int, *, override: bool = False) -> Looked:
    """The judgement on the wishes under the locks of their tools; raises Clashing when any can't be had."""
    asks = [wish.ask for wish in wishes if wish.ask]
    team_id = next((ask.team_id for ask in asks), None)
    lock_tools(call.session, sorted({ask.tool_id for ask in asks}), account_id=account_id, team_id=team_id)
    looked = several.look(call, wishes, account_id, override=override)
    several.hold(looked)
    return looked


def _columns(series_id: int, verdict: Verdict) -> several.Columns:
    return {"series_id": series_id, "series_day": date.fromisoformat(verdict.key)}


def _zone(call: Call, tool_id: int) -> str:
    cards = tool_cards(call.session, tool_ids=(tool_id,), retired=True)
    if not cards:
        raise Absent
    return cards[0].time_zone


def _shorten(call: Call, card: SeriesCard, since: date | None) -> None:
    """Let the pattern end before the date, or the series end altogether when nothing is left of it."""
    if since is None or since <= card.pattern.first_day:
        series.change(call.session, card, card.pattern, card.purpose, call.now)
        return
    series.change(call.session, card, recurrence.before(card.pattern, since), card.purpose, None)


def _manages(who: Actor, card: SeriesCard, space_id: int) -> bool:
    """Whether somebody may see and call off what the series has booked at this space."""
    return who.account_id == card.account_id or card.team_id in who.team_ids or who.has(Role.MANAGER, space_id)
