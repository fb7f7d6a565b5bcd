"""Materials and lots, read from the store."""

import json
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from edge.domain.genealogy import (
    Balance,
    Consumption,
    Link,
    Loaded,
    Lot,
    MaterialHour,
    Mounted,
    OpenLot,
    Owed,
    Setting,
)
from edge.storage.readers import tracing
from edge.storage.rows import Rows

LOT = (
    "lot, kind, material, revision, unit, numerator, denominator, expires, supplier_lot,"
    " container, job_order_id, equipment_id, made, made_at, closed_at"
)
NAMED = (
    f"SELECT {LOT} FROM lot WHERE made NOT NULL AND (lot = :name OR supplier_lot = :name)"
    " AND (:material = '' OR material = :material) ORDER BY made DESC"
)
LOSSES = {
    "production": "production_loss",
    "storage": "storage_loss",
    "other": "other_loss",
    "used": "consumed",
}


class Genealogy:
    """The MaterialReader of a store; may be called from any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def material_hours(
        self, equipment_id: str | None, start: int, end: int
    ) -> Sequence[MaterialHour]:
        mine = "" if equipment_id is None else " AND equipment_id = :equipment"
        span = {"equipment": equipment_id, "start": start, "end": end}
        key = "equipment_id, hour, job_order_id, material, unit"
        where = f"hour >= :start AND hour < :end{mine}"
        made = self._rows.query(
            f"SELECT {key}, pieces, numerator, denominator FROM material_hour WHERE {where}", span
        )
        used = self._rows.query(
            f"SELECT {key}, kind, numerator, denominator FROM material_use WHERE {where}", span
        )
        found: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(_nothing)
        for row in made:
            found[tuple(row)[:5]]["pieces"] += row["pieces"]
            found[tuple(row)[:5]]["consumed"] += row["pieces"] * _fraction(row)
        for row in used:
            found[tuple(row)[:5]][LOSSES[row["kind"]]] += _fraction(row)
        names = key.split(", ")
        return [
            MaterialHour(**dict(zip(names, place, strict=True)), **amounts)
            for place, amounts in sorted(found.items())
        ]

    def lot(self, id_: str) -> Lot | None:
        rows = self._rows.query(f"SELECT {LOT} FROM lot WHERE lot = ? AND made NOT NULL", (id_,))
        return _lot(rows[0]) if rows else None

    def lots(
        self, *, material: str = "", job_order_id: str = "", limit: int = 200
    ) -> Sequence[Lot]:
        asked = {"material": material, "job_order_id": job_order_id}
        where = "".join(f" AND {name} = :{name}" for name, value in asked.items() if value)
        sql = f"SELECT {LOT} FROM lot WHERE made NOT NULL{where} ORDER BY made DESC LIMIT :limit"
        return [_lot(row) for row in self._rows.query(sql, asked | {"limit": limit})]

    def purchases_said(self) -> dict[str, int]:
        rows = self._rows.query("SELECT id, seq FROM purchases_said WHERE seq NOT NULL")
        return {row["id"]: row["seq"] for row in rows}

    def lots_named(self, name: str, *, material: str = "") -> Sequence[Lot]:
        query = {"name": name, "material": material}
        return [_lot(row) for row in self._rows.query(NAMED, query)]

    def balance(self, lot: str) -> Balance:
        return self.balances([lot])[lot]

    def balances(self, lots: Sequence[str]) -> dict[str, Balance]:
        with self._rows.snapshot() as conn:
            return tracing.balances(conn, lots)

    def setting(self, equipment_id: str) -> Setting:
        rows = self._rows.query(
            "SELECT id, start FROM segment WHERE equipment_id = ? ORDER BY id DESC LIMIT 1",
            (equipment_id,),
        )
        if not rows:
            return Setting(segment=0, start=0)
        segment, start = rows[0]
        mounted = self._rows.records(
            Mounted, "FROM segment_in WHERE segment = ? ORDER BY material", (segment,)
        )
        open_ = self._rows.records(
            OpenLot, "FROM segment_out WHERE segment = ? ORDER BY job_order_id", (segment,)
        )
        return Setting(segment=segment, start=start, mounted=tuple(mounted), open=tuple(open_))

    def mounted_on(self, lot: str) -> Sequence[str]:
        rows = self._rows.query(
            "SELECT g.equipment_id FROM segment_in i JOIN segment g ON g.id = i.segment"
            " WHERE i.lot = ? AND g.id ="
            " (SELECT max(id) FROM segment WHERE equipment_id = g.equipment_id)",
            (lot,),
        )
        return [row[0] for row in rows]

    def mounted_in(self, segment: int, material: str) -> Mounted | None:
        tail = "FROM segment_in WHERE segment = ? AND material = ?"
        rows = self._rows.records(Mounted, tail, (segment, material))
        return rows[0] if rows else None

    def segments_with(self, equipment_id: str, lot: str, material: str, first: int) -> list[int]:
        rows = self._rows.query(
            "SELECT id, lot FROM segment LEFT JOIN segment_in"
            " ON segment = id AND material = :material"
            " WHERE equipment_id = :equipment AND id >= :first ORDER BY id",
            {"material": material, "equipment": equipment_id, "first": first},
        )
        found: list[int] = []
        for id_, there in rows:
            if there != lot:
                break
            found.append(id_)
        return found

    def consumption(self, *, lot: str = "", job_order_id: str = "") -> Sequence[Consumption]:
        where, value = ("i.lot", lot) if lot else ("p.job_order_id", job_order_id)
        rows = self._rows.query(tracing.consumed(f"{where} = ?"), (value,))
        return [tracing.consumption(row) for row in rows]

    def good_in(self, lot: str) -> int:
        return self.good_of([lot]).get(lot, 0)

    def good_of(self, lots: Sequence[str]) -> dict[str, int]:
        with self._rows.borrowed() as conn:
            return tracing.good_of(conn, lots)

    def lots_by_id(self, lots: Sequence[str]) -> dict[str, Lot]:
        sql = f"SELECT {LOT} FROM lot WHERE made NOT NULL AND lot IN {tracing.MINE}"
        rows = self._rows.query(sql, {"lots": json.dumps(list(lots))})
        return {row["lot"]: _lot(row) for row in rows}

    def contents(self, holder: str) -> Sequence[Link]:
        return self._flows("target = ? AND how = 'packed'", holder)

    def holders(self, lot: str) -> Sequence[Link]:
        return self._flows("source = ? AND how = 'packed'", lot)

    def _flows(self, where: str, value: str) -> list[Link]:
        rows = self._rows.query(
            f"SELECT source, target, how, numerator, denominator FROM lot_flow WHERE {where}",
            (value,),
        )
        return tracing.flow_links(rows)

    def reached(self, lot: str, *, forward: bool) -> Sequence[str]:
        sql = tracing.FORWARD if forward else tracing.BACKWARD
        return [row[0] for row in self._rows.query(sql, {"lot": lot})]

    def links(self, lots: Sequence[str]) -> Sequence[Link]:
        with self._rows.borrowed() as conn:
            return tracing.links(conn, lots)

    def loaded(self, equipment_id: str) -> Sequence[Loaded]:
        tail = "FROM loaded WHERE equipment_id = ? ORDER BY what, id"
        return self._rows.records(Loaded, tail, (equipment_id,))

    def holders_made(self) -> int:
        sql = "SELECT count(*) FROM lot WHERE kind IN ('pallet', 'container')"
        return int(self._rows.query(sql)[0][0])

    def copies(self, lot: str) -> int:
        rows = self._rows.query("SELECT copies FROM label_copy WHERE lot = ?", (lot,))
        return int(rows[0][0]) if rows else 0

    def is_reversed(self, seq: int) -> bool:
        return bool(self._rows.query("SELECT 1 FROM material_reversed WHERE seq = ?", (seq,)))

    def owed(self, job_order_id: str) -> Sequence[Owed]:
        with self._rows.borrowed() as conn:
            return tracing.owed(conn, job_order_id)


def _nothing() -> dict[str, Any]:
    zero = Fraction(0)
    return {"pieces": 0, **dict.fromkeys(LOSSES.values(), zero)}


def _lot(row: Any) -> Lot:
    plain = dict(row)
    numerator, denominator = plain.pop("numerator"), plain.pop("denominator")
    texts = ("kind", "material", "revision", "unit", "supplier_lot", "container", "equipment_id")
    quantity = None if numerator is None else Fraction(numerator, denominator)
    return Lot(**{**plain, **{name: plain[name] or "" for name in texts}}, quantity=quantity)


def _fraction(row: Any) -> Fraction:
    return Fraction(row["numerator"], row["denominator"])
