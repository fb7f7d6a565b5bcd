"""Levelled orders and unchecked steps, as the other rules can read them.

Lots of an order are judged as orders of their own, a step without a cycle time as one that
takes the time of its block. What the schedule says of the order as a whole (hours,
completion, pieces per pitch) is judged here. Nothing of the solver is used.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from edge.domain.clock import MICROS, parse_time, to_datetime
from edge.domain.hours import next_hour
from edge.planning.checking.before import Key
from edge.planning.checking.blocks import used_violations
from edge.planning.checking.ground import Ground, Violation, read_schedule
from edge.planning.checking.levels import level_violations
from edge.planning.checking.results import reason_violations
from edge.planning.checking.unchecked import Unfolded, named_hour, new_hours, without_unchecked
from edge.planning.scenario.model import Actual, Block, MaterialArrival, Order, Scenario

Json = dict[str, Any]
Row = Mapping[str, Any]


def unfold(scenario: Scenario, schedule: Any) -> Unfolded:
    """Both without lots and unchecked steps; as they are where nothing is levelled or unchecked.

    Raises ScenarioInvalid if the schedule is not of the format.
    """
    unchecked = any(step.unchecked for order in scenario.orders for step in order.operations)
    if not unchecked and not scenario.levelling:
        return Unfolded(scenario, schedule)
    ground = Ground(scenario, read_schedule(schedule))
    found = list(used_violations(ground))
    first = without_unchecked(ground, dict(schedule), found)
    second = _without_lots(ground, first, found)
    return replace(second, violations=tuple(found))


def _without_lots(ground: Ground, before: Unfolded, found: list[Violation]) -> Unfolded:
    """Lots as orders of their own; of the levelled order nothing is left beside them."""
    cut = _lots(before.schedule["blocks"])
    if not cut:
        return before
    orders: list[Order] = []
    actuals, begun = list(before.scenario.actuals), list(before.scenario.previous_blocks)
    gone_on: set[Key] = set()
    for order in before.scenario.orders:
        lots = cut.get(order.id)
        if not lots:
            orders.append(order)
            continue
        found += level_violations(ground, order, lots)
        made = [_lot_order(ground, order, number, runs) for number, runs in sorted(lots.items())]
        made = _with_material(ground, order, made, lots)
        orders += [replace(order, quantity=0, material=()), *made]
        for seq, actual in _running(ground, order, made, lots):
            actuals.append(actual)
            gone_on.add((order.id, seq))
            begun += _went_on(ground, (order.id, seq), actual)
    known = {order.id for order in before.scenario.orders}
    for order_id in sorted(cut.keys() - known):
        found.append(Violation("UNKNOWN", order_id, "no such order in the scenario"))
    scenario = replace(
        before.scenario,
        orders=tuple(orders),
        actuals=_past(actuals, gone_on),
        previous_blocks=tuple(begun),
    )
    return _written(ground, replace(before, scenario=scenario), cut, found)


def lot_name(ground: Ground, order: str, number: int) -> str:
    """A name that no order of the scenario has."""
    return f"{order}{ground.lot_mark}{number}"


def _lots(blocks: list[Json]) -> Mapping[str, dict[int, dict[int, Json]]]:
    """The run by order, lot and operation: one that is interrupted is its blocks together."""
    found: dict[str, dict[int, dict[int, Json]]] = defaultdict(lambda: defaultdict(dict))
    for block in sorted(blocks, key=lambda one: parse_time(one["start"])):
        if block.get("lot") is None or block["kind"] != "run":
            continue
        runs, seq = found[block["order"]][block["lot"]], block["seq"]
        run = runs.get(seq, {**block, "quantity": 0})
        runs[seq] = {**run, "end": block["end"], "quantity": run["quantity"] + block["quantity"]}
    return found


def _lot_order(ground: Ground, order: Order, number: int, runs: Mapping[int, Json]) -> Order:
    """A lot with the pieces of its blocks: what each operation brings is what the next takes."""
    steps = [step for step in order.operations if step.seq in runs]
    pieces = [max(runs[step.seq]["quantity"], 1) for step in steps]
    made = [
        replace(step, yield_=Fraction(after, own), lot_of=(order.id, step.seq))
        for step, own, after in zip(steps, pieces, [*pieces[1:], pieces[-1]], strict=True)
    ]
    whole = len(steps) == len(order.operations)
    return replace(
        order,
        id=lot_name(ground, order.id, number),
        quantity=pieces[-1],
        due=None,
        weight=0,
        operations=tuple(made),
        release=order.release if whole else None,
        material_from=order.material_from if whole else None,
        material=(),
    )


def _with_material(
    ground: Ground, order: Order, made: list[Order], lots: Mapping[int, Mapping[int, Json]]
) -> list[Order]:
    """Material of an order goes to its lots by their number, piece by piece."""
    first = order.operations[0].seq
    before, found = ground.lefts[order.id, first].used, []
    for lot, number in zip(made, sorted(lots), strict=True):
        own = lots[number][first]["quantity"] if first in lots[number] else 0
        rows: dict[int, MaterialArrival] = {}
        for one in order.material:
            if (there := min(one.quantity - before, own)) > 0:
                rows.setdefault(there, MaterialArrival(at=one.at, quantity=there))
        found.append(replace(lot, material=tuple(rows.values())))
        before += own
    return found


def _running(
    ground: Ground, order: Order, made: list[Order], lots: Mapping[int, Mapping[int, Json]]
) -> Iterator[tuple[int, Actual]]:
    """What is under way of an operation on a work center is the lot that is the first one there."""
    for step in order.operations:
        key, firsts = (order.id, step.seq), dict[str, tuple[int, int, str]]()
        for lot, (number, steps) in zip(made, sorted(lots.items()), strict=True):
            center = steps[step.seq]["work_center"] if step.seq in steps else None
            if center is not None:
                one = (parse_time(steps[step.seq]["start"]), number, lot.id)
                firsts[center] = min(firsts.get(center, one), one)
        for center, (own, number, name) in firsts.items():
            setups = [
                one
                for one in ground.setups.get(key, ())
                if (one.lot, one.work_center) == (number, center)
            ]
            done = sum(ground.worktime[center].between(one.start, one.end) for one in setups)
            starts = [
                one.start
                for one in ground.schedule["blocks"]
                if one.work_center == center and not one.unchecked
            ]
            leads = min(starts, default=own) >= min([own, *(one.start for one in setups)])
            stands = ground.before.is_last(key, center)
            if leads and stands and done in ground.before.setups_left(key, center):
                actual = Actual(order=name, seq=step.seq, running_on=center, setup_left_us=done)
                yield step.seq, actual


def _went_on(ground: Ground, key: Key, actual: Actual) -> list[Block]:
    """The blocks of the lot that was amid its work when planning began, as those of what is first
    now: the piece in work goes on.
    """
    here = [
        one
        for one in ground.scenario.previous_blocks
        if (one.order, one.seq, one.work_center) == (*key, actual.running_on)
    ]
    amid = [one.lot for one in here if one.start < ground.fence < one.end]
    return [replace(one, order=actual.order, lot=None) for one in here if one.lot in amid]


def _past(actuals: list[Actual], gone_on: set[Key]) -> tuple[Actual, ...]:
    """What goes on is one of the lots; what does not still says what its work center stands for."""
    return tuple(
        replace(one, running_on=None, setup_left_us=0) if (one.order, one.seq) in gone_on else one
        for one in actuals
    )


def _written(
    ground: Ground, half: Unfolded, cut: Mapping[str, Any], found: list[Violation]
) -> Unfolded:
    """The schedule of the lots, once what it says of their orders was looked at."""
    blocks = [_named_lot(ground, block) for block in half.schedule["blocks"]]
    kept, new = new_hours(ground, half.schedule)
    plain = {**half.schedule, "blocks": blocks, "hours": kept, "levelled": []}
    lots = Ground(half.scenario, read_schedule(plain))
    hours = [row for row in new if row["order"] not in cut]
    merged = [row for row in new if row["order"] in cut]
    rows: list[Json] = []
    for row in merged:
        found += named_hour(ground, row, f"{row['order']}.{row['seq']}")
        parts = list(_parts(ground, lots, row, sorted(cut[row["order"]])))
        for name in ("quantity", "setup_s"):
            wanted = sum(part[name] for part in parts)
            if wanted != row[name]:
                place = f"{row['order']}.{row['seq']} hour {row['hour']}"
                message = f"{name} {row[name]}, its lots have {wanted} in it"
                found.append(Violation("HOUR", place, message))
        rows += parts
    found += _sums(ground, merged, cut)
    orders, weighted = _results(ground, lots, half.schedule, cut, found)
    objective = dict(half.schedule["objective"])
    objective["weighted_tardiness_s"] = objective.get("weighted_tardiness_s", 0) - weighted
    return Unfolded(
        half.scenario,
        {**plain, "hours": [*kept, *hours, *rows], "orders": orders, "objective": objective},
    )


def _named_lot(ground: Ground, block: Json) -> Json:
    if block.get("lot") is None:
        return block
    rest = {name: value for name, value in block.items() if name != "lot"}
    return {**rest, "order": lot_name(ground, block["order"], block["lot"])}


def _parts(ground: Ground, lots: Ground, row: Json, numbers: list[int]) -> Iterator[Json]:
    """What each lot has in an hour of its order."""
    start = parse_time(row["hour"])
    end = next_hour(start, lots.scenario.zone)
    for number in numbers:
        key = (lot_name(ground, row["order"], number), row["seq"])
        run = lots.runs.get(key)
        if run is None or run.work_center != row["work_center"]:
            continue
        pieces = run.pieces_by(end) - run.pieces_by(start)
        last = max((one.end for one in lots.setups.get(key, ())), default=0)
        to_do = [ceil(Fraction(lots.set_up_us(key, at, last), MICROS)) for at in (start, end)]
        spent = to_do[0] - to_do[1]
        if pieces or spent:
            yield {**row, "order": key[0], "quantity": pieces, "setup_s": spent}


def _sums(ground: Ground, rows: list[Json], cut: Mapping[str, Any]) -> Iterator[Violation]:
    """Hours of an order add up to what is left of it; no hour stands twice. What is done
    outside has none.
    """
    totals: Counter[Key] = Counter()
    for row in rows:
        totals[row["order"], row["seq"]] += row["quantity"]
    for key, left in ground.lefts.items():
        here = ground.steps[key][1].lead_time_us is None
        if key[0] in cut and here and totals[key] != left.left:
            message = f"the hours add up to {totals[key]}, {left.left} are left"
            yield Violation("SUM", f"{key[0]}.{key[1]}", message)
    places = Counter((row["order"], row["seq"], row["work_center"], row["hour"]) for row in rows)
    for (order, seq, _, hour), times in places.items():
        if times > 1:
            yield Violation("SUM", f"{order}.{seq}", f"hour {hour} stands twice")


def _results(
    ground: Ground, lots: Ground, schedule: Row, cut: Mapping[str, Any], found: list[Violation]
) -> tuple[list[Json], int]:
    """Rows of the lots in place of their orders', and the weighted seconds that these are late."""
    rows, weighted = [], 0
    for row in schedule["orders"]:
        order = ground.orders.get(row["id"])
        if row["id"] not in cut or order is None:
            rows.append(row)
            continue
        last = order.operations[-1].seq
        names = [lot_name(ground, order.id, number) for number in sorted(cut[order.id])]
        runs = [run for name in names if (run := lots.runs.get((name, last)))]
        done = max((run.end for run in runs), default=None)
        found += _order(order, row, done, runs, ground.scenario.begin)
        weighted += order.weight * row["tardiness_s"]
        rows.append(_blank(order.id, row["due"], None))
        rows += [
            _blank(name, None, to_datetime(run.end).isoformat())
            for name, run in zip(names, runs, strict=False)
        ]
    return rows, weighted


def _blank(id_: str, due: str | None, completion: str | None) -> Json:
    row: Json = {"id": id_, "completion": completion, "due": due}
    return {**row, "tardiness_s": 0, "late_quantity": 0, "reasons": []}


def _order(
    order: Order, row: Row, done: int | None, runs: list[Any], begin: int
) -> Iterator[Violation]:
    late = max(0, done - order.due) if done is not None and order.due is not None else 0
    share, due = order.operations[-1].yield_, order.due or 0
    left = sum(run.quantity for run in runs)
    by_due = sum(run.pieces_by(due) for run in runs)
    wanted = {
        "tardiness_s": (late + MICROS - 1) // MICROS,
        "late_quantity": floor(left * share) - floor(by_due * share) if late else 0,
    }
    if row["completion"] is None or parse_time(row["completion"]) != done:
        message = f"is {row['completion']}, its last lot says otherwise"
        yield Violation("ORDER", f"{order.id}.completion", message)
    for name, value in wanted.items():
        if row[name] != value:
            yield Violation("ORDER", f"{order.id}.{name}", f"is {row[name]}, is to be {value}")
    if row["reasons"] and not late:
        yield Violation("REASON", order.id, "has a reason and is not late")
    yield from reason_violations(order.id, row["reasons"], done or 0, begin)
