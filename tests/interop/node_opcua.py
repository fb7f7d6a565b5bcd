"""A machine behind a server of node-opcua (TypeScript)."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plc_drivers.configuration import DeviceConfig, GroupConfig, SecurityConfig, TagConfig
from tests.interop.foreign import POLL_MS, READS, TIMEOUT_MS, WIDE, WRITES, Truth
from tests.interop.programs import NODE, Program, node
from tests.ports import free_port

USER, PASSWORD = "taktline", "secret"


@dataclass
class NodeOpcua:
    """`security` None: an open connection. `groups`: how tags are read, all in the first."""

    pki: Path
    variables: int = 0
    security: SecurityConfig | None = None
    groups: tuple[GroupConfig, ...] = ()
    name: str = "node-opcua"
    port: int = field(default_factory=free_port)
    told: dict[str, Any] = field(default_factory=dict)
    _program: Program | None = None

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}"

    @property
    def certificate(self) -> Path:
        """Its own, as a person gets it to compare and trust."""
        return self.pki / "server" / "interop.pem"

    async def open(self) -> None:
        self._program = await Program.run(node(), NODE / "server.js", mark="@")
        how = {"port": self.port, "pki": str(self.pki), "variables": self.variables}
        self.told = await self.ask("start", **how)

    async def close(self) -> None:
        assert self._program is not None
        await self._program.end()

    async def down(self) -> None:
        await self.ask("stop")

    async def up(self) -> None:
        self.told = await self.ask("again")

    async def drop(self) -> None:
        await self.ask("drop")

    async def make(self, good: int = 0, reject: int = 0) -> None:
        await self.ask("make", good=good, reject=reject)

    async def boot(self, *, retentive: bool) -> None:
        await self.ask("boot", retentive=retentive)

    async def reset(self) -> None:
        await self.ask("reset")

    async def show(self, **values: int) -> None:
        await self.ask("show", **values)

    async def truth(self) -> Truth:
        told = await self.ask("truth")
        return Truth(good=told["good"], reject=told["reject"])

    async def written(self) -> dict[str, int]:
        values = (await self.ask("truth"))["values"]
        return {tag: values[tag] for tag in WRITES}

    async def ask(self, command: str, **how: Any) -> dict[str, Any]:
        """Tell the server to do something; what it answers."""
        assert self._program is not None
        told: dict[str, Any] = json.loads(
            await self._program.ask(json.dumps({"do": command} | how))
        )
        assert "error" not in told, told["error"]
        return told

    def config(self, id_: str) -> DeviceConfig:
        return DeviceConfig(
            id=id_,
            driver="opcua",
            url=self.url,
            insecure=self.security is None,
            security=self.security,
            groups=self.groups,
            tags=tuple(self._tag(tag) for tag in (*READS, *WRITES)),
            poll_ms=POLL_MS,
            timeout_ms=4 * TIMEOUT_MS,
        )

    def _tag(self, tag: str) -> TagConfig:
        return TagConfig(
            id=tag,
            address=f"ns={self.told['namespace']};s={tag}",
            type="uint32" if tag in WIDE else "uint16",
            write=tag in WRITES,
            group=self.groups[0].id if self.groups and tag in READS else "",
        )
