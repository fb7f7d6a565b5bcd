"""Of which orders an edge expects no finish, and says why."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "order_outlook"
COLUMN = "no_finish"


def upgrade() -> None:
    op.add_column(NAME, sa.Column(COLUMN, sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column(NAME, COLUMN)
