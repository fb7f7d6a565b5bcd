"""A snapshot wakes the dispatcher unless looking would certainly do nothing."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.equipment import Observation
from edge.domain.orders import JobOrder
from edge.domain.vocabulary import JobState
from edge.execution.dispatch.dispatching import Dispatcher, Patience
from edge.execution.dispatch.due import Step

if TYPE_CHECKING:
    from edge.execution.floor import Floor

NUMBER = 1001010
jobs = st.one_of(
    st.none(),
    st.builds(
        lambda state, phase: SimpleNamespace(id="WO1.10", number=NUMBER, state=state, phase=phase),
        st.sampled_from([JobState.RUNNING, JobState.INTERRUPTED]),
        st.sampled_from(["setup", "run"]),
    ),
)
shows = st.builds(
    Observation,
    work_center=st.just("L1"),
    at=st.just(0),
    polled=st.just(1.0),
    state=st.one_of(st.none(), st.integers(0, 17)),
    mode=st.none(),
    fault=st.none(),
    order=st.sampled_from([None, 0, NUMBER, 7]),
    recipe=st.none(),
    command=st.sampled_from([None, 0, 1]),
    raws=st.just({}),
)


class Watched(Dispatcher):
    """Says what it would do."""

    done: tuple[str, ...] = ()

    async def _start(self) -> None:
        self.done += (Step.START.value,)

    async def _tell_again(self, job: JobOrder) -> None:
        self.done += (Step.TELL.value,)

    async def _change(
        self, job: JobOrder, action: str, boundary: Observation | None, asks: object = None
    ) -> None:
        self.done += (action,)

    async def _end(self, job: JobOrder) -> None:
        self.done += (Step.END.value,)


@given(job=jobs, shown=shows, automatic=st.booleans(), told=st.booleans(), old=st.booleans())
async def test_what_does_not_wake_it_has_nothing_for_it_to_do(
    job: Any, shown: Observation, *, automatic: bool, told: bool, old: bool
) -> None:
    reloads: list[int] = []
    register = SimpleNamespace(
        outdated=old, main_of=lambda *_: job, reload=lambda: reloads.append(1)
    )
    floor = SimpleNamespace(
        register=register,
        equipment=SimpleNamespace(observation=lambda _: shown),
        work_center=lambda _: SimpleNamespace(
            automatic=automatic, follows=False, setup_policy=lambda _: "good"
        ),
        was_told_more=lambda *_: False,
    )
    one = Watched("L1", cast("Floor", floor), lambda _: None)
    if told:
        one._patience.told(0.0)
    patience = Patience(one._patience.again, one._patience.pause)
    one.seen(shown)
    woken = one._wake.is_set()
    await one.look()
    changed = bool(one.done) or bool(reloads) or one._patience != patience
    assert woken or not changed
    assert not woken or changed  # and it is not woken for nothing
