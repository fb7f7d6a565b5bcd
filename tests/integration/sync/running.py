"""The sync service as a process of its own, started, asked and killed for real."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.contract.sync.site import SCOPES
from tests.contract.sync.tokens import sha256_of, token_of

ROOT = Path(__file__).parents[3]


def write_config(folder: Path, listen: str = "127.0.0.1:0") -> Path:
    """A company.toml with the principals of the contract tests; port 0 is any free one."""
    path = folder / "company.toml"
    lines = [
        'format = "taktline.company/1"',
        "[site]",
        'id = "s1"',
        'timezone = "Europe/Berlin"',
        "[store]",
        'url = "sqlite:///sync.sqlite"',
        "[api]",
        f'listen = "{listen}"',
    ]
    for name in ("erp", "reader", "edge"):
        scopes = json.dumps(list(SCOPES[name]))
        lines += ["[[principal]]", f'name = "{name}"', f'token_sha256 = "{sha256_of(name)}"']
        lines += [f"scopes = {scopes}"]
    for edge in ("e1", "e2"):
        lines += ["[[edge]]", f'id = "{edge}"']
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "taktline", "sync", *arguments]


@dataclass
class Running:
    """A process that listens at `url`."""

    process: subprocess.Popen[str]
    url: str
    log: list[str]

    def client(self, who: str) -> httpx.Client:
        headers = {"authorization": f"Bearer {token_of(who)}"}
        return httpx.Client(
            base_url=f"{self.url}/api/v1/", headers=headers, timeout=30, trust_env=False
        )

    def kill(self) -> None:
        """SIGKILL, as a power cut would end it."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running(config: Path, *arguments: str) -> Iterator[Running]:
    """Started until it listens; killed at the end if it still runs."""
    process = subprocess.Popen(
        command("--config", str(config), *arguments),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    log: list[str] = []
    url = ""
    for line in process.stderr:
        log.append(line)
        entry = json.loads(line)
        if entry["event"] == "listening":
            url = entry["url"]
            break
    reader = threading.Thread(target=lambda: log.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        yield Running(process, url, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        reader.join(10)
        process.stderr.close()
