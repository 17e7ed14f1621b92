"""Quotas, strikes, suspensions and the waitlist."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id, Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "quota",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=True),
        sa.Column("kind_id", Id, nullable=True),
        sa.Column("tool_id", Id, nullable=True),
        sa.Column("team_id", Id, nullable=True),
        sa.Column("counted", sa.String(length=8), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("amount", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("counted IN ('person', 'team', 'visitors')", name=op.f("ck_quota_counted")),
        sa.CheckConstraint(
            "measure <> 'percent_week' OR (counted = 'visitors' AND amount <= 100)", name=op.f("ck_quota_percent")
        ),
        sa.CheckConstraint(
            "measure IN ('open_bookings', 'minutes_day', 'minutes_week', 'percent_week')", name=op.f("ck_quota_measure")
        ),
        sa.CheckConstraint("team_id IS NULL OR counted = 'team'", name=op.f("ck_quota_team")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_quota_amount")),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_quota_kind_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_quota_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_quota_team_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_quota_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
    )
    op.create_index("ix_quota_space_id", "quota", ["space_id"], unique=False)
    op.create_index("ix_quota_team_id", "quota", ["team_id"], unique=False)
    op.create_index("ix_quota_tool_id", "quota", ["tool_id"], unique=False)
    op.create_table(
        "strike",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("forgiven_at", Instant(), nullable=True),
        sa.Column("forgiven_by", Id, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_strike_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_strike_booking_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["forgiven_by"], ["account.id"], name=op.f("fk_strike_forgiven_by")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_strike_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_strike_booking_id")),
    )
    op.create_index("ix_strike_account_id_space_id_at", "strike", ["account_id", "space_id", "at"], unique=False)
    op.create_table(
        "suspension",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_suspension_span")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_suspension_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_suspension_made_by")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_suspension_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index("ix_suspension_account_id_ends_at", "suspension", ["account_id", "ends_at"], unique=False)
    op.create_table(
        "waitlist_entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("team_id", Id, nullable=True),
        sa.Column("tool_id", Id, nullable=True),
        sa.Column("kind_id", Id, nullable=True),
        sa.Column("window_from", Instant(), nullable=False),
        sa.Column("window_until", Instant(), nullable=False),
        sa.Column("minutes", Id, nullable=False),
        sa.Column("purpose", sa.String(length=200), server_default="", nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'booked', 'left', 'lapsed')", name=op.f("ck_waitlist_entry_state")
        ),
        sa.CheckConstraint("(tool_id IS NULL) <> (kind_id IS NULL)", name=op.f("ck_waitlist_entry_subject")),
        sa.CheckConstraint("window_until > window_from AND minutes > 0", name=op.f("ck_waitlist_entry_window")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_waitlist_entry_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_waitlist_entry_kind_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_waitlist_entry_team_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_waitlist_entry_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    op.create_index("ix_waitlist_entry_account_id", "waitlist_entry", ["account_id"], unique=False)
    op.create_index(
        "ix_waitlist_entry_kind_waiting",
        "waitlist_entry",
        ["kind_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_waitlist_entry_tool_waiting",
        "waitlist_entry",
        ["tool_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "waitlist_space",
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entry.id"], name=op.f("fk_waitlist_space_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_waitlist_space_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "space_id", name=op.f("pk_waitlist_space")),
    )
    op.create_index("ix_waitlist_space_space_id", "waitlist_space", ["space_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", Id, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=True),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("booking_id", Id, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'passed', 'lapsed')", name=op.f("ck_offer_state")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_offer_span")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_offer_booking_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_offer_claim_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entry.id"], name=op.f("fk_offer_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_offer_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_offer_token_hash")),
    )
    op.create_index("ix_offer_booking_id", "offer", ["booking_id"], unique=False)
    op.create_index("ix_offer_claim_id", "offer", ["claim_id"], unique=False)
    op.create_index("ix_offer_entry_id", "offer", ["entry_id"], unique=False)
    op.create_index(
        "ix_offer_open",
        "offer",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_offer_tool_id", "offer", ["tool_id"], unique=False)


def downgrade() -> None:
    """Drop them, newest first."""
    for table in ("offer", "waitlist_space", "waitlist_entry", "suspension", "strike", "quota"):
        op.drop_table(table)
