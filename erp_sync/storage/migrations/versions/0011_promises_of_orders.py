"""Promises that orders name, and what became of them.

What facts of before say of it is folded again when the store is opened (`refolding`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = "order_promise"


def upgrade() -> None:
    op.add_column("planned_order", sa.Column("promise", sa.BigInteger()))
    op.create_table(
        NAME,
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("promise", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text()),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("from_stock", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("product", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("edge_id", "order_id", "promise"),
    )
    op.create_index("order_promise_order", NAME, ["order_id"])
    setting = sa.table("setting", sa.column("name"), sa.column("value"))
    known = op.get_bind().scalar(sa.select(setting.c.value).where(setting.c.name == "refold"))
    if known is None:
        op.execute(setting.insert().values(name="refold", value=NAME))
    else:
        values = setting.update().where(setting.c.name == "refold")
        op.execute(values.values(value=f"{known},{NAME}"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM setting WHERE name = 'refold'"))
    op.drop_index("order_promise_order", NAME)
    op.drop_table(NAME)
    op.drop_column("planned_order", "promise")
