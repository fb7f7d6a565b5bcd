"""Alarms are closed by someone who has looked; those that are there already are open."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
COLUMNS = ("closed_at", "closed_by", "note")


def upgrade() -> None:
    op.add_column("alarm", sa.Column("closed_at", sa.BigInteger(), nullable=True))
    for name in ("closed_by", "note"):
        op.add_column("alarm", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("alarm", name)
