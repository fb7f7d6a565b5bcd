"""Facts are written as section 1 of the contracts says: what people do, and what refuses."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.vocabulary import MachineState
from tests.contract.fact_schema import BODIES, NotAsWritten, check
from tests.integration.edge.floor_on_store import SIX, site
from tests.integration.edge.test_api import act, api, state_fact
from tests.unit.erp_sync.chains import EARLY, Chain
from tests.unit.execution.floor_parts import definition, order, schedule

CONTRACT = Path(__file__).parent.parent.parent / "docs" / "contracts.md"


def test_every_kind_of_the_contract_has_its_schema() -> None:
    section = CONTRACT.read_text().partition("## 1. Facts")[2].partition("## 2.")[0]
    first_cells = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
    kinds = {kind for cell in first_cells for kind in re.findall(r"`(\w+)`", cell)}
    assert kinds == set(BODIES)


async def test_what_operators_do_is_written_as_the_contract_says(tmp_path: Path) -> None:
    sent = [replace(one, sha256="0" * 64) for one in (definition(), schedule(1, order("WO1")))]
    async with site(tmp_path, documents=sent) as here, api(here) as client:
        await act(client, "/job-orders/WO1.10/start", "k1", version=1)
        await act(client, "/job-orders/WO1.10/interrupt", "k2", version=2, reason="no_material")
        await act(client, "/job-orders/WO1.10/resume", "k3", version=3)
        drafts = [state_fact(SIX, "ADET", fault=101)]
        await here.record(*drafts)
        stop = here.store.reader.chain_end().seq
        reason = await act(client, f"/stops/{stop}/reason", "k4", reason="no_material")
        assert reason.status_code == 201
        here.machine.show("L1", MachineState.COMPLETE)
        done = await act(client, "/job-orders/WO1.10/complete", "k5", version=4)
        assert done.status_code == 201
        kinds = [check(fact.data).kind for fact in here.store.reader.facts_after(0, 100)]
        assert {"schedule_received", "job_order_event", "equipment_state", "stop_reason"} == set(
            kinds
        )


GOOD = Chain().count(3, calendar={**EARLY, "revision": "1"})


def test_a_count_as_the_contract_says_is_taken() -> None:
    assert check(GOOD).kind == "production_count"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"quantity":3', b'"quantity":3.0'),
        (b'"quantity":3', b'"quantity":0'),
        (b'"quantity":3', b'"quantity":true'),
        (b'"quantity":3', b'"quantity": 3'),
        (b'"role":"good"', b'"role":"fine"'),
        (b'"flags":[]', b'"flags":["lucky"]'),
        (b'"flags":[],', b""),
        (b'"source":"plc"', b'"source":"operator"'),
        (b'"kind":"production_count"', b'"kind":"weather"'),
        (b'"run_time_per_item":"2.5"', b'"run_time_per_item":2.5'),
        (b'"v":1', b'"v":1,"w":2'),
        (b'"seq":1', b'"seq":2'),
    ],
)
def test_anything_else_is_refused(old: bytes, new: bytes) -> None:
    assert old in GOOD
    with pytest.raises(NotAsWritten):
        check(GOOD.replace(old, new))
