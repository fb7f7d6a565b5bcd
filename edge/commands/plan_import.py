"""`taktline plan import`: a month plan of a file, over the sync service; first what it changes.

Exit codes: 0 done, 1 sync refuses, 2 usage, 3 the file is not right, 5 sync does not answer.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.request import AsJson, TokenEnv, shown
from edge.commissioning.address import SYNC
from edge.commissioning.asking import ask, document, in_path, refusal
from edge.commissioning.exits import INVALID, NEGATIVE, end

# What a file's name ends in -> its content type.
KINDS: Mapping[str, str] = {
    ".csv": "text/csv",
    ".txt": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".json": "application/json",
}
TIME_LIMIT_S = 120.0
FIELDS = (
    "product", "product_revision", "quantity", "release", "due", "material_from", "customer",
    "priority",
)  # fmt: skip

NO_VALUE = frozenset({"", "(missing)"})
CELL = re.compile(r"(?:(.*)!)?([A-Z]{0,3})(\d+)\b")

plan_import = typer.Typer()


def _one_part(name: str) -> str:
    if "/" in name:
        raise typer.BadParameter(f"{name!r} is no id: it has a /; write for example 2026-06")
    return name


Sync = Annotated[
    str,
    typer.Option("--sync", envvar=SYNC, help="The sync service, for example http://office:8080."),
]
ScheduleId = Annotated[
    str, typer.Option("--id", callback=_one_part, help="The schedule, for example 2026-06.")
]


@plan_import.command("import")
def import_plan(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, XLS, ODS or JSON.")],
    sync: Sync,
    id_: ScheduleId,
    revision: Annotated[
        str, typer.Option("--revision", help="Its revision; next: the file's, or one more.")
    ] = "next",
    from_: Annotated[str, typer.Option("--from", help="Begin of its span; else the file's.")] = "",
    to: Annotated[str, typer.Option("--to", help="End of its span; a day to its end.")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="The sheet, where several fit.")] = "",
    dates: Annotated[
        str, typer.Option("--dates", help="day-first or month-first: what 6/5/2026 is.")
    ] = "",
    decimal: Annotated[
        str, typer.Option("--decimal", help="point or comma: what the mark in 1,200 is.")
    ] = "",
    epoch: Annotated[
        str, typer.Option("--epoch", help="1900 or 1904: what bare serial dates count from.")
    ] = "",
    encoding: Annotated[
        str, typer.Option("--encoding", help="Of a CSV: utf-8, utf-16, gb18030 or windows-1252.")
    ] = "",
    separator: Annotated[
        str, typer.Option("--separator", help="Of a CSV: comma, semicolon or tab.")
    ] = "",
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="An unknown column to leave aside; *: all.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    remove_orders: Annotated[
        bool, typer.Option("--remove-orders", help="Also if most orders of the plan go.")
    ] = False,
    token_env: TokenEnv = "",
    as_json: AsJson = False,
) -> None:
    """Take in a month plan from a file: all of it, or nothing with every fault by its cell."""
    kind, data = _read(file)
    said = {
        "revision": revision,
        "from": from_,
        "to": to,
        "sheet": sheet,
        "dates": dates,
        "decimal": decimal,
        "epoch": epoch,
        "encoding": encoding,
        "separator": separator,
        "ignore": ",".join(ignore or ()),
    }
    query = {} if kind == KINDS[".json"] else {name: one for name, one in said.items() if one}
    send = _Sending(sync, token_env, f"/operations-schedules/{in_path(id_)}", query, kind, data)
    preview = send.put(as_json, dry_run="true")
    if dry_run:
        shown(preview, as_json, _lines)
    if not remove_orders:
        _refuse_emptied(preview, as_json, is_shown=dry_run)
    if dry_run:
        return
    # Exactly what was looked at is sent: a revision that came in between is a conflict.
    if query:
        send.query |= {"revision": preview["revision"]}
    answer = send.put(as_json)
    shown({**preview, **answer, "dry_run": False}, as_json, _lines)


def _refuse_emptied(preview: Mapping[str, Any], as_json: bool, *, is_shown: bool) -> None:
    """Exit 1 where more than half of the orders would go: a file with half its rows is not rare.

    What would change is shown with it, if it is not yet.
    """
    found = preview["difference"]
    gone = len(found["removed"])
    before = gone + len(found["changed"]) + found["same"]
    if 2 * gone <= before:
        return
    if not is_shown:
        shown(preview, as_json, _changes)
    mend = "say --remove-orders if that is meant, else write all orders into the file"
    end(f"{gone} of {before} orders would be removed; nothing was sent; {mend}", NEGATIVE)


def _read(file: Path) -> tuple[str, bytes]:
    """The content type of a file, and what it holds; exit 3 where it has none or cannot be read."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        end(f"{file}: write a file that ends in {', '.join(KINDS)}", INVALID)
    try:
        return kind, file.read_bytes()
    except OSError as error:
        end(f"{file}: {error.strerror}", INVALID)


class _Sending:
    """One file on its way."""

    def __init__(
        self, sync: str, token_env: str, path: str, query: dict[str, str], kind: str, data: bytes
    ) -> None:
        self._sync, self._token_env, self._path = sync, token_env, path
        self.query, self._kind, self._data = query, kind, data

    def put(self, as_json: bool, **also: str) -> dict[str, Any]:
        """The answer; exit 3 with every fault, 1 for another refusal."""
        answer = ask(
            self._sync, self._token_env, "PUT", self._path,
            time_limit_s=TIME_LIMIT_S, whose="sync", params=self.query | also,
            content=self._data, headers={"Content-Type": self._kind},
        )  # fmt: skip
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            return found
        faults = sorted(document(answer).get("errors") or [], key=_by_cell)
        if as_json and faults:
            shown({"faults": faults}, True, list)
            raise typer.Exit(INVALID)
        told = [refusal(answer), *map(_fault, faults)]
        return end("\n".join(told), INVALID if faults else NEGATIVE)


def _fault(one: Mapping[str, str]) -> str:
    value = "" if one["value"] in NO_VALUE else f"{one['value']}: "
    return f"{one['place']}: {value}{one['message']}; {one['mend']}"


def _by_cell(one: Mapping[str, str]) -> tuple[int, str, int, int, str]:
    """Faults of the whole file first, then row by row and column by column."""
    found = CELL.match(one["place"])
    if found is None:
        return (0, "", 0, 0, "")
    sheet, column, row = found.groups()
    return (1, sheet or "", int(row), len(column), column)


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """The difference, a line a change; then what was, or would be, done."""
    yield from _changes(answer)
    yield _done(answer)


def _changes(answer: Mapping[str, Any]) -> Iterator[str]:
    found = answer["difference"]
    yield from (f"* {one['field']}: {one['from']} -> {one['to']}" for one in found["head"])
    yield from (f"+ {one['id']}  {_order(one)}" for one in found["new"])
    yield from (f"+ {one['id']}  moves here from {one['schedule']}" for one in found["moved"])
    for one in found["changed"]:
        changes = ", ".join(f"{c['field']} {c['from']} -> {c['to']}" for c in one["changes"])
        yield f"~ {one['id']}  {changes}{_made(one)}"
    yield from (f"- {one['id']}  {_order(one)}{_made(one)}" for one in found["removed"])
    yield from answer["notes"]
    sizes = ", ".join(
        f"{len(found[name])} {name}" for name in ("new", "moved", "changed", "removed")
    )
    yield f"{sizes}, {found['same']} the same"


def _order(one: Mapping[str, Any]) -> str:
    said = (f"{name} {one[name]}" for name in FIELDS if one.get(name) not in (None, ""))
    return ", ".join(said)


def _made(one: Mapping[str, Any]) -> str:
    return "" if one["made"] is None else f"  (begun: {one['made']} good so far)"


def _done(answer: Mapping[str, Any]) -> str:
    what = f"schedule {answer['id']} revision {answer['revision']}"
    if answer["dry_run"]:
        before = answer["before"]
        there = f"revision {before} is in force" if before else "there is none yet"
        return f"{what} was not sent: a dry run; {there}"
    return f"{what} is in force" if answer["new"] else f"{what} was there already, unchanged"
