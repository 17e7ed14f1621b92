"""Questions of the interface's lists of tools: which ones match, and what cards don't hold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any

from sqlalchemy import Row, and_, or_, select

from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.facts import Approval, Limits, ToolState

_tool, _space = METADATA.tables["tool"], METADATA.tables["space"]
_needs, _certificate = METADATA.tables["tool_certificate"], METADATA.tables["certificate"]
_LIMITS = tuple(each.name for each in fields(Limits))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tools a list is about. `least` and `most` bound numeric capabilities, which a tool then has to state."""

    kind_id: int | None = None
    space_id: int | None = None
    published_only: bool = False
    words: str = ""
    least: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, float] = field(default_factory=dict)

    @property
    def looks_closely(self) -> bool:
        """Whether rows have to be looked at one by one, because both engines fold letters differently."""
        return bool(self.words or self.least or self.most)


@dataclass(frozen=True, slots=True)
class Details:
    """What a tool's card doesn't hold; certificates are their ids and names."""

    limits: Limits
    description: str
    fee_note: str
    manual_url: str
    certificates: tuple[tuple[int, str], ...]


def matching(
    session: Session, wanted: Wanted, *, after: tuple[str, int] | None = None, limit: int
) -> tuple[tuple[str, int], ...]:
    """The names and ids of tools in service that are wanted, in that order, after the given one: one query."""
    question = select(_tool.c.name, _tool.c.id, _tool.c.make_and_model, _tool.c.capabilities)
    question = question.where(_tool.c.state != ToolState.RETIRED.value).order_by(_tool.c.name, _tool.c.id)
    if wanted.kind_id is not None:
        question = question.where(_tool.c.kind_id == wanted.kind_id)
    if wanted.space_id is not None:
        question = question.where(_tool.c.space_id == wanted.space_id)
    if wanted.published_only:
        question = question.join(_space, _space.c.id == _tool.c.space_id).where(_space.c.publishes)
    if after is not None:
        name, tool_id = after
        question = question.where(or_(_tool.c.name > name, and_(_tool.c.name == name, _tool.c.id > tool_id)))
    if not wanted.looks_closely:
        question = question.limit(limit)
    rows = (row for row in session.execute(question) if _is_wanted(row, wanted))
    return tuple((row.name, row.id) for row, _ in zip(rows, range(limit), strict=False))


def details(session: Session, tool_ids: Collection[int]) -> dict[int, Details]:
    """What the cards of these tools don't hold, by id: two queries."""
    certificates = _certificates(session, tool_ids)
    columns = [_tool.c[name] for name in ("id", *_LIMITS, "description", "fee_note", "manual_url")]
    rows = session.execute(select(*columns).where(_tool.c.id.in_(tool_ids)))
    return {
        row.id: Details(_limits(row), row.description, row.fee_note, row.manual_url, certificates.get(row.id, ()))
        for row in rows
    }


def _limits(row: Row[*tuple[Any, ...]]) -> Limits:
    return Limits(**{name: getattr(row, name) for name in _LIMITS} | {"approval": Approval(row.approval)})


def _certificates(session: Session, tool_ids: Collection[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    question = (
        select(_needs.c.tool_id, _certificate.c.id, _certificate.c.name)
        .join(_certificate, _certificate.c.id == _needs.c.certificate_id)
        .where(_needs.c.tool_id.in_(tool_ids))
        .order_by(_certificate.c.id)
    )
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for tool_id, certificate_id, name in session.execute(question):
        found[tool_id] = (*found.get(tool_id, ()), (certificate_id, name))
    return found


def _is_wanted(row: Row[*tuple[Any, ...]], wanted: Wanted) -> bool:
    text = f"{row.name} {row.make_and_model}".casefold()
    return (
        all(word in text for word in wanted.words.casefold().split())
        and all(_number(row.capabilities.get(slug), -inf) >= least for slug, least in wanted.least.items())
        and all(_number(row.capabilities.get(slug), inf) <= most for slug, most in wanted.most.items())
    )


def _number(value: object, unstated: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else unstated
