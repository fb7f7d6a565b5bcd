"""The tables of the sync store. Times are microseconds UTC, positions feed positions.

`hour_bucket`, `state_interval`, `stop` and `job_progress` are the projections of
`edge.domain.fold`, by edge; `entry` is the ledger of pieces that they sum up.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, UniqueConstraint

from erp_sync.storage.columns import key, maybe, number, pieces, table, text
from erp_sync.storage.columns import metadata as metadata

setting = table("setting", key("name"), text("value"))
sequence = table("sequence", key("name"), number("last"))
edge = table(
    "edge",
    key("edge_id"),
    text("store_id"),
    number("epoch"),
    number("last_seq"),
    text("last_hash"),
    number("said_seq"),
    maybe("watermark"),
    maybe("heard_at"),
    text("version"),
)
fact = table(
    "fact",
    key("edge_id"),
    key("epoch", integer=True),
    key("seq", integer=True),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    number("occurred_at"),
    Column("order_id", String),
    Column("operation", Integer),
    Column("hash", String, nullable=False),
    Column("effects", LargeBinary),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("edge_id", "seq"),
    Index("fact_kind_position", "kind", "position"),
)
alarm = table(
    "alarm",
    key("edge_id"),
    key("kind"),
    key("epoch", integer=True),
    key("seq", integer=True),
    key("offered"),
    text("known"),
    text("detail"),
    number("at"),
    maybe("closed_at"),
    text("closed_by"),
    text("note"),
)
raw_end = table(
    "raw_end",
    key("edge_id"),
    key("tag"),
    key("counter_epoch", integer=True),
    number("raw"),
    number("epoch"),
    number("seq"),
)
raw_hole = table(
    "raw_hole",
    key("edge_id"),
    key("tag"),
    key("counter_epoch", integer=True),
    key("raw_from", integer=True),
    key("raw_to", integer=True),
    number("seq"),
)
correction = table(
    "correction",
    key("edge_id"),
    key("corrects", integer=True),
    key("seq", integer=True),
    text("changes"),
)
entry = table(
    "entry",
    key("position", integer=True),
    key("line", integer=True),
    text("edge_id"),
    text("order_id"),
    number("operation"),
    text("equipment_id"),
    number("hour"),
    text("shift_key"),
    text("production_day"),
    *pieces(),
    Index("entry_day", "production_day", "order_id", "operation"),
    Index("entry_order", "order_id", "operation"),
)
hour_bucket = table(
    "hour_bucket",
    key("edge_id"),
    key("equipment_id"),
    key("hour", integer=True),
    key("job_order_id"),
    key("run_time_per_item"),
    key("shift"),
    key("production_day"),
    *pieces(),
    Index("hour_bucket_hour", "equipment_id", "hour"),
)
state_interval = table(
    "state_interval",
    key("edge_id"),
    key("equipment_id"),
    key("opened", integer=True),
    number("start"),
    maybe("end"),
    maybe("state"),
    maybe("mode"),
    maybe("fault"),
    text("time_class"),
    text("job_order_id"),
    text("shift"),
    text("production_day"),
    Index("state_interval_start", "equipment_id", "start"),
    Index("state_interval_end", "edge_id", "end"),
)
stop = table(
    "stop",
    key("edge_id"),
    key("equipment_id"),
    key("id", integer=True),
    maybe("start"),
    maybe("end"),
    maybe("fault"),
    text("job_order_id"),
    text("reason"),
    text("note"),
    text("class"),
    number("planned"),
    text("cause"),
    text("cause_class"),
    number("cause_planned"),
    maybe("micro_us"),
    number("said"),
    Index("stop_end", "edge_id", "end"),
)
stop_part = table(
    "stop_part",
    key("edge_id"),
    key("equipment_id"),
    key("stop", integer=True),
    key("cut", integer=True),
    text("reason"),
    text("note"),
    text("class"),
    number("planned"),
    number("removed"),
)
planned_stop = table(
    "planned_stop",
    key("edge_id"),
    key("equipment_id"),
    key("id", integer=True),
    maybe("start"),
    maybe("end"),
    text("reason"),
    text("note"),
    text("class"),
    number("cancelled"),
    Index("planned_stop_start", "equipment_id", "start"),
)
job_progress = table(
    "job_progress",
    key("edge_id"),
    key("job_order_id"),
    text("order_id"),
    number("operation"),
    text("product"),
    text("revision"),
    maybe("number"),
    text("work_center"),
    number("quantity"),
    text("state"),
    number("version"),
    text("phase"),
    maybe("started_at"),
    maybe("ended_at"),
    *pieces(),
    Index("job_progress_order", "order_id", "operation"),
)
forecast = table(
    "forecast",
    key("order_id"),
    text("edge_id"),
    number("plan"),
    maybe("completion"),
    maybe("due"),
    number("tardiness_s"),
    text("reasons"),
)
# What was forecast last of an order, beside what the plan says: as its fact has it, in JSON.
order_outlook = table(
    "order_outlook",
    key("order_id"),
    text("edge_id"),
    number("plan"),
    number("made_at"),
    number("no_finish"),  # 1 where it says why there is none
    text("content"),
)
grouped = table(
    "grouped",
    key("grouping"),
    key("edge_id"),
    key("order_id"),
    key("operation", integer=True),
    key("equipment_id"),
    key("slot"),
    *pieces(),
    number("sent_good"),
    number("sent_scrap"),
    number("sent_rework"),
    number("covered"),
    maybe("closes_at"),
    Column("open", BigInteger, nullable=False, server_default="1"),
    Index("grouped_open", "edge_id", "open", "closes_at"),
)
grouped_item = table(
    "grouped_item",
    key("grouping"),
    key("position", integer=True),
    text("edge_id"),
    text("order_id"),
    number("operation"),
    text("equipment_id"),
    text("slot"),
    number("covers_after"),
    number("covers_to"),
    Column("data", LargeBinary, nullable=False),
    Index("grouped_item_key", "grouping", "order_id", "operation"),
)
document = table(
    "document",
    key("position", integer=True),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("revision", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    number("at"),
    UniqueConstraint("kind", "id", "revision"),
)
planned_order = table(
    "planned_order",
    key("order_id"),
    text("schedule_id"),
    Column("number", BigInteger, unique=True),
    text("product"),
    text("product_revision"),
    number("quantity"),
    maybe("release"),
    number("due"),
    text("customer"),
    number("priority"),
    maybe("promise"),
)
consumer = table("consumer", key("name"), key("grouping"), number("position"), number("at"))
acknowledgement = table(
    "acknowledgement",
    key("consumer"),
    key("grouping"),
    key("position", integer=True),
    text("status"),
    text("document"),
    text("reason"),
    number("at"),
)
book = table(
    "book",
    key("consumer"),
    key("day"),
    text("grouping"),
    number("after"),
    number("at"),
)
book_line = table(
    "book_line",
    key("consumer"),
    key("day"),
    key("order_id"),
    key("operation", integer=True),
    number("good"),
    number("scrap"),
)
estimate = table(
    "estimate",
    key("edge_id"),
    key("product"),
    key("revision"),
    number("quantity"),
    number("at"),
    Column("answer", LargeBinary, nullable=False),
)
replay = table(
    "replay",
    key("principal"),
    key("method"),
    key("path"),
    key("key"),
    text("fingerprint"),
    number("status"),
    Column("body", LargeBinary, nullable=False),
    number("at"),
)
