"""Whatever comes in whatever order, each fact counts once and sums are those of the facts."""

import itertools
import json
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from erp_sync.errors import Problem
from erp_sync.inbox import chain as chains
from erp_sync.inbox import intake
from erp_sync.storage import tables
from erp_sync.storage.engine import Store
from tests.unit.erp_sync.chains import HOUR, SIX, Chain

ZONE = ZoneInfo("Europe/Berlin")
EDGES = (f"edge{number}" for number in itertools.count())
counts = st.tuples(
    st.sampled_from(["good", "scrap", "rework", "total"]),
    st.integers(1, 500),
    st.sampled_from(["WO1.10", "WO1.20", None]),
    st.integers(0, 5),
)
facts_made = st.lists(counts | st.integers(1, 9), min_size=1, max_size=30)
deliveries = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 12), st.integers(0, 7), st.booleans()),
    max_size=12,
)


def chain_of(edge_id: str, made: list[object]) -> Chain:
    chain = Chain(edge_id=edge_id)
    for one in made:
        if isinstance(one, tuple):
            role, quantity, job, hour = one
            chain.count(quantity, role=role, job=job, at=SIX + hour * HOUR)
        else:
            chain.scrap(int(str(one)))
    return chain


def sums(chain: Chain) -> dict[str, int]:
    """Pieces by the facts alone, as a reader of the contract would add them up."""
    total = {"good": 0, "scrap": 0, "rework": 0}
    for data in chain.data:
        fact = json.loads(data)
        if fact["kind"] == "scrap":
            total["good"] -= fact["body"]["quantity"]
            total["scrap"] += fact["body"]["quantity"]
        elif fact["body"]["role"] in total:
            total[fact["body"]["role"]] += fact["body"]["quantity"]
    return total


def deliver(store: Store, chain: Chain, facts: list[bytes], watermark: int | None) -> bool:
    """Whether a batch was taken; a refused one leaves nothing behind."""

    def effect(db: Connection) -> None:
        arrivals = chains.read(chain.edge_id, facts)
        intake.take_in(db, chain.edge_id, 1, arrivals, watermark, ZONE, SIX)

    try:
        store.write_now(effect)
    except Problem as refused:
        kind = refused.kind
    else:
        return True
    assert kind in {"gap", "chain-broken"}
    return False


def stored(store: Store, edge_id: str, table: str) -> dict[str, int]:
    of = tables.metadata.tables[table]
    columns = [func.coalesce(func.sum(of.c[name]), 0) for name in ("good", "scrap", "rework")]
    row = store.write_now(
        lambda db: db.execute(select(*columns).where(of.c.edge_id == edge_id)).one()
    )
    return dict(zip(("good", "scrap", "rework"), row, strict=True))


@given(made=facts_made, sent=deliveries)
def test_each_fact_counts_once(
    store: Store, made: list[object], sent: list[tuple[int, int, int, bool]]
) -> None:
    chain = chain_of(next(EDGES), made)
    for start, length, hours, turned in sent:
        part = chain.data[start : start + length]
        deliver(store, chain, part[::-1] if turned else part, SIX + hours * HOUR)
    assert deliver(store, chain, chain.data, None)

    def kept(db: Connection) -> list[bytes]:
        query = select(tables.fact.c.data).where(tables.fact.c.edge_id == chain.edge_id)
        return list(db.scalars(query.order_by(tables.fact.c.position)))

    assert store.write_now(kept) == chain.data
    for table in ("entry", "hour_bucket"):
        assert stored(store, chain.edge_id, table) == sums(chain)


@given(made=facts_made, cuts=st.lists(st.tuples(st.integers(1, 8), st.integers(0, 8))))
def test_the_grouped_feed_adds_up_however_late_pieces_come(
    store: Store, made: list[object], cuts: list[tuple[int, int]]
) -> None:
    chain = chain_of(next(EDGES), made)
    at = 0
    for length, hours in cuts:
        assert deliver(store, chain, chain.data[at : at + length], SIX + hours * HOUR)
        at += length
    assert deliver(store, chain, chain.data[at:], SIX + 48 * HOUR)

    def sent(db: Connection) -> dict[str, int]:
        item = tables.grouped_item
        query = select(item.c.data).where(
            item.c.edge_id == chain.edge_id, item.c.grouping == "hour"
        )
        items = [json.loads(data) for data in db.scalars(query)]
        return {name: sum(one[name] for one in items) for name in ("good", "scrap", "rework")}

    assert store.write_now(sent) == sums(chain)
    open_groups = select(func.count()).where(
        tables.grouped.c.edge_id == chain.edge_id,
        tables.grouped.c.grouping == "hour",
        tables.grouped.c.open == 1,
    )
    assert store.write_now(lambda db: db.scalar(open_groups)) == 0
    assert stored(store, chain.edge_id, "grouped") == {
        name: 3 * total for name, total in sums(chain).items()
    }
