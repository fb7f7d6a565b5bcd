"""A child's side of `bench.children`: where it listens, its CPU time, its end."""

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping


def ready(port: int, answers: Mapping[str, Callable[[], object]] | None = None) -> None:
    """Say that `port` is listening; from now on answer each line, and end with the input.

    A line is answered by what stands in `answers` for it, else with the CPU seconds so far.
    """
    print("ready", port, flush=True)
    threading.Thread(target=_answer, args=(answers or {},), daemon=True).start()


def _answer(answers: Mapping[str, Callable[[], object]]) -> None:
    for line in sys.stdin:
        print(answers.get(line.strip(), time.process_time)(), flush=True)
    os._exit(0)
