"""The simulators' modules stand on one another in one direction."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_no_circle_of_imports() -> None:
    needs: dict[str, set[str]] = {}
    for path in (ROOT / "simulators").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        nodes = ast.walk(ast.parse(path.read_text()))
        needs[module] = {
            node.module
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("simulators.")
        }
    order = list(TopologicalSorter(needs).static_order())
    assert order.index("simulators.tags") < order.index("simulators.blueprint")
