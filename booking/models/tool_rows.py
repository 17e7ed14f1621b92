"""Writing tools: their columns, certificates asked for and units."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import delete, func, select

from booking.models.database import Session
from booking.models.tables.bookings import Claim
from booking.models.tables.certificates import Certificate
from booking.models.tables.tools import Tool, ToolCertificate, Unit
from booking.models.tools import WISHED_COLUMNS
from booking.rules.catalogue import ToolWish
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class UnitCard:
    """One machine of a tool; `claims_ahead` counts bookings that still need it."""

    id: int
    name: str
    retired_at: datetime | None
    claims_ahead: int


def numbers_by_space(session: Session, space_ids: Collection[int]) -> dict[int, int]:
    """How many tools each of these spaces lists, without the retired ones, by the space's id: one query."""
    question = select(Tool.space_id, func.count(Tool.id)).where(Tool.space_id.in_(space_ids), Tool.state != "retired")
    return {space_id: number for space_id, number in session.execute(question.group_by(Tool.space_id))}


def slugs(session: Session, space_id: int, beginning: str) -> frozenset[str]:
    """The slugs of tools of a space that begin like this, retired ones too."""
    question = select(Tool.slug).where(Tool.space_id == space_id, Tool.slug.startswith(beginning, autoescape=True))
    return frozenset(session.scalars(question))


def add(session: Session, space_id: int, kind_id: int, slug: str, code: str, wish: ToolWish, now: datetime) -> int:
    """Add a tool with its certificates and as many units as wished; its id."""
    row = Tool(space_id=space_id, kind_id=kind_id, slug=slug, code=code, created_at=now, changed_at=now, version=1)
    _fill(row, wish)
    session.add(row)
    session.flush()
    set_certificates(session, row.id, wish.certificate_ids)
    add_units(session, row.id, wish.unit_count)
    return row.id


def change(session: Session, tool_id: int, kind_id: int, wish: ToolWish, now: datetime) -> None:
    """Give a tool these columns and certificates, a higher version and the instant of the change."""
    row = session.get_one(Tool, tool_id)
    row.kind_id = kind_id
    _fill(row, wish)
    raise_version(session, tool_id, now)
    set_certificates(session, tool_id, wish.certificate_ids)


def set_state(session: Session, tool_id: int, state: str, note: str, now: datetime) -> None:
    """Say how a tool is."""
    row = session.get_one(Tool, tool_id)
    row.state, row.state_note = state, note
    raise_version(session, tool_id, now)


def raise_version(session: Session, tool_id: int, now: datetime) -> None:
    """Mark a visible change of a tool."""
    row = session.get_one(Tool, tool_id)
    row.version, row.changed_at = row.version + 1, now
    session.flush()


def set_certificates(session: Session, tool_id: int, certificate_ids: Iterable[int]) -> None:
    """Let a tool ask for exactly these certificates."""
    session.execute(delete(ToolCertificate).where(ToolCertificate.tool_id == tool_id))
    session.add_all(ToolCertificate(tool_id=tool_id, certificate_id=each) for each in sorted(set(certificate_ids)))
    session.flush()


def certificates_of(session: Session, space_id: int) -> dict[int, str]:
    """The names of a space's certificates by id, in the order of their names."""
    question = select(Certificate.id, Certificate.name).where(Certificate.space_id == space_id)
    return {id_: name for id_, name in session.execute(question.order_by(Certificate.name))}


def add_certificate(session: Session, space_id: int, name: str) -> int:
    """Add a certificate of a space that never expires; its id."""
    row = Certificate(space_id=space_id, name=name, description="", valid_days=None)
    session.add(row)
    session.flush()
    return row.id


def units_of(session: Session, tool_id: int, now: datetime) -> tuple[UnitCard, ...]:
    """The units of a tool, retired ones last, with how many claims each still holds."""
    ahead = (
        select(func.count(Claim.id))
        .where(Claim.unit_id == Unit.id, Claim.blocking, Claim.blocks_until > now)
        .correlate(Unit)
        .scalar_subquery()
    )
    question = select(Unit.id, Unit.name, Unit.retired_at, ahead).where(Unit.tool_id == tool_id)
    rows = session.execute(question.order_by(Unit.retired_at.is_not(None), Unit.id))
    return tuple(UnitCard(*row) for row in rows)


def unit_names(session: Session, tool_ids: Collection[int]) -> dict[int, str]:
    """What the units of these tools are called, by their ids: one query."""
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.tool_id.in_(tool_ids)))
    return {unit_id: name for unit_id, name in rows}


def lock(session: Session, tool_id: int) -> None:
    """Hold the tool, as it is now, until the transaction ends, as a booking does: nobody books or changes it meanwhile.

    What was read of it before may be out of date.
    """
    held = select(Tool).where(Tool.id == tool_id).with_for_update(key_share=True)
    session.execute(held, execution_options={"populate_existing": True})


def add_units(session: Session, tool_id: int, number: int, name: str = "") -> None:
    """Add units, named by the next numbers that no unit there has unless a name is given."""
    present = set(session.scalars(select(Unit.name).where(Unit.tool_id == tool_id)))
    free = (str(each) for each in count(len(present) + 1) if str(each) not in present)
    session.add_all(Unit(tool_id=tool_id, name=name or next(free)) for _ in range(number))
    session.flush()


def change_unit(session: Session, tool_id: int, unit_id: int, *, name: str, retired_at: datetime | None) -> None:
    """Name a unit, and retire it or bring it back; raises Absent when it is not the tool's."""
    row = session.scalars(select(Unit).where(Unit.id == unit_id, Unit.tool_id == tool_id)).one_or_none()
    if row is None:
        raise Absent
    row.name, row.retired_at = name, retired_at
    session.flush()


def _fill(row: Tool, wish: ToolWish) -> None:
    for name in WISHED_COLUMNS:
        setattr(row, name, getattr(wish, name))
    row.capabilities = dict(wish.capabilities)
