"""Where messages begin and end on a wire, and what of them can be altered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators.faults.kinds import OPCUA, RTU, RTU_TCP, TCP

# The longest answer of Modbus RTU; a line that holds more is no Modbus.
LONGEST_RTU = 256
ECHOES = (5, 6, 15, 16)
COUNTED = (1, 2, 3, 4)


def mbap_length(data: bytes) -> int | None:
    """Bytes of the first Modbus TCP message; None until that is known."""
    return 6 + int.from_bytes(data[4:6], "big") if len(data) >= 6 else None


def rtu_length(data: bytes) -> int | None:
    """Bytes of the first Modbus RTU answer; None until that is known."""
    if len(data) < 3:
        return None
    if data[1] & 0x80:
        return 5
    if data[1] in COUNTED:
        return 5 + data[2]
    return 8 if data[1] in ECHOES else len(data)


def opcua_length(data: bytes) -> int | None:
    """Bytes of the first OPC UA chunk; None until that is known."""
    return int.from_bytes(data[4:8], "little") if len(data) >= 8 else None


def crc(data: bytes) -> bytes:
    """CRC-16 of Modbus RTU, low byte first (Modbus over serial line 1.02, 6.2.2)."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def _rtu_unit(frame: bytes, unit: int) -> bytes:
    body = bytes([unit]) + frame[1:-2]
    return body + crc(body)


def _mbap_unit(frame: bytes, unit: int) -> bytes:
    return frame[:6] + bytes([unit]) + frame[7:]


def mbap_transaction(frame: bytes, offset: int) -> bytes:
    """A Modbus TCP message with `offset` added to its transaction id."""
    number = (int.from_bytes(frame[:2], "big") + offset) % 65_536
    return number.to_bytes(2, "big") + frame[2:]


@dataclass(frozen=True)
class Framing:
    """`length` of the first message of some bytes; `with_unit` alters the unit of an answer.

    A device that `waits` answers after a silence what it was asked in it, as a server that
    hung does; one on a serial line has missed it.
    """

    length: Callable[[bytes], int | None]
    with_unit: Callable[[bytes, int], bytes] | None = None
    waits: bool = True

    def split(self, data: bytes) -> tuple[list[bytes], bytes]:
        """All whole messages, and what is left."""
        messages = []
        while data:
            length = self.length(data)
            if length is None or len(data) < length:
                break
            length = max(length, 1)
            messages.append(data[:length])
            data = data[length:]
        return messages, data


FRAMINGS: Mapping[str, Framing] = {
    OPCUA: Framing(opcua_length),
    TCP: Framing(mbap_length, _mbap_unit),
    RTU_TCP: Framing(rtu_length, _rtu_unit, waits=False),
    RTU: Framing(rtu_length, _rtu_unit, waits=False),
}
