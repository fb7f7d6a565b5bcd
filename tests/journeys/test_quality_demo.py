"""Quality on simulated machines that are dispatched: what is held waits, what runs is stopped."""

import asyncio
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.processes import Api, api, until

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(400), pytest.mark.longer]


async def port_of(run_dir: Path) -> int:
    """The port of the demo's edge, once its plant.toml is written."""

    async def written() -> int:
        file = run_dir / "plant.toml"
        try:
            listen = tomllib.loads(file.read_text())["api"]["listen"]
        except (OSError, KeyError, tomllib.TOMLDecodeError):
            return 0
        return int(listen.rpartition(":")[2])

    return int(await until(written, PATIENCE_S))


async def act(edge: Api, path: str, key: str, **body: Any) -> dict[str, Any]:
    answer = await edge.client.post(
        f"/api/v1{path}", json={"actor": "anna", **body}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def jobs(edge: Api) -> dict[str, dict[str, Any]]:
    return {job["id"]: job for job in (await edge.get("/job-orders"))["items"]}


async def test_a_held_product_waits_and_a_held_job_stops_its_machine(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "taktline",
        "demo",
        "--exit",
        "--json",
        "--hours",
        "4",
        "--speed",
        "120",
    ]
    demo = subprocess.Popen(
        [*command, "--run-dir", str(run_dir)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        async with api(await port_of(run_dir)) as edge:
            await while_it_runs(edge)
        output = await asyncio.to_thread(demo.communicate)
    finally:
        demo.terminate()
        demo.wait(30)
    result = json.loads(output[0])
    assert (demo.returncode, result["difference"]) == (0, 0), result


async def while_it_runs(edge: Api) -> None:
    product = {"scope": "product", "target": "BRACKET-90", "reason": "drawing is wrong"}

    async def known() -> bool:
        return any(job["product"] == "BRACKET-90" for job in (await jobs(edge)).values())

    await until(known, PATIENCE_S)
    held = (await act(edge, "/quality/holds", "h1", **product))["seq"]
    running = await until(lambda: producing(edge), PATIENCE_S)
    stop = {"scope": "job_order", "target": running, "reason": "cracks", "interrupts": True}
    stopped = (await act(edge, "/quality/holds", "h2", **stop))["seq"]
    await until(lambda: stands(edge, running), PATIENCE_S)
    brackets = [job for job in (await jobs(edge)).values() if job["product"] == "BRACKET-90"]
    assert not any(job["started_at"] for job in brackets)
    said = {"actor": "bert", "note": "looked at again"}
    await act(edge, f"/quality/holds/{stopped}/release", "r1", **said)
    version = (await jobs(edge))[running]["version"]
    await act(edge, f"/job-orders/{running}/resume", "k1", version=version)
    made = (await jobs(edge))[running]["good"]
    await until(lambda: goes_on(edge, running, made), PATIENCE_S)
    await act(edge, f"/quality/holds/{held}/release", "r2", **said)


async def producing(edge: Api) -> str:
    """The job that L1 makes pieces of; empty while it makes none."""
    board = await edge.get("/work-centers/L1/board")
    job = board["job"]
    makes = job and job["state"] == "Running" and job["good"] > 0 and job["left"] > 30
    return str(job["id"]) if makes and board["state"]["name"] == "EXECUTE" else ""


async def stands(edge: Api, job: str) -> bool:
    board = await edge.get("/work-centers/L1/board")
    interrupted = (await jobs(edge))[job]["state"] == "Interrupted"
    return bool(interrupted and board["state"]["name"] == "HELD")


async def goes_on(edge: Api, job: str, made: int) -> bool:
    return bool((await jobs(edge))[job]["good"] > made)
