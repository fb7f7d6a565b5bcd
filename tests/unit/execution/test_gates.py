"""Gates: whoever speaks against a start is asked before it, and told in words."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from edge.domain.orders import JobOrder
from edge.domain.sentences import say
from edge.execution.errors import Blocked
from edge.execution.gates import Block, Gates
from edge.execution.orders.intake import merged
from edge.execution.orders.jobs import jobs_of
from edge.execution.orders.masterdata import MasterData
from tests.unit.execution.floor_parts import definition, order, schedule


@dataclass
class Says:
    block: Block

    def blocks(self, job: JobOrder, actor: str | None) -> Iterable[Block]:
        yield self.block


def job() -> JobOrder:
    data = merged(MasterData(), [definition(), schedule(1, order("WO1"))])
    return jobs_of(data, ())["WO1.10"]


HOLD = Block(said=say("hold", "lot C7 is held", "release it"))
NOTE = Block(said=say("tool", "T7 is nearly worn", "have another ready"), only_warns=True)


def test_a_gate_forbids_a_start_and_names_the_mend() -> None:
    gates = Gates([Says(NOTE), Says(HOLD)])
    with pytest.raises(Blocked) as refused:
        gates.check(job(), "start", "anna")
    assert refused.value.said == (HOLD.said,)
    assert "lot C7 is held" in str(refused.value)
    assert not gates.allows(job())


def test_a_warning_forbids_nothing_and_is_shown() -> None:
    gates = Gates([Says(NOTE)])
    gates.check(job(), "start")
    assert gates.allows(job())
    assert list(gates.blocks(job())) == [NOTE]


@pytest.mark.parametrize("action", ["interrupt", "complete", "run"])
def test_an_end_is_never_forbidden(action: str) -> None:
    Gates([Says(HOLD)]).check(job(), action)
