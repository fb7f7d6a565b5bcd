"""Messages on a wire: found whole however they are cut, and altered as told."""

from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU

from simulators.faults.kinds import KINDS, OPCUA, RTU, TCP
from simulators.faults.trouble import InForce, Trouble
from simulators.wire.answers import altered, delay_s
from simulators.wire.framing import FRAMINGS, crc


def mbap(body: bytes) -> bytes:
    return b"\x00\x01\x00\x00" + len(body).to_bytes(2, "big") + body


def chunk(body: bytes) -> bytes:
    return b"MSGF" + (8 + len(body)).to_bytes(4, "little") + body


def rtu(registers: bytes) -> bytes:
    body = bytes([3, 3, len(registers)]) + registers
    return body + crc(body)


BODIES = st.lists(st.binary(min_size=1, max_size=60), max_size=5)
MAKERS = {TCP: mbap, OPCUA: chunk, RTU: rtu}


@given(bodies=BODIES, cuts=st.lists(st.integers(0, 300)), scheme=st.sampled_from(sorted(MAKERS)))
def test_messages_are_found_however_they_come(
    bodies: list[bytes], cuts: list[int], scheme: str
) -> None:
    sent = [MAKERS[scheme](body) for body in bodies]
    stream, found, rest, last = b"".join(sent), [], b"", 0
    for cut in [*sorted(cuts), len(stream)]:
        messages, rest = FRAMINGS[scheme].split(rest + stream[last : max(cut, last)])
        found += messages
        last = max(cut, last)
    assert (found, rest) == (sent, b"")


@given(st.binary(max_size=100))
def test_the_crc_is_that_of_the_library(data: bytes) -> None:
    assert int.from_bytes(crc(data), "big") == FramerRTU.compute_CRC(data)


@given(st.binary(min_size=1, max_size=60), st.integers(0, 255))
def test_a_wrong_unit_on_a_serial_line_has_a_right_crc(registers: bytes, unit: int) -> None:
    troubles = InForce()
    troubles.put(Trouble(kind=KINDS["wrong_unit"], values={"unit": unit}), 0)
    seen = altered(FRAMINGS[RTU], rtu(registers), troubles)
    assert seen[0] == unit
    assert crc(seen[:-2]) == seen[-2:]


def test_faults_of_several_kinds_add_up() -> None:
    troubles = InForce()
    for kind, values in (
        ("wrong_unit", {"unit": 5}),
        ("wrong_transaction", {"offset": 65_535}),
        ("truncated", {"bytes": 7}),
        ("slow", {"delay_ms": 200}),
        ("late", {"delay_ms": 50}),
    ):
        troubles.put(Trouble(kind=KINDS[kind], values=values, lasts=10), 100)
    assert altered(FRAMINGS[TCP], mbap(b"\x01\x03\x02"), troubles) == b"\0\0\0\0\0\x03\x05"
    assert delay_s(troubles) == 0.25
    assert troubles.over(109) == []
    for kind in troubles.over(110):
        troubles.take(kind)
    assert troubles.told() == []
    assert altered(FRAMINGS[TCP], mbap(b"\x01"), troubles) == mbap(b"\x01")
