"""A tool with its calendar: what it is, what it asks for, and its week."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions.find import reader_at
from booking.models import kinds, photos, tools, weeks
from booking.models.facts import facts_for
from booking.models.tools import ToolCard, ToolSheet
from booking.rules.access import Role, at_least
from booking.rules.facts import Facts, Visibility
from booking.rules.privacy import Viewer, sees_times
from booking.rules.refusals import Problem, Unacceptable
from booking.rules.spans import Span
from booking.web import quotas, skills, tool_words, visits
from booking.web.forms import EARLIEST_YEAR, LATEST_YEAR, out_of_reach
from booking.web.pictures import pictures
from booking.web.reports import on_tool as reports_on
from booking.web.weeks import Question, Week, drawn_week, week_span
from booking.wording.capabilities import capability_line
from booking.wording.display import f_week, local

blueprint = Blueprint("tools", __name__)

# The next free time is looked for this far from now, in the facts that are read for the week anyway.
AHEAD = timedelta(days=14)
WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@blueprint.get("/spaces/<space>/tools/<tool>/")
@edge.access(edge.Access.PUBLIC)
def show(space: str, tool: str) -> ResponseReturnValue:
    """A tool and a week of its calendar, as far as the reader may see it."""
    session, call = edge.session(), edge.read_call()
    card = (sheet := tools.tool_sheet(session, space, tool)).card
    today = local(call.now, card.time_zone).date()
    monday = asked_monday(today)
    viewer = reader_at(call, card.space_id)
    shown = sees_times(viewer, card.visibility, card.publishes)
    span = week_span(card.time_zone, monday)
    until = max(span.end, call.now + AHEAD) if span.start <= call.now < span.end else span.end
    facts = facts_for(session, card.id, Span(span.start, until), viewer.account_id)
    week = _week(sheet, facts, viewer, monday, until, call.now) if shown else None
    if week and not request.args and week.is_over and week.following_free:
        # What is left of this week has nothing to offer: show the week that has.
        monday = monday_of(local(week.following_free.start, card.time_zone).date())
        span = week_span(card.time_zone, monday)
        week = _week(sheet, facts, viewer, monday, until, call.now)
    return render_template(
        "tools/show.html",
        tool=card,
        sheet=sheet,
        week=week,
        hidden="" if shown else tool_words.hidden(card),
        title=f_week(monday, monday + timedelta(days=6)),
        weeks=_neighbours(card.space_slug, card.slug, monday, today),
        clocks=tool_words.clocks(card, span.start, call.actor),
        next=tool_words.next_free(card, facts, week, call.now),
        training=tool_words.training(facts, call.now),
        lacking=skills.on_tool(card, facts, call.now),
        visit=visits.on_tool(card),
        remarks=tool_words.remarks(sheet, facts, _abilities(card)),
        limits=tool_words.limits(sheet, facts),
        quotas=quotas.on_tool(facts, call.now),
        pictures=pictures(photos.of_tool(session, card.id), card.name),
        is_manager=at_least(viewer.role, Role.MANAGER),
        feed=_feed(sheet) if card.publishes and card.visibility is not Visibility.CLOSED else "",
        own_feed=url_for("feeds.mine", view="tool", id=card.id) if shown and call.actor else "",
        reports=reports_on(card),
        fault=tool_words.fault(card, facts, call.now),
    )


def _abilities(card: ToolCard) -> str:
    """What the tool can do, in one line; what its kind can do is only asked for when it states something."""
    stated = card.capabilities
    return capability_line(kinds.capabilities_of(edge.session(), card.kind_id), stated) if stated else ""


def asked_monday(today: date) -> date:
    """The Monday of the week that the address asks for by `week` (2026-W48) or `day`, else of this week.

    Raises Unacceptable for what is neither.
    """
    week, day = request.args.get("week", ""), request.args.get("day", "")
    try:
        if match := WEEK.fullmatch(week):
            found = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        else:
            found = date.fromisoformat(day) if day else today
    except ValueError as problem:
        raise Unacceptable(Problem("week", "not_a_week") if match else Problem("day", "not_a_day")) from problem
    if week and not match:
        raise Unacceptable(Problem("week", "not_a_week"))
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise Unacceptable(Problem("week" if week else "day", *out_of_reach()))
    return monday_of(found)


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _week(sheet: ToolSheet, facts: Facts, viewer: Viewer, monday: date, until: datetime, now: datetime) -> Week:
    card = sheet.card
    # Only members and team-mates may learn more of other people's bookings than their times, which are in the facts.
    only_own = viewer.role is None or (
        card.visibility not in {Visibility.NAME, Visibility.OPEN} and not at_least(viewer.role, Role.MANAGER)
    )
    span = week_span(card.time_zone, monday)
    whose = (viewer.account_id or 0, viewer.team_ids) if only_own else (None, ())
    entries = weeks.entries(edge.session(), card.id, span, *whose)
    return drawn_week(Question(card, facts, entries, viewer, now), monday, until)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The addresses of the weeks around the shown one; empty where there is none to show."""

    before: str
    today: str
    after: str


def _neighbours(space: str, tool: str, monday: date, today: date) -> Neighbours:
    page = url_for("tools.show", space=space, tool=tool)

    def at(day: date) -> str:
        year, week, _ = day.isocalendar()
        return f"{page}?week={year}-W{week:02d}" if EARLIEST_YEAR < year < LATEST_YEAR else ""

    return Neighbours(at(monday - timedelta(days=7)), f"{page}?day={today}", at(monday + timedelta(days=7)))


def _feed(sheet: ToolSheet) -> str:
    card = sheet.card
    path = url_for("calendars.public_tool", space=card.space_slug, tool=card.slug)
    return edge.settings().base_url.rstrip("/") + path
