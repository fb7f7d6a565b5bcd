"""`taktline quality`: inspections, charts, holds and nonconformances, over the edge's API.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 5 the edge cannot be reached.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.request import (
    Actor,
    AsJson,
    Edge,
    Everything,
    Note,
    OnlyCenter,
    Remark,
    TokenEnv,
    asked,
    listed,
    moment,
    shown,
    told,
)
from edge.domain.spc.sketch import frame, sparkline

quality = typer.Typer(
    help="Inspections that are due, charts, holds and nonconforming pieces.",
    add_completion=False,
    no_args_is_help=True,
)

Id = Annotated[int, typer.Argument(metavar="ID", help="As the list shows it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is recorded.")]
PlaceOf = Annotated[str, typer.Argument(metavar="WORK_CENTER", help="Where it was measured.")]
Product = Annotated[str, typer.Argument(help="Of which product.")]
Operation = Annotated[int, typer.Argument(help="Of which operation.")]
Characteristic = Annotated[str, typer.Argument(help="Which characteristic.")]


@quality.command()
def due(
    edge: Edge,
    work_center: OnlyCenter = "",
    everything: Annotated[bool, typer.Option("--all", help="Those not due now, too.")] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List the inspections that are due, and how late they are."""
    query = {"work_center": work_center} if work_center else {}
    query |= {} if everything else {"due": "true"}
    answer = asked(edge, token_env, "GET", "/quality/inspections", params=query)
    listed(answer, as_json, _inspection_line, "nothing is due")


@quality.command()
def record(
    job_order: Annotated[str, typer.Argument(help="The job order, for example WO1001.10.")],
    inspection: Annotated[str, typer.Argument(help="The inspection, as `due` shows it.")],
    edge: Edge,
    actor: Actor,
    reading: Annotated[
        list[str] | None,
        typer.Option(help="CHARACTERISTIC=READING,READING: ok, nok or decimals, one a piece."),
    ] = None,
    gauge: Annotated[str, typer.Option(help="The gauge that was used.")] = "",
    sample: Annotated[str, typer.Option(help="What the sample is called.")] = "",
    note: Remark = "",
    again: Annotated[
        bool, typer.Option("--again", help="These pieces were inspected before.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Record an inspection; it is told what was found and what follows."""
    results = [_reading(text) | {"gauge": gauge} for text in reading or []]
    body: dict[str, Any] = {"actor": actor, "job_order_id": job_order, "inspection": inspection}
    body |= {"results": results, "sample": sample, "note": note, "again": again}
    answer = asked(edge, token_env, "POST", "/quality/results", json=body)
    shown(answer, as_json, lambda said: [_result_line(said)])


@quality.command()
def results(
    edge: Edge,
    work_center: OnlyCenter = "",
    job_order: Annotated[str, typer.Option(help="Only those of this job order.")] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """List the results of a job order, or the last ones of a work center."""
    query = {"job_order": job_order} if job_order else {"work_center": work_center}
    answer = asked(edge, token_env, "GET", "/quality/results", params=query)
    listed(answer, as_json, _result_line, "nothing was inspected")


@quality.command()
def void(
    seq: Annotated[int, typer.Argument(metavar="SEQ", help="The result, as `results` shows it.")],
    edge: Edge,
    actor: Actor,
    note: Note,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take a result back that was recorded wrongly; what it covered is due again."""
    body = {"actor": actor, "note": note}
    told(edge, token_env, f"/quality/results/{seq}/void", body, as_json)


@quality.command()
def chart(
    work_center: PlaceOf,
    product: Product,
    operation: Operation,
    characteristic: Characteristic,
    edge: Edge,
    points: Annotated[int, typer.Option(help="How many of the last points.")] = 40,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Show a control chart with its limits, broken rules and capability."""
    query = {"work_center": work_center, "product": product, "operation": str(operation)}
    query |= {"characteristic": characteristic, "points": str(points)}
    answer = asked(edge, token_env, "GET", "/quality/chart", params=query)
    shown(answer, as_json, chart_lines)


@quality.command()
def freeze(
    work_center: PlaceOf,
    product: Product,
    operation: Operation,
    characteristic: Characteristic,
    edge: Edge,
    actor: Actor,
    note: Note,
    subgroups: Annotated[int, typer.Option(help="The baseline: so many of the last.")] = 25,
    without: Annotated[
        list[int] | None, typer.Option(help="Leave the subgroup with this seq out.")
    ] = None,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Freeze the control limits of a chart from its last subgroups."""
    body: dict[str, Any] = {"actor": actor, "note": note, "work_center": work_center}
    body |= {"product": product}
    body |= {"operation": operation, "characteristic": characteristic}
    body |= {"subgroups": subgroups, "without": without or []}
    told(edge, token_env, "/quality/chart/limits", body, as_json)


@quality.command("machine-run")
def machine_run(
    work_center: PlaceOf,
    product: Product,
    operation: Operation,
    characteristic: Characteristic,
    edge: Edge,
    actor: Actor,
    file: Annotated[
        Path, typer.Option(help="A text file with a reading a line.", exists=True, dir_okay=False)
    ],
    gauge: Annotated[str, typer.Option(help="The gauge that was used.")] = "",
    note: Remark = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Record consecutive pieces of one machine, for its capability Cm and Cmk."""
    body: dict[str, Any] = {"actor": actor, "work_center": work_center, "product": product}
    body |= {"operation": operation, "characteristic": characteristic, "gauge": gauge}
    body |= {"readings": file.read_text(encoding="utf-8").split(), "note": note}
    told(edge, token_env, "/quality/machine-runs", body, as_json)


@quality.command("machine-runs")
def machine_runs(
    work_center: PlaceOf, edge: Edge, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List the last runs of a machine with Cm and Cmk."""
    query = {"work_center": work_center}
    answer = asked(edge, token_env, "GET", "/quality/machine-runs", params=query)
    listed(answer, as_json, _run_line, "no run was recorded")


@quality.command()
def holds(
    edge: Edge, everything: Everything = False, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List the holds that are on."""
    query = {} if everything else {"open": "true"}
    answer = asked(edge, token_env, "GET", "/quality/holds", params=query)
    listed(answer, as_json, _hold_line, "nothing is held")


@quality.command()
def hold(
    scope: Annotated[str, typer.Argument(help="lot, job_order, product, work_center or gauge.")],
    target: Annotated[str, typer.Argument(help="Which one.")],
    edge: Edge,
    actor: Actor,
    reason: Reason,
    interrupts: Annotated[
        bool, typer.Option("--interrupts", help="Interrupt a running job too.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Place a hold: nothing starts with what it is on until somebody else releases it."""
    body = {"actor": actor, "scope": scope, "target": target, "reason": reason}
    told(edge, token_env, "/quality/holds", body | {"interrupts": interrupts}, as_json)


@quality.command()
def release(
    id_: Id, edge: Edge, actor: Actor, note: Note, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """Release a hold that somebody else, an inspection or a rule has placed."""
    body = {"actor": actor, "note": note}
    told(edge, token_env, f"/quality/holds/{id_}/release", body, as_json)


@quality.command()
def nonconformances(
    edge: Edge, everything: Everything = False, token_env: TokenEnv = "", as_json: AsJson = False
) -> None:
    """List pieces that are kept apart or wait for rework."""
    query = {} if everything else {"open": "true"}
    answer = asked(edge, token_env, "GET", "/quality/nonconformances", params=query)
    listed(answer, as_json, _nonconformance_line, "nothing is kept apart")


@quality.command()
def defects(
    work_center: Annotated[
        str, typer.Argument(metavar="WORK_CENTER", help="Where they were made.")
    ],
    edge: Edge,
    since: Annotated[
        str, typer.Option(help="From this moment on, 2026-06-08T06:00+02:00; else all.")
    ] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Show what was wrong with bad pieces and where, the most frequent first."""
    query: dict[str, Any] = {"work_center": work_center}
    query |= {"from": moment(since, "--since")} if since else {}
    answer = asked(edge, token_env, "GET", "/quality/defects", params=query)
    listed(answer, as_json, _defect_line, "nothing was bad")


@quality.command()
def nonconformance(
    job_order: Annotated[str, typer.Argument(help="The job order, for example WO1001.10.")],
    edge: Edge,
    actor: Actor,
    quantity: Annotated[int, typer.Option(help="Pieces that are suspect.")],
    reason: Annotated[str, typer.Option(help="A reason of scrap in plant.toml.")],
    cause: Annotated[str, typer.Option(help="What it came from.")] = "",
    place: Annotated[str, typer.Option(help="Where on the part, or at which station.")] = "",
    lot: Annotated[str, typer.Option(help="The lot it concerns.")] = "",
    note: Remark = "",
    hour: Annotated[
        str, typer.Option(help="When they were made, 2026-06-08T06:00+02:00; else the latest.")
    ] = "",
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Keep suspect pieces apart: they are not good until it is decided."""
    body: dict[str, Any] = {"actor": actor, "job_order_id": job_order, "quantity": quantity}
    body |= {"reason": reason, "cause": cause, "place": place, "lot": lot, "note": note}
    body |= {"hour": moment(hour, "--hour")} if hour else {}
    told(edge, token_env, "/quality/nonconformances", body, as_json)


@quality.command()
def dispose(
    id_: Id,
    decision: Annotated[
        str, typer.Argument(help="use, scrap, return, rework, rework_good or rework_scrap.")
    ],
    edge: Edge,
    actor: Actor,
    note: Note,
    quantity: Annotated[
        int, typer.Option(help="Of so many pieces; 0: of all that it can be decided of.")
    ] = 0,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Decide what becomes of pieces of a nonconformance, in the hour they were made."""
    body: dict[str, Any] = {"actor": actor, "note": note, "decision": decision}
    body |= {"quantity": quantity} if quantity else {}
    told(edge, token_env, f"/quality/nonconformances/{id_}/decisions", body, as_json)


def _defect_line(item: Mapping[str, Any]) -> str:
    where = f" at {item['place']}" if item["place"] else ""
    return f"{item['quantity']:>7}  {item['kind']}  {item['reason']}{where}"


STANDS = ("held", "waiting", "used", "scrapped", "returned", "reworked_good", "reworked_scrap")


def _nonconformance_line(item: Mapping[str, Any]) -> str:
    told = ", ".join(f"{item[name]} {name.replace('_', ' ')}" for name in STANDS if item[name])
    about = ", ".join(filter(None, (item["cause"], item["place"], item["lot"], item["note"])))
    return (
        f"{item['id']}  {item['job_order_id']}  {item['quantity']} pieces {item['reason']}"
        f"{f' ({about})' if about else ''}: {told}"
    )


PLACE = ("work_center", "product", "operation", "characteristic")


def chart_lines(chart: Mapping[str, Any]) -> list[str]:
    """A chart as text: its points between the limits, then what is known of it."""
    values = [Fraction(point["value"]) for point in chart["points"]]
    limits = chart["limits"]
    named = ("lower", "center", "upper")
    low, high = frame(values, [Fraction(limits[name]) for name in named] if limits else [])
    last = chart["points"][-1]
    place = " ".join(str(chart[name]) for name in PLACE)
    lines = [
        f"{place} ({chart['chart']}, {chart['unit'] or 'no unit'})",
        f"  {sparkline(values, low, high)}  last {last['value']}",
    ]
    if limits:
        told = "  ".join(f"{name} {limits[name]}" for name in named)
        lines.append(f"  {told}  ({chart['source']}), range up to {limits['range_upper']}")
    else:
        lines.append("  no limits yet: freeze them from a baseline")
    broken = sorted({rule for point in chart["points"] for rule in point["rules"]})
    lines += [f"  rule {rule}: {chart['rules'][str(rule)]['en']}" for rule in broken]
    able = f"Cp {chart['cp'] or '-'}  Cpk {chart['cpk'] or '-'}"
    return [*lines, f"  {chart['why_no_capability'] or able}"]


def _reading(text: str) -> dict[str, Any]:
    name, _, readings = text.partition("=")
    if not name or not readings:
        hint = "--reading"
        raise typer.BadParameter(f"{text!r}: write for example width=12.01,12.00", param_hint=hint)
    return {"characteristic": name, "readings": [one.strip() for one in readings.split(",")]}


def _inspection_line(item: Mapping[str, Any]) -> str:
    due = item["due"]
    late = "not due"
    if due:
        late = f"{'OVERDUE' if due['overdue'] else 'due'}, {due['late']} {due['unit']} late"
        late += f", {due['missed']} missed" if due["missed"] else ""
    names = ", ".join(one["id"] for one in item["characteristics"])
    what = f"{item['job_order_id']}  {item['inspection']} {item['en']}"
    why = f"; not taken: {item['not_taken']}" if item["not_taken"] else ""
    return f"{item['work_center']}  {what}  {late}  ({item['sample']} pieces: {names}){why}"


def _result_line(item: Mapping[str, Any]) -> str:
    found = "; ".join(item["findings"])
    if item["voided_at"] is not None:
        found = f"taken back by {item['voided_by']}: {item['void_note']}"
    return (
        f"{item['seq']}  {item['job_order_id']}  {item['inspection']}  {item['actor']}  "
        f"{'passed' if item['passed'] else 'FAILED'}  {found}"
    ).rstrip()


def _run_line(item: Mapping[str, Any]) -> str:
    able = item["why_no_capability"] or f"Cm {item['cm'] or '-'}  Cmk {item['cmk'] or '-'}"
    return (
        f"{item['seq']}  {item['product']} {item['operation']} {item['characteristic']}  "
        f"{item['readings']} readings, mean {item['mean']}, s {item['deviation']}  {able}"
    )


def _hold_line(hold: Mapping[str, Any]) -> str:
    state = "interrupts" if hold["interrupts"] else "holds"
    if hold["released_at"] is not None:
        state = f"released by {hold['released_by']}: {hold['release_note']}"
    return (
        f"{hold['id']}  {hold['scope']} {hold['target']}  {hold['reason']}  "
        f"({hold['origin']}, {hold['placed_by']})  {state}"
    )
