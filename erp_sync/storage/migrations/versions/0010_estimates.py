"""What an edge last answered when it was asked for a promise."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = ("edge_id", "product", "revision")


def upgrade() -> None:
    op.create_table(
        "estimate",
        *(sa.Column(name, sa.String(), nullable=False) for name in KEY),
        sa.Column("quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY),
    )


def downgrade() -> None:
    op.drop_table("estimate")
