"""What stands against an ask: one small function for each rule, named as its refusal's code.

Page, interface, import, search and command line all ask `check`, so they cannot disagree.
Each rule's docstring says when it refuses, with which data, and when that lifts: docs/rules.md is made from it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from booking.rules import hours
from booking.rules.access import Role, at_least
from booking.rules.facts import Approval, Ask, BookableBy, Facts, Outage, Taken, ToolState
from booking.rules.refusals import OVERRIDABLE, Refusal, because
from booking.rules.spans import Span, common, merged, without

# What no other time or length changes.
LASTING = frozenset({"tool_retired", "tool_down", "account_unconfirmed", "not_a_member", "certificate_missing"})
# What depends on who asks.
PERSONAL = frozenset({"account_unconfirmed", "not_a_member", "certificate_missing", "certificate_expired"})
# Times further off than this are answered without unrolling calendars for thousands of years.
HORIZON = timedelta(days=3653)
_SECOND = timedelta(seconds=1)


def check(ask: Ask, facts: Facts, now: datetime) -> tuple[Refusal, ...]:
    """Every refusal of the ask at the instant `now`, in the order in which people should hear them."""
    if ask.span.start < now - HORIZON:
        return (Refusal("in_the_past"),)
    if ask.span.end > now + HORIZON:
        return (_far_ahead(ask, facts, None),)
    return tuple(refusal for rule in RULES if (refusal := rule(ask, facts, now)))


def check_override(refusals: Iterable[Refusal], role: Role | None) -> tuple[Refusal, ...]:
    """The refusals that remain when somebody with this role at the space overrides what the role may."""
    return tuple(
        refusal for refusal in refusals if refusal.overridable_by is None or not at_least(role, refusal.overridable_by)
    )


def needed_approval(ask: Ask, facts: Facts) -> bool:
    """Whether a manager has to say yes; a visitor is somebody without a role at the tool's space."""
    approval = facts.tool.limits.approval
    return approval is Approval.ALWAYS or (approval is Approval.VISITORS and facts.maker.role is None)


def tool_retired(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The tool was taken out of service for good, or has no unit left.

    Data: none. Lifts: not known.
    """
    gone = facts.tool.state is ToolState.RETIRED or not facts.tool.unit_ids
    return because("tool_retired") if gone else None


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
    """The space lends its tools to members only, and the maker has no role there.

    Data: none. Lifts: not known.
    """
    outside = facts.tool.bookable_by is BookableBy.MEMBERS and facts.maker.role is None
    return because("not_a_member") if outside else None


def certificate_missing(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The maker does not hold every certificate that the tool asks for; all missing ones are named at once.

    Data: ids, names. Lifts: not known.
    """
    maker = facts.maker
    missing = tuple(id_ for id_ in facts.tool.certificate_ids if id_ not in maker.certificates)
    if not missing:
        return None
    names = tuple(maker.certificate_names.get(id_, "") for id_ in missing)
    return because("certificate_missing", ids=missing, names=names)


def certificate_expired(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """A held certificate ends before the asked time does.

    Data: id, name, ended. Lifts: not known.
    """
    for id_ in facts.tool.certificate_ids:
        ended = facts.maker.certificates.get(id_)
        # An end is told by its last second, so what ends with that day at midnight is still within it.
        if ended is not None and ended + _SECOND < ask.span.end:
            name = facts.maker.certificate_names.get(id_, "")
            return because("certificate_expired", id=id_, name=name, ended=ended.isoformat())
    return None


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
    closures = [closure for row in facts.hours.closed if (closure := hours.closure_span(facts.hours, row))]
    unexplained = without(shut, closures)
    return _opening_refusal("outside_opening_hours", facts, unexplained[0]) if unexplained else None


def closed_day(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The space is closed on a day of the asked time.

    Data: reason, opens, closes. Lifts: at the next opening.
    """
    shut = hours.shut_within(facts.hours, ask.span, unattended=facts.tool.limits.unattended)
    for row in facts.hours.closed if shut else ():
        closure = hours.closure_span(facts.hours, row)
        covered = common(shut, (closure,)) if closure else ()
        if covered:
            return _opening_refusal("closed_day", facts, covered[0], reason=row.reason)
    return None


def outage(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """Every unit of the tool is out of order during some of the asked time.

    Data: until, reason. Lifts: when the first unit is back.
    """
    units = facts.tool.unit_ids
    if not units or units_in_service(facts, ask.span):
        return None
    last = [_last_outage(facts, ask.span, unit) for unit in units]
    # A known end comes before an open one.
    first = min(last, key=lambda row: (row.ends_at is None, row.ends_at or row.starts_at))
    until = first.ends_at.isoformat() if first.ends_at else None
    return because("outage", lifts_at=first.ends_at, until=until, reason=first.reason)


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

    Data: from, until, pending. Lifts: when the first unit is free again.
    """
    units = units_in_service(facts, ask.span)
    clashes = [_clashes(ask, facts, unit) for unit in units]
    if not units or not all(clashes):
        return None
    # Of several bookings in the asked time only those that follow one another are said: between others it is free.
    runs = [(merged(row.span for row in rows)[0], rows) for rows in clashes]
    stretch, rows = min(runs, key=lambda run: run[0].end)
    pending = all(row.pending for row in rows if row.span.overlaps(stretch))
    return because("slot_taken", lifts_at=stretch.end, pending=pending, **_ends(stretch))


Rule = Callable[[Ask, Facts, datetime], Refusal | None]
RULES: tuple[Rule, ...] = (
    tool_retired,
    tool_down,
    account_unconfirmed,
    not_a_member,
    certificate_missing,
    certificate_expired,
    in_the_past,
    too_soon,
    too_far_ahead,
    too_short,
    too_long,
    off_grain,
    closed_day,
    outside_opening_hours,
    outage,
    event,
    slot_taken,
)


def free_unit(ask: Ask, facts: Facts) -> int | None:
    """The unit that takes the ask with the least idle time left around it (best fit), or None."""
    free = [unit for unit in units_in_service(facts, ask.span) if not _clashes(ask, facts, unit)]
    return min(free, key=lambda unit: (_gap_around(ask, facts, unit), unit), default=None)


def units_in_service(facts: Facts, span: Span) -> tuple[int, ...]:
    """The units of the tool without an outage during the span."""
    rows = [row for row in facts.outages if _is_out(row, span)]
    if any(row.unit_id is None for row in rows):
        return ()
    out = {row.unit_id for row in rows}
    return tuple(unit for unit in facts.tool.unit_ids if unit not in out)


def is_on_grain(facts: Facts, instant: datetime) -> bool:
    """Whether the wall clock shows a whole number of the tool's steps since midnight."""
    return hours.to_wall_minutes(facts.hours.zone, instant) % facts.tool.limits.grain_minutes == 0


def with_buffers(facts: Facts, span: Span) -> Span:
    """The span with the tool's set-up before and clean-up after: what a claim holds."""
    limits = facts.tool.limits
    return span.grown(timedelta(minutes=limits.setup_minutes), timedelta(minutes=limits.cleanup_minutes))


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


def _is_out(row: Outage, span: Span) -> bool:
    return row.starts_at < span.end and (row.ends_at is None or span.start < row.ends_at)


def _last_outage(facts: Facts, span: Span, unit: int) -> Outage:
    rows = [row for row in facts.outages if row.unit_id in {None, unit} and _is_out(row, span)]
    return max(rows, key=lambda row: (row.ends_at is None, row.ends_at or row.starts_at))


def _rows_of(ask: Ask, facts: Facts, unit: int) -> list[Taken]:
    """The taken time of a unit that counts: a booking that moves does not stand in its own way."""
    return [
        row
        for row in facts.taken
        if row.unit_id == unit and (row.booking_id is None or row.booking_id != ask.booking_id)
    ]


def _clashes(ask: Ask, facts: Facts, unit: int) -> list[Taken]:
    held = with_buffers(facts, ask.span)
    return [row for row in _rows_of(ask, facts, unit) if row.span.overlaps(held)]


def _gap_around(ask: Ask, facts: Facts, unit: int) -> timedelta:
    """The free time before and after the ask on a unit; a side without a neighbour counts as the horizon."""
    held = with_buffers(facts, ask.span)
    rows = _rows_of(ask, facts, unit)
    before = min((held.start - row.span.end for row in rows if row.span.end <= held.start), default=HORIZON)
    after = min((row.span.start - held.end for row in rows if row.span.start >= held.end), default=HORIZON)
    return before + after


def _ends(span: Span) -> dict[str, object]:
    return {"from": span.start.isoformat(), "until": span.end.isoformat()}
