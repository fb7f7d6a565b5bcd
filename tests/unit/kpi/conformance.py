"""The table of docs/kpi_conformance.md, from the registry and the golden cases.

python -m tests.unit.kpi.conformance    writes it anew
"""

import json
from pathlib import Path

from edge.kpi.catalogue import catalogue

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "kpi_conformance.md"
CASES = ROOT / "tests" / "cases" / "kpi"
BEGIN, END = "<!-- from the registry -->", "<!-- to here -->"
HEAD = (
    "| KPI | formula | unit | levels | periods | source | golden cases |",
    "| --- | --- | --- | --- | --- | --- | --- |",
)
SHOWN = 3  # cases a KPI
# Worked out with the charts of the quality room, which computes them.
CAPABILITY = (
    "machine_capability",
    "critical_machine_capability",
    "process_capability",
    "critical_process_capability",
)
OF_QUALITY = ["spc/capability", "spc/xbar_r_hard_bake"]


def table() -> str:
    """All indicators, a row each."""
    cases = cases_of()
    return "\n".join((*HEAD, *(_row(one, cases) for one in catalogue())))


def _row(one: dict[str, object], cases: dict[str, list[str]]) -> str:
    name = str(one["name"])
    symbol = f" ({one['symbol']})" if one["symbol"] else ""
    levels, periods = (", ".join(map(str, one[key])) for key in ("levels", "periods"))  # type: ignore[call-overload]
    needs = f"; needs {one['needs']}" if one["needs"] else ""
    golden = ", ".join(cases.get(name, [])[:SHOWN]) or "none"
    return (
        f"| `{name}`{symbol}: {one['en']} | {one['formula']} | {one['unit']} | {levels} |"
        f" {periods} | {one['source']}{needs} | {golden} |"
    )


def cases_of() -> dict[str, list[str]]:
    """Names of the cases in which a figure of each KPI was worked out by hand."""
    found: dict[str, list[str]] = {}
    for path in sorted(CASES.glob("*/*.json")):
        for name in _named(json.loads(path.read_text())):
            found.setdefault(name, []).append(path.stem)
    told = {name: _first_best(stems) for name, stems in found.items()}
    return told | dict.fromkeys(CAPABILITY, OF_QUALITY)


def _named(case: dict[str, object]) -> set[str]:
    expected = case["expected"]
    every: list[dict[str, dict[str, object]]]
    every = expected if isinstance(expected, list) else [expected]  # type: ignore[list-item]
    return {name for one in every for name, value in one.get("kpis", {}).items() if value}


def _first_best(stems: list[str]) -> list[str]:
    return sorted(stems, key=lambda stem: (stem != "two_products", stem))


def written(page: str) -> str:
    """The page with its table as it should be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
