"""The tables of the sync store. Times are microseconds UTC, positions feed positions.

`hour_bucket`, `state_interval`, `stop` and `job_progress` are the projections of
`edge.domain.fold`, by edge; `entry` is the ledger of pieces that they sum up.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, UniqueConstraint

from erp_sync.storage.columns import key as _key
from erp_sync.storage.columns import maybe as _maybe
from erp_sync.storage.columns import metadata as metadata
from erp_sync.storage.columns import number as _number
from erp_sync.storage.columns import pieces as _pieces
from erp_sync.storage.columns import table as _table
from erp_sync.storage.columns import text as _text

setting = _table("setting", _key("name"), _text("value"))
sequence = _table("sequence", _key("name"), _number("last"))
edge = _table(
    "edge",
    _key("edge_id"),
    _text("store_id"),
    _number("epoch"),
    _number("last_seq"),
    _text("last_hash"),
    _number("said_seq"),
    _maybe("watermark"),
    _maybe("heard_at"),
    _text("version"),
)
fact = _table(
    "fact",
    _key("edge_id"),
    _key("epoch", integer=True),
    _key("seq", integer=True),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    _number("occurred_at"),
    Column("order_id", String),
    Column("operation", Integer),
    Column("hash", String, nullable=False),
    Column("effects", LargeBinary),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("edge_id", "seq"),
    Index("fact_kind_position", "kind", "position"),
)
alarm = _table(
    "alarm",
    _key("edge_id"),
    _key("kind"),
    _key("epoch", integer=True),
    _key("seq", integer=True),
    _key("offered"),
    _text("known"),
    _text("detail"),
    _number("at"),
    _maybe("closed_at"),
    _text("closed_by"),
    _text("note"),
)
raw_end = _table(
    "raw_end",
    _key("edge_id"),
    _key("tag"),
    _key("counter_epoch", integer=True),
    _number("raw"),
    _number("epoch"),
    _number("seq"),
)
raw_hole = _table(
    "raw_hole",
    _key("edge_id"),
    _key("tag"),
    _key("counter_epoch", integer=True),
    _key("raw_from", integer=True),
    _key("raw_to", integer=True),
    _number("seq"),
)
correction = _table(
    "correction",
    _key("edge_id"),
    _key("corrects", integer=True),
    _key("seq", integer=True),
    _text("changes"),
)
entry = _table(
    "entry",
    _key("position", integer=True),
    _key("line", integer=True),
    _text("edge_id"),
    _text("order_id"),
    _number("operation"),
    _text("equipment_id"),
    _number("hour"),
    _text("shift_key"),
    _text("production_day"),
    *_pieces(),
    Index("entry_day", "production_day", "order_id", "operation"),
    Index("entry_order", "order_id", "operation"),
)
hour_bucket = _table(
    "hour_bucket",
    _key("edge_id"),
    _key("equipment_id"),
    _key("hour", integer=True),
    _key("job_order_id"),
    _key("run_time_per_item"),
    _key("shift"),
    _key("production_day"),
    *_pieces(),
    Index("hour_bucket_hour", "equipment_id", "hour"),
)
state_interval = _table(
    "state_interval",
    _key("edge_id"),
    _key("equipment_id"),
    _key("opened", integer=True),
    _number("start"),
    _maybe("end"),
    _maybe("state"),
    _maybe("mode"),
    _maybe("fault"),
    _text("time_class"),
    _text("job_order_id"),
    _text("shift"),
    _text("production_day"),
    Index("state_interval_start", "equipment_id", "start"),
    Index("state_interval_end", "edge_id", "end"),
)
stop = _table(
    "stop",
    _key("edge_id"),
    _key("equipment_id"),
    _key("id", integer=True),
    _maybe("start"),
    _maybe("end"),
    _maybe("fault"),
    _text("job_order_id"),
    _text("reason"),
    _text("note"),
    _text("class"),
    _number("planned"),
    _text("cause"),
    _text("cause_class"),
    _number("cause_planned"),
    _maybe("micro_us"),
    _number("said"),
    Index("stop_end", "edge_id", "end"),
)
stop_part = _table(
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
)
planned_stop = _table(
    "planned_stop",
    _key("edge_id"),
    _key("equipment_id"),
    _key("id", integer=True),
    _maybe("start"),
    _maybe("end"),
    _text("reason"),
    _text("note"),
    _text("class"),
    _number("cancelled"),
    Index("planned_stop_start", "equipment_id", "start"),
)
job_progress = _table(
    "job_progress",
    _key("edge_id"),
    _key("job_order_id"),
    _text("order_id"),
    _number("operation"),
    _text("product"),
    _text("revision"),
    _maybe("number"),
    _text("work_center"),
    _number("quantity"),
    _text("state"),
    _number("version"),
    _text("phase"),
    _maybe("started_at"),
    _maybe("ended_at"),
    *_pieces(),
    Index("job_progress_order", "order_id", "operation"),
)
forecast = _table(
    "forecast",
    _key("order_id"),
    _text("edge_id"),
    _number("plan"),
    _maybe("completion"),
    _maybe("due"),
    _number("tardiness_s"),
    _text("reasons"),
)
grouped = _table(
    "grouped",
    _key("grouping"),
    _key("edge_id"),
    _key("order_id"),
    _key("operation", integer=True),
    _key("equipment_id"),
    _key("slot"),
    *_pieces(),
    _number("sent_good"),
    _number("sent_scrap"),
    _number("sent_rework"),
    _number("covered"),
    _maybe("closes_at"),
    Column("open", BigInteger, nullable=False, server_default="1"),
    Index("grouped_open", "edge_id", "open", "closes_at"),
)
grouped_item = _table(
    "grouped_item",
    _key("grouping"),
    _key("position", integer=True),
    _text("edge_id"),
    _text("order_id"),
    _number("operation"),
    _text("equipment_id"),
    _text("slot"),
    _number("covers_after"),
    _number("covers_to"),
    Column("data", LargeBinary, nullable=False),
    Index("grouped_item_key", "grouping", "order_id", "operation"),
)
document = _table(
    "document",
    _key("position", integer=True),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("revision", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    _number("at"),
    UniqueConstraint("kind", "id", "revision"),
)
planned_order = _table(
    "planned_order",
    _key("order_id"),
    _text("schedule_id"),
    Column("number", BigInteger, unique=True),
    _text("product"),
    _text("product_revision"),
    _number("quantity"),
    _maybe("release"),
    _number("due"),
    _text("customer"),
    _number("priority"),
)
consumer = _table("consumer", _key("name"), _key("grouping"), _number("position"), _number("at"))
acknowledgement = _table(
    "acknowledgement",
    _key("consumer"),
    _key("grouping"),
    _key("position", integer=True),
    _text("status"),
    _text("document"),
    _text("reason"),
    _number("at"),
)
book = _table(
    "book",
    _key("consumer"),
    _key("day"),
    _text("grouping"),
    _number("after"),
    _number("at"),
)
book_line = _table(
    "book_line",
    _key("consumer"),
    _key("day"),
    _key("order_id"),
    _key("operation", integer=True),
    _number("good"),
    _number("scrap"),
)
replay = _table(
    "replay",
    _key("principal"),
    _key("method"),
    _key("path"),
    _key("key"),
    _text("fingerprint"),
    _number("status"),
    Column("body", LargeBinary, nullable=False),
    _number("at"),
)
