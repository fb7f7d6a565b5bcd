"""Material that people book, as used or lost: for the KPIs of losses.

What facts of before say of it is folded again when the store is opened (`refolding`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "material_use"


def _key(name: str, *, integer: bool = False) -> "sa.Column[int] | sa.Column[str]":
    if integer:
        return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    key = (
        "edge_id", "equipment_id", "hour", "job_order_id", "material", "unit", "kind",
        "denominator",
    )  # fmt: skip
    op.create_table(
        NAME,
        *(_key(name, integer=name in {"hour", "denominator"}) for name in key),
        sa.Column("numerator", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(*key),
    )
    op.create_index("material_use_hour", NAME, ["equipment_id", "hour"])
    setting = sa.table("setting", sa.column("name"), sa.column("value"))
    known = op.get_bind().scalar(sa.select(setting.c.value).where(setting.c.name == "refold"))
    if known is None:
        op.execute(setting.insert().values(name="refold", value=NAME))
    else:
        values = setting.update().where(setting.c.name == "refold")
        op.execute(values.values(value=f"{known},{NAME}"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM setting WHERE name = 'refold'"))
    op.drop_index("material_use_hour", NAME)
    op.drop_table(NAME)
