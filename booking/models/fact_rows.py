"""From the rows of `fact_questions` to the frozen values that the rules look at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from booking.models.asking import Line
from booking.models.fact_questions import Part
from booking.rules.access import Role
from booking.rules.certificates import Accepted, End, Held, briefings_on_top, counting
from booking.rules.facts import (
    Approval,
    Block,
    BookableBy,
    ClosedDays,
    Facts,
    Hours,
    Limits,
    MakerFacts,
    MakeUpDay,
    Outage,
    Quota,
    SpecialDay,
    Suspended,
    Taken,
    ToolFacts,
    ToolState,
    Training,
    Used,
    Visiting,
    WeeklyOpening,
)
from booking.rules.spans import Span
from booking.rules.states import State

Parts = Mapping[tuple[int, int], list[Line]]
QuotaFacts = tuple[tuple[Quota, ...], tuple[Used, ...]]
NO_QUOTAS: QuotaFacts = ((), ())


def by_owner(rows: Iterable[Line]) -> Parts:
    """The rows by what they are about and whose they are."""
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for row in rows:
        found[row.part, row.owner].append(row)
    return found


def facts_of(
    head: Line,
    account_id: int | None,
    hours: Hours,
    known: Parts,
    own: Mapping[int, End],
    limits: QuotaFacts,
    taken: tuple[Taken, ...] | None = None,
) -> Facts:
    """The facts about the tool of a head; what is taken stands among the known rows unless it is told."""
    tool_id, space_id = head.id, head.space_id
    certificates = sorted(known.get((Part.CERTIFICATE, tool_id), ()), key=lambda row: row.a)
    blocks = (row for row in known.get((Part.BLOCK, space_id), ()) if row.a in {None, tool_id})
    outages = known.get((Part.OUTAGE, tool_id), ())
    return Facts(
        tool=_tool_facts(head, tuple(sorted(row.a for row in known.get((Part.UNIT, tool_id), ()))), certificates),
        hours=hours,
        maker=_maker(head, account_id, own, certificates, known),
        taken=tuple(map(taken_by, known.get((Part.CLAIM, tool_id), ()))) if taken is None else taken,
        outages=tuple(Outage(row.starts_at, row.ends_at, row.a, row.words) for row in outages),
        blocks=tuple(Block(Span(row.starts_at, row.ends_at), row.words) for row in blocks),
        quotas=limits[0],
        used=limits[1],
    )


def taken_by(row: Line) -> Taken:
    """What a claim holds."""
    movable = row.b is not None and not row.d and row.words != State.IN_USE
    return Taken(row.a, Span(row.starts_at, row.ends_at), row.b, row.words == State.PENDING, row.c, movable)


def own_certificates(known: Parts) -> dict[int, End]:
    """When each certificate ends that the person was granted."""
    rows = known.get((Part.GRANT, 0), ())
    return {row.a: Held(row.a, row.ends_at, row.starts_at, row.b, row.words).ends_at for row in rows}


def hours_of(head: Line, known: Parts) -> Hours:
    """When the space of a head is open; the same object for the same hours, by which much is remembered."""

    def rows(part: Part, *names: str) -> tuple[tuple[Any, ...], ...]:
        return tuple(tuple(getattr(row, name) for name in names) for row in known.get((part, head.space_id), ()))

    (week,) = rows(Part.OPENING, "words") or (("",),)
    return _hours(
        head.time_zone,
        *week,
        rows(Part.CLOSURE, "first_day", "last_day", "words"),
        rows(Part.SPECIAL_DAY, "first_day", "b", "c"),
        rows(Part.MAKE_UP_DAY, "first_day", "a"),
        rows(Part.STAFFED, "a", "b", "c"),
    )


_Rows = tuple[tuple[Any, ...], ...]


@lru_cache(maxsize=2048)
def _hours(zone: str, weekly: str, closed: _Rows, special: _Rows, make_up: _Rows, staffed: _Rows) -> Hours:
    openings = (_opening(*row.split(" ")) for row in weekly.split(",") if row)
    return Hours(
        zone,
        tuple(sorted(openings, key=lambda row: (row.weekday, row.opens, row.first or date.min))),
        tuple(ClosedDays(*row) for row in sorted(closed)),
        tuple(SpecialDay(*row) for row in sorted(special)),
        tuple(MakeUpDay(*row) for row in sorted(make_up)),
        tuple(WeeklyOpening(*row) for row in sorted(staffed)),
    )


def _opening(weekday: str, opens: str, closes: str, first: str, last: str) -> WeeklyOpening:
    """A row of the week as the question spells it; a day that isn't given is empty."""
    days = (date.fromisoformat(day) if day else None for day in (first, last))
    return WeeklyOpening(int(weekday), int(opens), int(closes), *days)


@lru_cache(maxsize=2048)
def _limits(approval: str, check_in_minutes: int | None, unattended: bool, *minutes: int) -> Limits:
    """Most tools have the limits of many others."""
    notice, window_days, shortest, longest, grain, setup, cleanup = minutes
    return Limits(
        notice_minutes=notice,
        window_days=window_days,
        shortest_minutes=shortest,
        longest_minutes=longest,
        grain_minutes=grain,
        setup_minutes=setup,
        cleanup_minutes=cleanup,
        unattended=unattended,
        approval=Approval(approval),
        check_in_minutes=check_in_minutes,
    )


def _tool_facts(head: Line, unit_ids: tuple[int, ...], certificates: list[Line]) -> ToolFacts:
    return ToolFacts(
        id=head.id,
        space_id=head.space_id,
        kind_id=head.kind_id,
        state=ToolState(head.state),
        limits=_limits(
            *(head.approval, head.check_in_minutes, head.unattended),
            *(head.notice_minutes, head.window_days, head.shortest_minutes, head.longest_minutes),
            *(head.grain_minutes, head.setup_minutes, head.cleanup_minutes),
        ),
        unit_ids=unit_ids,
        certificate_ids=tuple(row.a for row in certificates),
        bookable_by=BookableBy(head.bookable_by),
        state_note=head.state_note,
    )


def _accepted(row: Line) -> Accepted:
    briefing = Training(row.c, row.words, row.starts_at) if row.c is not None else None
    return Accepted(row.a, row.b, briefing)


def _maker(
    head: Line, account_id: int | None, own: Mapping[int, End], certificates: list[Line], known: Parts
) -> MakerFacts:
    role = Role.ADMIN if head.is_admin else Role(head.role) if head.role else None
    accepted = [_accepted(row) for row in known.get((Part.ACCEPTANCE, head.id), ())]
    visits = sorted(known.get((Part.VISIT, head.id), ()), key=lambda row: row.first_day or date.max)
    return MakerFacts(
        account_id=account_id,
        is_confirmed=account_id is None or head.confirmed_at is not None,
        role=role,
        certificates=counting([row.a for row in certificates], own, accepted),
        certificate_names={row.a: row.words for row in certificates},
        trainings={row.a: Training(row.a, row.words, row.starts_at) for row in certificates},
        on_top=briefings_on_top(own, accepted),
        visiting=tuple(Visiting(row.first_day, row.a, row.b, bool(row.c)) for row in visits),
        suspended=tuple(
            Suspended(Span(row.starts_at, row.ends_at), row.words)
            for owner in (0, head.space_id)
            for row in known.get((Part.SUSPENSION, owner), ())
        ),
        has_used=(Part.HAS_USED, head.id) in known,
        team_ids=frozenset(row.a for row in known.get((Part.TEAM, 0), ())),
    )
