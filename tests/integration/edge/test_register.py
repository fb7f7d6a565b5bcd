"""The register takes over new pieces alone, and is then what reading all of it gives."""

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.recording import Recording, StoreUnavailable
from edge.execution.orders.register import JobRegister
from edge.storage.readers.jobs import Jobs
from edge.storage.store import Store
from tests.integration.edge.floor_on_store import site
from tests.unit.storage.samples import count, job_event


def read_anew(here: JobRegister, store: Store) -> JobRegister:
    other = JobRegister(store.reader, Jobs(store.rows))
    other.reload(here.data)
    return other


def books(register: JobRegister) -> dict[str, object]:
    names = ("jobs", "_open", "_mains", "_numbers", "_orders", "_wanted", "_rows")
    return {name: getattr(register, name) for name in names}


steps = st.lists(
    st.tuples(
        st.sampled_from(["WO1.10", "WO2.10", "WO9.10"]),
        st.sampled_from(["good", "scrap", "event"]),
        st.integers(1, 500),
    ),
    max_size=6,
)


@settings(max_examples=6, deadline=None)
@given(made=steps)
async def test_pieces_that_are_taken_over_are_those_that_are_read(
    tmp_path_factory: object, made: list[tuple[str, str, int]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("site")  # type: ignore[attr-defined]
    async with site(folder) as here:
        register = here.floor.register
        register.reload()
        for number, (job, what, pieces) in enumerate(made, 2):
            draft = job_event("running", number, job=job) if what == "event" else None
            draft = draft or count(0, pieces, role=what, job=job, at=10)
            await here.store.record(Recording(drafts=(draft,)))
            register.reload()
            assert books(register) == books(read_anew(register, here.store))


async def test_of_a_job_that_counts_nothing_else_is_read(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        register = here.floor.register
        register.reload()
        with patch.object(here.store.reader, "jobs", side_effect=AssertionError("all are read")):
            register.reload()
            generation = register.generation
            await here.store.record(Recording(drafts=(count(0, 7, job="WO1.10", at=10),)))
            register.reload()
            assert register.jobs["WO1.10"].good == 7
            assert register.generation > generation


async def test_what_could_not_be_read_is_read_the_next_time(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        register = here.floor.register
        register.reload()
        await here.store.record(Recording(drafts=(job_event("running", 9, job="WO1.10"),)))
        with patch.object(here.store.reader, "jobs", side_effect=StoreUnavailable("sick")):
            with pytest.raises(StoreUnavailable):
                register.reload()
            with pytest.raises(StoreUnavailable):
                register.reload(register.data)
        register.reload()
        assert books(register) == books(read_anew(register, here.store))
        assert register.jobs["WO1.10"].version == 9
