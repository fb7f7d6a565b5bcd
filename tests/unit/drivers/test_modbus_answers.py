"""What counts as the answer to a request."""

import struct

from plc_drivers.configuration import TagConfig
from plc_drivers.modbus.blocks import spans_of
from plc_drivers.modbus.requests import judge, writing

COMMAND = spans_of([TagConfig(id="command", address="holding:107", type="uint16")])[0]


def test_a_device_that_has_taken_a_command_may_answer_with_what_it_holds_then() -> None:
    request = writing(COMMAND, (1,), 1)
    assert not judge(request, 1, struct.pack(">BHH", 6, 107, 0)).broken


def test_an_answer_that_names_another_register_is_none() -> None:
    request = writing(COMMAND, (1,), 1)
    assert judge(request, 1, struct.pack(">BHH", 6, 108, 1)).broken
