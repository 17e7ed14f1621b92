"""What a search found, in the shapes that its page shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext, ngettext

from booking import edge
from booking.actions.find import Found, Shown, shown
from booking.actions.fitting import Hit
from booking.actions.wishes import Part
from booking.models.kinds import KindCard
from booking.models.tools import ToolCard
from booking.rules.capabilities import CapabilitySpec
from booking.web import bars
from booking.web.answering_times import usual_answers
from booking.web.asked_days import SOONEST
from booking.web.questions import DISTANCES, Question
from booking.web.timeline import Segment
from booking.web.tool_words import hidden
from booking.wording.capabilities import capability_line
from booking.wording.display import f_date, f_distance, f_duration, f_number, f_short_day, f_time, f_zone, local
from booking.wording.refusals import refusal_sentence

MOST_REASONS = 12
TRAINING = frozenset({"certificate_missing", "certificate_expired"})


@dataclass(frozen=True, slots=True)
class Row:
    """A tool that can be booked, with its day as a bar; `act_label` names the first fit.

    `usually` says how long an answer takes where one is needed and that is known, `day` which day it is where several
    were asked for.
    """

    name: str
    href: str
    art: str
    where: str
    line: str
    zone: str
    segments: list[Segment]
    label: str
    act_href: str
    act_label: str
    remark: str
    day: str = ""
    usually: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A tool that can't be booked as asked, why, and what to do about it; `modal` links open the form."""

    name: str
    href: str
    space: str
    symbol: str
    sentence: str
    act_href: str
    act_label: str
    modal: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the days around, and how many tools are free on it."""

    day: date
    href: str
    text: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results."""

    heading: str
    rows: list[Row]
    hours: tuple[int, int]
    reasons: list[Reason]
    more_reasons: int
    tabs: list[Tab]
    ways_out: list[tuple[str, str]]
    next_href: str
    first_href: str
    left_out: int


def page(found: Found, question: Question, kinds: Sequence[KindCard], size: int) -> Page:
    """The page of the results that the question asks for."""
    first = (question.page - 1) * size
    hits = found.hits[first : first + size]
    is_last = first + size >= len(found.hits)
    others = found.others[:MOST_REASONS] if is_last else ()
    days = sorted({question.day, *map(_own_day, hits)})
    drawn = shown(edge.read_call(), (*hits, *others), days, question.minutes)
    hours, rows = _rows([hit for hit in hits if hit.tool_id in drawn.worlds], question, kinds, drawn)
    reasons = [(hit, drawn.worlds[hit.tool_id].tool) for hit in others if hit.tool_id in drawn.worlds]
    return Page(
        heading=_heading(len(found.hits), question),
        rows=rows,
        hours=hours,
        reasons=[_reason(hit, tool, question) for hit, tool in reasons],
        more_reasons=max(0, len(found.others) - MOST_REASONS) if is_last else 0,
        tabs=[_tab(day, number, question) for day, number in found.fitting.items()],
        ways_out=[] if found.hits else _ways_out(found, reasons[0][1] if reasons else None, question),
        next_href="" if is_last else question.address(page=question.page + 1),
        first_href=question.address() if question.page > 1 else "",
        left_out=found.left_out,
    )


def _heading(number: int, question: Question) -> str:
    return str(
        ngettext(
            "%(number)s tool is free for %(duration)s",
            "%(number)s tools are free for %(duration)s",
            number,
            number=f_number(number),
            duration=f_duration(question.minutes),
        )
    )


def _rows(
    hits: Sequence[Hit], question: Question, kinds: Sequence[KindCard], drawn: Shown
) -> tuple[tuple[int, int], list[Row]]:
    """The rows, and the hours that all of their bars show."""
    specs = {kind.id: kind.capabilities for kind in kinds}
    now = edge.read_call().now
    worlds, days = [drawn.worlds[hit.tool_id] for hit in hits], [_own_day(hit) for hit in hits]
    stretches = [
        bars.day_stretches(one.facts, one.tool, day, question.minutes, now, drawn.known)
        for one, day in zip(worlds, days, strict=True)
    ]
    zones = [world.tool.time_zone for world in worlds]
    first, last = bars.shown_hours(zip(days, zones, stretches, strict=True))
    several = len(set(zones)) > 1
    rows = [
        _row(hit, world.tool, specs, bars.drawn_bar(one, day, world.tool.time_zone, first, last), question, several)
        for hit, world, one, day in zip(hits, worlds, stretches, days, strict=True)
    ]
    return (first, last), [replace(row, usually=said) for row, said in zip(rows, _usually(hits), strict=True)]


def _own_day(hit: Hit) -> date:
    """The day of the first fit, by the space's clock."""
    return local(hit.fit.start, hit.outline.facts.hours.zone).date() if hit.fit else date.min


def _usually(hits: Sequence[Hit]) -> list[str]:
    """How long an answer usually takes for each tool that needs one; one query for all."""
    spaces = [hit.outline.facts.tool.space_id if hit.needs_approval else None for hit in hits]
    said = usual_answers({space_id for space_id in spaces if space_id is not None})
    return ["" if space_id is None else said.get(space_id, "") for space_id in spaces]


def _row(
    hit: Hit,
    tool: ToolCard,
    specs: Mapping[int, tuple[CapabilitySpec, ...]],
    segments: list[Segment],
    question: Question,
    several_zones: bool,
) -> Row:
    fit, day = hit.fit, _own_day(hit)
    start = f_time(fit.start, tool.time_zone) if fit else ""
    label = gettext("Ask for %(time)s", time=start) if hit.needs_approval else gettext("Book %(time)s", time=start)
    return Row(
        name=tool.name,
        href=url_for("tools.show", space=tool.space_slug, tool=tool.slug, day=day),
        art=tool.art,
        where=_where(hit, tool),
        line=capability_line(specs.get(tool.kind_id, ()), tool.capabilities) or tool.make_and_model,
        zone=f_zone(tool.time_zone, day, tool.city) if several_zones else "",
        segments=segments,
        label=gettext("%(tool)s on %(day)s", tool=tool.name, day=f_date(day)),
        act_href=bars.book_address(tool, fit.start, fit.end, tool.time_zone) if fit else "",
        act_label=label,
        remark=_remark(hit),
        day="" if question.days.is_one else f_short_day(day),
    )


def _where(hit: Hit, tool: ToolCard) -> str:
    if hit.kilometres is None:
        return " · ".join(part for part in (tool.space_name, tool.city) if part)
    return f"{tool.space_name} · {f_distance(hit.kilometres)}"


def _remark(hit: Hit) -> str:
    """What happens after the tap, or what it takes."""
    if edge.actor() is None and hit.outline.facts.tool.certificate_ids:
        return str(gettext("needs training"))
    return str(gettext("a manager answers") if hit.needs_approval else gettext("confirmed at once"))


def _reason(hit: Hit, tool: ToolCard, question: Question) -> Reason:
    page = url_for("tools.show", space=tool.space_slug, tool=tool.slug, day=question.day)
    symbol, href, label, modal = "clock", page, gettext("Look at the week"), False
    if hit.hidden:
        symbol, label = "lock", gettext("Look at the tool")
    elif any(refusal.code in TRAINING for refusal in hit.refusals):
        symbol, label = "graduation-cap", gettext("Look at the tool")
    elif hit.later:
        href, modal = bars.book_address(tool, hit.later.start, hit.later.end, tool.time_zone), True
        label = f"{f_short_day(hit.later.start, tool.time_zone)} {f_time(hit.later.start, tool.time_zone)}"
    return Reason(tool.name, page, _where(hit, tool), symbol, _why(hit, tool, question), href, label, modal)


def _why(hit: Hit, tool: ToolCard, question: Question) -> str:
    """One sentence: what stands in the way."""
    if hit.hidden:
        return hidden(tool)
    if not hit.refusals:
        length = f_duration(question.minutes, in_full=True)
        if question.days.is_one and question.part is Part.ANY:
            return str(gettext("Nothing of %(duration)s is left on this day.", duration=length))
        return str(gettext("Nothing of %(duration)s is left then.", duration=length))
    sentence = refusal_sentence(hit.refusals[0], tool.time_zone)
    if hit.fit is None:
        return sentence
    start = f_time(hit.fit.start, tool.time_zone)
    if not question.days.is_one:
        start = f"{f_short_day(hit.fit.start, tool.time_zone)}, {start}"
    free = gettext("Free from %(time)s.", time=start)
    return f"{free} {sentence}"


def _tab(day: date, number: int, question: Question) -> Tab:
    text = gettext("%(number)s free", number=f_number(number))
    is_current = question.days.is_one and day == question.day
    return Tab(day, question.address(day=day, now="yes" if question.now and is_current else None), text, is_current)


def _ways_out(found: Found, other: ToolCard | None, question: Question) -> list[tuple[str, str]]:
    """What else to ask for when nothing was found: another day, less time, further away, less in particular."""
    ways = []
    better = next((day for day, number in found.fitting.items() if number and day not in question.days.all), None)
    if better:
        ways.append((question.address(day=better, now=None), gettext("Look at %(day)s", day=f_short_day(better))))
    if question.now or question.part is not Part.ANY:
        ways.append((question.address(now=None, part=None), gettext("Look at all of the day")))
    if not question.days.soonest:
        ways.append((question.address(day=SOONEST, now=None), gettext("As soon as possible")))
    if question.minutes > 30:
        half = max(30, question.minutes // 2 // 15 * 15)
        ways.append((question.address(minutes=half), gettext("Ask for %(duration)s only", duration=f_duration(half))))
    ways.extend(_wider(question))
    if question.kind and other:
        ways.append((_line(other, question), gettext("Wait until one is free")))
    return ways


def _wider(question: Question) -> Iterator[tuple[str, str]]:
    """The same question further around, at more spaces, of more kinds, or without particulars."""
    if question.place:
        further = next((km for km in DISTANCES if km > question.km > 0), None)
        if further:
            yield question.address(km=further), gettext("Look within %(distance)s", distance=f_distance(further))
        yield question.address(place="", near=None), gettext("Look anywhere")
    elif question.spaces:
        yield question.address(space=None), gettext("Look at all spaces")
    elif question.kinds:
        yield question.address(kind=None), gettext("Look at all kinds")
    if question.words or question.conditions:
        yield question.plain().address(), gettext("Leave out words and measures")


def _line(tool: ToolCard, question: Question) -> str:
    """The form of the waitlist for any tool of this one's kind, on the day and for the length that were asked for."""
    first, last = question.day.isoformat(), question.days.last.isoformat()
    time = {"day": first, "last_day": last, "minutes": str(question.minutes)}
    return f"{url_for('waitlist.ask', space=tool.space_slug, tool=tool.slug, what='network')}&{urlencode(time)}"
