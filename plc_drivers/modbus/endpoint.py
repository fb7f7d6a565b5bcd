"""Where a Modbus device is: over TCP, on a serial port, or RTU frames over TCP."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TCP, RTU, RTU_OVER_TCP = "modbus.tcp", "modbus.rtu", "modbus.rtu+tcp"
FORMS = {
    TCP: "modbus.tcp://HOST:PORT, for example modbus.tcp://192.168.0.10:502",
    RTU: "modbus.rtu:///PORT, for example modbus.rtu:///dev/ttyUSB0",
    RTU_OVER_TCP: "modbus.rtu+tcp://HOST:PORT, for example modbus.rtu+tcp://192.168.0.10:4001",
}
DEFAULT_PORT = 502


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line: `scheme` is one of FORMS; host and port, or `host` the path of a serial port."""

    scheme: str
    host: str
    port: int = 0

    @property
    def rtu(self) -> bool:
        """Whether frames have a checksum and no transaction id."""
        return self.scheme != TCP

    @property
    def serial(self) -> bool:
        return self.scheme == RTU

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}" + ("" if self.serial else f":{self.port}")


def endpoint(url: str) -> Endpoint:
    """The line of a url; ValueError if it is none."""
    parts = urlsplit(url)
    if parts.scheme not in FORMS or parts.query or parts.fragment:
        raise ValueError("is no Modbus url")
    return _serial(parts) if parts.scheme == RTU else _network(parts)


def _serial(parts: SplitResult) -> Endpoint:
    if parts.netloc or len(parts.path) < 2:
        raise ValueError("names no serial port")
    return Endpoint(RTU, parts.path)


def _network(parts: SplitResult) -> Endpoint:
    if not parts.hostname or parts.path or parts.username:
        raise ValueError("names no host")
    return Endpoint(parts.scheme, parts.hostname, parts.port or DEFAULT_PORT)
