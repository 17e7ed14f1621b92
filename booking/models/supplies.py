"""Questions about what several tools of a space depend on, and writing it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from booking.models.database import Session
from booking.models.tables.reports import Supply, ToolSupply
from booking.models.tables.tools import Tool
from booking.rules.facts import ToolState
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class SupplyCard:
    """A supply with the tools that depend on it, by name, without those that are gone for good."""

    id: int
    space_id: int
    name: str
    tools: tuple[tuple[int, str], ...]

    @property
    def tool_ids(self) -> tuple[int, ...]:
        """The ids of its tools."""
        return tuple(tool_id for tool_id, _name in self.tools)


def of_space(session: Session, space_id: int) -> tuple[SupplyCard, ...]:
    """The supplies of a space by name: two queries."""
    rows = session.scalars(select(Supply).where(Supply.space_id == space_id).order_by(Supply.name, Supply.id)).all()
    return _cards(session, rows)


def one(session: Session, space_id: int, supply_id: int) -> SupplyCard:
    """The supply of that id; raises Absent when it is not the space's."""
    rows = session.scalars(select(Supply).where(Supply.id == supply_id, Supply.space_id == space_id)).all()
    if not rows:
        raise Absent
    return _cards(session, rows)[0]


def add(session: Session, space_id: int, name: str, tool_ids: Collection[int]) -> int:
    """Add a supply on which these tools depend; its id."""
    row = Supply(space_id=space_id, name=name)
    session.add(row)
    session.flush()
    _depend(session, row.id, tool_ids)
    return row.id


def change(session: Session, supply_id: int, name: str, tool_ids: Collection[int]) -> None:
    """Give a supply this name, and let exactly these tools depend on it."""
    session.get_one(Supply, supply_id).name = name
    session.execute(delete(ToolSupply).where(ToolSupply.supply_id == supply_id))
    _depend(session, supply_id, tool_ids)


def remove(session: Session, supply_id: int) -> None:
    """Take a supply away; outages because of it stay, each with its own tool."""
    session.delete(session.get_one(Supply, supply_id))
    session.flush()


def _depend(session: Session, supply_id: int, tool_ids: Collection[int]) -> None:
    session.add_all(ToolSupply(tool_id=tool_id, supply_id=supply_id) for tool_id in sorted(set(tool_ids)))
    session.flush()


def _cards(session: Session, rows: Collection[Supply]) -> tuple[SupplyCard, ...]:
    question = (
        select(ToolSupply.supply_id, Tool.id, Tool.name)
        .join(Tool, Tool.id == ToolSupply.tool_id)
        .where(ToolSupply.supply_id.in_([row.id for row in rows]), Tool.state != ToolState.RETIRED)
        .order_by(Tool.name, Tool.id)
    )
    found: dict[int, list[tuple[int, str]]] = {row.id: [] for row in rows}
    for supply_id, tool_id, name in session.execute(question):
        found[supply_id].append((tool_id, name))
    return tuple(SupplyCard(row.id, row.space_id, row.name, tuple(found[row.id])) for row in rows)
