"""The plant's clock is set back and forth by an hour, also while the edge is down."""

import asyncio
import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from edge.domain.clock import MICROS
from edge.storage.verify import verify
from tests.integration.storage.in_order import holds_its_order
from tests.integration.storage.test_unconfirmed import FAST, Line

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
        recorded = line.recorded()
        assert recorded["good"] + recorded["scrap"] + recorded["held"] == sum(line.truth.values())
        assert holds_its_order(line.store) == recorded["good"]
        line.store.close()
        assert verify(line.store.path).whole
