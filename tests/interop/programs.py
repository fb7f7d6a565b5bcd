"""Programs that nobody here wrote, run as children that are asked by lines."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE = HERE / "node"
MADE = ROOT / "run" / "interop"
MEND = "run `make interop`, which installs what is missing"
ANSWER_S = 60.0
LINE_BYTES = 1 << 20


class Missing(Exception):
    """A program that the tests need is not there: never passed over in silence."""


def node() -> str:
    """Node.js; the packages that `node/` names are in `MADE`."""
    if (found := shutil.which("node")) is None:
        raise Missing("node is not installed; mend: install Node.js 18 or newer")
    if not (MADE / "node_modules" / "node-opcua").is_dir():
        raise Missing(f"node-opcua is not installed; mend: {MEND}")
    return found


def libmodbus() -> Path:
    """The device of `libmodbus/`, compiled if it is not, or if its source is newer."""
    source, made = HERE / "libmodbus" / "device.c", MADE / "device"
    if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
        return made
    if (compiler := shutil.which("gcc") or shutil.which("cc")) is None:
        raise Missing(f"there is no C compiler; mend: {MEND}")
    made.parent.mkdir(parents=True, exist_ok=True)
    options = ["-O2", "-Wall", "-I/usr/include/modbus", "-o", str(made), str(source), "-lmodbus"]
    done = subprocess.run([compiler, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"libmodbus is not installed; mend: {MEND}\n{done.stderr}")
    return made


@dataclass
class Program:
    """A running child; one question at a time."""

    process: asyncio.subprocess.Process
    mark: str = ""

    @classmethod
    async def run(cls, *command: str | Path, mark: str = "") -> "Program":
        """`mark` begins each line that is an answer; others are the library's own talk."""
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            env={**os.environ, "NODE_PATH": str(MADE / "node_modules")},
        )
        return cls(process, mark)

    async def ask(self, text: str) -> str:
        """Tell it one line; its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n".encode())
        return await self.answer()

    async def answer(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(ANSWER_S):
            while line := await self.process.stdout.readline():
                if line.startswith(self.mark.encode()):
                    return line.decode().removeprefix(self.mark).strip()
        raise ChildProcessError("it has ended; it says above why")

    async def end(self) -> None:
        """It ends with its input; if it does not, it is killed."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.process.wait()
                return
        self.process.kill()
        await self.process.wait()
