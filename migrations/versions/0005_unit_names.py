"""Units of one tool have different names."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Number names that occur twice, then forbid them."""


def downgrade() -> None:
    """Allow them again."""
