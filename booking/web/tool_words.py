"""What the page of a tool says about it: its next free time, training, remarks and rules in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from booking import edge
from booking.models.tools import ToolCard, ToolSheet
from booking.rules import policy
from booking.rules.access import Actor
from booking.rules.availability import next_on_grain
from booking.rules.facts import Approval, Ask, Facts, Limits, ToolState, Visibility
from booking.rules.policy import needed_approval
from booking.rules.spans import Span
from booking.web.bars import book_address, booking_page
from booking.web.weeks import Week, offered_minutes
from booking.wording.display import f_duration, f_number, f_range, f_short_day, f_time, f_zone, local
from booking.wording.reader import gettext, ngettext
from booking.wording.refusals import refusal_sentence

Remark = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class NextFree:
    """What the card beside the tool says: the next free time, or why there is none, and one button or none."""

    when: str
    sentence: str
    href: str
    label: str
    modal: bool


def next_free(tool: ToolCard, facts: Facts, week: Week | None, now: datetime) -> NextFree:
    """The next free stretch and the button that books its beginning; for strangers it leads by the sign-in page.

    Without a week, whose times this reader may not see, the button leads to the form alone.
    """
    if week is None:
        return _unseen(tool)
    free = week.following_free
    if free is None:
        return NextFree("", _why_none(facts), "", "", False)
    zone, limits = tool.time_zone, facts.tool.limits
    start = next_on_grain(facts, free.start)
    soonest = start + timedelta(minutes=limits.shortest_minutes)
    first = Span(start, max(soonest, min(free.end, start + timedelta(minutes=offered_minutes(limits)))))
    last = max(soonest, min(free.end, start + timedelta(minutes=limits.longest_minutes)))
    when = f"{_day(start, zone, now)}, {f_range(start, last, zone)}"
    href = book_address(tool, first.start, first.end, zone)
    if edge.actor() is None:
        return NextFree(when, "", url_for("accounts.sign_in", next=href), gettext("Sign in to book"), False)
    ask = Ask(tool.id, first)
    against = policy.personal(ask, facts, now)
    shown = f_time(start, zone)
    waits = needed_approval(ask, facts)
    label = gettext("Ask for %(time)s", time=shown) if waits else gettext("Book %(time)s", time=shown)
    if against:
        sentence, way = refusal_sentence(against[0], zone), gettext("How to get the training")
        untrained = against[0].code == "certificate_missing"
        return NextFree(when, sentence, "#training" if untrained else "", way if untrained else "", False)
    return NextFree(when, "", href, label, True)


def clocks(tool: ToolCard, monday: datetime, who: Actor | None) -> tuple[str, str]:
    """Whose clock the week shows, and what noon there is on the reader's; "" where both clocks are the same."""
    noon = monday + timedelta(hours=12)
    theirs, yours = f_time(noon, tool.time_zone), f_time(noon, who.time_zone if who else tool.time_zone)
    told = gettext("%(time)s there is %(yours)s for you", time=theirs, yours=yours) if theirs != yours else ""
    return f_zone(tool.time_zone, monday, tool.city), told


def _unseen(tool: ToolCard) -> NextFree:
    page = booking_page(tool)
    if edge.actor() is None:
        return NextFree("", "", url_for("accounts.sign_in", next=page), gettext("Sign in to book"), False)
    return NextFree("", "", page, gettext("Book a time"), True)


def hidden(tool: ToolCard) -> str:
    """Why this reader doesn't see when the tool is taken."""
    if tool.visibility is Visibility.CLOSED:
        return str(gettext("This space shows its times to its members only."))
    return str(gettext("Sign in to see when this tool is free."))


def _day(instant: datetime, zone: str, now: datetime) -> str:
    day, today = local(instant, zone).date(), local(now, zone).date()
    if day == today:
        return str(gettext("Today"))
    return str(gettext("Tomorrow")) if day == today + timedelta(days=1) else f_short_day(day)


def fault(tool: ToolCard, facts: Facts, now: datetime) -> str:
    """Why no machine of the tool works now though it is not said to be down, and until when; "" when one works."""
    if facts.tool.state not in {ToolState.WORKING, ToolState.LIMITED}:
        return ""
    refusal = policy.outage(Ask(tool.id, Span(now, now + timedelta(minutes=1))), facts, now)
    return refusal_sentence(refusal, tool.time_zone) if refusal else ""


def _why_none(facts: Facts) -> str:
    if facts.tool.state is ToolState.RETIRED or not facts.tool.unit_ids:
        return str(gettext("This tool can't be booked any more."))
    if facts.tool.state is ToolState.DOWN:
        return str(gettext("This tool is out of order. What is booked stays booked."))
    return str(gettext("Nothing is free in these days."))


def training(facts: Facts, now: datetime) -> Remark | None:
    """Whether the reader holds the certificates that the tool asks for, as a mark; None when it asks for none."""
    maker = facts.maker
    if not facts.tool.certificate_ids:
        return None
    ends = [maker.certificates.get(each, now) for each in facts.tool.certificate_ids]
    if maker.account_id is not None and all(end is None or end > now for end in ends):
        return gettext("You are trained"), "shield-check", "green"
    names = ", ".join(maker.certificate_names.get(each, "") for each in facts.tool.certificate_ids)
    return gettext("Needs training: %(names)s", names=names), "graduation-cap", "amber"


def remarks(sheet: ToolSheet, facts: Facts, line: str) -> list[Remark]:
    """The short facts under the name, `line` being what the tool can do: icon, label, text."""
    card, limits = sheet.card, facts.tool.limits
    found = [("sliders-horizontal", gettext("Can do"), line)] if line else []
    found += [("map-pin", gettext("Place"), ", ".join(part for part in (card.space_name, card.place) if part))]
    longest = gettext("Up to %(duration)s at once", duration=f_duration(limits.longest_minutes))
    found.append(("clock", gettext("Length"), longest))
    approval = _approval(limits, facts)
    found += [("hand", gettext("Approval"), approval)] if approval else []
    if card.units > 1:
        found.append(
            (
                "layers",
                gettext("Machines"),
                ngettext("%(number)s machine", "%(number)s machines", card.units, number=f_number(card.units)),
            )
        )
    found += [("accessibility", gettext("Access"), gettext("Step-free"))] if card.step_free else []
    found += [("tag", gettext("Fee"), sheet.wish.fee_note)] if sheet.wish.fee_note else []
    return found


def _approval(limits: Limits, facts: Facts) -> str:
    if limits.approval is Approval.ALWAYS:
        return str(gettext("A manager answers each request"))
    if limits.approval is Approval.VISITORS and facts.maker.role is None:
        return str(gettext("A manager answers requests of visitors"))
    if limits.approval is Approval.FIRST and not facts.maker.has_used:
        return str(gettext("A manager answers your first request"))
    if limits.approval is Approval.UNSTAFFED:
        return str(gettext("A manager answers requests outside the staffed hours"))
    return ""


def limits(sheet: ToolSheet, facts: Facts) -> list[tuple[str, str]]:
    """The rules of the tool in words, so that they are known before a time is chosen."""
    rules = facts.tool.limits
    shortest, longest = f_duration(rules.shortest_minutes), f_duration(rules.longest_minutes)
    length = gettext("From %(shortest)s to %(longest)s", shortest=shortest, longest=longest)
    found = [(gettext("Length"), length), (gettext("Steps"), f_duration(rules.grain_minutes))]
    if rules.notice_minutes:
        notice = gettext("At least %(duration)s before", duration=f_duration(rules.notice_minutes))
        found.append((gettext("Notice"), notice))
    ahead = ngettext(
        "Up to %(number)s day before",
        "Up to %(number)s days before",
        rules.window_days,
        number=f_number(rules.window_days),
    )
    found.append((gettext("How early"), ahead))
    for minutes, name in (
        (rules.setup_minutes, gettext("Before each booking")),
        (rules.cleanup_minutes, gettext("After each booking")),
    ):
        if minutes:
            found.append((name, gettext("%(duration)s kept free", duration=f_duration(minutes))))
    if rules.check_in_minutes:
        late = gettext("Within %(duration)s of the start, or it is missed", duration=f_duration(rules.check_in_minutes))
        found.append((gettext("Check-in"), late))
    if rules.unattended:
        found.append((gettext("Over night"), gettext("May run while the space is closed")))
    if sheet.card.make_and_model:
        found.append((gettext("Make and model"), sheet.card.make_and_model))
    return found
