"""The page on which managers say when a space is open: the week, closures and special days."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import opening_days as actions
from booking.actions.spaces import managed
from booking.models import opening_days, spaces
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.facts import WeeklyOpening
from booking.rules.hours import to_wall
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.web.manage import tell_bookings_outside
from booking.wording.display import f_weekday
from booking.wording.problems import problem_sentences

FEWEST_ROWS, MOST_ROWS = 2, 6
STEP = 15
MONDAY = date(2024, 1, 1)
WEEKDAYS = tuple(MONDAY + timedelta(days=number) for number in range(7))

blueprint = Blueprint("opening_days", __name__, url_prefix="/manage/spaces/<space>/hours")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """When a space is open."""
    return _page(managed(edge.read_call(), space), {}, "")


@blueprint.post("/week")
@edge.access(edge.Access.SIGNED_IN)
def set_week(space: str) -> ResponseReturnValue:
    """Set the weekly hours."""

    def act(fields: Fields) -> None:
        rows = _week(fields)
        fields.finish()
        edge.perform(actions.set_week, space, rows)

    return _answered(space, "week", act)


@blueprint.post("/closures")
@edge.access(edge.Access.SIGNED_IN)
def close(space: str) -> ResponseReturnValue:
    """Close the space for some days."""

    def act(fields: Fields) -> None:
        first = fields.day("first")
        last = fields.optional_day("last") or first
        reason = fields.line("reason", actions.LONGEST_REASON, required=False)
        fields.finish()
        edge.perform(actions.close, space, first, last, reason)

    return _answered(space, "closure", act)


@blueprint.post("/closures/<bounded:closure_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def reopen(space: str, closure_id: int) -> ResponseReturnValue:
    """Take a closure back."""
    edge.perform(actions.reopen, space, closure_id)
    flash(gettext("The closure is taken back."))
    return redirect(url_for("opening_days.show", space=space), 303)


@blueprint.post("/days")
@edge.access(edge.Access.SIGNED_IN)
def open_day(space: str) -> ResponseReturnValue:
    """Open the space on one date, at given hours or with those of a weekday."""

    def act(fields: Fields) -> None:
        day = fields.day("day")
        hours = fields.choice("hours", ("own", *(str(number) for number in range(7))))
        note = fields.line("note", actions.LONGEST_REASON, required=False)
        if hours != "own":
            fields.finish()
            edge.perform(actions.open_as, space, day, int(hours), note)
            return
        opens, closes = fields.clock("opens", latest=1439), fields.clock("closes")
        fields.finish()
        edge.perform(actions.open_day, space, day, opens, _next_day(opens, closes), note)

    return _answered(space, "special", act)


@blueprint.post("/days/<bounded:special_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def forget_day(space: str, special_id: int) -> ResponseReturnValue:
    """Take one row of a special day back."""
    edge.perform(actions.forget_day, space, special_id)
    flash(gettext("The special day is taken back."))
    return redirect(url_for("opening_days.show", space=space), 303)


def _answered(space: str, form: str, act: Callable[[Fields], None]) -> ResponseReturnValue:
    """What follows one of the page's forms: the page again with what is asked for, or anew with what changed."""
    card = managed(edge.read_call(), space)
    try:
        act(Fields(request.form))
    except Unacceptable as refused:
        return _page(card, problem_sentences(refused), form), 422
    flash(gettext("Saved."))
    tell_bookings_outside(card)
    return redirect(url_for("opening_days.show", space=space), 303)


def _week(fields: Fields) -> list[WeeklyOpening]:
    rows = []
    for weekday in range(7):
        for number in range(MOST_ROWS):
            names = f"opens-{weekday}-{number}", f"closes-{weekday}-{number}"
            opens, closes = fields.optional_clock(names[0], latest=1439), fields.optional_clock(names[1])
            if opens is not None and closes is not None:
                rows.append(WeeklyOpening(weekday, opens, _next_day(opens, closes)))
            elif (opens is None) != (closes is None):
                fields.problem(names[opens is not None], "required")
    return rows


def _next_day(opens: int, closes: int) -> int:
    """Closing at or before the opening is closing on the next day."""
    return closes if closes > opens else closes + 1_440


def _page(card: SpaceCard, errors: dict[str, str], form: str) -> str:
    session = edge.session()
    today = to_wall(card.time_zone, clock.now()).date()
    hours = spaces.hours_of(session, [card.id])[card.id]
    return render_template(
        "manage/hours.html",
        space=card,
        weekdays=WEEKDAYS,
        week=[_rows(hours.weekly, weekday) for weekday in range(7)],
        closures=opening_days.closures(session, card.id, today),
        special_days=opening_days.special_days(session, card.id, today),
        times=[clock_text(minutes) for minutes in range(0, 1_440 + STEP, STEP)],
        time_choices=[("", "–"), *((text, text) for text in map(clock_text, range(0, 1_440 + STEP, STEP)))],
        hour_choices=_hour_choices(),
        clock_text=clock_text,
        errors=errors,
        form=form,
        typed=request.form,
    )


def _rows(weekly: tuple[WeeklyOpening, ...], weekday: int) -> list[tuple[str, str]]:
    """The hours of a weekday as they stand in the form, with room for one more."""
    rows = [(clock_text(row.opens), clock_text(row.closes)) for row in weekly if row.weekday == weekday]
    return rows + [("", "")] * max(1, FEWEST_ROWS - len(rows))


def _hour_choices() -> list[tuple[str, str]]:
    """Own hours, or those of a weekday."""
    copied = (gettext("As on a %(weekday)s", weekday=f_weekday(day, short=False)) for day in WEEKDAYS)
    return [("own", gettext("The hours below")), *((str(number), text) for number, text in enumerate(copied))]


def clock_text(minutes: int) -> str:
    """Minutes of wall time as a form says them; midnight at an end is 24:00, beyond it the next day's time."""
    shown = minutes - 1_440 if minutes > 1_440 else minutes
    return f"{shown // 60:02}:{shown % 60:02}"
