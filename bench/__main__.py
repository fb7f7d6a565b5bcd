"""`python -m bench [NAME ...]`: run all benchmarks, or those named, and print their ratios.

A benchmark is a module of this folder with `run() -> Iterable[Ratio]`. Ends with 1 if a
promise was missed, with 2 if a name is none. What could not be measured is named at the end.
"""

import gc
import sys
from importlib import import_module

from bench import machine
from bench.ratio import Missing

BENCHMARKS = (
    "ingest",
    "modbus",
    "many_devices",
    "opcua",
    "plan",
    "feed",
    "notifications",
    "load",
    "nodered",
    "memory",
    "genealogy",
    "kpi",
    "start",
)


def main(names: list[str]) -> int:
    if unknown := set(names) - set(BENCHMARKS):
        print(f"no benchmark {', '.join(sorted(unknown))}; one of: {', '.join(BENCHMARKS)}")
        return 2
    print(machine.facts())
    print(f"{'':<62}{'ours':>10} {'bare':>10}")
    missed, left_out = 0, list[str]()
    for name in names or BENCHMARKS:
        try:
            for ratio in import_module(f"bench.{name}").run():
                print(ratio, flush=True)
                missed += not ratio.kept
        except Missing as error:
            print(f"{name}: not measured: {error}", flush=True)
            left_out.append(name)
        gc.collect()
    verdict = f"{missed} promises missed" if missed else "all promises kept"
    print(verdict + (f"; not measured: {', '.join(left_out)}" if left_out else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
