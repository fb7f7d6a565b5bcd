"""Stops have parts with reasons of their own, and there are planned stops."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _key(name: str, *, integer: bool = False) -> "sa.Column[int] | sa.Column[str]":
    if integer:
        return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
    return sa.Column(name, sa.String(), nullable=False)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    for name in ("class", "cause", "cause_class"):
        op.add_column("stop", _text(name))
    for name in ("planned", "cause_planned", "said"):
        op.add_column("stop", _number(name))
    op.add_column("stop", sa.Column("micro_us", sa.BigInteger(), nullable=True))
    op.create_table(
        "stop_part",
        _key("edge_id"),
        _key("equipment_id"),
        _key("stop", integer=True),
        _key("cut", integer=True),
        _text("reason"),
        _text("note"),
        _text("class"),
        _number("planned"),
        _number("removed"),
        sa.PrimaryKeyConstraint("edge_id", "equipment_id", "stop", "cut"),
    )
    op.create_table(
        "planned_stop",
        _key("edge_id"),
        _key("equipment_id"),
        _key("id", integer=True),
        sa.Column("start", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.BigInteger(), nullable=True),
        _text("reason"),
        _text("note"),
        _text("class"),
        _number("cancelled"),
        sa.PrimaryKeyConstraint("edge_id", "equipment_id", "id"),
    )
    op.create_index("planned_stop_start", "planned_stop", ["equipment_id", "start"], unique=False)


def downgrade() -> None:
    op.drop_table("planned_stop")
    op.drop_table("stop_part")
    for name in ("micro_us", "said", "cause_planned", "planned", "cause_class", "cause", "class"):
        op.drop_column("stop", name)
