"""Kills at random moments, and what was counted after them beside what the machines made."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx

from edge.domain.clock import SystemClock
from edge.domain.facts import FactKind, decode
from edge.storage.store import Store
from edge.storage.verify import verify
from tests.campaign.plant import Plant
from tests.journeys.company import ENV, TOKEN
from tests.journeys.processes import Process, taktline

CLOCK = SystemClock()
STROKE_S, LOOK_S, PATIENCE_S = 0.05, 0.02, 60.0
LONGEST_LIFE_S = 4.0  # from the start of a process to its death, so that starts are hit too
SYNC_DIES = 0.15  # of all kills, sync's share
PATIENT = 0.8  # of all lives: those that are left to become ready
BARE = """
import edge.cli
from edge.loading import lean
with lean():
    import edge.starting
"""  # what a start costs before it has read a file


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One kill: of whom, how long it had lived, whether the edge had been ready, and, of an edge,
    how long the next one took until it was ready (s, None if it was killed before)."""

    number: int
    whom: str
    lived_s: float
    ready_s: float | None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What stands in the store and in sync beside the truth (good, scrap), once all has settled."""

    kills: int
    truth: tuple[int, int]
    recorded: tuple[int, int]
    posted: tuple[int, int]
    held: int
    facts: int
    whole: bool

    @property
    def good(self) -> bool:
        return self.truth == self.recorded == self.posted and not self.held and self.whole


class Campaign:
    """So many kills in a folder; its lines go to `out`, and a second run goes on behind them."""

    def __init__(self, folder: Path, out: Path, seed: int) -> None:
        self.plant, self.out, self.seed = Plant(folder), out, seed
        lines = out.read_text().splitlines() if out.exists() else []
        said = [json.loads(line) for line in lines]
        self.done = max((one["number"] for one in said if "number" in one), default=0)
        self._kept = folder / "made.json"
        none = {one.id: [0, 0] for one in self.plant.machines}
        self._made = json.loads(self._kept.read_text()) if self._kept.exists() else none
        self.ready: list[float] = []
        self.balances: list[Balance] = []

    async def run(self, kills: int, every: int) -> None:
        """Kill until so many have died in all; compare after each `every`."""
        chance = Random(f"{self.seed}/{self.done}")
        for machine in self.plant.machines:
            await machine.start(*self._made[machine.id])
        with self._sync() as sync:
            holder = [sync]
            if not self.done:
                await self._first_readings()
            while self.done < kills:
                async with self._strokes(chance):
                    for _ in range(min(every, kills - self.done)):
                        await self._one(chance, holder)
                await self._compare()
            for one in holder:
                one.kill()
        for machine in self.plant.machines:
            await machine.device.stop()

    async def _first_readings(self) -> None:
        """What a counter shows at first is nobody's piece: counting begins behind it."""
        with self._edge() as process:
            async with self._client(self.plant.edge_port) as http:
                until = CLOCK.monotonic() + PATIENCE_S
                while not await self._all_read(http):
                    if CLOCK.monotonic() > until:
                        raise SystemExit(f"no first reading; see {process.log}")
                    await asyncio.sleep(LOOK_S)
            process.end()

    async def _all_read(self, http: httpx.AsyncClient) -> bool:
        try:
            status = (await http.get("/api/v1/status")).json()
        except (httpx.HTTPError, ValueError):
            return False
        return all(one["read_at"] for one in status["devices"])

    async def _one(self, chance: Random, sync: list[Process]) -> None:
        """Start the edge, let it live for a while, kill it; now and then sync too."""
        begun, life = CLOCK.monotonic(), chance.uniform(0.05, LONGEST_LIFE_S)
        ready: float | None = None
        patient = chance.random() < PATIENT
        if chance.random() < SYNC_DIES:
            self._restart(sync)
        with self._edge() as process:
            async with self._client(self.plant.edge_port) as http:
                # Some are killed in their start; once it is ready it has all of its life.
                while CLOCK.monotonic() - begun < life or (ready is None and patient):
                    if ready is None and await _is_ready(http):
                        ready = CLOCK.monotonic() - begun
                        self.ready.append(ready)
                        life += ready
                    if process.popen.poll() is not None:
                        raise SystemExit(f"the edge ended by itself; see {process.log}")
                    await asyncio.sleep(LOOK_S)
            process.kill()
        self.done += 1
        lived = CLOCK.monotonic() - begun
        self._say(asdict(Kill(number=self.done, whom="edge", lived_s=lived, ready_s=ready)))

    def _restart(self, sync: list[Process]) -> None:
        sync.pop().kill()
        sync.append(taktline_process(self._sync_arguments(), self.plant.folder))

    async def _compare(self) -> None:
        """Stand still, let everything arrive, and compare the books."""
        balance: Balance | None = None
        with self._edge() as process:
            async with self._client(self.plant.edge_port) as http:
                until = CLOCK.monotonic() + PATIENCE_S
                while CLOCK.monotonic() < until:
                    if await self._arrived(http):
                        break
                    await asyncio.sleep(0.2)
            process.end()
        posted = await self._posted()
        balance = _balance(self.plant, self.done, posted)
        self.balances.append(balance)
        more = {"good": balance.good, "bare_s": _bare_s(self.plant.folder)}
        self._say(asdict(balance) | more)

    async def _arrived(self, http: httpx.AsyncClient) -> bool:
        try:
            answer = (await http.get("/api/v1/job-orders")).json()
            status = (await http.get("/api/v1/status")).json()
        except (httpx.HTTPError, ValueError):
            return False
        rows = answer.get("unassigned", [])
        counted = (sum(row["good"] for row in rows), sum(row["scrap"] for row in rows))
        return counted == self.plant.truth and status.get("waiting") == 0

    async def _posted(self) -> tuple[int, int]:
        """Good and scrap of all facts that sync holds."""
        sums, cursor = {"good": 0, "scrap": 0}, ""
        async with self._client(self.plant.sync_port) as http:
            while True:
                query = {"limit": 500} | ({"after": cursor} if cursor else {})
                page = (await http.get("/api/v1/operations-performance", params=query)).json()
                for item in page["items"]:
                    body = item["fact"]["body"]
                    if item["fact"]["kind"] == FactKind.PRODUCTION_COUNT:
                        sums[body["role"]] += body["quantity"]
                cursor = page["next"]
                if page["complete"]:
                    return sums["good"], sums["scrap"]

    def _keep(self) -> None:
        """Where the machines' counters go on, whenever this process is ended."""
        made = {one.id: [one.good, one.scrap] for one in self.plant.machines}
        draft = self._kept.with_suffix(".new")
        draft.write_text(json.dumps(made))
        draft.replace(self._kept)

    @contextlib.asynccontextmanager
    async def _strokes(self, chance: Random) -> AsyncIterator[None]:
        """The machines make pieces, whoever is dead."""
        seed = chance.random()

        async def make() -> None:
            strokes = Random(seed)
            while True:
                for machine in self.plant.machines:
                    machine.make(strokes)
                self._keep()  # before it is shown: a campaign that is ended here can go on
                for machine in self.plant.machines:
                    await machine.show()
                await asyncio.sleep(STROKE_S)

        task = asyncio.create_task(make())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def _client(self, port: int) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=10) as client:
            yield client

    def _edge(self) -> Any:
        log, config = self.plant.folder / "edge.log", str(self.plant.edge_file)
        return taktline(log, "edge", "--config", config, env={**ENV, **bytecode(self.plant.folder)})

    @contextlib.contextmanager
    def _sync(self) -> Iterator[Process]:
        process = taktline_process(self._sync_arguments(), self.plant.folder)
        try:
            yield process
        finally:
            if process.popen.poll() is None:
                process.kill()

    def _sync_arguments(self) -> list[str]:
        return ["sync", "--config", str(self.plant.company_file)]

    def _say(self, line: dict[str, Any]) -> None:
        with self.out.open("a") as out:
            out.write(json.dumps(line) + "\n")


def taktline_process(arguments: list[str], folder: Path) -> Process:
    """A `taktline` process that its caller ends."""
    log = folder / f"{arguments[0]}.log"
    with log.open("ab") as out:
        run = [sys.executable, "-m", "taktline", *arguments]
        return Process(subprocess.Popen(run, cwd=folder, stdout=out, stderr=out), log)


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of all lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/readyz")).is_success
    except httpx.HTTPError:
        return False


def _balance(plant: Plant, kills: int, posted: tuple[int, int]) -> Balance:
    path = plant.folder / "edge.sqlite"
    sums = {"good": 0, "scrap": 0}
    with Store.open(path, "e1", CLOCK) as store:
        held, seq = len(store.reader.held_readings(open_=True)), 0
        while page := store.reader.facts_after(seq, 1000):
            seq = page[-1].seq
            for stored in page:
                if stored.kind == FactKind.PRODUCTION_COUNT:
                    body = decode(stored.data).body
                    sums[body["role"]] += body["quantity"]
    return Balance(
        kills=kills,
        truth=plant.truth,
        recorded=(sums["good"], sums["scrap"]),
        posted=posted,
        held=held,
        facts=seq,
        whole=verify(path).whole,
    )


def bytecode(folder: Path) -> dict[str, str]:
    """The variables of a process that keeps its compiled modules, as an installed edge does, also
    where those who run the tests keep none."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _bare_s(folder: Path) -> float:
    """How long a process takes now that only loads what an edge needs."""
    begun = CLOCK.monotonic()
    subprocess.run([sys.executable, "-c", BARE], check=True, env={**os.environ, **bytecode(folder)})
    return CLOCK.monotonic() - begun
