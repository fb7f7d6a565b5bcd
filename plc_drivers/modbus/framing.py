"""Frames round requests: pymodbus's framers, stricter and without its messages.

pymodbus takes a transaction id of 0 for any other, looks at no function code, and cannot know
how long an answer must be. Here nothing is an answer but what fits the request to the byte.
"""

import struct
from collections.abc import Callable
from typing import Any, cast

from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ModbusPDU

from plc_drivers.modbus.requests import EXCEPTION, Reply, Request, judge

_HEADER = struct.Struct(">HHHB")
_LENGTHS = range(3, 255)  # unit, function and a byte, up to the longest message of 253 bytes
_CRC = 2
_EXCEPTION_SIZE = 2


class TcpFramer(FramerSocket):
    """Modbus TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3)."""

    def __init__(self) -> None:
        super().__init__(DecodePDU(False))
        self._asked: Request | None = None

    def buildFrame(self, message: Any) -> bytes:  # noqa: N802
        self._asked = message
        pdu: bytes = message.pdu
        return _HEADER.pack(message.transaction_id, 0, len(pdu) + 1, message.dev_id) + pdu

    def handleFrame(  # noqa: N802
        self, data: bytes, exp_devid: int, exp_tid: int
    ) -> tuple[int, ModbusPDU | None]:
        """Bytes used, and the answer; frames of other transactions are passed over."""
        used, asked = 0, self._asked
        while asked is not None and len(data) - used > _HEADER.size:
            tid, protocol, length, unit = _HEADER.unpack_from(data, used)
            if protocol or length not in _LENGTHS:
                return len(data), _message(Reply(asked.dev_id, exp_tid, broken="no Modbus frame"))
            begin, used_before = used + _HEADER.size, used
            used = begin + length - 1
            if used > len(data):
                return used_before, None
            if tid == exp_tid:
                return used, _message(judge(asked, unit, data[begin:used]))
        return used, None


class RtuFramer(FramerRTU):
    """Modbus RTU (Modbus over Serial Line V1.02, 2.5.1), on a serial port or over TCP.

    Frames have no id: an answer is what has the unit, function, length and checksum that are
    due, wherever it begins (noise of a line that changes its direction stands before many).
    `heard` is called for all bytes that come.
    """

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__(DecodePDU(False))
        self._asked: Request | None = None
        self._heard = heard

    def buildFrame(self, message: Any) -> bytes:  # noqa: N802
        self._asked = message
        return self.encode(message.pdu, message.dev_id, 0)

    def handleFrame(  # noqa: N802
        self, data: bytes, exp_devid: int, exp_tid: int
    ) -> tuple[int, ModbusPDU | None]:
        """Bytes used, and the answer; what is none waits for more, until the time is over."""
        self._heard()
        if self._asked is not None:
            unit, function = self._asked.dev_id, self._asked.pdu[0]
            for at in range(len(data) - _EXCEPTION_SIZE - _CRC):
                if data[at] == unit and data[at + 1] & ~EXCEPTION == function:
                    pdu = self._pdu(data[at:], self._asked)
                    if pdu:
                        return len(data), _message(judge(self._asked, unit, pdu))
        return 0, None

    def _pdu(self, data: bytes, asked: Request) -> bytes:
        """The message of a frame that begins here and is whole, else nothing."""
        size = _EXCEPTION_SIZE if data[1] & EXCEPTION else asked.size
        end = 1 + size
        frame, crc = data[:end], data[end : end + _CRC]
        if len(crc) < _CRC or not self.check_CRC(frame, int.from_bytes(crc, "big")):
            return b""
        pdu = frame[1:]
        return pdu if size == _EXCEPTION_SIZE or pdu.startswith(asked.head) else b""


def _message(reply: Reply) -> ModbusPDU:
    """pymodbus hands on what it is given, and looks at the ids alone."""
    return cast("ModbusPDU", reply)
