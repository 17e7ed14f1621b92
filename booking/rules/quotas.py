"""How much somebody may book: what quotas add up, what is left of them, and when they let an ask pass again.

Time is elapsed time, also where clocks change; days and weeks (from Monday on) are those of the asked tool's space.
A person's quota counts all that she books, for her teams too; a team's all that is booked for it. Visitors' quotas
count each tool by itself: the bookings of everybody without a role at its space.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booking.rules import hours
from booking.rules.facts import Ask, Counted, Facts, Measure, Quota, Used
from booking.rules.refusals import Refusal, because
from booking.rules.spans import Span

_MINUTE = timedelta(minutes=1)
_WEEK = timedelta(days=7)
_NEVER = datetime.max.replace(tzinfo=UTC)
# So many days or weeks are looked at for room; further ahead nothing is said.
_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota now; `frees` is when more of it comes back, where something is used.

    `amount`, `used` and `left` are bookings or minutes. `team_id` says of which team.
    """

    quota: Quota
    amount: int
    used: int
    frees: datetime | None = None
    team_id: int | None = None

    @property
    def left(self) -> int:
        """What may still be booked; 0 where more was booked than the quota allows by now."""
        return max(0, self.amount - self.used)


@dataclass(frozen=True, slots=True)
class _Over:
    """A quota that an ask would go beyond: what is used and asked, and from when on the ask would fit."""

    quota: Quota
    amount: int
    used: int
    asked: int
    lifts_at: datetime | None


def quota_used(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The maker, or the team that she books for, would have more open bookings or time than a quota allows.

    Of several such quotas the one that lifts last is told. `measure` says what `amount`, `used` and `asked` are:
    open_bookings, or minutes of a day or week (minutes_day, minutes_week); `counted` whose: person or team; `scope`
    where: tool, kind_at_space, kind, space or network.

    Data: measure, counted, scope, amount, used, asked, frees. Lifts: when the ask would fit.
    """
    over = _last(ask, facts, now, of_visitors=False)
    if over is None:
        return None
    return because("quota_used", lifts_at=over.lifts_at, **_data(over))


def visitors_share_used(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """Visitors, who have no role at the space, would have more of the tool together than their share.

    `amount` is what they may have that week or day, in minutes, `percent` their share of the open hours where it is
    one (else null).

    Data: measure, counted, scope, amount, used, asked, frees, percent. Lifts: when the ask would fit.
    """
    over = _last(ask, facts, now, of_visitors=True)
    if over is None:
        return None
    percent = over.quota.amount if over.quota.measure is Measure.PERCENT_WEEK else None
    return because("visitors_share_used", lifts_at=over.lifts_at, percent=percent, **_data(over))


def left(facts: Facts, now: datetime, at: datetime | None = None) -> tuple[Left, ...]:
    """What is left of each quota that the maker would be held to on this tool, in the day and week of `at` (else now).

    Those of her teams stand there for each of them.
    """
    found: list[Left] = []
    for quota in facts.quotas:
        if not _matters(quota, facts):
            continue
        if quota.counted is Counted.TEAM:
            teams = sorted(facts.maker.team_ids) if quota.team_id is None else [quota.team_id]
            found += [_left(quota, team, facts, now, at or now) for team in teams if team in facts.maker.team_ids]
        elif _binds(quota, None, facts):
            found.append(_left(quota, None, facts, now, at or now))
    return tuple(found)


def scope(quota: Quota) -> str:
    """Where a quota counts: tool, kind_at_space, kind, space or network."""
    if quota.tool_id is not None:
        return "tool"
    if quota.kind_id is not None:
        return "kind" if quota.space_id is None else "kind_at_space"
    return "network" if quota.space_id is None else "space"


def holds(quota: Quota, tool_id: int, kind_id: int, space_id: int) -> bool:
    """Whether a quota is about this tool, of this kind at this space."""
    pairs = ((quota.tool_id, tool_id), (quota.kind_id, kind_id), (quota.space_id, space_id))
    return all(wanted is None or wanted == own for wanted, own in pairs)


def turns(span: Span, facts: Facts) -> Iterator[datetime]:
    """The midnights within the span at which a quota that the maker is held to begins its day or week anew."""
    for quota in facts.quotas:
        if quota.measure is Measure.OPEN_BOOKINGS or not _matters(quota, facts) or not _binds(quota, None, facts):
            continue
        for turn in _turns(quota, facts, span.start):
            if turn.end >= span.end:
                break
            yield turn.end


def _matters(quota: Quota, facts: Facts) -> bool:
    return holds(quota, facts.tool.id, facts.tool.kind_id, facts.tool.space_id)


def _binds(quota: Quota, team_id: int | None, facts: Facts) -> bool:
    """Whether a quota of this tool holds for the maker when she books for this team, or for herself."""
    match quota.counted:
        case Counted.PERSON:
            return facts.maker.account_id is not None
        case Counted.TEAM:
            return team_id is not None and quota.team_id in {None, team_id}
        case Counted.VISITORS:
            return facts.maker.account_id is not None and facts.maker.role is None


def _counted(quota: Quota, team_id: int | None, facts: Facts, leaving: int | None = None) -> list[Used]:
    """The bookings that a quota adds up; one that moves does not count against itself."""
    return [
        row
        for row in facts.used
        if (leaving is None or row.booking_id != leaving) and _is_counted(row, quota, team_id, facts)
    ]


def _is_counted(row: Used, quota: Quota, team_id: int | None, facts: Facts) -> bool:
    if quota.counted is Counted.VISITORS:
        return row.is_visitor and row.tool_id == facts.tool.id
    if not holds(quota, row.tool_id, row.kind_id, row.space_id):
        return False
    return row.team_id == team_id if quota.counted is Counted.TEAM else row.account_id == facts.maker.account_id


def _over(quota: Quota, ask: Ask, facts: Facts, now: datetime) -> Iterator[_Over]:
    """How the ask goes beyond a quota, for each day or week in which it does."""
    if not _matters(quota, facts) or not _binds(quota, ask.team_id, facts):
        return
    rows = _counted(quota, ask.team_id, facts, ask.booking_id)
    if quota.measure is Measure.OPEN_BOOKINGS:
        ends = _open_ends(rows, now)
        if len(ends) >= quota.amount:
            yield _Over(quota, quota.amount, len(ends), 1, ends[len(ends) - quota.amount])
        return
    for turn in _turns(quota, facts, ask.span.start):
        if turn.start >= ask.span.end:
            return
        part = ask.span.within(turn)
        # A clock set back over midnight shows the day before once more, which is over by then.
        if part is None:
            continue
        amount, used = _amount(quota, facts, turn), _time(rows, turn)
        if used + part.length > amount:
            lifts_at = _room(quota, rows, facts, turn, part.length)
            yield _Over(quota, amount // _MINUTE, used // _MINUTE, part.length // _MINUTE, lifts_at)


def _room(quota: Quota, rows: list[Used], facts: Facts, turn: Span, needed: timedelta) -> datetime | None:
    """The start of the first later day or week with room for so much time."""
    for number, later in enumerate(_turns(quota, facts, turn.end)):
        if _time(rows, later) + needed <= _amount(quota, facts, later):
            return later.start
        if number == _LOOKED_AT:
            break
    return None


def _turns(quota: Quota, facts: Facts, start: datetime) -> Iterator[Span]:
    """The days, or the weeks from Monday on, of the space's wall from the one of this instant on."""
    zone, at = facts.hours.zone, start
    while True:
        day = hours.to_wall(zone, at).date()
        if quota.measure is Measure.MINUTES_DAY:
            turn = hours.day_span(zone, day)
        else:
            monday = day - timedelta(days=day.weekday())
            turn = Span(hours.day_span(zone, monday).start, hours.day_span(zone, monday + _WEEK).start)
        yield turn
        at = turn.end


def _amount(quota: Quota, facts: Facts, turn: Span) -> timedelta:
    """How much time a quota allows in a day or week."""
    if quota.measure is not Measure.PERCENT_WEEK:
        return quota.amount * _MINUTE
    opened = sum((span.length for span in hours.open_within(facts.hours, turn)), timedelta(0))
    return opened * len(facts.tool.unit_ids) * quota.amount / 100


def _time(rows: Iterable[Used], turn: Span) -> timedelta:
    parts = (row.span.within(turn) for row in rows)
    return sum((part.length for part in parts if part), timedelta(0))


def _open_ends(rows: Iterable[Used], now: datetime) -> list[datetime]:
    """When the bookings end that are not over, the next one first."""
    return sorted(row.span.end for row in rows if row.span.end > now)


def _left(quota: Quota, team_id: int | None, facts: Facts, now: datetime, at: datetime) -> Left:
    rows = _counted(quota, team_id, facts)
    if quota.measure is Measure.OPEN_BOOKINGS:
        ends = _open_ends(rows, now)
        return Left(quota, quota.amount, len(ends), ends[0] if ends else None, team_id)
    turn = next(_turns(quota, facts, at))
    used = _time(rows, turn)
    return Left(quota, _amount(quota, facts, turn) // _MINUTE, used // _MINUTE, turn.end if used else None, team_id)


def _last(ask: Ask, facts: Facts, now: datetime, *, of_visitors: bool) -> _Over | None:
    """Of all quotas that the ask goes beyond the one that lifts last; what never lifts is the last of all."""
    quotas = [each for each in facts.quotas if (each.counted is Counted.VISITORS) is of_visitors]
    found = [over for quota in quotas for over in _over(quota, ask, facts, now)]
    return max(found, key=lambda over: over.lifts_at or _NEVER, default=None)


def _data(over: _Over) -> dict[str, object]:
    return {
        "measure": over.quota.measure.value,
        "counted": over.quota.counted.value,
        "scope": scope(over.quota),
        "amount": over.amount,
        "used": over.used,
        "asked": over.asked,
        "frees": over.lifts_at.isoformat() if over.lifts_at else None,
    }
