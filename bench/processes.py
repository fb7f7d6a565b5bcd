"""What a process of somebody takes, as Linux tells it, and an edge as its users start it."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

END_SECONDS = 10
HEAD = """format = "taktline.plant/1"
[site]
id = "s1"
timezone = "Europe/Berlin"
[edge]
id = "e1"
[api]
listen = "127.0.0.1:{port}"
[[calendar]]
id = "always"
always = true
"""


@dataclass(frozen=True)
class Usage:
    """A running process by its number."""

    pid: int

    @classmethod
    def mine(cls) -> "Usage":
        """That of this process."""
        return cls(os.getpid())

    def cpu(self) -> float:
        """CPU seconds so far, of all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self) -> float:
        """Resident memory in MB (10^6 bytes)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True, kw_only=True)
class BenchDevice:
    """A device of a plant.toml: `tags` are (address, type), the first counts good pieces."""

    driver: str
    url: str
    tags: Sequence[tuple[str, str]]
    poll_ms: int = 500


def plant(devices: Iterable[BenchDevice], port: int = 0) -> str:
    """A plant.toml with a work center for each device; its API listens on a port (0: any)."""
    return HEAD.format(port=port) + "".join(_device(f"{at}", one) for at, one in enumerate(devices))


def _device(name: str, one: BenchDevice) -> str:
    lines = [f'[[device]]\nid = "d{name}"\ndriver = "{one.driver}"\nurl = "{one.url}"']
    lines.append(f"poll_ms = {one.poll_ms}")
    lines += ["insecure = true"] if one.driver == "opcua" else []
    for at, (address, kind) in enumerate(one.tags):
        role = 'role = "good"\nmax_rate_per_s = "1000"' if at == 0 else 'role = "other"'
        unit = 'unit = "C"\n' if kind.startswith("float") else ""
        place = f'id = "t{at}"\naddress = "{address}"\ntype = "{kind}"'
        lines.append(f"[[device.tag]]\n{place}\n{role}\n{unit}")
    center = f'[[work_center]]\nid = "L{name}"\ndevice = "d{name}"\ncalendar = "always"\n'
    return "\n".join([*lines, center])


@contextmanager
def edge(folder: Path, devices: Iterable[BenchDevice]) -> Iterator[Usage]:
    """`taktline edge` on these devices, until the end of the block."""
    file = folder / "plant.toml"
    file.write_text(plant(devices))
    with running([sys.executable, "-m", "taktline", "edge", "--config", str(file)], folder) as one:
        yield one


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[Usage]:
    """Any command, its output in `folder`; ended with the block."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield Usage(process.pid)
            if process.poll() is not None:
                raise ChildProcessError((folder / "log").read_text()[-2000:])
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
