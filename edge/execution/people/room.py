"""The people's room: presence, signing on and off, skills, and what labour comes to."""

import asyncio

from edge.domain.people import PeopleReader
from edge.execution.floor import Floor
from edge.execution.people.labour import Labour
from edge.execution.people.presence import Presence
from edge.execution.people.rules import PeopleRules
from edge.execution.people.signing import Signing
from edge.execution.people.skills import SkillGate

LOOK_S = 5.0


class PeopleRoom:
    """Its gate and its authority are those of the floor."""

    def __init__(self, floor: Floor, reader: PeopleReader, rules: PeopleRules) -> None:
        self.presence = Presence(reader, rules)
        self.signing = Signing(floor, self.presence)
        self.skills = SkillGate(floor, self.presence)
        self.labour = Labour(floor, reader)
        floor.gates.gates.append(self.skills)
        floor.authority = self.presence

    async def tend(self) -> None:
        """Sign off, for ever, whoever forgot it."""
        while True:
            await self.signing.sign_off_forgotten()
            await asyncio.sleep(LOOK_S)

    def follow(self, rules: PeopleRules) -> None:
        """Go by these rules from now on; time that was signed before stays as it was said."""
        self.presence.rules = rules
