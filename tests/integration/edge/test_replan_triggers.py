"""When what is left is planned again, and why: each trigger on a real store, and no flapping."""

from itertools import count
from pathlib import Path
from typing import Any

from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.pace import ReplanRules
from edge.domain.people import Person
from edge.domain.recording import Request
from edge.execution.desk import Asked
from edge.execution.maintenance.room import Report
from edge.execution.people.rules import Credentials, PeopleRules
from edge.execution.quality.holds import Placing
from tests.integration.edge.floor_on_store import MINUTE, SIX
from tests.integration.edge.replanned import HOUR, Planning, planning
from tests.unit.execution.floor_parts import definition, order, schedule

KEYS = count()
DOCUMENTS = (definition(), schedule(1, order("WO1", quantity=5_000)))
CYCLE_S = 2.5


def by(actor: str) -> Asked:
    """A request of somebody's, each with a key of its own."""
    key = f"k{next(KEYS)}"
    return Asked(actor=actor, request=Request(key=key, fingerprint=key))


async def minute_by_minute(one: Planning, job: str, minutes: range, share: float) -> list[int]:
    """The machine makes `share` of its rate; the minutes at which it was planned again."""
    found, made = [], 0
    for place, minute in enumerate(minutes):
        one.at(minute)
        wanted = int((place + 1) * 60 * share / CYCLE_S)
        await one.makes(job, wanted - made)
        made = wanted
        if await one.look():
            found.append(minute)
    return found


async def test_a_machine_in_pace_is_planned_by_the_hour_alone(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        await one.start("WO1.10")
        assert await minute_by_minute(one, "WO1.10", range(16, 121), 1.0) == [60, 120]
        assert one.why == ["plan.because_hour"]


async def test_a_slow_machine_is_planned_again_once_ten_minutes_of_work_are_missing(
    tmp_path: Path,
) -> None:
    """At three fifths of the rate ten minutes of work are missing after twenty-five."""
    async with planning(tmp_path, DOCUMENTS) as one:
        await one.start("WO1.10")
        found = await minute_by_minute(one, "WO1.10", range(16, 60), 0.6)
        assert found == [40]
        assert one.why == ["plan.because_behind"]
        assert one.made[-1].trigger.params["minutes"] == 10
        assert one.made[-1].valid_from == SIX + HOUR  # the hour that runs stays as released


async def test_a_machine_that_is_down_is_not_planned_until_it_is_taken_to_be_back(
    tmp_path: Path,
) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        await one.start("WO1.10")
        await one.shows("APT", job="WO1.10")
        assert not await one.look()
        one.at(20)
        await one.shows("ADET", job="WO1.10")
        one.at(30)
        assert not await one.look(), "not yet longer than a stop may last"
        one.at(32)
        assert await one.look()
        assert one.why == ["plan.because_down"]
        said = one.made[-1].trigger
        assert said.params["end"] == "07:20"
        assert "assumed" in said.detail
        at_seven = next(row for row in one.rows() if row.hour == SIX + HOUR)
        assert at_seven.quantity == 40 * 60 * 2 // 5 - 1 or at_seven.quantity == 40 * 60 * 2 // 5
        one.at(33)
        assert not await one.look(), "nothing new"
        one.at(50)
        await one.shows("APT", job="WO1.10")
        assert await one.look()
        assert one.why == ["plan.because_open"]
        assert next(row for row in one.rows() if row.hour == SIX + HOUR).quantity == 1_440


async def test_a_stop_that_was_planned_says_when_the_machine_is_back(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        await one.start("WO1.10")
        one.at(20)
        await one.shows("ADET", job="WO1.10")
        one.at(31)
        assert await one.look()
        stop = {"start": SIX + 32 * MINUTE, "end": SIX + 150 * MINUTE}
        await one.here.record(
            FactDraft(
                kind=FactKind.STOP_REASON,
                occurred_at=one.here.clock.now(),
                equipment_id="L1",
                source=Source.OPERATOR,
                actor="sue",
                body={
                    "event": "planned",
                    "from": stop["start"],
                    "to": stop["end"],
                    "reason": "REPAIR",
                    "note": "",
                    "class": "breakdown",
                },
            )
        )
        one.at(33)
        assert await one.look()
        assert {"plan.because_planned_stop", "plan.because_still_closed"} == set(one.why)
        assert not [row for row in one.rows() if row.hour == SIX + HOUR and row.quantity]
        eight = next(row for row in one.rows() if row.hour == SIX + 2 * HOUR)
        assert 719 <= eight.quantity <= 720


async def test_a_hold_lets_an_order_wait_and_its_release_brings_it_back(tmp_path: Path) -> None:
    documents = (definition(), schedule(1, order("WO1", quantity=500), order("WO2", 2)))
    async with planning(tmp_path, documents) as one:
        first = one.replanner.planned(one.here.floor.job("WO1.10"))
        holds = one.here.rooms.quality.holds
        placed = await holds.place(Placing(scope="job_order", target="WO1", reason="burr"), by("q"))
        one.at(12)
        assert await one.look()
        assert one.why == ["plan.because_hold"]
        waits = one.replanner.planned(one.here.floor.job("WO1.10"))
        assert first is not None
        assert waits is not None
        assert waits[0] >= SIX + 10 * MINUTE + 480 * MINUTE > first[0]
        one.at(14)
        assert not await one.look()
        await holds.release(placed.seq, "sorted", by("r"))
        assert await one.look()
        assert one.why == ["plan.because_released"]
        again = one.replanner.planned(one.here.floor.job("WO1.10"))
        assert again is not None
        assert again[0] < waits[0]


async def test_scrap_above_plan_is_made_up_for(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        await one.start("WO1.10")
        one.at(30)
        await one.makes("WO1.10", 240, role="scrap")
        assert not await one.look(), "ten minutes of work are not above ten minutes"
        await one.makes("WO1.10", 1, role="scrap")
        assert await one.look()
        assert one.why == ["plan.because_scrap"]
        assert not await one.look()


async def test_documents_say_what_they_brought(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        urgent: dict[str, Any] = {**order("WO1", quantity=5_000), "priority": 9}
        late = {**order("WO2", 2), "material_from": "2026-06-09T08:00:00+02:00"}
        await one.here.take(schedule(2, urgent, late))
        one.replanner.wake()
        assert await one.look()
        assert one.why == ["plan.because_urgent", "plan.because_new"]
        planned = one.replanner.planned(one.here.floor.job("WO2.10"))
        assert planned is not None
        assert planned[0] >= SIX + 26 * HOUR
        later = {**late, "material_from": "2026-06-09T10:00:00+02:00"}
        await one.here.take(schedule(3, urgent, later))
        one.replanner.wake()
        assert await one.look()
        assert one.why == ["plan.because_material"]


async def test_a_machine_that_breaks_down_while_it_is_set_up_is_down(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        await one.start("WO1.10")
        await one.shows("ASUT", job="WO1.10")
        one.at(20)
        assert not await one.look(), "a set-up may take its time"
        await one.shows("ASUT", job="WO1.10", broken=True)
        one.at(32)
        assert await one.look()
        assert one.why == ["plan.because_down"]
        one.at(50)
        await one.shows("ASUT", job="WO1.10")
        assert await one.look()
        assert one.why == ["plan.because_open"]


async def test_maintenance_that_was_begun_closes_its_work_center(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS) as one:
        room = one.here.rooms.maintenance
        said = await room.report(Report(work_center="L1", note="noise"), by("m"))
        assert not await one.look()
        await room.change(said.seq, "begin", "", by("m"))
        one.at(12)
        assert await one.look()
        assert one.why == ["plan.because_maintained"]
        assert one.rows()[0].quantity < (50 * 60 - 300) * 2 // 5 or one.rows()[0].hour == SIX
        await room.change(said.seq, "done", "bearing", by("m"))
        assert await one.look()
        assert one.why == ["plan.because_open"]


ANN = Person(id="ann", name="Ann", roles=frozenset(), skills={"press": None}, badge="A1")
PRESS = PeopleRules(people={"ann": ANN}, skills={"L1": frozenset({"press"})})


async def test_a_plan_without_people_is_no_sign_that_they_have_come(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        one.here.rooms.people.follow(PRESS)
        said = []
        for minute in range(11, 300):  # the break from 10:00 is among them
            one.at(minute)
            if await one.look():
                said += one.why
        assert said[0] == "plan.because_absent"
        assert set(said[1:]) == {"plan.because_hour", "plan.because_still_closed"}
        await one.here.rooms.people.signing.sign_on(Credentials(badge="A1"), "L1", by("ann"))
        assert await one.look()
        assert one.why == ["plan.because_open"]


async def test_people_who_are_missing_close_a_work_center_until_they_come(tmp_path: Path) -> None:
    async with planning(tmp_path, DOCUMENTS, rules=ReplanRules(off_pace=0)) as one:
        one.here.rooms.people.follow(PRESS)
        one.at(11)
        assert not await one.look()
        one.at(25)
        assert not await one.look(), "not yet longer than people may be late"
        one.at(27)
        assert await one.look()
        assert one.why == ["plan.because_absent"]
        assert one.made[-1].trigger.params["about"] == "press"
        seven = next(row for row in one.rows() if row.hour == SIX + HOUR)
        assert seven.quantity < 1_440
        one.at(30)
        await one.here.rooms.people.signing.sign_on(Credentials(badge="A1"), "L1", by("ann"))
        assert await one.look()
        assert one.why == ["plan.because_open"]
