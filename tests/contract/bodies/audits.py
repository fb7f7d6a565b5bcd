"""What is kept in mind and changes no book."""

from typing import Any, Literal

import msgspec

from tests.contract.bodies.words import Count, FactSchema, Raw, Rules, Strict, Text


class DeviceWrite(Strict):
    tag: Text
    value: int | bool | str
    read_back: int | bool | str | None
    confirmed: bool | None


class DeviceWriteRefused(Strict):
    tag: Text
    value: int | bool | str | None
    why: Text


class ClockSkew(Strict):
    device: Text
    seconds: Text


class MailboxHeld(Strict):
    tag: Text
    last: Raw | None
    shown: Raw
    why: Text


class CountDifference(Strict):
    difference: int


class CounterSaturated(Strict):
    tag: Text


class DocumentRefused(Strict):
    document: Text
    id: Text
    why: Text


class ScanRefused(Strict):
    what: Text
    codes: list[Text]
    why: Text


class ThingLoaded(Strict):
    what: Literal["document", "tool", "program"]
    slot: Text
    id: Text
    revision: str
    refused: str


class LabelPrinted(Strict):
    lot: Text
    label: Text
    copy: Count
    printer: str
    sent: bool


class RevisionKept(Strict):
    kept: Text
    wanted: Text


class WordApart(Strict):
    kind: Text
    said: dict[str, Any]


AUDITS = {
    "word_apart": WordApart,
    "revision_kept": RevisionKept,
    "scan_refused": ScanRefused,
    "loaded": ThingLoaded,
    "label_printed": LabelPrinted,
    "device_write": DeviceWrite,
    "device_write_refused": DeviceWriteRefused,
    "clock_skew": ClockSkew,
    "mailbox_held": MailboxHeld,
    "count_difference": CountDifference,
    "counter_saturated": CounterSaturated,
    "document_refused": DocumentRefused,
}


class Audit(Strict):
    action: Text  # one of AUDITS
    detail: dict[str, Any]

    def rules(self, fact: FactSchema) -> Rules:
        msgspec.convert(self.detail, AUDITS[self.action])
        return super().rules(fact)
