"""A child's side of `bench.children`: where it listens, its CPU time, its end."""

import os
import sys
import threading
import time


def ready(port: int) -> None:
    """Say that `port` is listening; from now on answer each line, and end with the input."""
    print("ready", port, flush=True)
    threading.Thread(target=_answer, daemon=True).start()


def _answer() -> None:
    for _ in sys.stdin:
        print(time.process_time(), flush=True)
    os._exit(0)
