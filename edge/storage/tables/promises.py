"""Tables of promises; docs/storage.md describes them."""

PROMISES = (
    """CREATE TABLE promise (
        id INTEGER NOT NULL PRIMARY KEY,
        at INTEGER,
        actor TEXT NOT NULL DEFAULT '',
        product TEXT,
        revision TEXT,
        quantity INTEGER,
        from_stock INTEGER,
        make INTEGER,
        customer TEXT,
        priority INTEGER,
        date INTEGER,
        until INTEGER,
        kept TEXT,
        note TEXT,
        slots TEXT,
        materials TEXT,
        state TEXT,
        order_id TEXT NOT NULL DEFAULT '',
        closed_at INTEGER
    ) STRICT""",
)
NAMED_BY_ORDERS = (
    """CREATE TABLE order_promise (
        order_id TEXT NOT NULL,
        promise INTEGER NOT NULL,
        state TEXT,
        why TEXT NOT NULL DEFAULT '',
        by TEXT NOT NULL DEFAULT '',
        from_stock INTEGER NOT NULL DEFAULT 0,
        product TEXT NOT NULL DEFAULT '',
        at INTEGER,
        PRIMARY KEY (order_id, promise)
    ) STRICT, WITHOUT ROWID""",
    (
        "INSERT INTO order_promise (order_id, promise, state, at)"
        " SELECT order_id, id, state, closed_at FROM promise WHERE order_id <> ''"
    ),
)
PURCHASES = (
    """CREATE TABLE purchases_said (
        id TEXT NOT NULL PRIMARY KEY,
        seq INTEGER
    ) STRICT, WITHOUT ROWID""",
)
PROJECTED = ("promise", "order_promise", "purchases_said")
