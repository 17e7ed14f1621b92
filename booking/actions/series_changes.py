"""Another time, weekday, tool or purpose for all coming dates of a series, or for those from one date on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from booking.actions import bookings as single
from booking.actions import series as whole
from booking.actions import several
from booking.actions.call import Call
from booking.actions.series import Instead
from booking.actions.several import Looked
from booking.models import bookings, series
from booking.models.bookings import BookingCard
from booking.models.series import SeriesCard
from booking.models.tools import tool_cards
from booking.rules import recurrence
from booking.rules.facts import Ask
from booking.rules.recurrence import Pattern
from booking.rules.refusals import Absent
from booking.rules.several import Wish
from booking.rules.states import Act, is_possible
from booking.rules.text import one_line


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different from the date `since` on (None: on all that come).

    `starts` is a minute of the wall day, `minutes` the length on the wall clock. `tool_id` is another tool of
    the same space (None: each stays on its own), `weekday` another one of the same weeks (0 is Monday; None: as it
    is). `choices` are by the ids of bookings: None stays as it is.
    """

    starts: int
    minutes: int
    purpose: str
    since: date | None = None
    choices: Mapping[int, Instead | None] = field(default_factory=dict)
    tool_id: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change: the series of the changed dates, and the bookings that moved or were told anew."""

    series_id: int
    bookings: tuple[BookingCard, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A change before it is saved: the bookings that would move with what the rules say to each, by its id as key.

    `days` are the days of the pattern that they stand for afterwards, where these change.
    """

    card: SeriesCard
    going: tuple[BookingCard, ...]
    looked: Looked
    days: Mapping[int, date]


def preview(call: Call, series_id: int, change: Change, *, override: bool = False) -> Foreseen:
    """What a change would do, without writing; raises Absent for strangers, Unacceptable for what is no time."""
    card = whole.visible(call.actor, series.card(call.session, series_id))
    return _foreseen(call, card, change, override=override)


def apply(call: Call, series_id: int, change: Change, *, override: bool = False) -> Changed:
    """Make a change, on all its dates or on none; what follows a date becomes a series of its own.

    Raises Clashing with every date that can't be had, and like `preview`. Confirmed dates that need approval wait for
    it again, unless they only shrink.
    """
    elsewhere = {chosen.tool_id for chosen in change.choices.values() if chosen} | _other_tool(change)
    card, coming = whole.loaded(call, series_id, since=change.since, tool_ids=elsewhere)
    purpose = one_line(change.purpose, single.LONGEST_PURPOSE, "purpose")
    foreseen = _foreseen(call, card, replace(change, purpose=purpose), override=override)
    several.hold(foreseen.looked)
    moved = several.shift(call, foreseen.going, foreseen.looked, "move")
    described = _describe(call, coming, {each.id for each in moved}, purpose)
    series_id = _kept(call, card, change, purpose)
    series.set_days(call.session, foreseen.days)
    if moved or described:
        call.note("move" if moved else "describe", "series", series_id, card.space_id, dates=len(moved))
        several.tell(call, "moved", {"series_id": series_id}, moved, f"series:{card.id}:{card.version + 1}")
    return Changed(series_id, (*moved, *described))


def _kept(call: Call, card: SeriesCard, change: Change, purpose: str) -> int:
    """Write what the series is now, or let what follows the date be one of its own: the id of the changed one."""
    pattern, tool_id = _pattern(card, change), change.tool_id or card.tool_id
    if (pattern, purpose, tool_id) == (_rest(card, change), card.purpose, card.tool_id):
        return card.id
    if change.since is None or not _begins_before(card, change.since):
        series.change(call.session, card, pattern, purpose, card.ended_at, tool_id=tool_id)
        return card.id
    whose = (card.account_id, card.team_id, tool_id, card.time_zone)
    other_id = series.add(call.session, *whose, pattern, purpose, call.now)
    series.part(call.session, card.id, change.since, other_id)
    series.change(call.session, card, recurrence.before(card.pattern, change.since), card.purpose, card.ended_at)
    call.note("part", "series", card.id, card.space_id, since=change.since.isoformat(), other=other_id)
    return other_id


def _foreseen(call: Call, card: SeriesCard, change: Change, *, override: bool) -> Foreseen:
    _check_tool(call, card, change)
    pattern = recurrence.checked(_pattern(card, change)) if _moves(card, change) else card.pattern
    days = series.days(call.session, card.id)
    coming = whole.coming(call, card, change.since)
    going = tuple(
        each
        for each in coming
        if is_possible(each.state, Act.MOVE, each.span, call.now)
        and _moves(card, change)
        and change.choices.get(each.id, each) is not None
    )
    there = {each.id: _day(card, change, days[each.id]) for each in going}
    wishes = [_wish(card, pattern, each, there[each.id], change) for each in going]
    pairs = [(each, wish) for each, wish in zip(going, wishes, strict=True) if _differs(each, wish)]
    leaving = {each.id for each, _ in pairs}
    looked = several.look(call, [wish for _, wish in pairs], card.account_id, override=override, leaving=leaving)
    for facts in looked.judgement.known.values():
        single.stay_within(call, card.account_id, facts, card.team_id)
    held = {days[each.id] for each in coming if each.id not in there}
    fresh = {id_: day for id_, day in there.items() if day != days[id_] and day not in held}
    return Foreseen(card, tuple(each for each, _ in pairs), looked, fresh)


def _moves(card: SeriesCard, change: Change) -> bool:
    is_elsewhere = change.tool_id not in (None, card.tool_id) or _is_on_another_day(card, change)
    return is_elsewhere or (change.starts, change.minutes) != (card.pattern.starts, card.pattern.minutes)


def _other_tool(change: Change) -> set[int]:
    return set() if change.tool_id is None else {change.tool_id}


def _check_tool(call: Call, card: SeriesCard, change: Change) -> None:
    """Raise Absent unless the tool is one of the series' space: its times are wall times there."""
    if change.tool_id in (None, card.tool_id):
        return
    found = tool_cards(call.session, tool_ids=tuple(_other_tool(change)))
    if not found or found[0].space_id != card.space_id:
        raise Absent


def _pattern(card: SeriesCard, change: Change) -> Pattern:
    pattern = replace(_rest(card, change), starts=change.starts, minutes=change.minutes)
    if change.weekday is None or not _is_on_another_day(card, change):
        return pattern
    return recurrence.on_weekday(pattern, change.weekday)


def _rest(card: SeriesCard, change: Change) -> Pattern:
    """The part of the pattern that the change is about."""
    if change.since is None or not _begins_before(card, change.since):
        return card.pattern
    return recurrence.following(card.pattern, change.since)


def _begins_before(card: SeriesCard, since: date) -> bool:
    return any(day < since for day in recurrence.days(card.pattern)[:1])


def _is_on_another_day(card: SeriesCard, change: Change) -> bool:
    return change.weekday not in (None, recurrence.weekday_of(card.pattern))


def _day(card: SeriesCard, change: Change, day: date) -> date:
    """The day of the pattern that a booking stands for after the change."""
    if change.weekday is None or not _is_on_another_day(card, change):
        return day
    return recurrence.moved_to(day, change.weekday)


def _wish(card: SeriesCard, pattern: Pattern, booking: BookingCard, day: date, change: Change) -> Wish:
    key, chosen = str(booking.id), change.choices.get(booking.id)
    if chosen is not None:
        stays = chosen.tool_id == booking.tool_id and not chosen.any_unit
        ask = Ask(chosen.tool_id, chosen.span, change.purpose, booking.id, card.team_id)
        ask = replace(ask, unit_id=booking.wanted_unit if stays else None)
        return Wish(key, ask, unit_id=booking.unit_id)
    occurrence = recurrence.occurrence_on(pattern, card.time_zone, day)
    if occurrence.span is None:
        return Wish(key, None, occurrence.refusals)
    tool_id = change.tool_id or booking.tool_id
    wanted = booking.wanted_unit if tool_id == booking.tool_id else None
    ask = Ask(tool_id, occurrence.span, change.purpose, booking.id, card.team_id, unit_id=wanted)
    return Wish(key, ask, (), booking.unit_id)


def _differs(booking: BookingCard, wish: Wish) -> bool:
    return wish.ask is None or (wish.ask.tool_id, wish.ask.span) != (booking.tool_id, booking.span)


def _describe(call: Call, coming: Sequence[BookingCard], moved: set[int], purpose: str) -> tuple[BookingCard, ...]:
    """Say of what stays where it is what it is for now."""
    others = [each for each in coming if each.id not in moved and each.purpose != purpose]
    for each in others:
        bookings.change(call.session, each, call.now, purpose=purpose)
    return tuple(single.written(call, each.id, "describe") for each in others)
