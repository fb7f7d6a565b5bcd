"""The five Modbus functions in use, by table: read 1 to 4, write 5, 6 and 16."""

from collections.abc import Awaitable, Callable

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.pdu import ModbusPDU

from plc_drivers.modbus.blocks import Block, Span

Request = Callable[[AsyncModbusTcpClient], Awaitable[ModbusPDU]]


def reading(block: Block, unit: int) -> Request:
    """The request that reads a block."""

    def ask(client: AsyncModbusTcpClient) -> Awaitable[ModbusPDU]:
        readers: dict[str, Callable[..., Awaitable[ModbusPDU]]] = {
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
            "holding": client.read_holding_registers,
            "input": client.read_input_registers,
        }
        return readers[block.table](block.start, count=block.count, device_id=unit)

    return ask


def writing(span: Span, words: tuple[int, ...], unit: int) -> Request:
    """The request that writes one tag: all its registers at once, so that none is torn."""

    def ask(client: AsyncModbusTcpClient) -> Awaitable[ModbusPDU]:
        if span.address.table == "coil":
            return client.write_coil(span.start, bool(words[0]), device_id=unit)
        if len(words) == 1:
            return client.write_register(span.start, words[0], device_id=unit)
        return client.write_registers(span.start, list(words), device_id=unit)

    return ask
