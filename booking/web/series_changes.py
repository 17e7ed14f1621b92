"""Another time, weekday or tool for the coming dates of a series, and adding dates that it leaves out."""

from dataclasses import dataclass, replace
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from booking import edge
from booking.actions import series as whole
from booking.actions import series_changes as actions
from booking.actions.series import Instead
from booking.actions.series_changes import Change, Foreseen
from booking.models.facts import facts_for
from booking.models.series import SeriesCard
from booking.models.tools import tool_cards
from booking.outside import clock
from booking.rules.recurrence import weekday_of
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.several import Verdict
from booking.rules.spans import Span
from booking.web import occasions, patterns
from booking.web.converters import LARGEST_ID
from booking.web.entries import LONGEST_PURPOSE
from booking.web.forms import Fields, day_in
from booking.web.occasions import NOTHING_CHOSEN, Chosen, Occasion
from booking.web.series import blueprint as blueprint
from booking.web.series import choices_of, date_heading, load
from booking.wording.display import f_date, f_number
from booking.wording.problems import problem_sentences
from booking.wording.recurrence import pattern_words


@dataclass(frozen=True, slots=True)
class Entry:
    """The form as it was sent; `change` is None when no change can be read from it, and `errors` say why."""

    typed: dict[str, str]
    change: Change | None
    errors: dict[str, str]
    override: bool = False


@blueprint.get("/series/<bounded:series_id>/change")
@edge.access(edge.Access.SIGNED_IN)
def change(series_id: int) -> ResponseReturnValue:
    """What another time would do to each coming date; without one in the address, the form for it."""
    card = load(series_id)
    return _page(card, _entry(card, request.args), NOTHING_CHOSEN)


@blueprint.post("/series/<bounded:series_id>/change")
@edge.access(edge.Access.SIGNED_IN)
def apply(series_id: int) -> ResponseReturnValue:
    """Move the coming dates as they were chosen, all of them or none."""
    card, chosen = load(series_id), occasions.read(request.form)
    entry = _entry(card, request.form)
    if entry.change is None:
        return _page(card, entry, chosen)
    wanted = replace(entry.change, choices=_by_booking(chosen, with_out=True))
    try:
        changed = edge.perform(actions.apply, series_id, wanted, override=entry.override)
    except Refused as refused:
        return _page(card, entry, chosen, 409 if refused.is_conflict else 422)
    except Unacceptable as unacceptable:
        return _page(card, replace(entry, errors=problem_sentences(unacceptable)), chosen, 422)
    size = len(changed.bookings)
    flash(ngettext("%(number)s date is changed.", "%(number)s dates are changed.", size, number=f_number(size)))
    return redirect(url_for("series.show", series_id=changed.series_id), 303)


@blueprint.get("/series/<bounded:series_id>/dates")
@edge.access(edge.Access.SIGNED_IN)
def missing(series_id: int) -> ResponseReturnValue:
    """The dates that a series leaves out, with how each stands; the address may name one `day`."""
    card = whole.own(edge.asker(), load(series_id))
    return _dates_page(card, _days(card, request.args), NOTHING_CHOSEN)


@blueprint.post("/series/<bounded:series_id>/dates")
@edge.access(edge.Access.SIGNED_IN)
def add(series_id: int) -> ResponseReturnValue:
    """Book those of the left out dates that were chosen, all of them or none."""
    card, chosen = whole.own(edge.asker(), load(series_id)), occasions.read(request.form)
    shown = _days(card, request.form)
    choices = choices_of(chosen)
    days = [day for day in shown if choices.get(day) is not None]
    if not days:
        return _dates_page(card, shown, chosen, 422, gettext("Choose at least one date."))
    try:
        added = edge.perform(whole.add_dates, series_id, days, choices)
    except Refused as refused:
        return _dates_page(card, shown, chosen, 409 if refused.is_conflict else 422)
    number = f_number(len(added))
    flash(ngettext("%(number)s date is added.", "%(number)s dates are added.", len(added), number=number))
    return redirect(url_for("series.show", series_id=series_id), 303)


def _entry(card: SeriesCard, source: MultiDict[str, str]) -> Entry:
    fields = Fields(source)
    usual = patterns.typed(card.pattern)
    typed = {name: source.get(name, usual.get(name, "")).strip() for name in ("start", "end", "end_date")}
    typed |= {"since": source.get("since", "").strip(), "purpose": source.get("purpose", card.purpose)}
    typed["tool"] = source.get("tool", "").strip() or str(card.tool_id)
    own_weekday = weekday_of(card.pattern)
    typed["weekday"] = source.get("weekday", "" if own_weekday is None else str(own_weekday)).strip()
    if "start" not in source:
        return Entry(typed, None, {})
    try:
        starts, minutes = patterns.read_times(fields, card.pattern.first_day)
        purpose = fields.line("purpose", LONGEST_PURPOSE, required=False)
        since = fields.optional_day("since")
        tool_id = fields.optional_whole("tool", 1, LARGEST_ID)
        weekday = fields.optional_whole("weekday", 0, 6)
        fields.finish()
    except Unacceptable as unacceptable:
        return Entry(typed, None, problem_sentences(unacceptable))
    wanted = Change(starts, minutes, purpose, since, tool_id=_other(card, tool_id), weekday=weekday)
    return Entry(typed, wanted, {}, fields.flag("override"))


def _other(card: SeriesCard, tool_id: int | None) -> int | None:
    """The tool that was chosen; None for the one of now, so that dates which were moved elsewhere stay there."""
    return None if tool_id == card.tool_id else tool_id


def _tools(card: SeriesCard) -> list[tuple[str, str]]:
    """The tools to choose from: those of the space, and the one of now even when it is retired."""
    found = {str(each.id): each.name for each in tool_cards(edge.session(), space_id=card.space_id)}
    return list(({str(card.tool_id): card.tool_name} | found).items())


def _by_booking(chosen: Chosen, *, with_out: bool) -> dict[int, Instead | None]:
    """What was chosen for bookings, whose ids are the keys."""
    found: dict[int, Instead | None] = {int(key): taken for key, taken in chosen.instead.items() if _is_id(key)}
    return found | {int(key): None for key in chosen.out if with_out and _is_id(key)}


def _is_id(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < len(str(LARGEST_ID))


def _page(card: SeriesCard, entry: Entry, chosen: Chosen, status: int = 200) -> ResponseReturnValue:
    errors, foreseen = entry.errors, None
    if entry.change is not None:
        try:
            wanted = replace(entry.change, choices=_by_booking(chosen, with_out=False))
            foreseen = actions.preview(edge.read_call(), card.id, wanted, override=entry.override)
        except Unacceptable as unacceptable:
            errors = problem_sentences(unacceptable)
    now = clock.now()
    facts = facts_for(edge.session(), card.tool_id, Span(now, now + patterns.LOOKED_AHEAD), card.account_id)
    typed = entry.typed | {"date": card.pattern.first_day.isoformat()}
    body = render_template(
        "series/change.html",
        series=card,
        words=pattern_words(card.pattern),
        typed=entry.typed,
        choices=patterns.choices(facts, typed),
        tools=_tools(card),
        errors=errors,
        is_looked_at=foreseen is not None,
        occasions=_shown(foreseen, chosen),
        may_override=foreseen is not None and (entry.override or occasions.may_override(foreseen.looked)),
        override=entry.override,
        again=status == 409,
    )
    return body, 422 if errors else status


def _shown(foreseen: Foreseen | None, chosen: Chosen) -> list[Occasion]:
    if foreseen is None:
        return []
    by_key = {str(each.id): each for each in foreseen.going}

    def heading(verdict: Verdict) -> str:
        booking = by_key[verdict.key]
        was = f_date(booking.starts_at, booking.time_zone)
        becomes = f_date(verdict.ask.span.start, booking.time_zone) if verdict.ask else was
        return was if becomes == was else f"{was} → {becomes}"

    leave = str(gettext("Leave it where it is"))
    return occasions.shown(foreseen.looked, foreseen.card.account_id, chosen, leave, heading)


def _days(card: SeriesCard, source: MultiDict[str, str]) -> list[date]:
    """The dates that are left out, or the one of them that is named."""
    call = edge.read_call()
    found = whole.left_out(call, card, whole.by_day(call, card))
    named = day_in(source.get("day", ""))
    return [day for day in found if named is None or day == named]


def _dates_page(
    card: SeriesCard, days: list[date], chosen: Chosen, status: int = 200, error: str = ""
) -> ResponseReturnValue:
    instead = {day: each for day, each in choices_of(chosen).items() if each}
    shown: list[Occasion] = []
    if days:
        looked = whole.preview_dates(edge.read_call(), card.id, days, instead)
        leave = str(gettext("Leave this date out"))
        shown = occasions.shown(looked, card.account_id, chosen, leave, date_heading)
    body = render_template(
        "series/dates.html",
        series=card,
        words=pattern_words(card.pattern),
        occasions=shown,
        day=request.values.get("day", ""),
        error=error,
        again=status == 409,
    )
    return body, status
