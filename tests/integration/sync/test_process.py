"""The process: one for a store, a clean end on a signal, nothing lost by it."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import httpx

from tests.contract.sync.tokens import token_of
from tests.integration.sync.running import ROOT, Running, command, running, write_config
from tests.unit.erp_sync.chains import Chain, batch


def test_a_second_process_is_refused_and_a_signal_ends_the_first_cleanly(tmp_path: Path) -> None:
    config, chain = write_config(tmp_path), Chain()
    with running(config) as sync:
        with sync.client("edge") as http:
            body = batch([chain.count(), chain.count()])
            assert http.post("edges/e1/facts", content=body).status_code == 200
        second = subprocess.run(
            command("--config", str(config)), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert second.returncode == 4
        assert f"process {sync.process.pid} on" in second.stderr
        long_polls_are_answered_by(sync, signal.SIGTERM)
        assert sync.process.wait(20) == 0
    with running(config, "--plant-clock", "2026-06-08T06:00:00+02:00,1,0") as sync:
        with sync.client("reader") as http:
            page = http.get("operations-performance").json()
        assert [item["id"] for item in page["items"]] == ["e1/1/1", "e1/1/2"]
        assert '"plant_now": "2026-0' in sync.log[0]
        sync.process.send_signal(signal.SIGINT)
        assert sync.process.wait(20) == 130


def test_the_same_service_started_twice_is_told_who_holds_the_store(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = write_config(tmp_path, listen=f"127.0.0.1:{port}")
    with running(config) as sync:
        second = subprocess.run(
            command("--config", str(config)), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert second.returncode == 4
        assert f"process {sync.process.pid} on" in second.stderr


def test_the_calls_of_the_page_are_answered_as_they_stand_there(tmp_path: Path) -> None:
    """docs/sync.md, with curl: what someone who connects an ERP types first."""
    page = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
    script = "".join(part.partition("```")[0] for part in page.split("```bash\n")[1:])
    with running(write_config(tmp_path)) as sync:
        assert "http://127.0.0.1:8080" in script
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8080", sync.url)],
            env={**os.environ, "TOKEN": token_of("erp"), "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 9
    assert answers[2]["complete"] is True
    assert answers[5]["day"] == "2026-06-08"
    assert (answers[6]["id"], answers[6]["quantity"]) == ("WO7001", 800)
    assert answers[7:] == [{"items": []}, {"closed": 0}]


def long_polls_are_answered_by(sync: Running, number: signal.Signals) -> None:
    """A signal ends a wait of 30 s at once, with an answer if the request had come by then."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool, sync.client("edge") as http:
        poll = pool.submit(http.get, "edges/e1/downlink", params={"wait": 30})
        with sync.client("reader") as other:
            assert other.get("orders").is_success
        sync.process.send_signal(number)
        try:
            assert poll.result(20).json()["items"] == []
        except httpx.TransportError:
            assert sync.process.wait(20) == 0  # the signal came before the request did
