"""Which lots went into which: the queries of a trace, and the links between its lots.

Three things link a lot to another: the bill of materials, for pieces that were counted while
the lot was mounted; what people said (used, packed, split, merged, reworked); and the order,
where nothing of the operation before was scanned: then all of it may be in all of the next.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from edge.domain.genealogy import Balance, Consumption, Link, Owed

NOTHING = Fraction(0)
MINE = "(SELECT value FROM json_each(:lots))"
PIECES = "p.good + p.scrap + p.rework"
# A mounted lot is consumed by a job order whose bill has its material, or that works on pieces
# of an operation before it.
TAKES = """
    LEFT JOIN job_pin k ON k.job_order_id = p.job_order_id
    LEFT JOIN job_material m ON m.job_order_id = p.job_order_id
         AND m.definition = k.definition AND m.material = i.material AND m.tracked <> 'serial'
    LEFT JOIN segment_out o ON o.segment = p.segment AND o.job_order_id = p.job_order_id
    WHERE (m.material IS NOT NULL OR (i.made_by <> '' AND i.made_by <> p.job_order_id AND
           (SELECT order_id FROM job_progress WHERE job_order_id = i.made_by)
           = (SELECT order_id FROM job_progress WHERE job_order_id = p.job_order_id)))
"""
SAME_ORDER_NEXT = """
    JOIN job_progress n ON n.order_id = j.order_id AND n.operation =
         (SELECT min(operation) FROM job_progress x WHERE x.order_id = j.order_id
          AND x.operation > j.operation AND x.started_at NOT NULL)
"""
# Nothing of the operation before was scanned at the next one.
UNSCANNED = """
    NOT EXISTS (SELECT 1 FROM segment_pieces p JOIN segment_in i ON i.segment = p.segment
                WHERE p.job_order_id = n.job_order_id AND i.made_by = j.job_order_id)
    AND NOT EXISTS (SELECT 1 FROM lot s JOIN lot_flow f ON f.source = s.lot AND f.how = 'used'
                    LEFT JOIN lot t ON t.lot = f.target
                    WHERE s.job_order_id = j.job_order_id AND f.numerator > 0
                    AND coalesce(t.job_order_id, f.target) = n.job_order_id)
"""
JOB_OF_HIT = """
    FROM hit LEFT JOIN lot l ON l.lot = hit.lot
    JOIN job_progress {0} ON {0}.job_order_id = coalesce(nullif(l.job_order_id, ''), hit.lot)
"""
FORWARD = f"""
WITH RECURSIVE hit(lot) AS (
    VALUES (:lot)
    UNION
    SELECT coalesce(o.lot, p.job_order_id) FROM hit
    JOIN segment_in i ON i.lot = hit.lot
    JOIN segment_pieces p ON p.segment = i.segment AND {PIECES} > 0
    {TAKES}
    UNION
    SELECT f.target FROM hit JOIN lot_flow f ON f.source = hit.lot
    WHERE f.target <> '' AND f.numerator > 0
    UNION
    SELECT n.job_order_id {JOB_OF_HIT.format("j")} {SAME_ORDER_NEXT} WHERE {UNSCANNED}
    UNION
    SELECT t.lot {JOB_OF_HIT.format("j")} {SAME_ORDER_NEXT}
    JOIN lot t ON t.job_order_id = n.job_order_id WHERE {UNSCANNED}
) SELECT lot FROM hit WHERE lot <> :lot
"""
SAME_ORDER_BEFORE = """
    JOIN job_progress j ON j.order_id = n.order_id AND j.operation =
         (SELECT max(operation) FROM job_progress x WHERE x.order_id = n.order_id
          AND x.operation < n.operation AND x.started_at NOT NULL)
"""
BACKWARD = f"""
WITH RECURSIVE hit(lot) AS (
    VALUES (:lot)
    UNION
    SELECT i.lot FROM hit
    JOIN segment_out out_ ON out_.lot = hit.lot
    JOIN segment_pieces p ON p.segment = out_.segment AND p.job_order_id = out_.job_order_id
         AND {PIECES} > 0
    JOIN segment_in i ON i.segment = p.segment
    {TAKES}
    UNION
    SELECT i.lot FROM hit
    JOIN segment_pieces p ON p.job_order_id = hit.lot AND {PIECES} > 0
    JOIN segment_in i ON i.segment = p.segment
    {TAKES} AND o.lot IS NULL
    UNION
    SELECT f.source FROM hit JOIN lot_flow f ON f.target = hit.lot WHERE f.numerator > 0
    UNION
    SELECT j.job_order_id {JOB_OF_HIT.format("n")} {SAME_ORDER_BEFORE} WHERE {UNSCANNED}
    UNION
    SELECT t.lot {JOB_OF_HIT.format("n")} {SAME_ORDER_BEFORE}
    JOIN lot t ON t.job_order_id = j.job_order_id WHERE {UNSCANNED}
) SELECT lot FROM hit WHERE lot <> :lot
"""


def consumed(where: str) -> str:
    """Consumption by bill, by lot, segment and job order, of rows where `where` holds."""
    return f"""
    SELECT i.lot, i.segment, g.start, g.certain, p.job_order_id,
           coalesce(o.lot, p.job_order_id) AS output, i.material,
           coalesce(m.unit, 'pcs') AS unit, sum({PIECES}) AS pieces,
           coalesce(m.numerator, 1) AS numerator, coalesce(m.denominator, 1) AS denominator
    FROM segment_in i
    JOIN segment_pieces p ON p.segment = i.segment
    JOIN segment g ON g.id = i.segment
    {TAKES} AND {where}
    GROUP BY i.segment, i.material, p.job_order_id HAVING pieces <> 0
    ORDER BY i.segment, p.job_order_id
    """


def consumption(row: Any) -> Consumption:
    plain = dict(row)
    each = Fraction(plain.pop("numerator"), plain.pop("denominator"))
    certain = bool(plain.pop("certain"))
    return Consumption(**plain, certain=certain, quantity=plain["pieces"] * each)


def flow_links(rows: Iterable[Any]) -> list[Link]:
    """Links of what people said, each with its net quantity; none where nothing is left of it."""
    sums: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for row in rows:
        key = (row["source"], row["target"], row["how"])
        sums[key] += Fraction(row["numerator"], row["denominator"])
    return [
        Link(source=source, target=target, how=how, quantity=quantity)
        for (source, target, how), quantity in sums.items()
        if quantity > 0 and target
    ]


def links(conn: sqlite3.Connection, lots: Sequence[str]) -> list[Link]:
    """All links between these lots."""
    known, asked = set(lots), {"lots": json.dumps(list(lots))}
    found = _by_bill(conn, known, asked)
    flows = conn.execute(
        f"SELECT source, target, how, numerator, denominator FROM lot_flow WHERE source IN {MINE}",
        asked,
    )
    found += (one for one in flow_links(flows) if one.target in known)
    return found + _by_order(conn, asked)


def _by_bill(conn: sqlite3.Connection, known: set[str], asked: dict[str, str]) -> list[Link]:
    """One link for each lot and output, whatever the number of segments; no more than
    integers a row, because there may be tens of thousands."""
    sums: dict[tuple[str, str, str], Link] = {}
    for source, target, unit, pieces, numerator, denominator, certain in conn.execute(
        f"SELECT lot, output, unit, sum(pieces), numerator, denominator, min(certain)"
        f" FROM ({consumed(f'i.lot IN {MINE}')})"
        " GROUP BY lot, output, unit, numerator, denominator",
        asked,
    ):
        if target not in known:
            continue
        before = sums.get((source, target, unit))
        sums[source, target, unit] = Link(
            source=source,
            target=target,
            how="bill",
            quantity=Fraction(pieces * numerator, denominator)
            + (before.quantity or 0 if before else 0),
            unit=unit,
            pieces=pieces + (before.pieces or 0 if before else 0),
            certain=bool(certain) and (before is None or before.certain),
        )
    return list(sums.values())


def _by_order(conn: sqlite3.Connection, asked: dict[str, str]) -> list[Link]:
    """Lots of one order's operations that follow each other, where nothing was scanned."""
    rows = conn.execute(
        f"""WITH hit(lot) AS (SELECT value FROM json_each(:lots)),
        own(lot, job_order_id) AS (
            SELECT hit.lot, coalesce(nullif(l.job_order_id, ''), hit.lot)
            FROM hit LEFT JOIN lot l ON l.lot = hit.lot)
        SELECT a.lot, b.lot FROM own a
        JOIN job_progress j ON j.job_order_id = a.job_order_id {SAME_ORDER_NEXT}
        JOIN own b ON b.job_order_id = n.job_order_id WHERE {UNSCANNED}""",
        asked,
    )
    return [Link(source=row[0], target=row[1], how="order", certain=False) for row in rows]


def good_of(conn: sqlite3.Connection, lots: Sequence[str]) -> dict[str, int]:
    """Good pieces that went into each of these lots; of a job order those in no lot."""
    asked = {"lots": json.dumps(list(lots))}
    found = dict(
        conn.execute(
            f"SELECT job_order_id, good FROM job_progress WHERE job_order_id IN {MINE}", asked
        ).fetchall()
    )
    for lot, good in conn.execute(
        f"""SELECT o.lot, sum(p.good) FROM segment_out o JOIN segment_pieces p
            ON p.segment = o.segment AND p.job_order_id = o.job_order_id
            WHERE o.lot IN {MINE} GROUP BY o.lot""",
        asked,
    ):
        found[lot] = found.get(lot, 0) + good
    for job, good in conn.execute(
        f"""SELECT p.job_order_id, sum(p.good) FROM segment_pieces p JOIN segment_out o
            ON o.segment = p.segment AND o.job_order_id = p.job_order_id
            WHERE p.job_order_id IN {MINE} GROUP BY p.job_order_id""",
        asked,
    ):
        found[job] -= good
    return found


def balances(conn: sqlite3.Connection, lots: Sequence[str]) -> dict[str, Balance]:
    """What is in each of these lots; of a job order what is in no lot of its own."""
    asked = {"lots": json.dumps(list(lots))}
    received = {
        row["lot"]: _each(row)
        for row in conn.execute(
            "SELECT lot, numerator, denominator FROM lot"
            f" WHERE made NOT NULL AND numerator NOT NULL AND lot IN {MINE}",
            asked,
        )
    }
    made = good_of(conn, lots)
    into = _sums(
        conn,
        "SELECT target AS lot, numerator, denominator FROM lot_flow"
        f" WHERE target IN {MINE} AND source <> target",
        asked,
    )
    out = _sums(
        conn,
        f"SELECT source AS lot, numerator, denominator FROM lot_flow WHERE source IN {MINE}",
        asked,
    )
    taken: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in conn.execute(
        "SELECT lot, sum(pieces) AS pieces, numerator, denominator"
        f" FROM ({consumed(f'i.lot IN {MINE}')}) GROUP BY lot, numerator, denominator",
        asked,
    ):
        taken[row["lot"]] += row["pieces"] * _each(row)
    return {
        lot: Balance(
            received=received.get(lot),
            made=made.get(lot, 0),
            into=into.get(lot, NOTHING),
            out=out.get(lot, NOTHING),
            consumed=taken.get(lot, NOTHING),
        )
        for lot in lots
    }


def _sums(conn: sqlite3.Connection, sql: str, asked: dict[str, str]) -> dict[str, Fraction]:
    """By lot the sum of what the rows say."""
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in conn.execute(sql, asked):
        found[row["lot"]] += _each(row)
    return found


def owed(conn: sqlite3.Connection, job_order_id: str) -> list[Owed]:
    """What was booked by bill for a job order, by material and lot, where it is not what was
    stated; lot empty for what came from no lot that is known."""
    booked: dict[tuple[str, str], list[Any]] = defaultdict(lambda: ["", Fraction(0)])
    for row in conn.execute(
        "SELECT material, unit, good + scrap + rework AS pieces, numerator, denominator"
        " FROM job_progress JOIN job_pin USING (job_order_id)"
        " JOIN job_material USING (job_order_id, definition)"
        " WHERE job_order_id = ? AND tracked <> 'serial'",
        (job_order_id,),
    ):
        booked[row["material"], ""] = [row["unit"], row["pieces"] * _each(row)]
    for row in conn.execute(consumed("p.job_order_id = ?"), (job_order_id,)):
        one = consumption(row)
        booked[one.material, one.lot][0] = one.unit
        booked[one.material, one.lot][1] += one.quantity
        if (one.material, "") in booked:
            booked[one.material, ""][1] -= one.quantity
    stated: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in conn.execute(
        "SELECT material, lot, unit, numerator, denominator FROM material_stated"
        " WHERE job_order_id = ?",
        (job_order_id,),
    ):
        stated[row["material"], row["lot"]] += _each(row)
        booked[row["material"], row["lot"]][0] = row["unit"]
    return [
        Owed(material=material, lot=lot, unit=unit, consumed=much, stated=stated[material, lot])
        for (material, lot), (unit, much) in sorted(booked.items())
        if much != stated[material, lot]
    ]


def _each(row: Any) -> Fraction:
    return Fraction(row["numerator"], row["denominator"])
