"""Series: a repeating booking, all of its dates or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from booking import edge
from booking.actions import bookings as single
from booking.actions import series as actions
from booking.actions import series_changes
from booking.actions.call import Call
from booking.actions.series import Instead, Wanted
from booking.actions.series_changes import Change
from booking.actions.several import Looked
from booking.api import several as together
from booking.api import times, writing
from booking.api.booking_shapes import BOOKING, seen
from booking.api.bookings import ASK, OVERRIDE, PURPOSE, REASON, VISIBILITY, own_level
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import DAY, FLAG, ID, TEXT, WHOLE, Part, Shape, nullable, one_of, ref, several
from booking.models import series, tools
from booking.models.bookings import BookingCard
from booking.models.series import SeriesCard
from booking.outside import clock
from booking.rules import policy, recurrence
from booking.rules.access import Actor
from booking.rules.recurrence import MOST, MOST_STEPS, Frequency
from booking.rules.refusals import Absent, Problem, Refused, Unacceptable
from booking.rules.spans import Span


class Which(StrEnum):
    """The dates that a change is about."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INSTEAD = Field(
    "instead",
    Kind.OBJECT,
    "Another tool or time for single dates.",
    repeated=True,
    members=(Field("date", Kind.DAY, "The date of the pattern.", required=True), *ASK[:3]),
)
REPEATED = (
    Field("repeat", Kind.CHOICE, "How it repeats, from the first date on.", required=True, choices=tuple(Frequency)),
    Field("every", Kind.COUNT, "Every so many days, weeks or months; 1 unless said.", low=1, high=MOST_STEPS),
    Field("weekdays", Kind.CHOICE, "Of a weekly one.", choices=WEEKDAYS, repeated=True, most=7),
    Field("until", Kind.DAY, "The last day; or give `times`."),
    Field("times", Kind.COUNT, "How many dates; or give `until`.", low=1, high=MOST),
    Field("skip", Kind.DAY, "Dates to leave out.", repeated=True),
    INSTEAD,
)
CHANGE = (
    Field("which", Kind.CHOICE, "`all` that come unless said.", choices=tuple(Which)),
    Field("date", Kind.DAY, "The date that `this` is, or with which `following` begins."),
    Field("starts", Kind.COUNT, "Minutes after midnight on the wall; those of now unless said.", high=1439),
    Field("minutes", Kind.COUNT, "How long on the wall clock; as now unless said.", low=1, high=10_080),
    Field("weekday", Kind.CHOICE, "Another weekday of the same weeks, of a series with one a week.", choices=WEEKDAYS),
    Field("tool", Kind.ID, "Another tool of the same space, for one date of any; as now unless said."),
    PURPOSE,
    OVERRIDE,
)
DATES = (
    Field("dates", Kind.DAY, "Dates of `left_out`.", required=True, repeated=True, most=MOST),
    INSTEAD,
)
CANCEL = (*REASON, Field("since", Kind.DAY, "From this date on; all that come unless said."))


@dataclass(frozen=True, slots=True)
class Seen:
    """A series with its bookings, and the reader."""

    who: Actor
    card: SeriesCard
    bookings: Sequence[BookingCard]
    left_out: Sequence[date]


SERIES: Shape[Seen] = Shape(
    "Series",
    "A repeating booking, in wall time of the tool's space. Each date is a booking of its own.",
    (
        Part("id", ID, lambda found: str(found.card.id)),
        Part("tool", ID, lambda found: str(found.card.tool_id)),
        Part("space", TEXT, lambda found: found.card.space_slug, "The slug of its space."),
        Part("time_zone", TEXT, lambda found: found.card.time_zone, "IANA name of its space's zone."),
        Part("repeat", one_of(*Frequency), lambda found: found.card.pattern.frequency),
        Part("every", WHOLE, lambda found: found.card.pattern.step),
        Part("weekdays", several(one_of(*WEEKDAYS)), lambda found: _weekdays(found.card)),
        Part("first_day", DAY, lambda found: found.card.pattern.first_day.isoformat()),
        Part("until", nullable(DAY), lambda found: _said(found.card.pattern.last_day)),
        Part("times", nullable(WHOLE), lambda found: found.card.pattern.times),
        Part("starts", WHOLE, lambda found: found.card.pattern.starts, "Minutes after midnight on the wall."),
        Part("minutes", WHOLE, lambda found: found.card.pattern.minutes, "How long it lasts on the wall clock."),
        Part("purpose", TEXT, lambda found: found.card.purpose),
        Part("called_off", FLAG, lambda found: found.card.ended_at is not None),
        Part("bookings", several(ref(BOOKING)), lambda found: _documents(found), "One for each date, by start."),
        Part("left_out", several(DAY), lambda found: [day.isoformat() for day in found.left_out], "Coming dates."),
    ),
)


@call(
    "POST",
    "/series",
    "Book a time that repeats: all dates or none. `start` and `end` are those of the first date.",
    body=(*ASK, VISIBILITY, *REPEATED),
    answer=SERIES,
    status=201,
    refusable=True,
)
def place(given: Given) -> Answer:
    """A fresh series, or every date that can't be had with its reasons and ways out."""
    wanted = _wanted(given)
    return together.write(
        lambda call_: (201, _document(call_, actions.place(call_, wanted))),
        lambda call_: actions.preview(call_, wanted),
    )


@call("GET", "/series/{series}", "One series of yours, or at a space that you manage.", answer=SERIES)
def show(given: Given, series: str) -> Answer:
    """One series; 404 for strangers."""
    return _document(edge.read_call(), number_of(series))


@call(
    "POST",
    "/series/{series}/cancel",
    "Call off what has not begun, all of it or from a date on.",
    body=CANCEL,
    answer=SERIES,
    refusable=True,
)
def cancel(given: Given, series: str) -> Answer:
    """The series afterwards; doing it again answers the same."""
    series_id = number_of(series)

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        actions.cancel(call_, series_id, given.get("reason", ""), since=given.get("since"))
        return 200, _document(call_, series_id)

    return writing.write(work)


@call(
    "POST",
    "/series/{series}/dates",
    "Book dates that the series leaves out: all of them or none.",
    body=DATES,
    answer=SERIES,
    refusable=True,
)
def add_dates(given: Given, series: str) -> Answer:
    """The series afterwards, or every date that can't be had with its reasons and ways out."""
    series_id, days = number_of(series), given["dates"]
    choices = _instead(given)

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        actions.add_dates(call_, series_id, days, choices)
        return 200, _document(call_, series_id)

    return together.write(work, lambda call_: actions.preview_dates(call_, series_id, days, choices))


@call(
    "PATCH",
    "/series/{series}",
    "Another time, weekday, tool or purpose: for one date, for all that come, or for it and all that follow. "
    "These become a series of their own, which is answered.",
    body=CHANGE,
    answer=SERIES,
    refusable=True,
)
def change(given: Given, series: str) -> Answer:
    """The series that holds the changed dates afterwards, or every date that can't be had with its ways out."""
    series_id, which = number_of(series), Which(given.get("which", Which.ALL))
    if which is not Which.ALL and "date" not in given:
        raise Unacceptable(Problem("date", "required"))
    override = given.get("override", False)
    if which is Which.THIS:
        return writing.write(lambda call_: (200, _one_changed(call_, series_id, given)))

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        changed = series_changes.apply(call_, series_id, _change(call_, series_id, given), override=override)
        return 200, _document(call_, changed.series_id)

    def look(call_: Call) -> Looked:
        return series_changes.preview(call_, series_id, _change(call_, series_id, given), override=override).looked

    return together.write(work, look)


def _one_changed(call_: Call, series_id: int, given: Given) -> dict[str, object]:
    """One date moved, which leaves the series as it is."""
    card = actions.visible(call_.actor, series.card(call_.session, series_id))
    wanted = _change(call_, series_id, given)
    booking = actions.by_day(call_, card).get(given["date"])
    if booking is None:
        raise Unacceptable(Problem("date", "not_a_date_of_it"))
    day = given["date"] if wanted.weekday is None else recurrence.moved_to(given["date"], wanted.weekday)
    span = _span_on(card, wanted, day) if {"starts", "minutes", "weekday"} & set(given) else booking.span
    override = given.get("override", False)
    single.move(
        call_,
        booking.id,
        start=span.start,
        end=span.end,
        tool_id=given.get("tool"),
        purpose=given.get("purpose"),
        override=override,
    )
    return _document(call_, series_id)


def _span_on(card: SeriesCard, wanted: Change, day: date) -> Span:
    pattern = recurrence.checked(replace(card.pattern, starts=wanted.starts, minutes=wanted.minutes))
    occurrence = recurrence.occurrence_on(pattern, card.time_zone, day)
    if occurrence.span is None:
        raise Refused(occurrence.refusals)
    return occurrence.span


def _change(call_: Call, series_id: int, given: Given) -> Change:
    card = actions.visible(call_.actor, series.card(call_.session, series_id))
    pattern = card.pattern
    starts, minutes = given.get("starts", pattern.starts), given.get("minutes", pattern.minutes)
    since = given["date"] if given.get("which") == Which.FOLLOWING else None
    weekday = WEEKDAYS.index(given["weekday"]) if "weekday" in given else None
    purpose, tool_id = given.get("purpose", card.purpose), given.get("tool")
    return Change(starts, minutes, purpose, since, tool_id=tool_id, weekday=weekday)


def _wanted(given: Given) -> Wanted:
    span = times.span_of(given["start"], given["end"])
    if abs(span.start - clock.now()) > policy.HORIZON or abs(span.end - clock.now()) > policy.HORIZON:
        raise Unacceptable(Problem("start", "too_far_away"))
    cards = tools.tool_cards(edge.session(), tool_ids=(given["tool"],), retired=True)
    if not cards:
        raise Absent
    pattern = recurrence.from_span(
        span,
        cards[0].time_zone,
        Frequency(given["repeat"]),
        step=given.get("every", 1),
        weekdays=tuple(sorted({WEEKDAYS.index(name) for name in given.get("weekdays", ())})),
        last_day=given.get("until"),
        times=given.get("times"),
    )
    choices = dict.fromkeys(given.get("skip", ())) | _instead(given)
    what = (given["tool"], pattern, given.get("purpose", ""), given.get("team"), choices)
    return Wanted(*what, unit_id=given.get("unit"), own_level=own_level(given))


def _instead(given: Given) -> dict[date, Instead | None]:
    """What is chosen for single dates in place of the series' own tool and time."""
    chosen = given.get("instead", ())
    return {each["date"]: Instead(each["tool"], times.span_of(each["start"], each["end"])) for each in chosen}


def _document(call_: Call, series_id: int) -> dict[str, object]:
    card = actions.visible(call_.actor, series.card(call_.session, series_id))
    held = actions.by_day(call_, card)
    found = sorted(held.values(), key=lambda booking: (booking.starts_at, booking.id))
    return SERIES.document(Seen(edge.asker(), card, found, actions.left_out(call_, card, held)))


def _documents(found: Seen) -> list[dict[str, object]]:
    return [BOOKING.document(seen(found.who, booking)) for booking in found.bookings]


def _weekdays(card: SeriesCard) -> list[str]:
    return [WEEKDAYS[number] for number in card.pattern.weekdays]


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None
