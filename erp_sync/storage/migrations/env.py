"""Alembic's environment: runs on the connection that the store hands over."""

from alembic import context

from erp_sync.storage import record_tables, tables

_ = record_tables  # entered in the same metadata
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    transactional_ddl=True,
)
context.run_migrations()
