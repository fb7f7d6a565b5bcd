"""The hour's instruction as setpoints: which order a machine makes now, how much, how fast.

Only where plant.toml gives the machine tags for it. What is to stand there follows from the
instruction in force, so nothing is lost by a restart or a machine that is away: what does not
stand there is written again, at once when the machine answers again, else less and less often.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import structlog

from edge.domain.equipment import EquipmentUnreachable
from edge.domain.facts import Json
from edge.domain.hours import hour_start
from edge.domain.orders import HourInstruction, job_order_id
from edge.domain.recording import StoreUnavailable
from edge.domain.sentences import Sentence, plain, say
from edge.domain.vocabulary import FINAL_JOB_STATES
from edge.execution.floor import Floor

ORDER, TARGET, RATE = "hour_order_setpoint", "hour_target_setpoint", "hour_rate_setpoint"
HOUR_ROLES: Final = (ORDER, TARGET, RATE)
NOTHING: Final = dict.fromkeys(HOUR_ROLES, 0)
ACTOR: Final = "plan"
LOOK_S: Final = 1.0
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 300.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is to stand in a machine for this hour, and whether it does.

    `since` (us) it is to; `why` it is not written, None once it is. `again` is the monotonic
    second of the next try, `pause` the seconds before the one after it.
    """

    values: Mapping[str, int]
    since: int
    written: bool = False
    why: Sentence | None = None
    again: float = 0.0
    pause: float = FIRST_PAUSE_S
    away: bool = False


class HourSetpoints:
    """Keeps the hour's setpoints of all machines that take them."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._standing: dict[str, Standing] = {}

    async def run(self) -> None:
        """See to all machines, for ever; each waits for itself alone."""
        while True:
            try:
                await asyncio.gather(*map(self.tend, self._taking()))
            except StoreUnavailable as error:  # its instructions cannot be read, or the audit kept
                log.warning("setpoints_postponed", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def tend(self, work_center: str) -> None:
        """Write what is to stand in a machine, unless it does or it is not yet time again."""
        now = self._due(work_center)
        if now is None:
            return
        try:
            await self._floor.equipment.write(work_center, dict(now.values), actor=ACTOR)
        except (EquipmentUnreachable, PermissionError) as error:
            why = error.said[0] if isinstance(error, EquipmentUnreachable) else plain(str(error))
            if now.why is None:
                log.warning("setpoints_not_written", work_center=work_center, why=str(error))
            self._standing[work_center] = replace(
                now,
                why=why,
                again=self._floor.clock.monotonic() + now.pause,
                pause=min(now.pause * 2, LONGEST_PAUSE_S),
            )
        else:
            self._standing[work_center] = replace(now, written=True, why=None)

    def of(self, work_center: str) -> dict[str, Json] | None:
        """What is to stand in a machine now; None where it takes no setpoints."""
        found = self._standing.get(work_center)
        if found is None:
            return None
        return {
            "order": found.values.get(ORDER),
            "quantity": found.values.get(TARGET),
            "rate": found.values.get(RATE),
            "written": found.written,
            "since": found.since,
            "why": found.why.view() if found.why else None,
        }

    def alarms(self, work_center: str) -> list[dict[str, Json]]:
        """An alarm for the board while a machine does not have its instruction."""
        found = self._standing.get(work_center)
        if found is None or found.why is None:
            return []
        said = say(
            "setpoints.not_written",
            "the machine does not have the instruction of this hour: {why}",
            "see to the machine; work by the board until then",
            why=found.why,
        )
        return [said.view() | {"code": "setpoints", "since": found.since}]

    def _taking(self) -> list[str]:
        centers = self._floor.work_centers
        for gone in [one for one in self._standing if one not in centers]:
            del self._standing[gone]
        return [id_ for id_, one in centers.items() if one.hour_setpoints]

    def _due(self, work_center: str) -> Standing | None:
        """What is to be written now; None for nothing."""
        wanted = self._wanted(work_center)
        before = self._standing.get(work_center)
        seen = self._floor.equipment.observation(work_center)
        away, stands = seen is None, seen is not None and wanted.items() <= seen.values.items()
        if before is None:  # the edge has just begun: what stands there may be its own
            before = Standing(values=wanted, since=self._floor.clock.now(), written=stands)
        elif before.values != wanted:
            before = Standing(values=wanted, since=self._floor.clock.now())
        elif before.away and not away:  # it may have lost what it had
            why = None if stands else before.why
            before = replace(before, written=stands, why=why, again=0.0, pause=FIRST_PAUSE_S)
        self._standing[work_center] = before = replace(before, away=away)
        waits = before.written or self._floor.clock.monotonic() < before.again
        return None if waits else before

    def _wanted(self, work_center: str) -> dict[str, int]:
        """Order number, pieces in what the machine counts, and pieces an hour; 0 for none."""
        roles = self._floor.work_centers[work_center].hour_setpoints
        given = self._given(work_center)
        job = (
            self._floor.register.jobs.get(job_order_id(given.order, given.operation))
            if given
            else None
        )
        if given is None or job is None:
            return {role: 0 for role in HOUR_ROLES if role in roles}
        rate = Fraction(given.sheet.rate or 0)
        if not rate and job.run_time_per_item:
            rate = 3600 / job.run_time_per_item
        values = {
            ORDER: job.number,
            TARGET: self._floor.in_steps(job, given.good),
            RATE: int(rate),
        }
        return {role: value for role, value in values.items() if role in roles}

    def _given(self, work_center: str) -> HourInstruction | None:
        """The instruction of this hour: of the job that is on, else the first that is not done."""
        hour = hour_start(self._floor.clock.now(), self._floor.zone)
        rows = self._floor.reader.instructions(work_center, hour, hour + 1)
        on = self._floor.register.running_job(work_center)
        jobs = self._floor.register.jobs
        open_ = [
            one
            for one in rows
            if one.quantity
            and (job := jobs.get(job_order_id(one.order, one.operation))) is not None
            and job.state not in FINAL_JOB_STATES
        ]
        mine = (one for one in open_ if on and job_order_id(one.order, one.operation) == on.id)
        return next(mine, open_[0] if open_ else None)
