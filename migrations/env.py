"""Runs the revisions on the connection that `booking.models.migrate` hands over, inside its transaction."""

from alembic import context

from booking.models.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
