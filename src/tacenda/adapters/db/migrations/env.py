"""How Alembic runs here: on the connection, and in the transaction, that `migrate` hands over."""

from alembic import context

from tacenda.adapters.db.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
