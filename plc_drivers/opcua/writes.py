"""Writes and method calls: typed to the node, in order, each result looked at."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds

from plc_drivers.configuration import DeviceConfig, TagConfig
from plc_drivers.errors import Refused
from plc_drivers.opcua.connection import Connection
from plc_drivers.opcua.limits import Limits
from plc_drivers.opcua.values import KINDS, Reader, judge, mismatch, name_of, variant, write_request
from plc_drivers.opcua.wire import Held
from plc_drivers.reading import Quality, Value
from plc_drivers.writing import reject_all

Values = Callable[[Sequence[ua.NodeId], AttributeIds], Awaitable[list[Held]]]


class Writer:
    """Writes to the tags of a device over one connection."""

    def __init__(self, config: DeviceConfig, connection: Connection) -> None:
        self._config, self._connection = config, connection
        self._tags = {tag.id: tag for tag in config.tags}
        self._nodes = {tag.id: ua.NodeId.from_string(tag.address) for tag in config.tags}
        self._mismatched: dict[str, str] = {}
        self._batch = 1

    async def learn(self, limits: Limits, values: Values) -> None:
        """Ask the server for the data types of what may be written."""
        self._batch = limits.write
        tags = [tag for tag in self._config.tags if tag.write and not tag.method_of]
        for start in range(0, len(tags), limits.read):
            chunk = tags[start : start + limits.read]
            held = await values([self._nodes[tag.id] for tag in chunk], AttributeIds.DataType)
            for tag, data in zip(chunk, held, strict=True):
                kind = _builtin(data.value)
                if kind and kind != KINDS[tag.type]:
                    self._mismatched[tag.id] = mismatch(kind)

    async def write(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Write in the order given; what methods answered, by tag. Refused or Unreachable."""
        reasons = reject_all(self._config.tags, values)
        reasons |= {tag: why for tag, why in self._mismatched.items() if tag in values}
        if reasons:
            raise Refused(reasons)
        answers: dict[str, Value] = {}
        for run in self._runs(list(values)):
            if self._tags[run[0]].method_of:
                answers[run[0]] = await self._call(self._tags[run[0]], values[run[0]])
            else:
                await self._write({tag: values[tag] for tag in run})
        return answers

    def _runs(self, tags: Sequence[str]) -> list[list[str]]:
        """Requests, in order: each method alone, writes together up to the server's limit."""
        runs: list[list[str]] = []
        for tag in tags:
            alone = bool(self._tags[tag].method_of)
            last = runs[-1] if runs else None
            if last is None or alone or self._tags[last[0]].method_of or len(last) >= self._batch:
                runs.append([tag])
            else:
                last.append(tag)
        return runs

    async def _write(self, values: Mapping[str, Value]) -> None:
        typed = [(self._nodes[tag], variant(self._tags[tag], values[tag])) for tag in values]
        request = write_request(typed)
        results = await self._connection.ask(lambda client: client.uaclient.write(request))
        refused = {
            tag: f"the server refuses: {name_of(status.value)}"
            for tag, status in zip(values, results, strict=True)
            if judge(status.value)[0] is Quality.BAD
        }
        if refused:
            raise Refused(refused)

    async def _call(self, tag: TagConfig, value: Value) -> Value:
        """What the method answers: its first output, or the value itself if it has none."""
        request = ua.CallMethodRequest(
            ObjectId=ua.NodeId.from_string(tag.method_of),
            MethodId=self._nodes[tag.id],
            InputArguments=[variant(tag, value)],
        )
        (result,) = await self._connection.ask(lambda client: client.uaclient.call([request]))
        status = int(result.StatusCode.value)
        if judge(status)[0] is Quality.BAD:
            arguments = [name_of(one.value) for one in result.InputArgumentResults if one.value]
            raise Refused({tag.id: ": ".join(["the method refuses", name_of(status), *arguments])})
        if not result.OutputArguments:
            return value
        output = result.OutputArguments[0]
        kind = int(output.VariantType.value)
        return Reader.of(tag).reading(Held(kind, output.Value, 0, None, None), 0).value


def _builtin(data_type: object) -> int:
    """The kind of a node by its data type; 0 if it is none of the simple ones."""
    if not isinstance(data_type, ua.NodeId) or data_type.NamespaceIndex != 0:
        return 0
    number = data_type.Identifier
    return number if isinstance(number, int) and number in KINDS.values() else 0
