"""Alembic's environment: runs on the connection that the store hands over."""

from alembic import context

from erp_sync.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
