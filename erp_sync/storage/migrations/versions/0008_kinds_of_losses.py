"""Whether a kind of loss was ever booked is found by an index."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = "material_use_kind"


def upgrade() -> None:
    op.create_index(NAME, "material_use", ["kind"])


def downgrade() -> None:
    op.drop_index(NAME, "material_use")
