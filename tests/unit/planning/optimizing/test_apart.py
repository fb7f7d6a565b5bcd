"""The solver's process may end, be told to stop or fail: a window is lost, and never the plan."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import Pipe
from random import Random

import pytest

from edge.planning.optimizing.apart import Apart, serve
from edge.planning.optimizing.cutting import cut
from edge.planning.optimizing.improving import Budget, improve
from edge.planning.optimizing.neighbours import around, late_orders
from edge.planning.optimizing.programs import Effort, solved
from edge.planning.optimizing.value import value_of
from edge.planning.optimizing.window import Window
from tests.unit.planning.optimizing.test_improving import NEEDS, planned, violations
from tests.unit.planning.optimizing.test_windows import busy_week

QUICK = Effort(work=0.1, seed=1)
LONG = Effort(work=600.0, seed=1)


@pytest.fixture(scope="module")
def window() -> Window:
    plan, capacity = planned(busy_week())
    dice = Random(3)
    found = cut(plan, capacity, around(plan, late_orders(plan)[0][0], dice))
    assert found is not None
    return found


@pytest.fixture
def apart() -> Iterator[Apart]:
    with closing(Apart()) as one:
        yield one


@NEEDS
def test_it_says_what_is_said_here(apart: Apart, window: Window) -> None:
    assert apart.solved(window, QUICK) == solved(window, QUICK)


@NEEDS
def test_a_process_that_ends_loses_its_window_alone(
    apart: Apart, window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    """As where a check of the solver fails, which ends its process by SIGABRT."""
    assert apart.solved(window, QUICK) is not None
    first = apart.pid
    assert first is not None
    ending = threading.Timer(0.3, os.kill, (first, signal.SIGABRT))
    ending.start()
    assert apart.solved(window, LONG) is None
    ending.join()
    assert apart.lost == 1
    assert "the plan stays" in caplog.text
    assert apart.solved(window, QUICK) == solved(window, QUICK)
    assert apart.pid not in (None, first)


@NEEDS
def test_stop_takes_the_best_so_far(apart: Apart, window: Window) -> None:
    assert apart.solved(window, QUICK) is not None  # it is there, and its library is loaded
    begun = time.monotonic()
    found = apart.solved(window, LONG, stop=lambda: time.monotonic() > begun + 3)
    assert found is not None
    assert sorted(key for keys in found.values() for key in keys) == sorted(
        job.key for job in window.jobs
    )
    assert apart.solved(window, QUICK) == solved(window, QUICK)  # the next one is not stopped


@NEEDS
def test_what_is_wrong_with_a_window_is_raised_to_who_asked(apart: Apart, window: Window) -> None:
    with pytest.raises(AttributeError):
        apart.solved(object(), QUICK)  # type: ignore[arg-type]
    assert apart.lost == 0
    assert apart.solved(window, QUICK) is not None


@NEEDS
def test_the_process_ends_with_who_asks(window: Window) -> None:
    with closing(Apart()) as apart:
        assert apart.solved(window, QUICK) is not None
        pid = apart.pid
    assert pid is not None
    assert apart.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_serves_until_nobody_asks() -> None:
    ours, theirs = Pipe()
    ours.send(None)  # a stop that came when all was done
    ours.close()
    serve(theirs)


@NEEDS
def test_a_plan_is_whole_although_each_window_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Apart, "MODULE", "no.such.module")
    plan, capacity = planned(busy_week())
    seen: list[int] = []
    kept = improve(plan, capacity, Budget(windows=2, work=0.1), lambda n, _: seen.append(n))
    assert kept is plan
    assert seen == [1, 2]
    assert violations(kept, capacity) == ()
    assert value_of(kept) == value_of(plan)
