"""Writes to machines: each one, and each refusal, is an audit fact."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from edge.collection.audits import Auditor
from edge.collection.guards import barred_by_hand, confirmed, typed
from edge.collection.supervisor import DeviceSupervisor, Unanswered
from edge.domain.equipment import EquipmentUnreachable, NoSuchTag, WriteRefused, Written
from edge.domain.facts import Json
from edge.domain.recording import Request
from edge.domain.sentences import say
from plc_drivers.configuration import TagConfig
from plc_drivers.reading import Value


@dataclass(frozen=True)
class Writes:
    """Writes by tag over a device's supervisor; facts are those of `equipment`."""

    auditor: Auditor

    async def by_tag(
        self,
        supervisor: DeviceSupervisor,
        tag: str,
        value: Value,
        *,
        actor: str,
        request: Request | None = None,
    ) -> Written:
        """One value, as a person or another program asks for it.

        Raises NoSuchTag for one that the device does not have, else as `write`.
        """
        known = {one.id: one for one in supervisor.settings.config.tags}
        if tag not in known:
            raise NoSuchTag(
                say(
                    "device.no_tag",
                    "no tag {tag!r} in {device}; known: {known}",
                    "look at GET /devices",
                    tag=tag,
                    device=supervisor.id,
                    known=", ".join(known),
                )
            )
        config = known[tag]
        value, equipment = typed(config, value), supervisor.equipment
        if reason := barred_by_hand(config):
            barred = WriteRefused({tag: reason})
            await self.refused(equipment, {tag: value}, barred.reasons, actor)
            raise barred
        shown, seq = await self.write(supervisor, equipment, {tag: value}, actor, request)
        read = shown.get(tag)
        return Written(seq=seq, read_back=_json(read), confirmed=confirmed(config, value, read))

    async def write(
        self,
        supervisor: DeviceSupervisor,
        equipment: str,
        values: Mapping[str, Value],
        actor: str,
        request: Request | None = None,
    ) -> tuple[Mapping[str, Value], int]:
        """Write in order; what was read back by tag, and the seq of the first fact.

        Is finished, and audited, even if its caller is cancelled. Raises WriteRefused,
        EquipmentUnreachable, and StoreUnavailable if the audit cannot be kept.
        """
        return await asyncio.shield(self._write(supervisor, equipment, values, actor, request))

    async def _write(
        self,
        supervisor: DeviceSupervisor,
        equipment: str,
        values: Mapping[str, Value],
        actor: str,
        request: Request | None,
    ) -> tuple[Mapping[str, Value], int]:
        config = {one.id: one for one in supervisor.settings.config.tags}
        try:
            shown = await supervisor.write(values)
        except WriteRefused as refused:
            await self.refused(equipment, values, refused.reasons, actor)
            raise
        except Unanswered as error:  # it may have been written
            details = [_detail(config[tag], value, None) for tag, value in values.items()]
            await self.auditor.record(equipment, "device_write", *details, actor=actor)
            raise EquipmentUnreachable(*error.said) from error
        details = [_detail(config[tag], value, shown.get(tag)) for tag, value in values.items()]
        seq = await self.auditor.record(
            equipment, "device_write", *details, actor=actor, request=request
        )
        return shown, seq

    async def refused(
        self,
        equipment: str,
        values: Mapping[str, Value],
        reasons: Mapping[str, str],
        actor: str,
    ) -> None:
        """Say that values were not written, and why, by tag."""
        details = [
            {"tag": tag, "value": _json(values.get(tag)), "why": why}
            for tag, why in reasons.items()
        ]
        await self.auditor.record(equipment, "device_write_refused", *details, actor=actor)


def _detail(tag: TagConfig, value: Value, shown: Value) -> Mapping[str, Json]:
    return {
        "tag": tag.id,
        "value": _json(value),
        "read_back": _json(shown),
        "confirmed": confirmed(tag, value, shown),
    }


def _json(value: Value) -> Json:
    """A value in a fact: decimals are texts, as everywhere."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
