"""The rows of the invented spaces: hours, trainings, tools and their units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, count
from random import Random
from typing import Any

from booking.rules import facts, hours
from booking.rules.openings import changed
from booking.rules.text import slug
from booking.seeding.catalogue import DAYS, SpacePlan, ToolPlan, minutes, special_day
from booking.seeding.rows import Rows

_CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class PlacedTool:
    """A tool that has rows: its plan, and as the rules see it."""

    plan: ToolPlan
    facts: facts.ToolFacts
    slug: str


@dataclass(slots=True)
class PlacedSpace:
    """A space that has rows, with its tools, its trainings' ids by their short name, and how long each is valid."""

    id: int
    plan: SpacePlan
    hours: facts.Hours
    certificates: dict[str, int]
    valid_days: dict[int, int | None]
    tools: list[PlacedTool] = field(default_factory=list)


def add_space(rows: Rows, plan: SpacePlan, kinds: dict[str, int], now: datetime, chance: Random) -> PlacedSpace:
    """The rows of a space and all its tools; `kinds` are the ids of the kinds by slug."""
    space_id = rows.add(
        "space",
        slug=plan.slug,
        name=plan.name,
        description=plan.description,
        address=plan.address,
        city=plan.city,
        country=plan.country,
        latitude=plan.place[0],
        longitude=plan.place[1],
        time_zone=plan.zone,
        language=plan.language,
        contact=plan.contact,
        visibility=plan.visibility,
        publishes=plan.publishes,
        joining=plan.joining,
        bookable_by=plan.bookable_by,
        created_at=now - timedelta(days=700),
        changed_at=now - timedelta(days=20),
    )
    today = hours.to_wall(plan.zone, now).date()
    certificates = {
        key: _add_certificate(rows, space_id, plan, entry, today) for key, entry in plan.certificates.items()
    }
    opened = _add_hours(rows, space_id, plan, today)
    valid_days = {certificates[key]: entry.get("days") for key, entry in plan.certificates.items()}
    placed = PlacedSpace(space_id, plan, opened, certificates, valid_days)
    for tool in plan.tools:
        placed.tools.append(_add_tool(rows, placed, tool, kinds, now, chance))
    return placed


def accept(rows: Rows, spaces: Sequence[PlacedSpace]) -> None:
    """Let certificates of some spaces count at others, wholly or with a briefing of theirs on top."""
    by_slug = {space.plan.slug: space for space in spaces}
    for space in spaces:
        for entry in space.plan.accepts:
            rows.add(
                "acceptance",
                certificate_id=space.certificates[entry["certificate"]],
                foreign_id=by_slug[entry["space"]].certificates[entry["foreign"]],
                briefing_id=space.certificates[entry["briefing"]] if "briefing" in entry else None,
            )


def _add_certificate(rows: Rows, space_id: int, plan: SpacePlan, entry: Mapping[str, Any], today: date) -> int:
    briefing_at = None
    if "briefing" in entry:
        day, clock = special_day(today, {"week": 1, **entry["briefing"]}), time.fromisoformat(entry["briefing"]["at"])
        briefing_at = hours.to_utc(plan.zone, datetime.combine(day, clock))
    return rows.add(
        "certificate",
        space_id=space_id,
        name=entry["name"],
        description=entry.get("description", ""),
        valid_days=entry.get("days"),
        unused_days=entry.get("unused"),
        next_briefing_at=briefing_at,
        briefing_note=entry.get("note", ""),
    )


def _add_hours(rows: Rows, space_id: int, plan: SpacePlan, today: date) -> facts.Hours:
    closed = []
    for entry in plan.closures:
        first = today + timedelta(days=entry["in"])
        closed.append(facts.ClosedDays(first, first + timedelta(days=entry["days"] - 1), entry["reason"]))
    weekly = plan.weekly
    if plan.later:
        ahead, later = plan.later
        weekly = changed(weekly, later, today + timedelta(days=ahead), today)
    for row in weekly:
        rows.add("opening", first_day=row.first, last_day=row.last, **_row(space_id, row))
    for row in plan.staffed:
        rows.add("staffed", **_row(space_id, row))
    for days in closed:
        rows.add("closure", space_id=space_id, first_day=days.first, last_day=days.last, reason=days.reason)
    special, make_up = _add_special_days(rows, space_id, plan, today)
    return facts.Hours(plan.zone, weekly, tuple(closed), special, make_up, plan.staffed)


def _row(space_id: int, row: facts.WeeklyOpening) -> dict[str, int]:
    return {"space_id": space_id, "weekday": row.weekday, "opens": row.opens, "closes": row.closes}


def _add_special_days(
    rows: Rows, space_id: int, plan: SpacePlan, today: date
) -> tuple[tuple[facts.SpecialDay, ...], tuple[facts.MakeUpDay, ...]]:
    """Dates with hours of their own, and those with the hours of another weekday."""
    special, make_up = [], []
    for entry in plan.special:
        day = special_day(today, entry)
        if "like" in entry:
            made_up = facts.MakeUpDay(day, DAYS.index(entry["like"]))
            like = made_up.like_weekday
            rows.add("make_up_day", space_id=space_id, day=day, like_weekday=like, note=entry["note"])
            make_up.append(made_up)
        else:
            own = facts.SpecialDay(day, *minutes(entry["hours"]))
            rows.add("special_day", space_id=space_id, day=day, opens=own.opens, closes=own.closes, note=entry["note"])
            special.append(own)
    return tuple(special), tuple(make_up)


def _add_tool(
    rows: Rows, space: PlacedSpace, plan: ToolPlan, kinds: dict[str, int], now: datetime, chance: Random
) -> PlacedTool:
    address = _address(space, slug(plan.model.make_and_model, "tool"))
    tool_id = rows.add(
        "tool",
        space_id=space.id,
        kind_id=kinds[plan.model.kind],
        slug=address,
        name=plan.name,
        make_and_model=plan.model.make_and_model,
        place=plan.place,
        state=plan.state,
        state_note=plan.note,
        step_free=plan.step_free,
        fee_note=plan.fee,
        capabilities=dict(plan.model.capabilities),
        code="".join(chance.choices(_CODE_LETTERS, k=10)),
        created_at=now - timedelta(days=600),
        changed_at=now - timedelta(days=20),
        **_full_limits(plan),
    )
    units = tuple(rows.add("unit", tool_id=tool_id, name=str(number + 1)) for number in range(plan.units))
    needed = (space.certificates[plan.certificate],) if plan.certificate else ()
    for certificate_id in needed:
        rows.link("tool_certificate", tool_id=tool_id, certificate_id=certificate_id)
    seen = facts.ToolFacts(
        id=tool_id,
        space_id=space.id,
        kind_id=kinds[plan.model.kind],
        state=facts.ToolState(plan.state),
        limits=_limits(plan),
        unit_ids=units,
        certificate_ids=needed,
        bookable_by=facts.BookableBy(space.plan.bookable_by),
    )
    return PlacedTool(plan, seen, address)


def _address(space: PlacedSpace, wished: str) -> str:
    """The wished slug, numbered where the space has one of that model already."""
    taken = {tool.slug for tool in space.tools}
    numbered = (f"{wished}-{number}" for number in count(2))
    return next(name for name in chain((wished,), numbered) if name not in taken)


def _limits(plan: ToolPlan) -> facts.Limits:
    return facts.Limits(**{**plan.limits, "approval": facts.Approval(plan.limits.get("approval", "never"))})


def _full_limits(plan: ToolPlan) -> dict[str, int | bool | str]:
    """Every limit's column: rows that are loaded together name the same columns."""
    limits = _limits(plan)
    return {name: getattr(limits, name) for name in facts.Limits.__dataclass_fields__ if name != "approval"} | {
        "approval": limits.approval.value
    }
