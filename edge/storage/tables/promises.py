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
PROJECTED = ("promise",)
