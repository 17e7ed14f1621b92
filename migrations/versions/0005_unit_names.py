"""Units of one tool have different names: those that share one are numbered."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

LONGEST = 80


def upgrade() -> None:
    """Number names that occur twice, then forbid them."""
    connection = op.get_bind()
    unit = sa.table("unit", sa.column("id"), sa.column("tool_id"), sa.column("name"))
    rows = connection.execute(sa.select(unit.c.id, unit.c.tool_id, unit.c.name).order_by(unit.c.id)).all()
    present: dict[int, set[str]] = defaultdict(set)
    for _, tool_id, name in rows:
        present[tool_id].add(name)
    seen: dict[int, set[str]] = defaultdict(set)
    for unit_id, tool_id, name in rows:
        if name in seen[tool_id]:
            name = _numbered(name, present[tool_id])
            present[tool_id].add(name)
            connection.execute(sa.update(unit).where(unit.c.id == unit_id).values(name=name))
        seen[tool_id].add(name)
    op.create_index("ix_unit_tool_id_name", "unit", ["tool_id", "name"], unique=True)


def downgrade() -> None:
    """Allow them again; numbers that were given stay."""
    op.drop_index("ix_unit_tool_id_name", "unit")


def _numbered(name: str, taken: set[str]) -> str:
    """The name with the first number from 2 on that makes it another one."""
    number = 2
    while (found := f"{name[: LONGEST - len(str(number)) - 1]} {number}") in taken:
        number += 1
    return found
