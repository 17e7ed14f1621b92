"""What spaces decide: days, staffing, approvals, strikes; what tools depend on; certificates that travel."""

import sqlalchemy as sa
from alembic import op

from booking.models.database import Id, Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "staffed",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("weekday", Id, nullable=False),
        sa.Column("opens", Id, nullable=False),
        sa.Column("closes", Id, nullable=False),
        sa.CheckConstraint(
            "opens >= 0 AND opens < 1440 AND closes > opens AND closes <= 2880", name=op.f("ck_staffed_minutes")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_staffed_weekday")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_staffed_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffed")),
    )
    op.create_index("ix_staffed_space_id", "staffed", ["space_id"], unique=False)
    op.create_table(
        "make_up_day",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("like_weekday", Id, nullable=False),
        sa.Column("note", sa.String(length=120), server_default="", nullable=False),
        sa.CheckConstraint("like_weekday BETWEEN 0 AND 6", name=op.f("ck_make_up_day_weekday")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_make_up_day_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_up_day")),
        sa.UniqueConstraint("space_id", "day", name=op.f("uq_make_up_day_space_id_day")),
    )
    op.create_table(
        "supply",
        sa.Column("id", Id, nullable=False),
        sa.Column("space_id", Id, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_supply_space_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply")),
    )
    op.create_index("ix_supply_space_id", "supply", ["space_id"], unique=False)
    op.create_table(
        "tool_supply",
        sa.Column("tool_id", Id, nullable=False),
        sa.Column("supply_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["supply_id"], ["supply.id"], name=op.f("fk_tool_supply_supply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_supply_tool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tool_id", "supply_id", name=op.f("pk_tool_supply")),
    )
    op.create_index("ix_tool_supply_supply_id", "tool_supply", ["supply_id"], unique=False)
    op.create_table(
        "acceptance",
        sa.Column("id", Id, nullable=False),
        sa.Column("certificate_id", Id, nullable=False),
        sa.Column("foreign_id", Id, nullable=False),
        sa.Column("briefing_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["certificate.id"], name=op.f("fk_acceptance_briefing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_acceptance_certificate_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["foreign_id"], ["certificate.id"], name=op.f("fk_acceptance_foreign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("certificate_id", "foreign_id", name=op.f("uq_acceptance_certificate_id_foreign_id")),
    )
    op.create_index("ix_acceptance_foreign_id", "acceptance", ["foreign_id"], unique=False)
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("erased_at", Instant(), nullable=True))
    with op.batch_alter_table("space") as batch:
        batch.add_column(sa.Column("strikes_allowed", Id, server_default="0", nullable=False))
        batch.add_column(sa.Column("strike_days", Id, server_default="90", nullable=False))
        batch.add_column(sa.Column("suspension_days", Id, server_default="14", nullable=False))
        batch.add_column(sa.Column("reminder_hours", Id, nullable=True))
        batch.add_column(sa.Column("deputy_hours", Id, nullable=True))
        batch.add_column(sa.Column("approval_hours", Id, nullable=True))
        batch.add_column(sa.Column("deputy_id", Id, nullable=True))
        batch.add_column(sa.Column("offer_minutes", Id, server_default="30", nullable=False))
        batch.create_foreign_key(op.f("fk_space_deputy_id"), "account", ["deputy_id"], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("opening") as batch:
        batch.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        batch.add_column(sa.Column("last_day", sa.Date(), nullable=True))
    with op.batch_alter_table("closure") as batch:
        batch.add_column(sa.Column("source", sa.String(length=120), server_default="", nullable=False))
    with op.batch_alter_table("tool") as batch:
        batch.add_column(sa.Column("check_in_minutes", Id, nullable=True))
        batch.drop_constraint(op.f("ck_tool_approval"), type_="check")
        batch.alter_column(
            "approval", existing_type=sa.String(length=8), type_=sa.String(length=10), existing_nullable=False
        )
        batch.create_check_constraint(
            op.f("ck_tool_approval"), "approval IN ('never', 'always', 'visitors', 'first', 'unstaffed')"
        )
        batch.create_check_constraint(
            op.f("ck_tool_check_in"), "check_in_minutes IS NULL OR check_in_minutes BETWEEN 1 AND 1440"
        )
    with op.batch_alter_table("outage") as batch:
        batch.add_column(sa.Column("supply_id", Id, nullable=True))
        batch.create_index(op.f("ix_outage_supply_id"), ["supply_id"], unique=False)
        batch.create_foreign_key(op.f("fk_outage_supply_id"), "supply", ["supply_id"], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("certificate") as batch:
        batch.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("unused_days", Id, nullable=True))
        batch.add_column(sa.Column("reminder_days", Id, server_default="14", nullable=False))
        batch.add_column(sa.Column("next_briefing_at", Instant(), nullable=True))
        batch.add_column(sa.Column("briefing_note", sa.String(length=300), server_default="", nullable=False))
    with op.batch_alter_table("certificate_grant") as batch:
        batch.add_column(sa.Column("used_at", Instant(), nullable=True))
        batch.add_column(sa.Column("reminded_at", Instant(), nullable=True))


def downgrade() -> None:
    """Drop them, newest first."""
    op.execute("UPDATE tool SET approval = 'always' WHERE approval IN ('first', 'unstaffed')")
    with op.batch_alter_table("certificate_grant") as batch:
        batch.drop_column("reminded_at")
        batch.drop_column("used_at")
    with op.batch_alter_table("certificate") as batch:
        batch.drop_column("briefing_note")
        batch.drop_column("next_briefing_at")
        batch.drop_column("reminder_days")
        batch.drop_column("unused_days")
        batch.drop_column("ends_on")
    with op.batch_alter_table("outage") as batch:
        batch.drop_constraint(op.f("fk_outage_supply_id"), type_="foreignkey")
        batch.drop_index("ix_outage_supply_id")
        batch.drop_column("supply_id")
    with op.batch_alter_table("tool") as batch:
        batch.drop_constraint(op.f("ck_tool_approval"), type_="check")
        batch.create_check_constraint(op.f("ck_tool_approval"), "approval IN ('never', 'always', 'visitors')")
        batch.drop_constraint(op.f("ck_tool_check_in"), type_="check")
        batch.drop_column("check_in_minutes")
    with op.batch_alter_table("closure") as batch:
        batch.drop_column("source")
    with op.batch_alter_table("opening") as batch:
        batch.drop_column("last_day")
        batch.drop_column("first_day")
    with op.batch_alter_table("space") as batch:
        batch.drop_constraint(op.f("fk_space_deputy_id"), type_="foreignkey")
        batch.drop_column("offer_minutes")
        batch.drop_column("deputy_id")
        batch.drop_column("approval_hours")
        batch.drop_column("deputy_hours")
        batch.drop_column("reminder_hours")
        batch.drop_column("suspension_days")
        batch.drop_column("strike_days")
        batch.drop_column("strikes_allowed")
    with op.batch_alter_table("account") as batch:
        batch.drop_column("erased_at")
    for table in ("acceptance", "tool_supply", "supply", "make_up_day", "staffed"):
        op.drop_table(table)
