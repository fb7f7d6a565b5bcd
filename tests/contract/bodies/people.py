"""Presence and work of people."""

from typing import Literal

from tests.contract.bodies.words import Count, FactSchema, Rules, Strict, Text, Time


class Labour(Strict):
    event: Literal["came", "left", "signed_on", "signed_off", "corrected"]
    person: Text
    kind: Literal["attendance", "work"]
    at: Time | None
    crew: str = ""
    split: Literal["equal", "running", "full", ""] = ""
    opened: Count | None = None
    start: Time | None = None
    why: Literal["said", "forgotten", ""] = ""
    note: str = ""

    def rules(self, fact: FactSchema) -> Rules:
        begins = self.event in {"came", "signed_on"}
        yield begins == (self.opened is None), "what ends or corrects names what began it"
        yield begins == bool(self.split), "what begins says how time is divided"
