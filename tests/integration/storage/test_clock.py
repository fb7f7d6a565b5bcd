"""The plant's clock is set back and forth by an hour, also while the edge is down."""

import asyncio
import os
import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from edge.domain.clock import MICROS
from edge.domain.facts import decode
from edge.storage.verify import verify
from tests.integration.storage.test_unconfirmed import EVERYTHING, FAST, Line

HOUR = 3600 * MICROS
FEW = examples(max_examples=int(os.environ.get("TAKTLINE_EXAMPLES", "12")))


class Clocked(Line):
    """A line whose clock people set."""

    async def jump(self, minutes: int) -> None:
        self.machine.clock.plant += minutes * 60 * MICROS

    async def stand(self, state: int) -> None:
        """The machine goes into a state."""
        self.machine.values["state"] = state


step = st.one_of(
    st.tuples(st.just("make"), st.tuples(st.integers(0, 60), st.integers(0, 9))),
    st.tuples(st.just("read"), st.none()),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("jump"), st.sampled_from([-60, 60, -61, 59, -1])),
    st.tuples(st.just("stand"), st.sampled_from([6, 11, 9])),
)


async def play(line: Clocked, steps: list[tuple[str, object]]) -> None:
    line.open()
    await line.read()
    for name, with_ in steps:
        arguments = with_ if isinstance(with_, tuple) else () if with_ is None else (with_,)
        await getattr(line, name)(*arguments)
    await line.read()
    await line.read()


@FEW
@given(st.lists(step, max_size=16))
def test_whatever_the_clock_does_order_and_durations_hold(steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        line = Clocked(Path(folder))
        asyncio.run(play(line, steps))
        facts = [decode(one.data) for one in line.store.reader.facts_after(0, EVERYTHING)]
        assert all(one.recorded_at <= two.recorded_at for one, two in pairwise(facts))
        far = max(one.occurred_at for one in facts) + 100 * HOUR
        intervals = line.store.reader.state_intervals("L1", 0, far)
        assert all(one.end is None or one.end >= one.start for one in intervals)
        ordered = sorted(intervals, key=lambda one: one.opened)
        assert all(one.end == two.start for one, two in pairwise(ordered))
        for stop in line.store.reader.stops("L1", 0, far):
            assert stop.end is None or stop.end >= stop.start
        recorded = line.recorded()
        assert recorded["good"] + recorded["scrap"] + recorded["held"] == sum(line.truth.values())
        hours = line.store.reader.hour_quantities("L1", 0, far)
        assert sum(one.good for one in hours) == recorded["good"]
        line.store.close()
        assert verify(line.store.path).whole
