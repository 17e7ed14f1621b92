"""The pages on which managers say when a space is open: the week, closures, special and make-up days, and its staff.

What would leave bookings outside the opening hours is shown with them before it is saved.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import opening_days as actions
from booking.actions.opening_days import BookingsOutside
from booking.actions.spaces import managed
from booking.models import opening_days, spaces
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules import openings
from booking.rules.hours import to_wall
from booking.rules.refusals import Absent, Unacceptable
from booking.web import opening_words, week_forms
from booking.web.forms import Fields, day_in
from booking.web.manage import tell_bookings_outside
from booking.wording.problems import problem_sentences

# So many bookings are listed; of more the number is told.
MOST_SHOWN = 50

blueprint = Blueprint("opening_days", __name__, url_prefix="/manage/spaces/<space>/hours")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """When a space is open."""
    return _page(managed(edge.read_call(), space), {}, "")


@blueprint.post("/week")
@edge.access(edge.Access.SIGNED_IN)
def set_week(space: str) -> ResponseReturnValue:
    """Set the weekly hours, at once or from a date on."""

    def act(fields: Fields, sure: bool) -> None:
        rows, first = week_forms.read(fields), fields.optional_day("since")
        fields.finish()
        edge.perform(actions.set_week, space, rows, first, sure=sure)

    return _answered(space, "week", act, gettext("Saved."))


@blueprint.post("/week/<day>/remove")
@edge.access(edge.Access.SIGNED_IN)
def forget_week(space: str, day: str) -> ResponseReturnValue:
    """Take back a change of the week that is planned for a date."""
    first = day_in(day)
    if first is None:
        raise Absent

    def act(_fields: Fields, sure: bool) -> None:
        edge.perform(actions.forget_week, space, first, sure=sure)

    return _answered(space, "", act, gettext("The change is taken back."))


@blueprint.post("/closures")
@edge.access(edge.Access.SIGNED_IN)
def close(space: str) -> ResponseReturnValue:
    """Close the space for some days."""

    def act(fields: Fields, sure: bool) -> None:
        first = fields.day("first")
        last = fields.optional_day("last") or first
        reason = fields.line("reason", actions.LONGEST_REASON, required=False)
        fields.finish()
        edge.perform(actions.close, space, first, last, reason, sure=sure)

    return _answered(space, "closure", act, gettext("Saved."))


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

    def act(fields: Fields, sure: bool) -> None:
        day = fields.day("day")
        hours = fields.choice("hours", ("own", *(str(number) for number in range(7))))
        note = fields.line("note", actions.LONGEST_REASON, required=False)
        if hours != "own":
            fields.finish()
            edge.perform(actions.open_as, space, day, int(hours), note, sure=sure)
            return
        opens, closes = fields.clock("opens", latest=week_forms.DAY_MINUTES - 1), fields.clock("closes")
        fields.finish()
        edge.perform(actions.open_day, space, day, opens, week_forms.next_day(opens, closes), note, sure=sure)

    return _answered(space, "special", act, gettext("Saved."))


@blueprint.post("/days/<bounded:special_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def forget_day(space: str, special_id: int) -> ResponseReturnValue:
    """Take one row of a special day back."""

    def act(_fields: Fields, sure: bool) -> None:
        edge.perform(actions.forget_day, space, special_id, sure=sure)

    return _answered(space, "", act, gettext("The special day is taken back."))


@blueprint.post("/make-up-days/<bounded:make_up_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def forget_make_up_day(space: str, make_up_id: int) -> ResponseReturnValue:
    """Take a make-up day back."""

    def act(_fields: Fields, sure: bool) -> None:
        edge.perform(actions.forget_make_up_day, space, make_up_id, sure=sure)

    return _answered(space, "", act, gettext("The special day is taken back."))


@blueprint.get("/staffed")
@edge.access(edge.Access.SIGNED_IN)
def staffed(space: str) -> ResponseReturnValue:
    """When somebody of the space is there."""
    return _staffed_page(managed(edge.read_call(), space), {})


@blueprint.post("/staffed")
@edge.access(edge.Access.SIGNED_IN)
def set_staffed(space: str) -> ResponseReturnValue:
    """Set the hours in which somebody is there."""
    card, fields = managed(edge.read_call(), space), Fields(request.form)
    try:
        rows = week_forms.read(fields)
        fields.finish()
        edge.perform(actions.set_staffed, space, rows)
    except Unacceptable as refused:
        return _staffed_page(card, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("opening_days.staffed", space=space), 303)


def _answered(space: str, form: str, act: Callable[[Fields, bool], None], done: str) -> ResponseReturnValue:
    """What follows one of the page's forms: the page again with what is asked for, what it touches, or the change."""
    card = managed(edge.read_call(), space)
    try:
        act(Fields(request.form), request.form.get("sure") == "yes")
    except Unacceptable as refused:
        return _page(card, problem_sentences(refused), form), 422
    except BookingsOutside as outside:
        return _asked_again(card, outside)
    flash(done)
    tell_bookings_outside(card)
    return redirect(url_for("opening_days.show", space=space), 303)


def _asked_again(card: SpaceCard, outside: BookingsOutside) -> str:
    """The bookings that a change would leave outside, and the form again to be sure about."""
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "sure")]
    return render_template(
        "opening_days/outside.html",
        space=card,
        sent=sent,
        shown=outside.bookings[:MOST_SHOWN],
        number=len(outside.bookings),
    )


def _page(card: SpaceCard, errors: dict[str, str], form: str) -> str:
    session, call = edge.session(), edge.read_call()
    today = to_wall(card.time_zone, call.now).date()
    hours = spaces.hours_of(session, [card.id])[card.id]
    outside = actions.bookings_outside(call, card.id)
    return render_template(
        "manage/hours.html",
        space=card,
        **_week_form(openings.in_force(hours.weekly, today)),
        changes=[(day, opening_words.weekly(rows)) for day, rows in openings.changes(hours.weekly, today)],
        closures=opening_days.closures(session, card.id, today),
        special_days=opening_days.special_days(session, card.id, today),
        make_up_days=opening_days.make_up_days(session, card.id, today),
        time_choices=[("", "–"), *((text, text) for text in week_forms.times())],
        hour_choices=_hour_choices(),
        clock_text=week_forms.clock_text,
        outside=outside[:MOST_SHOWN],
        outside_number=len(outside),
        errors=errors,
        form=form,
        typed=request.form,
    )


def _staffed_page(card: SpaceCard, errors: dict[str, str]) -> str:
    hours = spaces.hours_of(edge.session(), [card.id])[card.id]
    return render_template(
        "opening_days/staffed.html",
        space=card,
        **_week_form(hours.staffed),
        weekly=opening_words.weekly(openings.in_force(hours.weekly, to_wall(card.time_zone, clock.now()).date())),
        errors=errors,
        form="week" if errors else "",
        typed=request.form,
    )


def _week_form(rows: openings.Rows) -> dict[str, Any]:
    return {"weekdays": week_forms.WEEKDAYS, "week": week_forms.shown(rows), "times": week_forms.times()}


def _hour_choices() -> list[tuple[str, str]]:
    """Own hours, or those of a weekday."""
    copied = (opening_words.like_weekday(number) for number in range(7))
    return [("own", gettext("The hours below")), *((str(number), text) for number, text in enumerate(copied))]
