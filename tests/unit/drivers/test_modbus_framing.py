"""Frames: whatever comes, nothing is an answer but what fits the request to the byte."""

import itertools
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerBase, FramerRTU

from plc_drivers.modbus.address import Address
from plc_drivers.modbus.blocks import Block, Span
from plc_drivers.modbus.framing import RtuFramer, TcpFramer
from plc_drivers.modbus.requests import Reply, Request, reading, writing

TID = 77


@st.composite
def requests(draw: st.DrawFn) -> Request:
    unit = draw(st.integers(1, 247))
    if draw(st.booleans()):
        table = draw(st.sampled_from(["holding", "input", "coil", "discrete"]))
        block = Block(table, draw(st.integers(0, 65_000)), draw(st.integers(1, 125)), ())
        request = reading(block, unit)
    else:
        words = tuple(draw(st.lists(st.integers(0, 65_535), min_size=1, max_size=4)))
        span = Span(0, Address("holding", draw(st.integers(0, 65_000))), len(words))
        request = writing(span, words, unit)
    request.transaction_id = TID
    return request


def answer(request: Request, fill: int = 0xA5) -> bytes:
    """The message of a right answer."""
    return request.head + bytes([fill]) * (request.size - len(request.head))


def rtu(unit: int, pdu: bytes) -> bytes:
    body = bytes([unit]) + pdu
    return body + FramerRTU.compute_CRC(body).to_bytes(2)


def tcp(unit: int, pdu: bytes, tid: int = TID) -> bytes:
    return tid.to_bytes(2) + bytes(2) + (len(pdu) + 1).to_bytes(2) + bytes([unit]) + pdu


def framers(request: Request) -> tuple[TcpFramer, RtuFramer]:
    made = TcpFramer(), RtuFramer(lambda: None)
    for framer in made:
        framer.buildFrame(request)
    return made


def took(framer: FramerBase, request: Request, *chunks: bytes) -> Reply | None:
    """The first reply that the framer makes of what comes in these chunks."""
    buffer = b""
    for chunk in chunks:
        used, reply = framer.handleFrame(buffer + chunk, request.dev_id, TID)
        if reply is not None:
            return cast("Reply", cast("Any", reply))
        buffer = (buffer + chunk)[used:]
    return None


def is_answer(reply: Reply | None) -> bool:
    return reply is not None and not reply.broken and not reply.exception_code


@given(requests(), st.lists(st.integers(0, 300), max_size=5))
def test_an_answer_is_taken_whole_however_it_is_cut(request: Request, cuts: list[int]) -> None:
    for framer, frame in zip(
        framers(request),
        (tcp(request.dev_id, answer(request)), rtu(request.dev_id, answer(request))),
        strict=True,
    ):
        ends = [0, *sorted(min(cut, len(frame)) for cut in cuts), len(frame)]
        chunks = [frame[a:b] for a, b in itertools.pairwise(ends)]
        reply = took(framer, request, *chunks)
        assert reply is not None
        assert is_answer(reply)
        assert reply.data == answer(request)[len(request.head) :]


@given(requests(), st.binary(max_size=300))
def test_garbage_is_no_answer(request: Request, garbage: bytes) -> None:
    tcp_framer, rtu_framer = framers(request)
    assert not is_answer(took(tcp_framer, request, garbage))
    assert not is_answer(took(rtu_framer, request, garbage))


@given(requests(), st.data())
def test_one_wrong_bit_of_an_rtu_frame_is_no_answer(request: Request, data: st.DataObject) -> None:
    frame = bytearray(rtu(request.dev_id, answer(request)))
    bit = data.draw(st.integers(0, 8 * len(frame) - 1))
    frame[bit // 8] ^= 1 << bit % 8
    _, framer = framers(request)
    assert not is_answer(took(framer, request, bytes(frame)))


@given(requests(), st.integers(1, 300))
def test_a_frame_that_ends_early_is_no_answer(request: Request, missing: int) -> None:
    for framer, frame in zip(
        framers(request),
        (tcp(request.dev_id, answer(request)), rtu(request.dev_id, answer(request))),
        strict=True,
    ):
        assert took(framer, request, frame[:-missing]) is None


@given(requests(), requests())
def test_the_answer_to_another_request_is_none(request: Request, other: Request) -> None:
    if request.size == other.size and request.head == other.head and request.dev_id == other.dev_id:
        return  # over RTU nothing tells these apart but the quiet after a missed answer
    tcp_framer, rtu_framer = framers(request)
    assert not is_answer(took(rtu_framer, request, rtu(other.dev_id, answer(other))))
    assert not is_answer(took(tcp_framer, request, tcp(other.dev_id, answer(other))))


@given(requests(), st.integers(0, 65_535).filter(lambda tid: tid != TID))
def test_another_transaction_is_passed_over_and_the_right_one_behind_it_taken(
    request: Request, tid: int
) -> None:
    framer, _ = framers(request)
    late = tcp(request.dev_id, answer(request, 1), tid)
    assert took(framer, request, late) is None
    reply = took(framer, request, late + tcp(request.dev_id, answer(request, 2)))
    assert reply is not None
    assert reply.data == answer(request, 2)[len(request.head) :]


@given(requests(), st.integers(0, 255))
def test_an_exception_has_its_code(request: Request, code: int) -> None:
    pdu = bytes([request.function_code | 0x80, code])
    for framer, frame in zip(
        framers(request), (tcp(request.dev_id, pdu), rtu(request.dev_id, pdu)), strict=True
    ):
        reply = took(framer, request, frame)
        assert reply is not None
        assert (reply.exception_code, reply.broken) == (code, "")
