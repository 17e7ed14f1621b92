"""Indexes for lists that grow long (bookings by start, jobs done or dead), and what a confirming link sets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

DONE, DEAD = sa.text("done_at IS NOT NULL"), sa.text("dead_at IS NOT NULL")


def upgrade() -> None:
    """Make the indexes and the columns."""
    op.create_index("ix_booking_starts_at_id", "booking", ["starts_at", "id"])
    op.create_index("ix_job_done", "job", ["done_at"], postgresql_where=DONE, sqlite_where=DONE)
    op.create_index("ix_job_dead", "job", ["id"], postgresql_where=DEAD, sqlite_where=DEAD)
    op.add_column("link", sa.Column("name", sa.String(80)))
    op.add_column("link", sa.Column("password_hash", sa.Text()))
    op.add_column("link", sa.Column("language", sa.String(8)))
    op.add_column("link", sa.Column("time_zone", sa.String(64)))
    op.add_column("link", sa.Column("browser_hash", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    for name in ("browser_hash", "time_zone", "language", "password_hash", "name"):
        op.drop_column("link", name)
    op.drop_index("ix_job_dead", "job")
    op.drop_index("ix_job_done", "job")
    op.drop_index("ix_booking_starts_at_id", "booking")
