"""Inspections, material, maintenance and people's time: for all KPIs of an edge.

What facts of before say of them is folded again when the store is opened (`refolding`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "inspection_hour", "job_pin", "job_material", "maintenance_interval", "labour_interval"
)  # fmt: skip


def _key(name: str, *, integer: bool = False) -> "sa.Column[int] | sa.Column[str]":
    if integer:
        return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=True)


def _amount(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    hour = ("edge_id", "equipment_id", "hour", "job_order_id", "shift", "production_day")
    op.create_table(
        "inspection_hour",
        *(_key(name, integer=name == "hour") for name in hour),
        _amount("inspected"),
        _amount("first_pass_good"),
        sa.PrimaryKeyConstraint(*hour),
    )
    op.create_index("inspection_hour_hour", "inspection_hour", ["equipment_id", "hour"])
    _materials()
    op.create_table(
        "maintenance_interval",
        _key("edge_id"),
        _key("equipment_id"),
        _key("id", integer=True),
        *(_text(name) for name in ("kind", "plan", "reported_by", "note", "state")),
        *(_number(name) for name in ("stop", "reported_at", "start", "end")),
        sa.Column("done_by", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "equipment_id", "id"),
    )
    op.create_table(
        "labour_interval",
        _key("edge_id"),
        _key("person"),
        _key("opened", integer=True),
        *(_text(name) for name in ("kind", "equipment_id", "crew", "split")),
        *(_number(name) for name in ("start", "end")),
        sa.PrimaryKeyConstraint("edge_id", "person", "opened"),
    )
    op.create_index("labour_interval_start", "labour_interval", ["start"])
    setting = sa.table("setting", sa.column("name"), sa.column("value"))
    op.execute(setting.insert().values(name="refold", value=",".join(TABLES)))


def _materials() -> None:
    op.create_table(
        "job_pin",
        _key("edge_id"),
        _key("job_order_id"),
        *(_text(name) for name in ("definition", "bom_revision", "routing_revision")),
        sa.PrimaryKeyConstraint("edge_id", "job_order_id"),
    )
    op.create_table(
        "job_material",
        _key("edge_id"),
        _key("job_order_id"),
        _key("definition"),
        _key("material"),
        *(_text(name) for name in ("revision", "unit", "tracked")),
        *(_number(name) for name in ("numerator", "denominator")),
        sa.PrimaryKeyConstraint("edge_id", "job_order_id", "definition", "material"),
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM setting WHERE name = 'refold'"))
    op.drop_index("labour_interval_start", "labour_interval")
    op.drop_index("inspection_hour_hour", "inspection_hour")
    for name in TABLES:
        op.drop_table(name)
