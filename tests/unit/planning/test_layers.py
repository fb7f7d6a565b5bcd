"""The modules of planning import each other in one direction, also where an import is hidden."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_no_module_needs_itself() -> None:
    needs: dict[str, set[str]] = {}
    for path in sorted((ROOT / "edge" / "planning").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        needs[name] = set(_imported(ast.parse(path.read_text())))
    assert len(list(TopologicalSorter(needs).static_order())) > 50


def _imported(tree: ast.Module) -> list[str]:
    """Modules of planning that are imported anywhere in a module, but for its types alone."""
    typed = [
        one
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for one in ast.walk(block)
    ]
    return [
        one.module
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and one.module and one not in typed
        if one.module.startswith("edge.planning.")
    ]
