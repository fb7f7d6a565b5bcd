"""Background work begins anew after a failure, and each failure is counted and logged."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
import stamina
from structlog.testing import capture_logs

from edge.tending import tend


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=100)
    yield
    stamina.set_testing(False)


async def test_work_that_fails_begins_anew() -> None:
    begun, failures = 0, Counter[str]()
    going = asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun < 4:
            raise ZeroDivisionError("a defect")
        going.set()
        await asyncio.Event().wait()

    with capture_logs() as logs:
        task = asyncio.create_task(tend("planning", work, failures))
        await going.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert begun == 4
    assert failures == {"planning": 3}
    told = [line["task"] for line in logs if line["event"] == "task_failed"]
    assert told == ["planning"] * 3
