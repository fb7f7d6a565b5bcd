"""A device for the contract suite that is not pymodbus: a pyModbusTCP server, in its own process.

Run as `python -m tests.contract.drivers.pymodbustcp_device PORT`; says `ready PORT`.
"""

import socket
import sys
from threading import Event
from typing import Any

from pyModbusTCP.server import DataBank, ModbusServer

from tests.contract.drivers.table import PAIR_REGISTER, ROWS

PLACES = {
    row.register + at: (word, row) for row in ROWS for at, word in enumerate(row.words)
}  # what is no place of a row does not exist


class Bank(DataBank):  # type: ignore[misc]
    """The suite's registers; both counters of the pair move at each request."""

    count = 0

    def get_holding_registers(self, address: int, number: int = 1, srv_info: Any = None) -> Any:
        asked = range(address, address + number)
        if srv_info is not None:
            if not set(asked) <= PLACES.keys():
                return None
            if PAIR_REGISTER in asked:
                self.count += 1
                words = [self.count >> 16, self.count & 0xFFFF]
                self.set_holding_registers(PAIR_REGISTER, words * 2)
        return super().get_holding_registers(address, number, srv_info)

    def set_holding_registers(self, address: int, word_list: Any, srv_info: Any = None) -> Any:
        rows = [PLACES[at][1] for at in range(address, address + len(word_list)) if at in PLACES]
        if srv_info is not None and (any(row.readonly for row in rows) or not rows):
            return None
        return super().set_holding_registers(address, word_list, srv_info)


def serve(port: int) -> None:
    bank = Bank()
    for at, (word, _) in PLACES.items():
        bank.set_holding_registers(at, [word])
    bank.set_coils(0, [False, False, False, True])
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    ModbusServer("127.0.0.1", port, no_block=True, data_bank=bank).start()
    print("ready", port, flush=True)
    Event().wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
