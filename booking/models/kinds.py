"""Questions about the taxonomy of kinds and their capabilities, and adding to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from booking.models.asking import Question
from booking.models.database import Id, Session
from booking.models.tables.tools import Capability, Kind, Tool
from booking.rules.capabilities import CapabilitySpec
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class KindCard:
    """A kind with its typed capabilities in their order."""

    id: int
    slug: str
    name: str
    art: str
    capabilities: tuple[CapabilitySpec, ...]


def kind_cards(session: Session) -> tuple[KindCard, ...]:
    """Every kind, by slug: two queries."""
    by_kind: dict[int, list[CapabilitySpec]] = {}
    for row in session.scalars(select(Capability).order_by(Capability.position, Capability.id)):
        by_kind.setdefault(row.kind_id, []).append(_spec(row))
    kinds = session.scalars(select(Kind).order_by(Kind.slug))
    return tuple(KindCard(row.id, row.slug, row.name, row.art, tuple(by_kind.get(row.id, ()))) for row in kinds)


def kind_card(session: Session, slug: str) -> KindCard:
    """The kind of that slug; raises Absent when there is none."""
    row = session.scalars(select(Kind).where(Kind.slug == slug)).one_or_none()
    if row is None:
        raise Absent
    rows = session.scalars(
        select(Capability).where(Capability.kind_id == row.id).order_by(Capability.position, Capability.id)
    )
    return KindCard(row.id, row.slug, row.name, row.art, tuple(_spec(each) for each in rows))


def capabilities_of(session: Session, kind_id: int) -> tuple[CapabilitySpec, ...]:
    """What tools of a kind may state, in its order: one query."""
    rows = _OF_KIND.rows(session, {"kind_id": kind_id})
    return tuple(CapabilitySpec(slug, type_, unit, tuple(choices), name) for slug, type_, unit, choices, name in rows)


def tools_by_kind(session: Session) -> dict[int, int]:
    """How many tools there are of each kind, by the kind's id."""
    rows = session.execute(select(Tool.kind_id, func.count(Tool.id)).group_by(Tool.kind_id))
    return {kind_id: number for kind_id, number in rows}


def add_kind(session: Session, slug: str, name: str, art: str) -> int:
    """Add a kind; its id."""
    row = Kind(slug=slug, name=name, art=art)
    session.add(row)
    session.flush()
    return row.id


def add_capabilities(session: Session, kind_id: int, specs: Iterable[CapabilitySpec], position: int = 0) -> None:
    """Add capabilities to a kind, in this order from the position on."""
    session.add_all(
        Capability(
            kind_id=kind_id,
            slug=spec.slug,
            name=spec.name,
            type=spec.type,
            unit=spec.unit,
            choices=list(spec.choices),
            position=position + number,
        )
        for number, spec in enumerate(specs)
    )
    session.flush()


def _spec(row: Capability) -> CapabilitySpec:
    return CapabilitySpec(row.slug, row.type, row.unit, tuple(row.choices), row.name)


_capability = Capability.__table__.c
_OF_KIND = Question(
    select(_capability.slug, _capability.type, _capability.unit, _capability.choices, _capability.name)
    .where(_capability.kind_id == bindparam("kind_id", type_=Id))
    .order_by(_capability.position, _capability.id)
)
