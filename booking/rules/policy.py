"""What stands against an ask: one small function for each rule, named as its refusal's code.

Page, interface, import, search and command line all ask `check`, so they cannot disagree.
Each rule's docstring says when it refuses, with which data, and when that lifts: docs/rules.md is made from it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from booking.rules import certificates, hours, pools, quotas, suspensions, units, visits
from booking.rules.access import Role, at_least
from booking.rules.facts import Approval, Ask, Facts, ToolState
from booking.rules.refusals import OVERRIDABLE, Refusal, because
from booking.rules.spans import Span, common, without

# What no other time or length changes.
LASTING = frozenset(
    {"tool_retired", "tool_down", "account_unconfirmed", "not_a_member", "suspended", "certificate_missing"}
)
# What depends on who asks.
PERSONAL = frozenset(
    {
        "account_unconfirmed",
        "not_a_member",
        "suspended",
        "visit_over",
        "outside_visit_hours",
        "certificate_missing",
        "certificate_expired",
        "quota_used",
        "visitors_share_used",
    }
)
# Times further off than this are answered without unrolling calendars for thousands of years.
HORIZON = timedelta(days=3653)


def check(ask: Ask, facts: Facts, now: datetime) -> tuple[Refusal, ...]:
    """Every refusal of the ask at the instant `now`, in the order in which people should hear them."""
    if ask.span.start < now - HORIZON:
        return (Refusal("in_the_past"),)
    if ask.span.end > now + HORIZON:
        return (_far_ahead(ask, facts, None),)
    return tuple(refusal for rule in RULES if (refusal := rule(ask, facts, now)))


def personal(ask: Ask, facts: Facts, now: datetime) -> tuple[Refusal, ...]:
    """The refusals that depend on who asks, in their order."""
    return tuple(refusal for rule in _PERSONAL_RULES if (refusal := rule(ask, facts, now)))


def check_override(refusals: Iterable[Refusal], role: Role | None) -> tuple[Refusal, ...]:
    """The refusals that remain when somebody with this role at the space overrides what the role may."""
    return tuple(
        refusal for refusal in refusals if refusal.overridable_by is None or not at_least(role, refusal.overridable_by)
    )


def needed_approval(ask: Ask, facts: Facts) -> bool:
    """Whether a manager has to say yes; a visitor is somebody without a role at the tool's space.

    `first` is about makers who never had an approved booking of the tool, `unstaffed` about time, any part of which
    lies where nobody of the space is there.
    """
    if visits.is_supervised(ask, facts):
        return True
    match facts.tool.limits.approval:
        case Approval.NEVER:
            return False
        case Approval.ALWAYS:
            return True
        case Approval.VISITORS:
            return facts.maker.role is None
        case Approval.FIRST:
            return not facts.maker.has_used
        case Approval.UNSTAFFED:
            return bool(without((ask.span,), hours.staffed_within(facts.hours, ask.span)))


def tool_retired(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The tool was taken out of service for good, or has no unit left.

    Data: none. Lifts: not known.
    """
    gone = facts.tool.state is ToolState.RETIRED or not facts.tool.unit_ids
    return because("tool_retired") if gone else None


def unit_gone(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The unit that was asked for is none of the tool's, or was taken out of service for good.

    Data: none. Lifts: not known.
    """
    gone = facts.tool.unit_ids and not units.wanted(ask, facts)
    return because("unit_gone") if gone else None


def tool_down(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The tool is out of order until somebody says otherwise.

    Data: note. Lifts: not known.
    """
    down = facts.tool.state is ToolState.DOWN
    return because("tool_down", note=facts.tool.state_note) if down else None


def account_unconfirmed(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The maker's e-mail address is not confirmed yet.

    Data: none. Lifts: not known.
    """
    return None if facts.maker.is_confirmed else because("account_unconfirmed")


def not_a_member(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The space lends its tools to members only, and the maker neither has a role there nor was accepted as a guest.

    Data: none. Lifts: not known.
    """
    outside = visits.needs_visit(facts) and not facts.maker.visiting
    return because("not_a_member") if outside else None


def in_the_past(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The start has passed.

    Data: none. Lifts: never.
    """
    return because("in_the_past") if ask.span.start < now else None


def too_soon(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The start is nearer than the tool's notice allows.

    Data: notice_minutes, earliest. Lifts: never.
    """
    minutes = facts.tool.limits.notice_minutes
    earliest = now + timedelta(minutes=minutes)
    if not now <= ask.span.start < earliest:
        return None
    return because("too_soon", notice_minutes=minutes, earliest=earliest.isoformat())


def too_far_ahead(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The start is further ahead than the tool's window of days of 24 hours.

    Data: window_days. Lifts: when the window reaches that start.
    """
    opens = ask.span.start - timedelta(days=facts.tool.limits.window_days)
    return _far_ahead(ask, facts, opens) if now < opens else None


def too_short(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The asked time is shorter than the tool's shortest.

    Data: shortest_minutes. Lifts: never.
    """
    shortest = facts.tool.limits.shortest_minutes
    short = ask.span.length < timedelta(minutes=shortest)
    return because("too_short", shortest_minutes=shortest) if short else None


def too_long(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The asked time is longer than the tool's longest, in elapsed time also when the clocks change.

    Data: longest_minutes. Lifts: never.
    """
    longest = facts.tool.limits.longest_minutes
    long = ask.span.length > timedelta(minutes=longest)
    return because("too_long", longest_minutes=longest) if long else None


def off_grain(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The start or the end is not a whole number of the tool's steps after midnight on the wall clock.

    Data: grain_minutes. Lifts: never.
    """
    grain = facts.tool.limits.grain_minutes
    on_grain = all(is_on_grain(facts, instant) for instant in (ask.span.start, ask.span.end))
    return None if on_grain else because("off_grain", grain_minutes=grain)


def outside_opening_hours(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The space is not open, and no closed day is the reason; unattended runs need only open ends.

    Data: opens, closes. Lifts: at the next opening.
    """
    shut = hours.shut_within(facts.hours, ask.span, unattended=facts.tool.limits.unattended)
    closures = [span for row in facts.hours.closed for span in hours.closed_time(facts.hours, row)]
    unexplained = without(shut, closures)
    return _opening_refusal("outside_opening_hours", facts, unexplained[0]) if unexplained else None


def closed_day(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The space is closed on a day of the asked time.

    Data: reason, opens, closes. Lifts: at the next opening.
    """
    shut = hours.shut_within(facts.hours, ask.span, unattended=facts.tool.limits.unattended)
    for row in facts.hours.closed if shut else ():
        covered = common(shut, hours.closed_time(facts.hours, row))
        if covered:
            return _opening_refusal("closed_day", facts, covered[0], reason=row.reason)
    return None


def outage(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """No unit of the tool, or not the one asked for, is in order for all of the time; `in_turn`: they fail one by one.

    Data: until, reason, in_turn. Lifts: when the first unit is in order for the asked length.
    """
    if not units.wanted(ask, facts) or units.units_in_service(ask, facts):
        return None
    until = units.in_order_from(ask, facts)
    return because(
        "outage",
        lifts_at=until,
        until=until.isoformat() if until else None,
        reason=units.outage_until(ask, facts, until).reason,
        in_turn=not units.all_out_until(ask, facts, until),
    )


def event(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """An event of the space takes the tool.

    Data: title, from, until. Lifts: when the event ends.
    """
    for block in sorted(facts.blocks, key=lambda row: row.span.start):
        if block.span.overlaps(ask.span):
            return because("event", lifts_at=block.span.end, title=block.title, **_ends(block.span))
    return None


def slot_taken(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """No unit is free for the asked time with its set-up and clean-up; waiting requests hold their time.

    Bookings that have not begun change to another unit of the same tool where that makes room; those stay whose maker
    asked for this very unit, and offers. `from` and `until` say when all units are taken at once; they are null where
    only one after the other is. `named` when one unit was asked for.

    Data: from, until, pending, named. Lifts: when the asked length could be had, as far as two days show.
    """
    clashes = [units.clashes(ask, facts, unit) for unit in units.units_in_service(ask, facts)]
    if not clashes or pools.has_room(ask, facts, now):
        return None
    stretch = units.full_stretch(ask, facts)
    near = [[row for row in rows if not stretch or row.span.overlaps(stretch)] for rows in clashes]
    # One unit on which only requests stand in the way would be free if they were declined.
    pending = any(all(row.pending for row in rows) for rows in near)
    ends = _ends(stretch) if stretch else {"from": None, "until": None}
    named = ask.unit_id is not None
    return because("slot_taken", lifts_at=pools.free_from(ask, facts, now), pending=pending, named=named, **ends)


Rule = Callable[[Ask, Facts, datetime], Refusal | None]
RULES: tuple[Rule, ...] = (
    tool_retired,
    unit_gone,
    tool_down,
    account_unconfirmed,
    not_a_member,
    suspensions.suspended,
    visits.visit_over,
    visits.outside_visit_hours,
    certificates.certificate_missing,
    certificates.certificate_expired,
    in_the_past,
    too_soon,
    too_far_ahead,
    too_short,
    too_long,
    off_grain,
    quotas.quota_used,
    quotas.visitors_share_used,
    closed_day,
    outside_opening_hours,
    outage,
    event,
    slot_taken,
)


_PERSONAL_RULES = tuple(rule for rule in RULES if rule.__name__ in PERSONAL)


def is_on_grain(facts: Facts, instant: datetime) -> bool:
    """Whether the wall clock shows a whole number of the tool's steps since midnight."""
    return hours.to_wall_minutes(facts.hours.zone, instant) % facts.tool.limits.grain_minutes == 0


def _far_ahead(ask: Ask, facts: Facts, opens: datetime | None) -> Refusal:
    role = OVERRIDABLE["too_far_ahead"] if opens else None
    return Refusal("too_far_ahead", {"window_days": facts.tool.limits.window_days}, opens, role)


def _opening_refusal(code: str, facts: Facts, shut: Span, **data: object) -> Refusal:
    opening = hours.next_opening(facts.hours, shut.start)
    opens, closes = (opening.start, opening.end) if opening else (None, None)
    return because(
        code,
        lifts_at=opens,
        opens=opens.isoformat() if opens else None,
        closes=closes.isoformat() if closes else None,
        **data,
    )


def _ends(span: Span) -> dict[str, object]:
    return {"from": span.start.isoformat(), "until": span.end.isoformat()}
