"""Repeating bookings: all dates before anything is booked, the series with its dates, and calling it off."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from booking import edge
from booking.actions import booking_files, series_approvals
from booking.actions import series as actions
from booking.actions.series import Instead, Wanted
from booking.actions.several import Looked
from booking.models import plans, series, tools
from booking.models.facts import facts_for
from booking.models.series import SeriesCard
from booking.models.tools import ToolCard, ToolSheet
from booking.outside import clock
from booking.outside.secrets import new_secret
from booking.rules import hours
from booking.rules.facts import Facts
from booking.rules.recurrence import Frequency
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.several import Verdict
from booking.rules.spans import Span
from booking.web import occasions, patterns, showing
from booking.web.bookings import LONGEST_REASON, Line, line_of
from booking.web.converters import LARGEST_ID
from booking.web.destinations import next_path
from booking.web.entries import LONGEST_KEY, LONGEST_PURPOSE
from booking.web.forms import Fields, day_in
from booking.web.occasions import NOTHING_CHOSEN, Chosen, Occasion
from booking.web.sending import once
from booking.wording.display import f_date, f_number
from booking.wording.problems import problem_sentences
from booking.wording.recurrence import pattern_words
from booking.wording.refusals import refusal_sentences

# What was chosen in the dialog and goes along unseen.
KEPT = ("team", "unit")

blueprint = Blueprint("series", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """The form as it was sent; `wanted` is None when no pattern can be read from it, and `errors` say why."""

    typed: MultiDict[str, str]
    wanted: Wanted | None
    override: bool = False
    key: str = ""
    errors: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DateRow:
    """A date of a series: its booking, or none where it was left out."""

    day: date
    line: Line | None
    may_add: bool


@blueprint.get("/spaces/<space>/tools/<tool>/repeat")
@edge.access(edge.Access.SIGNED_IN)
def create(space: str, tool: str) -> ResponseReturnValue:
    """All dates of a series that isn't booked yet, each with how it stands and what can be chosen instead."""
    sheet = tools.tool_sheet(edge.session(), space, tool)
    return _page(sheet.card, _entry(sheet.card, _filled(sheet, request.args)), NOTHING_CHOSEN)


@blueprint.post("/spaces/<space>/tools/<tool>/repeat")
@edge.access(edge.Access.SIGNED_IN)
def place(space: str, tool: str) -> ResponseReturnValue:
    """Book all dates as they were chosen, or none."""
    card = tools.tool_card(edge.session(), space, tool)
    entry, chosen = _entry(card, request.form), occasions.read(request.form)
    if entry.wanted is None:
        return _page(card, entry, chosen)
    wanted = replace(entry.wanted, choices=choices_of(chosen))
    try:
        series_id = once(
            entry.key, (wanted, entry.override), lambda call: actions.place(call, wanted, override=entry.override)
        )
    except Refused as refused:
        return _page(card, entry, chosen, 409 if refused.is_conflict else 422)
    except Unacceptable as unacceptable:
        if unacceptable.problems[0].code == "idempotency_mismatch":
            flash(gettext("This form was sent before. Here are your bookings."), "warning")
            return redirect(url_for("bookings.mine"), 303)
        errors = problem_sentences(unacceptable)
        return _page(card, Entry(entry.typed, entry.wanted, entry.override, entry.key, errors), chosen, 422)
    flash(gettext("Booked: %(what)s", what=card.name))
    return redirect(url_for("series.show", series_id=series_id), 303)


@blueprint.get("/series/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's series that go on, and one's plans of which something is still to come."""
    who, session = edge.asker().account_id, edge.session()
    found = plans.mine(session, who, clock.now())
    return render_template("series/mine.html", series=series.mine(session, who), plans=found)


@blueprint.get("/series/<bounded:series_id>")
@edge.access(edge.Access.SIGNED_IN)
def show(series_id: int) -> ResponseReturnValue:
    """A series with all its dates, for its maker, her team and the managers of its space."""
    card, who = load(series_id), edge.asker()
    return render_template(
        "series/show.html",
        series=card,
        words=pattern_words(card.pattern),
        rows=_rows(card),
        now=clock.now(),
        is_own=who.account_id == card.account_id or card.team_id in who.team_ids,
    )


@blueprint.get("/series/<bounded:series_id>/calendar")
@edge.access(edge.Access.SIGNED_IN)
def as_calendar(series_id: int) -> ResponseReturnValue:
    """All dates of the series as one file for any calendar, each an event of its own."""
    card = load(series_id)
    cards = list(actions.by_day(edge.read_call(), card).values())
    body = booking_files.several(edge.read_call(), cards, card.tool_name, card.time_zone, f"/series/{card.id}/calendar")
    return calendar_file(body, f"series-{series_id}.ics")


@blueprint.get("/series/<bounded:series_id>/cancel")
@edge.access(edge.Access.SIGNED_IN)
def confirm_cancel(series_id: int) -> ResponseReturnValue:
    """The one confirming step before a series, or the rest of it, is called off."""
    return _cancel_page(load(series_id), day_in(request.args.get("since", "")), {})


@blueprint.post("/series/<bounded:series_id>/cancel")
@edge.access(edge.Access.SIGNED_IN)
def cancel(series_id: int) -> ResponseReturnValue:
    """Call off all that has not begun, or all from one date on."""
    card, fields = load(series_id), Fields(request.form)
    since = fields.optional_day("since")
    try:
        reason = fields.text("reason", LONGEST_REASON, required=False)
        fields.finish()
        ended = edge.perform(actions.cancel, series_id, reason, since=since)
    except Unacceptable as unacceptable:
        return _cancel_page(card, since, problem_sentences(unacceptable)), 422
    flash(_called_off(len(ended)))
    return redirect(url_for("series.show", series_id=series_id), 303)


@blueprint.post("/series/<bounded:series_id>/approve")
@edge.access(edge.Access.STAFF)
def approve(series_id: int) -> ResponseReturnValue:
    """Say yes to all waiting dates of a series at once; each stands or falls alone."""
    load(series_id)
    approved, refused = edge.perform(series_approvals.approve, series_id)
    count = len(approved)
    text = ngettext(
        "%(number)s request is approved.", "%(number)s requests are approved.", count, number=f_number(count)
    )
    undo = url_for("series.undo_approval", series_id=series_id) if approved else ""
    flash({"text": text, "undo": undo} if undo else text)  # type: ignore[arg-type]
    if refused:
        flash(gettext("Something stands against the others. Look at those that are left."), "warning")
    return redirect(next_path(url_for("approvals.queue")), 303)


@blueprint.post("/series/<bounded:series_id>/approve/undo")
@edge.access(edge.Access.STAFF)
def undo_approval(series_id: int) -> ResponseReturnValue:
    """Put all dates that were just approved back to waiting."""
    zone = load(series_id).time_zone
    try:
        edge.perform(series_approvals.undo, series_id)
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, zone)[0], "warning")
    else:
        flash(gettext("The dates wait again."))
    return redirect(next_path(url_for("approvals.queue")), 303)


def load(series_id: int) -> SeriesCard:
    """The series, for those whom it concerns; raises Absent for everybody else."""
    return actions.visible(edge.actor(), series.card(edge.session(), series_id))


def choices_of(chosen: Chosen) -> dict[date, Instead | None]:
    """What was chosen for dates, which are the keys."""
    found: dict[date, Instead | None] = {day: taken for key, taken in chosen.instead.items() if (day := day_in(key))}
    return found | {day: None for key in chosen.out if (day := day_in(key))}


def date_heading(verdict: Verdict) -> str:
    """The date that a verdict is about."""
    return f_date(date.fromisoformat(verdict.key))


def calendar_file(body: bytes, name: str) -> Response:
    """A file for calendars, to be saved."""
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _filled(sheet: ToolSheet, source: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was asked for, and how often where that isn't said: as far as the tool can be booked ahead."""
    first, asked = day_in(source.get("date", "")), source.get("frequency", "")
    if source.get("times") or source.get("until") or first is None or asked not in tuple(Frequency):
        return source
    today = hours.to_wall(sheet.card.time_zone, clock.now()).date()
    times = patterns.usual_times(Frequency(asked), first, today, sheet.wish.window_days)
    return MultiDict([*source.items(multi=True), ("times", str(times))])


def _entry(card: ToolCard, source: MultiDict[str, str]) -> Entry:
    fields = Fields(source)
    key, override = fields.line("key", LONGEST_KEY, required=False), fields.flag("override")
    purpose = fields.line("purpose", LONGEST_PURPOSE, required=False)
    try:
        team_id, unit_id = (fields.optional_whole(name, 1, LARGEST_ID) for name in ("team", "unit"))
        own_level = showing.read(fields)
        pattern = patterns.read(fields, source.getlist("weekdays"))
    except Unacceptable as unacceptable:
        return Entry(source, None, override, key, problem_sentences(unacceptable))
    wanted = Wanted(card.id, pattern, purpose, team_id, unit_id=unit_id, own_level=own_level)
    return Entry(source, wanted, override, key)


def _page(card: ToolCard, entry: Entry, chosen: Chosen, status: int = 200) -> ResponseReturnValue:
    """The dates with what stands against each; those that were left out are looked at as well."""
    looked = _looked(entry, chosen) if entry.wanted else None
    if looked is None:
        status = 422
    typed: Any = patterns.typed(entry.wanted.pattern) if entry.wanted else entry.typed
    weekdays = [str(each) for each in entry.wanted.pattern.weekdays] if entry.wanted else []
    shown = _occasions(looked, chosen)
    body = render_template(
        "series/create.html",
        tool=card,
        typed=typed,
        purpose=entry.typed.get("purpose", "").strip(),
        level=entry.typed.get("visibility", "").strip(),
        kept={name: value for name in KEPT if (value := entry.typed.get(name, "").strip())},
        weekdays=weekdays or entry.typed.getlist("weekdays"),
        choices=patterns.choices(_facts(card, looked), typed),
        errors=entry.errors or {},
        words=pattern_words(entry.wanted.pattern) if entry.wanted else "",
        occasions=shown,
        free=sum(each.chosen != occasions.OUT for each in shown),
        needs_approval=any(each.tone == "amber" for each in shown),
        may_override=looked is not None and (entry.override or occasions.may_override(looked)),
        override=entry.override,
        key=entry.key or new_secret(),
        again=status == 409,
    )
    return body, status


def _looked(entry: Entry, chosen: Chosen) -> Looked | None:
    if entry.wanted is None:
        return None
    instead = {day: each for day, each in choices_of(chosen).items() if each}
    return actions.preview(edge.read_call(), replace(entry.wanted, choices=instead), override=entry.override)


def _occasions(looked: Looked | None, chosen: Chosen) -> list[Occasion]:
    if looked is None:
        return []
    return occasions.shown(looked, edge.asker().account_id, chosen, str(gettext("Leave this date out")), date_heading)


def _facts(card: ToolCard, looked: Looked | None) -> Facts:
    if looked is not None and card.id in looked.judgement.known:
        return looked.judgement.known[card.id]
    now = clock.now()
    return facts_for(edge.session(), card.id, Span(now, now + patterns.LOOKED_AHEAD), edge.asker().account_id)


def _rows(card: SeriesCard) -> list[DateRow]:
    call = edge.read_call()
    held = actions.by_day(call, card)
    missing = actions.left_out(call, card, held)
    days = sorted({*held, *missing})
    return [DateRow(day, line_of(held[day], call.now) if day in held else None, day in missing) for day in days]


def _cancel_page(card: SeriesCard, since: date | None, errors: dict[str, str]) -> str:
    coming = actions.coming(edge.read_call(), card, None)
    days = series.days(edge.session(), card.id)
    going = [each for each in coming if since is None or days[each.id] >= since]
    return render_template(
        "series/cancel.html",
        series=card,
        words=pattern_words(card.pattern),
        since=since,
        others=len(coming) - len(going),
        going=going,
        errors=errors,
        typed=request.form.get("reason", ""),
    )


def _called_off(number: int) -> str:
    shown = f_number(number)
    return str(ngettext("%(number)s date is called off.", "%(number)s dates are called off.", number, number=shown))
