"""What is open is found without reading all that was: each batch asks for it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
TABLES = ("state_interval", "stop")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"{table}_end", table, ["edge_id", "end"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"{table}_end", table)
