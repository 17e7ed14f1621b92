"""Bookings, calendars, jobs and the audit."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id, Instant

revision = "0003"
down_revision = "0002"

# The longest booking (seven days) with the longest buffers; search looks back no further.
LONGEST = {
    "sqlite": "blocks_until - blocks_from <= 777600",
    "postgresql": "blocks_until - blocks_from <= interval '9 days'",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "job",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.Column("run_at", Instant(), nullable=False),
        sa.Column("attempts", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("dead_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_job_dedupe_key")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_at", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "traffic",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("client", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_traffic")),
    )
    op.create_table(
        "audit",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Id, nullable=True),
        sa.Column("space_id", Id, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("seal_number", Id, nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_audit_space_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("seal_number", name=op.f("uq_audit_seal_number")),
    )
    op.create_index("ix_audit_space_id_at", "audit", ["space_id", "at"], unique=False)
    op.create_index("ix_audit_subject_subject_id", "audit", ["subject", "subject_id"], unique=False)
    unsealed = sa.text("seal IS NULL")
    op.create_index(
        "ix_audit_unsealed", "audit", ["id"], unique=False, postgresql_where=unsealed, sqlite_where=unsealed
    )
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", Id, nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idempotency_key_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "booking",
        sa.Column("id", Id, nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("overridden", sa.JSON(), nullable=False),
        sa.Column("version", Id, nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'confirmed', 'declined', 'expired', 'withdrawn', 'in_use', 'cancelled', 'missed')",
            name=op.f("ck_booking_state"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_booking_span")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_booking_account_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_booking_space_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_booking_tool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("uid", name=op.f("uq_booking_uid")),
    )
    op.create_index("ix_booking_account_id_starts_at", "booking", ["account_id", "starts_at"], unique=False)
    op.create_index(
        "ix_booking_pending",
        "booking",
        ["space_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_booking_space_id_starts_at", "booking", ["space_id", "starts_at"], unique=False)
    op.create_index("ix_booking_tool_id_starts_at", "booking", ["tool_id", "starts_at"], unique=False)
    op.create_table(
        "feed",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column("space_id", Id, nullable=True),
        sa.Column("tool_id", Id, nullable=True),
        sa.Column("busy_only", sa.Boolean(), nullable=False),
        sa.Column("version", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.CheckConstraint("view IN ('mine', 'tool', 'space', 'approvals')", name=op.f("ck_feed_view")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_feed_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_feed_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_feed_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_token_hash")),
    )
    op.create_index(op.f("ix_feed_account_id"), "feed", ["account_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_subscription_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_subscription_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_space_id"), "subscription", ["space_id"], unique=False)
    op.create_table(
        "block",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_block_span")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_block_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_block_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_block_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
    )
    op.create_index("ix_block_space_id_starts_at", "block", ["space_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_block_subscription_id"), "block", ["subscription_id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=True),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("kind_id", Id, nullable=False),
        sa.Column("blocks_from", Instant(), nullable=False),
        sa.Column("blocks_until", Instant(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.CheckConstraint(LONGEST[op.get_bind().dialect.name], name=op.f("ck_claim_length")),
        sa.CheckConstraint("blocks_until > blocks_from", name=op.f("ck_claim_span")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_claim_booking_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_claim_kind_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_claim_space_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_claim_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_booking_id"), "claim", ["booking_id"], unique=False)
    op.create_index(
        "ix_claim_kind",
        "claim",
        ["kind_id", "blocks_from", "unit_id", "blocks_until"],
        unique=False,
        postgresql_where=sa.text("blocking"),
        sqlite_where=sa.text("blocking"),
    )
    op.create_index(
        "ix_claim_space",
        "claim",
        ["space_id", "blocks_from", "unit_id", "blocks_until"],
        unique=False,
        postgresql_where=sa.text("blocking"),
        sqlite_where=sa.text("blocking"),
    )
    op.create_index(
        "ix_claim_unit",
        "claim",
        ["unit_id", "blocks_from"],
        unique=False,
        postgresql_where=sa.text("blocking"),
        sqlite_where=sa.text("blocking"),
    )
    op.create_table(
        "decision",
        sa.Column("id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("decided_by", Id, nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_decision_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_decision_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_booking_id"), "decision", ["booking_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("number", Id, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("subject IN ('account', 'space', 'tool')", name=op.f("ck_revision_subject")),
        sa.PrimaryKeyConstraint("subject", "subject_id", name=op.f("pk_revision")),
    )
    op.create_table(
        "rendering",
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("version", Id, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_rendering_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", "audience", "language", name=op.f("pk_rendering")),
    )


def downgrade() -> None:
    """Drop the tables, newest first."""
    for table in (
        "rendering",
        "revision",
        "decision",
        "claim",
        "block",
        "subscription",
        "feed",
        "booking",
        "idempotency_key",
        "audit",
        "traffic",
        "job",
    ):
        op.drop_table(table)
