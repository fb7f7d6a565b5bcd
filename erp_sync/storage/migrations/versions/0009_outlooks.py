"""What is expected of each order: when it is finished, with a range, and why it is late."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "order_outlook"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("edge_id", sa.Text(), server_default="", nullable=False),
        sa.Column("plan", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
    )


def downgrade() -> None:
    op.drop_table(NAME)
