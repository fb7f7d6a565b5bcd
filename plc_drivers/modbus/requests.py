"""The Modbus functions in use, by table: read 1 to 4, write 5, 6 and 16.

A request is made once for each block and sent again with each poll: it holds its own bytes and
what an answer to it must look like. pymodbus sees in it one of its own messages.
"""

import struct
from dataclasses import dataclass

from plc_drivers.modbus.address import BIT_TABLES
from plc_drivers.modbus.blocks import Block, Span

READ_FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
WRITE_COIL, WRITE_REGISTER, WRITE_REGISTERS = 5, 6, 16
COIL_ON, COIL_OFF = 0xFF00, 0
EXCEPTION = 0x80
_ADDRESS_AND_VALUE = struct.Struct(">BHH")


@dataclass(slots=True)
class Request:
    """One request to one unit; `pdu` are function code and data as they are sent.

    The answer begins with `head`: a read's byte count follows its function, a write's address
    and value come back. `size` is the length of the whole answer without frame.
    `transaction_id` is pymodbus's.
    """

    dev_id: int
    pdu: bytes
    head: bytes
    size: int
    transaction_id: int = 0

    @property
    def function_code(self) -> int:
        return self.pdu[0]


@dataclass(slots=True)
class Reply:
    """An answer: `data` behind its head, or the code of an exception, or why it is none.

    The other fields are pymodbus's.
    """

    dev_id: int
    transaction_id: int
    data: bytes = b""
    exception_code: int = 0
    broken: str = ""
    retries: int = 0


def reading(block: Block, unit: int) -> Request:
    """The request that reads a block."""
    function = READ_FUNCTIONS[block.table]
    count = (block.count + 7) // 8 if block.table in BIT_TABLES else 2 * block.count
    pdu = _ADDRESS_AND_VALUE.pack(function, block.start, block.count)
    return Request(unit, pdu, bytes([function, count]), 2 + count)


def writing(span: Span, words: tuple[int, ...], unit: int) -> Request:
    """The request that writes one tag: all its registers at once, so that none is torn.

    Its answer names the address. A single value comes back as well, but a program that has
    already taken a command and cleared it may answer with what stands there now; what was
    written is read back in any case.
    """
    if span.address.table == "coil":
        value = COIL_ON if words[0] else COIL_OFF
        pdu = _ADDRESS_AND_VALUE.pack(WRITE_COIL, span.start, value)
    elif len(words) == 1:
        pdu = _ADDRESS_AND_VALUE.pack(WRITE_REGISTER, span.start, words[0])
    else:
        head = _ADDRESS_AND_VALUE.pack(WRITE_REGISTERS, span.start, len(words))
        pdu = struct.pack(f">5sB{len(words)}H", head, 2 * len(words), *words)
        return Request(unit, pdu, head, len(head))
    return Request(unit, pdu, pdu[:3], len(pdu))


def judge(request: Request, unit: int, pdu: bytes) -> Reply:
    """The reply that a frame holds for a request; `broken` says why it is no answer to it."""
    reply = Reply(request.dev_id, request.transaction_id)
    if request.dev_id not in (unit, 0):
        reply.broken = f"unit {unit} answered in its place"
    elif len(pdu) == request.size and pdu.startswith(request.head):
        reply.data = pdu[len(request.head) :]
    elif len(pdu) == 2 and pdu[0] == request.pdu[0] | EXCEPTION:
        reply.exception_code = pdu[1]
    elif pdu[0] != request.pdu[0]:
        reply.broken = f"function {pdu[0]} was answered where {request.pdu[0]} was asked"
    elif len(pdu) != request.size:
        reply.broken = f"{len(pdu)} bytes came where {request.size} were due"
    else:
        reply.broken = "the answer is to another request"
    return reply
