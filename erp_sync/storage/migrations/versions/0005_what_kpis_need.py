"""Energy by hour and where work centers stand: for KPIs of lines, areas and the site."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    key = ("edge_id", "equipment_id", "hour", "job_order_id", "shift", "production_day")
    op.create_table(
        "energy_hour",
        _key("edge_id"),
        _key("equipment_id"),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        *(_key(name) for name in key[3:]),
        sa.Column("energy", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(*key),
    )
    op.create_index("energy_hour_hour", "energy_hour", ["equipment_id", "hour"])
    op.create_table(
        "work_center_place",
        _key("edge_id"),
        _key("equipment_id"),
        *(_text(name) for name in ("line", "area", "site", "capacity_per_hour")),
        sa.Column("is_constraint", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "equipment_id"),
    )


def downgrade() -> None:
    op.drop_table("work_center_place")
    op.drop_index("energy_hour_hour", "energy_hour")
    op.drop_table("energy_hour")
