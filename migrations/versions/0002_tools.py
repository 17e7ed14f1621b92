"""Tools and certificates."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id, Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "kind",
        sa.Column("id", Id, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("art", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind")),
        sa.UniqueConstraint("slug", name=op.f("uq_kind_slug")),
    )
    op.create_table(
        "capability",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind_id", Id, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("position", Id, nullable=False),
        sa.CheckConstraint("type IN ('number', 'choice', 'flag')", name=op.f("ck_capability_type")),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_capability_kind_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability")),
        sa.UniqueConstraint("kind_id", "slug", name=op.f("uq_capability_kind_id_slug")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("valid_days", Id, nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_certificate_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("space_id", "name", name=op.f("uq_certificate_space_id_name")),
    )
    op.create_table(
        "tool",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("kind_id", Id, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("make_and_model", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("state_note", sa.String(length=200), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("fee_note", sa.String(length=200), nullable=False),
        sa.Column("manual_url", sa.String(length=300), nullable=False),
        sa.Column("capabilities", sa.JSON(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("notice_minutes", Id, nullable=False),
        sa.Column("window_days", Id, nullable=False),
        sa.Column("shortest_minutes", Id, nullable=False),
        sa.Column("longest_minutes", Id, nullable=False),
        sa.Column("grain_minutes", Id, nullable=False),
        sa.Column("setup_minutes", Id, nullable=False),
        sa.Column("cleanup_minutes", Id, nullable=False),
        sa.Column("unattended", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.String(length=8), nullable=False),
        sa.Column("version", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("approval IN ('never', 'always', 'visitors')", name=op.f("ck_tool_approval")),
        sa.CheckConstraint("state IN ('working', 'limited', 'down', 'retired')", name=op.f("ck_tool_state")),
        sa.CheckConstraint("grain_minutes > 0 AND grain_minutes <= 1440", name=op.f("ck_tool_grain")),
        sa.CheckConstraint("longest_minutes <= 10080", name=op.f("ck_tool_longest")),
        sa.CheckConstraint("notice_minutes >= 0 AND window_days BETWEEN 1 AND 730", name=op.f("ck_tool_window")),
        sa.CheckConstraint(
            "setup_minutes BETWEEN 0 AND 1440 AND cleanup_minutes BETWEEN 0 AND 1440",
            name=op.f("ck_tool_buffers"),
        ),
        sa.CheckConstraint("shortest_minutes > 0 AND longest_minutes >= shortest_minutes", name=op.f("ck_tool_length")),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_tool_kind_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_tool_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool")),
        sa.UniqueConstraint("code", name=op.f("uq_tool_code")),
        sa.UniqueConstraint("space_id", "slug", name=op.f("uq_tool_space_id_slug")),
    )
    op.create_index(op.f("ix_tool_kind_id"), "tool", ["kind_id"], unique=False)
    op.create_table(
        "certificate_grant",
        sa.Column("id", Id, nullable=False),
        sa.Column("certificate_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("granted_by", Id, nullable=True),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_certificate_grant_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_grant_certificate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_certificate_grant_granted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_grant")),
    )
    op.create_index(op.f("ix_certificate_grant_account_id"), "certificate_grant", ["account_id"], unique=False)
    op.create_index(op.f("ix_certificate_grant_certificate_id"), "certificate_grant", ["certificate_id"], unique=False)
    op.create_table(
        "photo",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=True),
        sa.Column("tool_id", Id, nullable=True),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("width", Id, nullable=False),
        sa.Column("height", Id, nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.CheckConstraint("(space_id IS NULL) <> (tool_id IS NULL)", name=op.f("ck_photo_subject")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_photo_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_photo_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("file", name=op.f("uq_photo_file")),
    )
    op.create_index(op.f("ix_photo_space_id"), "photo", ["space_id"], unique=False)
    op.create_index(op.f("ix_photo_tool_id"), "photo", ["tool_id"], unique=False)
    op.create_table(
        "tool_certificate",
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("certificate_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_tool_certificate_certificate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_certificate_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tool_id", "certificate_id", name=op.f("pk_tool_certificate")),
    )
    op.create_index(op.f("ix_tool_certificate_certificate_id"), "tool_certificate", ["certificate_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_unit_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_tool_id"), "unit", ["tool_id"], unique=False)
    op.create_table(
        "outage",
        sa.Column("id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("declared_by", Id, nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_outage_span")),
        sa.ForeignKeyConstraint(["declared_by"], ["account.id"], name=op.f("fk_outage_declared_by")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_outage_tool_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_outage_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_index("ix_outage_tool_id_starts_at", "outage", ["tool_id", "starts_at"], unique=False)


def downgrade() -> None:
    """Drop the tables, newest first."""
    for table in (
        "outage",
        "unit",
        "tool_certificate",
        "photo",
        "certificate_grant",
        "tool",
        "certificate",
        "capability",
        "kind",
    ):
        op.drop_table(table)
