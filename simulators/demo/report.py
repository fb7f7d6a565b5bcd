"""What a demo prints at its end: pure, text and JSON from one result."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from simulators.demo.comparison import Comparison, Quantities, Row

KPIS = {
    "availability": "availability",
    "effectiveness": "effectiveness",
    "quality_ratio": "quality",
    "oee": "OEE",
}
HEADER = ("order.op", "planned", "truth", "recorded", "posted", "booked")


@dataclass(frozen=True, kw_only=True)
class Result:
    """All that a run came to. `lines` are the edge's KPI items by line, None where it had none.

    `reconciliations` are the product's own, by production day; `findings` what else is wrong.
    """

    comparison: Comparison
    lines: Mapping[str, Mapping[str, Any] | None]
    reconciliations: Mapping[str, Mapping[str, Any]]
    findings: Sequence[str] = ()
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Pieces were made, nothing differs and nothing else was found."""
        made = self.comparison.pieces > 0
        return made and self.comparison.difference == 0 and not self.findings


def as_text(result: Result) -> list[str]:
    """Lines to print; the last one says what is reconciled."""
    return [
        *_table(result.comparison.rows),
        "",
        *[_line(line, item) for line, item in result.lines.items()],
        "",
        *[_own(day, answer) for day, answer in result.reconciliations.items()],
        *[f"difference: {found}" for found in result.comparison.differences],
        *[f"finding: {text}" for text in result.findings],
        verdict(result.comparison),
    ]


def verdict(comparison: Comparison) -> str:
    return f"reconciled: {comparison.pieces} pieces, difference {comparison.difference}"


def as_json(result: Result) -> dict[str, Any]:
    """The same, for programs."""
    return {
        "pieces": result.comparison.pieces,
        "difference": result.comparison.difference,
        "good": result.good,
        "orders": [asdict(row) for row in result.comparison.rows],
        "differences": [
            {**asdict(found), "text": str(found)} for found in result.comparison.differences
        ],
        "lines": dict(result.lines),
        "reconciliations": dict(result.reconciliations),
        "findings": list(result.findings),
        "run": dict(result.run),
    }


def _table(rows: Sequence[Row]) -> list[str]:
    cells = [HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADER))]
    lines = ["  ".join(_aligned(row, widths)) for row in cells]
    return ["good+scrap pieces, by order and operation", *lines]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *rest = row
    return [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]


def _cells(row: Row) -> tuple[str, ...]:
    name = f"{row.order}.{row.operation}" if row.order else "(no order)"
    books = (row.truth, row.recorded, row.posted, row.booked)
    return (name, str(row.planned), *(_quantities(book) for book in books))


def _quantities(quantities: Quantities) -> str:
    return f"{quantities.good}+{quantities.scrap}"


def _line(line: str, item: Mapping[str, Any] | None) -> str:
    kpis = (item or {}).get("kpis") or {}
    parts = [f"{label} {percent(kpis.get(key))}" for key, label in KPIS.items()]
    coverage = percent((item or {}).get("coverage"))
    return f"{line}: {', '.join(parts)} (coverage {coverage})"


def percent(ratio: object) -> str:
    """`0.844444` as `84.4 %`; a dash where there is no figure."""
    if ratio is None:
        return "-"
    return f"{float(Fraction(str(ratio)) * 100):.1f} %"


def _own(day: str, answer: Mapping[str, Any]) -> str:
    return (
        f"the product's own reconciliation of {day}:"
        f" {answer['pieces']} pieces, difference {answer['difference']}"
    )
