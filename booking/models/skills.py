"""What tools ask people to be trained in, how that is got, and who trains."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.certificates import Certificate
from booking.models.tables.spaces import Membership, Space
from booking.models.tables.tools import Tool, ToolCertificate
from booking.rules.access import Role


@dataclass(frozen=True, slots=True)
class Need:
    """A certificate that tools ask for, with what its space says about getting it; tools are pairs of slug and name."""

    certificate_id: int
    name: str
    description: str
    next_briefing_at: datetime | None
    briefing_note: str
    space_id: int
    space_slug: str
    space_name: str
    time_zone: str
    contact: str
    tools: tuple[tuple[str, str], ...] = ()


def asked_for(session: Session, *, tool_ids: Collection[int] = (), space_ids: Collection[int] = ()) -> tuple[Need, ...]:
    """What these tools, or all tools in service at these spaces, ask for, by space and name: one query."""
    question = (
        select(
            Certificate.id,
            Certificate.name,
            Certificate.description,
            Certificate.next_briefing_at,
            Certificate.briefing_note,
            Space.id,
            Space.slug,
            Space.name,
            Space.time_zone,
            Space.contact,
            Tool.slug,
            Tool.name,
        )
        .join_from(ToolCertificate, Certificate, Certificate.id == ToolCertificate.certificate_id)
        .join(Tool, Tool.id == ToolCertificate.tool_id)
        .join(Space, Space.id == Certificate.space_id)
        .where(Tool.state != "retired", Tool.id.in_(tool_ids) | Tool.space_id.in_(space_ids))
        .order_by(Space.name, Certificate.name, Certificate.id, Tool.name, Tool.id)
    )
    found: dict[int, Need] = {}
    for *columns, slug, name in session.execute(question):
        need = found.setdefault(columns[0], Need(*columns))
        found[need.certificate_id] = replace(need, tools=(*need.tools, (slug, name)))
    return tuple(found.values())


def trainers(session: Session, space_ids: Collection[int], most: int) -> dict[int, tuple[str, ...]]:
    """The shown names of so many trainers of each space, or of managers where nobody is only that: one query."""
    question = (
        select(Membership.space_id, Account.name)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.space_id.in_(space_ids),
            Membership.role.in_((Role.TRAINER.value, Role.MANAGER.value)),
            Account.disabled_at.is_(None),
        )
        # "trainer" comes after "manager".
        .order_by(Membership.role.desc(), Membership.since, Account.id)
    )
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for space_id, name in session.execute(question):
        found[space_id] = (*found[space_id], name)[:most]
    return found
