"""What devices do is told in the language of whoever reads; what they say stays as it came."""

from dataclasses import replace
from decimal import Decimal

import pytest

from edge.collection.guards import barred_by_hand, forbidden, unfit
from edge.collection.settings import Guard
from edge.collection.words import of_counters, of_error, of_fault, of_reading, of_refusal
from edge.domain.equipment import WriteRefused
from plc_drivers.configuration import TagConfig
from plc_drivers.errors import DriverError, Refused, Unreachable, Untrusted
from plc_drivers.reading import Quality, Reading
from tests.chinese import in_chinese

URL = "opc.tcp://press:4840"
TRUST = Untrusted(URL, "not trusted", fingerprint="ab", subject="CN=press", mend="trust it")


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (Unreachable(URL, "no route"), f"{URL}: no route", f"{URL} 无法访问（no route）"),
        (TRUST, f"{URL}: not trusted; mend: trust it", None),
        (Refused({"Start": "BadUserAccess"}), "refused: Start: BadUserAccess", None),
        (TimeoutError(), "no answer in time", "未及时应答"),
        (DriverError("cut off"), "cut off", "通信失败（cut off）"),
    ],
)
def test_an_error_of_a_device(error: Exception, english: str, chinese: str | None) -> None:
    said = of_error(error)
    assert said.detail == english
    [told] = in_chinese(said.view())
    assert told == (chinese or told)
    assert told != english


def test_a_fault_of_ours_names_its_kind() -> None:
    said = of_fault(LookupError("x"))
    assert said.detail == "LookupError: x"
    assert in_chinese(said.view()) == ["内部错误（LookupError: x）"]


@pytest.mark.parametrize(
    ("detail", "english", "chinese"),
    [
        ("", "good: uncertain", "good：质量不确定"),
        ("old", "good: uncertain old", "good：质量不确定（old）"),
    ],
)
def test_a_reading_that_is_not_good(detail: str, english: str, chinese: str) -> None:
    reading = Reading(
        tag="good",
        value=1,
        quality=Quality.UNCERTAIN,
        source_time=None,
        server_time=None,
        edge_time=1,
        detail=detail,
    )
    said = of_reading("good", reading)
    assert said.detail == english
    assert in_chinese(said.view()) == [chinese]


def test_a_counter_that_is_read_again() -> None:
    [said] = of_counters({"good": "rollover_or_reset"})
    assert said.detail == "good: rollover_or_reset"
    assert in_chinese(said.view()) == ["good：翻转或复位"]


def test_why_a_tag_is_not_written() -> None:
    tag = TagConfig(id="ack", role="mailbox_acknowledge", address="x", type="uint16", write=True)
    alone = barred_by_hand(tag)
    assert alone is not None
    reasons = {**forbidden({"recipe": Guard(states=frozenset({6}))}, ["recipe"], []), "ack": alone}
    reasons |= unfit([replace(tag, id="speed", write_max=Decimal(5))], {"speed": 9})
    refused = WriteRefused(reasons | of_refusal(Refused({"lamp": "BadUserAccess"})))
    assert refused.reasons["speed"] == "9 is above write_max = 5"
    assert refused.reasons["recipe"] == (
        "is not written while the state of the machine is not known"
    )
    [view] = [one.view() for one in refused.said]
    assert in_chinese(view)[0].split("；") == [
        "recipe：设备的状态未知，不写入",
        "ack：仅由本机写入：告知设备其消息已记录",
        "speed：不接受该值（9 is above write_max = 5）",
        "lamp：被设备拒绝（BadUserAccess）",
    ]
