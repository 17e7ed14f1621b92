"""Feeds of a kind of tools at one's own spaces."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a feed name a kind."""
    with op.batch_alter_table("feed") as batch:
        batch.add_column(sa.Column("kind_id", Id, nullable=True))
        batch.create_foreign_key(op.f("fk_feed_kind_id"), "kind", ["kind_id"], ["id"], ondelete="CASCADE")
        batch.drop_constraint(op.f("ck_feed_view"), type_="check")
        batch.create_check_constraint(
            op.f("ck_feed_view"), "view IN ('mine', 'tool', 'space', 'team', 'kind', 'approvals')"
        )


def downgrade() -> None:
    """Forget such feeds."""
    op.execute("DELETE FROM feed WHERE view = 'kind'")
    with op.batch_alter_table("feed") as batch:
        batch.drop_constraint(op.f("ck_feed_view"), type_="check")
        batch.create_check_constraint(op.f("ck_feed_view"), "view IN ('mine', 'tool', 'space', 'team', 'approvals')")
        batch.drop_constraint(op.f("fk_feed_kind_id"), type_="foreignkey")
        batch.drop_column("kind_id")
