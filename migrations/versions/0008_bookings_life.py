"""Series, plans, proposals, and what bookings know of them."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id, Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "plan",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("team_id", Id, nullable=True),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("version", Id, server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_account_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_plan_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_account_id", "plan", ["account_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("team_id", Id, nullable=True),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("step", Id, nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("times", Id, nullable=True),
        sa.Column("starts", Id, nullable=False),
        sa.Column("minutes", Id, nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=200), server_default="", nullable=False),
        sa.Column("version", Id, server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "frequency IN ('daily', 'weekly', 'monthly_day', 'monthly_weekday')", name=op.f("ck_series_frequency")
        ),
        sa.CheckConstraint("(last_day IS NULL) <> (times IS NULL)", name=op.f("ck_series_end")),
        sa.CheckConstraint("step BETWEEN 1 AND 52", name=op.f("ck_series_step")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_series_account_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_series_team_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_series_tool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index("ix_series_account_id", "series", ["account_id"], unique=False)
    op.create_index("ix_series_tool_id", "series", ["tool_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("proposed_by", Id, nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("claim_id", Id, nullable=True),
        sa.Column("second_claim_id", Id, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_proposal_span")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_proposal_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_proposal_claim_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["second_claim_id"], ["claim.id"], name=op.f("fk_proposal_second_claim_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_proposal_proposed_by")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_proposal_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_proposal_token_hash")),
    )
    op.create_index("ix_proposal_booking_id", "proposal", ["booking_id"], unique=False)
    op.create_index(
        "uq_proposal_open",
        "proposal",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )
    _add_handover()
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("visibility", sa.String(length=8), server_default="", nullable=False))
        batch.add_column(sa.Column("booked_by", Id, nullable=True))
        batch.add_column(sa.Column("team_id", Id, nullable=True))
        batch.add_column(sa.Column("series_id", Id, nullable=True))
        batch.add_column(sa.Column("series_day", sa.Date(), nullable=True))
        batch.add_column(sa.Column("plan_id", Id, nullable=True))
        batch.add_column(sa.Column("plan_position", Id, nullable=True))
        batch.add_column(sa.Column("checked_in_at", Instant(), nullable=True))
        batch.add_column(sa.Column("decide_by", Instant(), nullable=True))
        batch.create_index(
            "ix_booking_plan_id",
            ["plan_id"],
            unique=False,
            postgresql_where=sa.text("plan_id IS NOT NULL"),
            sqlite_where=sa.text("plan_id IS NOT NULL"),
        )
        batch.create_index(
            "ix_booking_series_id",
            ["series_id"],
            unique=False,
            postgresql_where=sa.text("series_id IS NOT NULL"),
            sqlite_where=sa.text("series_id IS NOT NULL"),
        )
        batch.create_index(
            "ix_booking_team_id",
            ["team_id"],
            unique=False,
            postgresql_where=sa.text("team_id IS NOT NULL"),
            sqlite_where=sa.text("team_id IS NOT NULL"),
        )
        batch.create_index(
            "uq_booking_series_id_series_day",
            ["series_id", "series_day"],
            unique=True,
            postgresql_where=sa.text("series_id IS NOT NULL AND state IN ('pending', 'confirmed', 'in_use')"),
            sqlite_where=sa.text("series_id IS NOT NULL AND state IN ('pending', 'confirmed', 'in_use')"),
        )
        batch.create_foreign_key(op.f("fk_booking_plan_id"), "plan", ["plan_id"], ["id"])
        batch.create_foreign_key(op.f("fk_booking_booked_by"), "account", ["booked_by"], ["id"])
        batch.create_foreign_key(op.f("fk_booking_series_id"), "series", ["series_id"], ["id"])
        batch.create_foreign_key(op.f("fk_booking_team_id"), "team", ["team_id"], ["id"])
    with op.batch_alter_table("claim") as batch:
        batch.add_column(sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def _add_handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'taken_back')", name=op.f("ck_handover_state")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_handover_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_handover_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_handover_token_hash")),
    )
    op.create_index("ix_handover_booking_id", "handover", ["booking_id"], unique=False)
    op.create_index("ix_handover_email", "handover", ["email"], unique=False)
    op.create_index(
        "uq_handover_open",
        "handover",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    """Drop them, newest first."""
    with op.batch_alter_table("claim") as batch:
        batch.drop_column("pinned")
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("fk_booking_team_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_booking_series_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_booking_booked_by"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_booking_plan_id"), type_="foreignkey")
        batch.drop_index("uq_booking_series_id_series_day")
        batch.drop_index("ix_booking_team_id")
        batch.drop_index("ix_booking_series_id")
        batch.drop_index("ix_booking_plan_id")
        batch.drop_column("decide_by")
        batch.drop_column("checked_in_at")
        batch.drop_column("plan_position")
        batch.drop_column("plan_id")
        batch.drop_column("series_day")
        batch.drop_column("series_id")
        batch.drop_column("team_id")
        batch.drop_column("booked_by")
        batch.drop_column("visibility")
    for table in ("handover", "proposal", "series", "plan"):
        op.drop_table(table)
