"""Teams, visits and reports."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id, Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "team",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("dissolved_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_team_member_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "account_id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_account_id", "team_member", ["account_id"], unique=False)
    op.create_table(
        "team_invitation",
        sa.Column("id", Id, nullable=False),
        sa.Column("team_id", Id, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name=op.f("fk_team_invitation_invited_by")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_invitation_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_invitation_token_hash")),
    )
    op.create_index("ix_team_invitation_team_id", "team_invitation", ["team_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("host_id", Id, nullable=False),
        sa.Column("home_id", Id, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("vouched_by", Id, nullable=True),
        sa.Column("vouched_at", Instant(), nullable=True),
        sa.Column("training", sa.String(length=500), server_default="", nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("opens", Id, nullable=True),
        sa.Column("closes", Id, nullable=True),
        sa.Column("supervised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("fee_note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("version", Id, server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'vouched', 'accepted', 'declined', 'withdrawn', 'ended')", name=op.f("ck_visit_state")
        ),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR closes > opens)", name=op.f("ck_visit_hours")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_visit_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_visit_decided_by")),
        sa.ForeignKeyConstraint(["home_id"], ["space.id"], name=op.f("fk_visit_home_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["host_id"], ["space.id"], name=op.f("fk_visit_host_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_visit_tool_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["vouched_by"], ["account.id"], name=op.f("fk_visit_vouched_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_account_id", "visit", ["account_id"], unique=False)
    op.create_index("ix_visit_home_id", "visit", ["home_id"], unique=False)
    op.create_index("ix_visit_host_id_state", "visit", ["host_id", "state"], unique=False)
    op.create_index("ix_visit_tool_id_account_id", "visit", ["tool_id", "account_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reply", sa.String(length=500), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("handled_by", Id, nullable=True),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("outage_id", Id, nullable=True),
        sa.CheckConstraint("state IN ('open', 'outage', 'closed')", name=op.f("ck_report_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_report_account_id")),
        sa.ForeignKeyConstraint(["handled_by"], ["account.id"], name=op.f("fk_report_handled_by")),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_report_outage_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_report_space_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_report_tool_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("photo", name=op.f("uq_report_photo")),
    )
    op.create_index("ix_report_space_id_state", "report", ["space_id", "state"], unique=False)
    op.create_index("ix_report_tool_id", "report", ["tool_id"], unique=False)
    with op.batch_alter_table("feed") as batch:
        batch.add_column(sa.Column("team_id", Id, nullable=True))
        batch.create_foreign_key(op.f("fk_feed_team_id"), "team", ["team_id"], ["id"], ondelete="CASCADE")
        batch.drop_constraint(op.f("ck_feed_view"), type_="check")
        batch.create_check_constraint(op.f("ck_feed_view"), "view IN ('mine', 'tool', 'space', 'team', 'approvals')")
    with op.batch_alter_table("revision") as batch:
        batch.drop_constraint(op.f("ck_revision_subject"), type_="check")
        batch.create_check_constraint(op.f("ck_revision_subject"), "subject IN ('account', 'space', 'team', 'tool')")


def downgrade() -> None:
    """Drop them, newest first."""
    op.execute("DELETE FROM feed WHERE view = 'team'")
    op.execute("DELETE FROM revision WHERE subject = 'team'")
    with op.batch_alter_table("revision") as batch:
        batch.drop_constraint(op.f("ck_revision_subject"), type_="check")
        batch.create_check_constraint(op.f("ck_revision_subject"), "subject IN ('account', 'space', 'tool')")
    with op.batch_alter_table("feed") as batch:
        batch.drop_constraint(op.f("ck_feed_view"), type_="check")
        batch.create_check_constraint(op.f("ck_feed_view"), "view IN ('mine', 'tool', 'space', 'approvals')")
        batch.drop_constraint(op.f("fk_feed_team_id"), type_="foreignkey")
        batch.drop_column("team_id")
    for table in ("report", "visit", "team_invitation", "team_member", "team"):
        op.drop_table(table)
