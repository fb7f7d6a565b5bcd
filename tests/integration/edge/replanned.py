"""A floor that plans: what its machines make and show, hour by hour, and the plans that follow."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge.domain.changeover import NO_CHANGEOVERS, Changeovers
from edge.domain.facts import FactDraft, FactKind, Source
from edge.domain.hours import hour_start
from edge.domain.orders import HourInstruction
from edge.domain.pace import ReplanRules
from edge.domain.recording import Document
from edge.domain.sentences import Sentence
from edge.domain.vocabulary import MachineState
from edge.execution.dispatch.looking import Looking
from edge.execution.dispatch.releasing import MadePlan
from edge.execution.dispatch.replanning import Replanner
from edge.planning.scenario.model import Scenario
from edge.planning.solving import solve
from tests.integration.edge.floor_on_store import CALENDAR, MINUTE, SIX, Site, site
from tests.unit.execution.floor_parts import count

HOUR = 60 * MINUTE
ZONE = CALENDAR.zone


class PlannerHere:
    """The real planner without its process."""

    async def solve(self, scenario: Scenario, *, proofs: int | None = None) -> dict[str, Any]:
        return solve(scenario, proofs=proofs)


@dataclass
class Planning:
    """A site with a replanner; `made` are the plans that it offered, as they came."""

    here: Site
    replanner: Replanner
    made: list[MadePlan] = field(default_factory=list)

    @property
    def why(self) -> list[str]:
        """The codes of why the last plan was made."""
        trigger = self.made[-1].trigger
        several = trigger.params.get("why")
        if trigger.code != "plan.because":
            return [trigger.code]
        assert isinstance(several, list)
        return [one.code for one in several if isinstance(one, Sentence)]

    def rows(self, work_center: str = "L1") -> list[HourInstruction]:
        """The hours in force of a work center."""
        return list(
            self.here.store.reader.instructions(work_center, SIX - HOUR, SIX + 40 * 24 * HOUR)
        )

    def at(self, minutes: int) -> None:
        """The clock shows so many minutes after six."""
        self.here.clock.plant = SIX + minutes * MINUTE

    async def look(self) -> bool:
        """Let the replanner look; whether it planned."""
        before = len(self.made)
        await self.replanner.look()
        return len(self.made) > before

    async def start(self, job: str) -> None:
        """The job is started and runs."""
        floor = self.here.floor
        await floor.change(floor.job(job), "start", None, source=Source.SYSTEM, actor="t")
        await floor.change(floor.job(job), "run", None, source=Source.SYSTEM, actor="t")

    async def makes(self, job: str, pieces: int, *, role: str = "good", center: str = "L1") -> None:
        """The machine has counted so many pieces now."""
        if pieces:
            made = count(job, pieces, center, role)
            hour = hour_start(self.here.clock.now() - 1, ZONE)
            body = {**made.body, "hour": hour, "run_time_per_item": "2.5"}
            fields = {**vars(made), "body": body, "occurred_at": self.here.clock.now()}
            await self.here.record(FactDraft(**fields))

    async def shows(
        self, time_class: str, center: str = "L1", job: str | None = None, *, broken: bool = False
    ) -> None:
        """The machine's state has changed to one of this time class; `broken`: by a fault."""
        broken = broken or time_class == "ADET"
        raw = {"APT": MachineState.EXECUTE}
        state = MachineState.ABORTED if broken else raw.get(time_class, MachineState.IDLE)
        await self.here.record(
            FactDraft(
                kind=FactKind.EQUIPMENT_STATE,
                occurred_at=self.here.clock.now(),
                equipment_id=center,
                job_order_id=job,
                source=Source.PLC,
                body={
                    "state": int(state),
                    "mode": 1,
                    "fault": 101 if broken else 0,
                    "time_class": time_class,
                    "calendar": {
                        "id": "day",
                        "revision": "r",
                        "shift": "early",
                        "production_day": "2026-06-08",
                    },
                    "reason": "state",
                },
            )
        )


@asynccontextmanager
async def planning(
    folder: Path,
    documents: Sequence[Document],
    *,
    rules: ReplanRules | None = None,
    automatic: bool = False,
    changeovers: Changeovers = NO_CHANGEOVERS,
    planner: PlannerHere | None = None,
) -> AsyncIterator[Planning]:
    """A site whose first plan is in force at 06:10."""
    async with site(folder, automatic=automatic, documents=documents) as here:
        here.floor.register.changeovers = changeovers
        looking = Looking(
            here.floor,
            rules or ReplanRules(),
            holds=here.rooms.quality.holds,
            maintenance=here.rooms.maintenance.reader,
            missing=here.rooms.people.skills.lacking,
        )
        replanner = Replanner(here.floor, planner or PlannerHere(), looking)
        found = Planning(here, replanner)
        offer = replanner.releasing.offer

        async def kept(made: MadePlan) -> Any:
            found.made.append(made)
            return await offer(made)

        replanner.releasing.offer = kept  # type: ignore[method-assign]
        await replanner.look()
        yield found
