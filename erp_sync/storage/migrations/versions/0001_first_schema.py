"""The first schema of the sync store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
TABLES = (
    "replay",
    "book_line",
    "book",
    "acknowledgement",
    "consumer",
    "planned_order",
    "document",
    "forecast",
    "job_progress",
    "stop",
    "state_interval",
    "grouped_item",
    "grouped",
    "hour_bucket",
    "entry",
    "correction",
    "raw_hole",
    "raw_end",
    "alarm",
    "fact",
    "edge",
    "sequence",
    "setting",
)


def upgrade() -> None:
    _setting()
    _sequence()
    _edge()
    _fact()
    _alarm()
    _raw_end()
    _raw_hole()
    _correction()
    _entry()
    _hour_bucket()
    _grouped()
    _grouped_item()
    _state_interval()
    _stop()
    _job_progress()
    _forecast()
    _document()
    _planned_order()
    _consumer()
    _acknowledgement()
    _book()
    _book_line()
    _replay()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _sequence() -> None:
    op.create_table(
        "sequence",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _edge() -> None:
    op.create_table(
        "edge",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("store_id", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("said_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("edge_id"),
    )


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("effects", sa.LargeBinary(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "epoch", "seq"),
        sa.UniqueConstraint("edge_id", "seq"),
        sa.UniqueConstraint("position"),
    )
    op.create_index("fact_kind_position", "fact", ["kind", "position"], unique=False)


def _alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offered", sa.String(), nullable=False),
        sa.Column("known", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "kind", "epoch", "seq", "offered"),
    )


def _raw_end() -> None:
    op.create_table(
        "raw_end",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("counter_epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "tag", "counter_epoch"),
    )


def _raw_hole() -> None:
    op.create_table(
        "raw_hole",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("counter_epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("raw_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("raw_to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "tag", "counter_epoch", "raw_from", "raw_to"),
    )


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("corrects", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changes", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "corrects", "seq"),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("edge_id", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("operation", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("equipment_id", sa.Text(), server_default="", nullable=False),
        sa.Column("hour", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shift_key", sa.Text(), server_default="", nullable=False),
        sa.Column("production_day", sa.Text(), server_default="", nullable=False),
        sa.Column("good", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scrap", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rework", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("position", "line"),
    )
    op.create_index("entry_day", "entry", ["production_day", "order_id", "operation"], unique=False)
    op.create_index("entry_order", "entry", ["order_id", "operation"], unique=False)


def _hour_bucket() -> None:
    op.create_table(
        "hour_bucket",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_order_id", sa.String(), nullable=False),
        sa.Column("run_time_per_item", sa.String(), nullable=False),
        sa.Column("shift", sa.String(), nullable=False),
        sa.Column("production_day", sa.String(), nullable=False),
        sa.Column("good", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scrap", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rework", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "edge_id",
            "equipment_id",
            "hour",
            "job_order_id",
            "run_time_per_item",
            "shift",
            "production_day",
        ),
    )
    op.create_index("hour_bucket_hour", "hour_bucket", ["equipment_id", "hour"], unique=False)


def _grouped() -> None:
    op.create_table(
        "grouped",
        sa.Column("grouping", sa.String(), nullable=False),
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("operation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("good", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scrap", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rework", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sent_good", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sent_scrap", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sent_rework", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("covered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("open", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint(
            "grouping", "edge_id", "order_id", "operation", "equipment_id", "slot"
        ),
    )
    op.create_index("grouped_open", "grouped", ["edge_id", "open", "closes_at"], unique=False)


def _grouped_item() -> None:
    op.create_table(
        "grouped_item",
        sa.Column("grouping", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("edge_id", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("operation", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("equipment_id", sa.Text(), server_default="", nullable=False),
        sa.Column("slot", sa.Text(), server_default="", nullable=False),
        sa.Column("covers_after", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("covers_to", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("grouping", "position"),
    )
    op.create_index(
        "grouped_item_key", "grouped_item", ["grouping", "order_id", "operation"], unique=False
    )


def _state_interval() -> None:
    op.create_table(
        "state_interval",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("opened", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.BigInteger(), nullable=True),
        sa.Column("mode", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.BigInteger(), nullable=True),
        sa.Column("time_class", sa.Text(), server_default="", nullable=False),
        sa.Column("job_order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("shift", sa.Text(), server_default="", nullable=False),
        sa.Column("production_day", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "equipment_id", "opened"),
    )
    op.create_index(
        "state_interval_start", "state_interval", ["equipment_id", "start"], unique=False
    )


def _stop() -> None:
    op.create_table(
        "stop",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.BigInteger(), nullable=True),
        sa.Column("job_order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "equipment_id", "id"),
    )


def _job_progress() -> None:
    op.create_table(
        "job_progress",
        sa.Column("edge_id", sa.String(), nullable=False),
        sa.Column("job_order_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("operation", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("product", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("work_center", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("phase", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("good", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scrap", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rework", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("edge_id", "job_order_id"),
    )
    op.create_index("job_progress_order", "job_progress", ["order_id", "operation"], unique=False)


def _forecast() -> None:
    op.create_table(
        "forecast",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("edge_id", sa.Text(), server_default="", nullable=False),
        sa.Column("plan", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("completion", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("tardiness_s", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("kind", "id", "revision"),
    )


def _planned_order() -> None:
    op.create_table(
        "planned_order",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("schedule_id", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("product", sa.Text(), server_default="", nullable=False),
        sa.Column("product_revision", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("release", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
        sa.UniqueConstraint("number"),
    )


def _consumer() -> None:
    op.create_table(
        "consumer",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("grouping", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", "grouping"),
    )


def _acknowledgement() -> None:
    op.create_table(
        "acknowledgement",
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("grouping", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("consumer", "grouping", "position"),
    )


def _book() -> None:
    op.create_table(
        "book",
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("grouping", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("consumer", "day"),
    )


def _book_line() -> None:
    op.create_table(
        "book_line",
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("operation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("good", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("scrap", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("consumer", "day", "order_id", "operation"),
    )


def _replay() -> None:
    op.create_table(
        "replay",
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("principal", "method", "path", "key"),
    )
