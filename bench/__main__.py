"""`python -m bench [NAME ...]`: run all benchmarks, or those named, and print their ratios.

A benchmark is a module of this folder with `run() -> Iterable[Ratio]`. Ends with 1 if a
promise was missed, with 2 if a name is none. What could not be measured is named at the end.
`--instances FOLDER`: public job shops to plan, which are no part of the project.
"""

import gc
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from bench import machine
from bench.ratio import FOLDERS, Missing

BENCHMARKS = (
    "ingest",
    "modbus",
    "many_devices",
    "opcua",
    "plan",
    "plan_hours",
    "replan",
    "promise",
    "instances",
    "kept_months",
    "why",
    "one_hash",
    "feed",
    "notifications",
    "load",
    "nodered",
    "memory",
    "genealogy",
    "kpi",
    "start",
)
# What belongs to a name is run with it.
TOGETHER = {"plan": ("plan", "instances", "why", "one_hash")}


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--instances", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    FOLDERS.update(instances=asked.instances)
    return _run([name for one in asked.names for name in TOGETHER.get(one, (one,))])


def _run(names: list[str]) -> int:
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
