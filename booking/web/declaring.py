"""The page on which something is declared out of order: whom it touches is seen before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from booking import edge
from booking.actions import outages as actions
from booking.actions import reports as report_actions
from booking.actions.outages import Touched, What
from booking.models import reports
from booking.models.reports import ReportCard
from booking.models.spaces import SpaceCard
from booking.models.tool_rows import UnitCard
from booking.outside import clock
from booking.outside.secrets import digest
from booking.rules import text
from booking.rules.hours import to_utc
from booking.rules.outages import OutageWish, Running
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.web.week_forms import STEP, clock_text
from booking.wording.display import f_number, local
from booking.wording.problems import problem_sentences


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an outage is declared: of what, under which name, at which address, and where one comes from."""

    space: SpaceCard
    what: What
    name: str
    address: str
    back: str
    units: tuple[UnitCard, ...] = ()


def opened(desk: Desk) -> ResponseReturnValue:
    """The page, with whom the outage in the address would touch; from now on until further notice when it is empty."""
    report = _report(desk, request.args)
    typed = request.args if request.args.get("looked") or report is None else _told_by(report)
    try:
        wish = _wish(Fields(typed), desk)
    except Unacceptable as refused:
        return _page(desk, typed, report, None, problem_sentences(refused)), 422
    return _page(desk, typed, report, wish, {})


def sent(desk: Desk) -> ResponseReturnValue:
    """Declare it, unless it touches others by now than those whom the sender has seen: then they are shown first."""
    report, wish = _report(desk, request.form), None
    try:
        wish = _wish(Fields(request.form), desk)
        touched = actions.preview(edge.read_call(), desk.what, wish)
        if touched.cards and request.form.get("seen") != seen_mark(touched):
            return _page(desk, request.form, report, wish, {}), 409
        edge.perform(actions.declare, desk.what, wish)
    except Unacceptable as refused:
        return _page(desk, request.form, report, wish, problem_sentences(refused)), 422
    _say(len({card.account_id for card in touched.cards}))
    return redirect(desk.back, 303)


def seen_mark(touched: Touched) -> str:
    """A word that stands for exactly these bookings; empty without any."""
    return digest(",".join(str(card.id) for card in touched.cards))[:16] if touched.cards else ""


def instant(fields: Fields, zone: str, name: str) -> datetime | None:
    """The wall time of a date and a time field in the zone, as an instant; None when the date is empty."""
    day, minutes = fields.optional_day(f"{name}_day"), fields.optional_clock(f"{name}_time")
    if day is None:
        if minutes is not None:
            fields.problem(f"{name}_day", "required")
        return None
    try:
        return to_utc(zone, datetime.combine(day, time.min) + timedelta(minutes=minutes or 0))
    except Refused:
        fields.problem(f"{name}_time", "no_such_time")
        return None


def time_choices(typed: str = "") -> list[tuple[str, str]]:
    """The times of a day that can be chosen, beginning with none; what was typed is among them."""
    times = sorted({*map(clock_text, range(0, 1_440, STEP)), *([typed] if typed else [])})
    return [("", "–"), *((shown, shown) for shown in times)]


def typed_of(ends_at: datetime | None, reason: str, zone: str) -> dict[str, str]:
    """The end and the reason of an outage as they stand in its form."""
    if ends_at is None:
        return {"reason": reason}
    wall = local(ends_at, zone)
    time_of_day = clock_text(wall.hour * 60 + wall.minute)
    return {"reason": reason, "until_day": wall.date().isoformat(), "until_time": time_of_day}


def _wish(fields: Fields, desk: Desk) -> OutageWish:
    zone, now = desk.space.time_zone, clock.now()
    starts_at, ends_at = instant(fields, zone, "from") or now, instant(fields, zone, "until")
    unit_id = fields.optional_whole("unit", 1, LARGEST_ID) if desk.units else None
    if unit_id is not None and unit_id not in {unit.id for unit in desk.units}:
        fields.problem("unit", "not_a_choice")
    reason = fields.line("reason", actions.LONGEST_REASON, required=False)
    running = fields.choice("running", ("", *Running))
    report_id = fields.optional_whole("report", 1, LARGEST_ID)
    if ends_at is not None and ends_at <= max(starts_at, now):
        fields.problem("ends", "ends_before_start")
    fields.finish()
    return OutageWish(starts_at, ends_at, reason, unit_id, Running(running) if running else None, report_id)


def _report(desk: Desk, source: Mapping[str, str]) -> ReportCard | None:
    """The report that the address or the form names, if it is one of this space."""
    fields = Fields(MultiDict(source))
    report_id = fields.optional_whole("report", 1, LARGEST_ID)
    try:
        fields.finish()
        card = report_actions.visible(edge.actor(), reports.one(edge.session(), report_id)) if report_id else None
    except (Absent, Unacceptable):
        raise Absent from None
    if card is not None and card.space_id != desk.space.id:
        raise Absent
    return card


def _told_by(report: ReportCard) -> MultiDict[str, str]:
    """The form as a report fills it in."""
    reason = text.one_line(report.words.replace("\n", " "), len(report.words) + 1)[: actions.LONGEST_REASON]
    unit = str(report.unit_id) if report.unit_id else ""
    return MultiDict({"report": str(report.id), "reason": reason, "unit": unit})


def _say(people: int) -> None:
    if not people:
        flash(gettext("It is declared out of order. Nobody has booked that time."))
        return
    sentence = ngettext(
        "It is declared out of order. %(number)s person hears of it by mail.",
        "It is declared out of order. %(number)s people hear of it by mail.",
        people,
        number=f_number(people),
    )
    flash(sentence)


def _page(
    desk: Desk, typed: Mapping[str, str], report: ReportCard | None, wish: OutageWish | None, errors: dict[str, str]
) -> str:
    touched = actions.preview(edge.read_call(), desk.what, wish) if wish else Touched((), ())
    return render_template(
        "outages/declare.html",
        desk=desk,
        space=desk.space,
        typed=typed,
        report=report,
        is_read=wish is not None,
        cards=touched.cards,
        running={card.id for card in touched.running},
        people=len({card.account_id for card in touched.cards}),
        seen=seen_mark(touched),
        errors=errors,
        time_choices=time_choices(),
        now=clock.now(),
    )
