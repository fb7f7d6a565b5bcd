"""`python -m bench [NAME ...]`: run all benchmarks, or those named, and print their ratios.

A benchmark is a module of this folder with `run() -> Iterable[Ratio]`. Ends with 1 if a
promised ratio was missed.
"""

import platform
import sqlite3
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
NOT_BENCHMARKS = {"__main__", "__init__", "ratio"}


def main(names: list[str]) -> int:
    found = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHMARKS)
    if unknown := set(names) - set(found):
        print(f"no benchmark {', '.join(sorted(unknown))}; one of: {', '.join(found)}")
        return 2
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    print(f"{'':<52}{'ours':>12} {'bare':>12}")
    missed = 0
    for name in names or found:
        for ratio in import_module(f"bench.{name}").run():
            print(ratio, flush=True)
            missed += not ratio.kept
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
