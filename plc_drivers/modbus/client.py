"""pymodbus's client for a line: no retries and no reconnecting of its own, strict frames."""

import termios
from collections.abc import Callable
from typing import Any

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.client.base import ModbusBaseClient

from plc_drivers.configuration import SerialConfig
from plc_drivers.modbus.endpoint import Endpoint
from plc_drivers.modbus.framing import RtuFramer, TcpFramer

BUFFER = 4096  # bytes; several late frames and the right one may come at once
NEVER = 2**31  # pymodbus closes after so many missed answers; here the line decides
PARITIES = {"none": "N", "even": "E", "odd": "O"}


def make_client(
    endpoint: Endpoint,
    serial: SerialConfig,
    limit: float,
    told: Callable[[bool], None],
    heard: Callable[[], None],
) -> ModbusBaseClient:
    """A client that is not yet connected.

    `told` is called when the connection begins and ends, `heard` when bytes come over RTU.
    """
    given: dict[str, Any] = {
        "framer": FramerType.RTU if endpoint.rtu else FramerType.SOCKET,
        "timeout": limit,
        "retries": 0,
        "reconnect_delay": 0,
        "trace_connect": told,
    }
    client = _serial(endpoint, serial, given) if endpoint.serial else _tcp(endpoint, given)
    client.ctx.framer = RtuFramer(heard) if endpoint.rtu else TcpFramer()
    client.ctx.max_buffer_size = BUFFER
    client.set_max_no_responses(NEVER)
    return client


SETTINGS = "another parity, baud rate or number of stop bits; a pseudo-terminal knows parity none"
NO_PORT = (
    "no connection: there is no such serial port, this user may not open it "
    "(on most systems its group is dialout), or another program uses it"
)


async def connect(client: ModbusBaseClient, endpoint: Endpoint) -> str:
    """Connect within the client's time limit; why that failed, in words, else nothing."""
    try:
        if await client.connect():
            return ""
    except termios.error as error:  # pyserial lets it through, and it is no OSError
        return f"the serial port refuses its settings: {error}; mend: {SETTINGS}"
    if endpoint.serial:
        return NO_PORT
    return "no connection: nothing listens there, or it is filtered"


def _tcp(endpoint: Endpoint, given: dict[str, Any]) -> ModbusBaseClient:
    return AsyncModbusTcpClient(endpoint.host, port=endpoint.port, **given)


def _serial(endpoint: Endpoint, serial: SerialConfig, given: dict[str, Any]) -> ModbusBaseClient:
    return AsyncModbusSerialClient(
        endpoint.host,
        baudrate=serial.baudrate,
        bytesize=serial.bytesize,
        parity=PARITIES[serial.parity],
        stopbits=serial.stopbits,
        **given,
    )
