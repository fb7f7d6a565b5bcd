"""Charts of measured characteristics: points, limits in force, rules, capability."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.facts import FactKind, Json
from edge.domain.quality.plans import Characteristic
from edge.domain.quality.records import FrozenLimits, MeasuredSample, QualityReader
from edge.domain.sentences import Sentence, say
from edge.domain.spc import charts
from edge.domain.spc.charts import Limits, NoChart
from edge.domain.spc.rules import LONGEST, RULES, Broken, Rule, broken, broken_at_end
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, UnknownObject
from edge.execution.floor import Floor
from edge.execution.quality.capability import Able, process

FIXED, FROZEN, NONE = "fixed", "frozen", "none"
BEYOND_RANGE = say("finding.range", "range beyond its limit")
MOST_POINTS = 500


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which chart: that of a characteristic of a product's operation on one work center."""

    work_center: str
    product: str
    operation: int
    characteristic: str

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.work_center, self.product, self.operation, self.characteristic


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Limits to freeze: from the last `subgroups` points without those of `without` (seqs)."""

    place: Place
    subgroups: int
    note: str
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as it is now; `limits` None where none are fixed or frozen (`source` none)."""

    kind: str
    samples: Sequence[MeasuredSample]
    points: Sequence[Fraction]
    ranges: Sequence[Fraction]
    limits: Limits | None
    source: str
    frozen: FrozenLimits | None
    broken: Sequence[Broken]
    capability: Able


class Charts:
    """The charts of one edge's floor."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)

    def breaks(
        self, place: Place, of: Characteristic, readings: Sequence[Fraction]
    ) -> list[Sentence]:
        """The rules that new readings break; none where no limits are in force."""
        limits, _, _ = self._in_force(place, of.chart, of, len(readings))
        if limits is None:
            return []
        before = self._reader.samples(*place.key, LONGEST)
        groups = [*(values(one) for one in before if one.chart == of.chart), list(readings)]
        points = charts.points(of.chart, groups)
        new = len(readings) if of.chart == charts.INDIVIDUALS else 1
        found: dict[int, Sentence] = {}
        for end in range(len(points) - new + 1, len(points) + 1):
            for number in broken_at_end(points[:end], limits):
                found[number] = _broken(RULES[number])
        if any(one > limits.range_upper for one in charts.ranges(of.chart, groups)[-new:]):
            return [*found.values(), BEYOND_RANGE]
        return list(found.values())

    def chart(self, place: Place, points: int) -> Chart:
        """The last points of a chart; raises UnknownObject where there are none."""
        samples = self._reader.samples(*place.key, points)
        if not samples:
            raise UnknownObject(
                say(
                    "chart.nothing",
                    "nothing was measured of {characteristic} of {product} operation {operation} "
                    "on {work_center}",
                    "record an inspection of it first",
                    characteristic=place.characteristic,
                    product=place.product,
                    operation=place.operation,
                    work_center=place.work_center,
                )
            )
        kind = samples[-1].chart or charts.INDIVIDUALS
        samples = [one for one in samples if (one.chart or charts.INDIVIDUALS) == kind]
        groups = [values(one) for one in samples]
        drawn = charts.points(kind, groups)
        of = self.characteristic(place)
        limits, source, frozen = self._in_force(place, kind, of, len(groups[-1]))
        return Chart(
            kind=kind,
            samples=samples,
            points=drawn,
            ranges=charts.ranges(kind, groups),
            limits=limits,
            source=source,
            frozen=frozen,
            broken=broken(drawn, limits) if limits else (),
            capability=_capability(kind, samples, groups),
        )

    async def freeze(self, freeze: Freeze, asked: Asked) -> Answer:
        """Freeze limits from a baseline.

        Raises UnknownObject, InvalidAction, NotAuthorized, RequestConflict.
        """
        async with self._floor.lock("quality"):
            if again := self._desk.answered(asked):
                return again
            self._floor.authority.check(asked.actor, QUALITY)
            if not freeze.note.strip():
                raise InvalidAction(
                    say(
                        "note.limits", "note is empty", "say why these points stand for the process"
                    )
                )
            place = freeze.place
            draft = self._desk.draft(
                FactKind.CONTROL_LIMITS, place.work_center, asked, self._frozen_body(freeze)
            )
            return self._desk.answer(await self._desk.record(asked, draft))

    def _frozen_body(self, freeze: Freeze) -> dict[str, Json]:
        place = freeze.place
        self._floor.work_center(place.work_center)
        samples = [
            one
            for one in self._reader.samples(*place.key, MOST_POINTS)
            if one.seq not in freeze.without
        ][-freeze.subgroups :]
        kind = (samples[-1].chart if samples else "") or charts.INDIVIDUALS
        groups = [values(one) for one in samples if (one.chart or charts.INDIVIDUALS) == kind]
        try:
            base = charts.baseline(kind, groups)
        except NoChart as error:
            raise InvalidAction(
                say("chart.subgroups", "subgroups: {why}", "name more of them", why=error.said)
            ) from error
        return {
            "product": place.product,
            "operation": place.operation,
            "characteristic": place.characteristic,
            "chart": kind,
            "size": base.size,
            "subgroups": base.subgroups,
            "center": str(base.center),
            "spread": str(base.spread),
            "baseline": [one.seq for one in samples],
            "note": freeze.note.strip(),
        }

    def _in_force(
        self, place: Place, kind: str, of: Characteristic | None, size: int
    ) -> tuple[Limits | None, str, FrozenLimits | None]:
        """Limits that the plan fixes, else those that were frozen last for this size."""
        try:
            if of and of.limits and of.chart == kind:
                center, spread = Fraction(of.limits.center), Fraction(of.limits.spread)
                return charts.limits(kind, center, spread, size), FIXED, None
            frozen = self._reader.frozen_limits(*place.key)
            alike = frozen and frozen.chart == kind
            if frozen and alike and (kind == charts.INDIVIDUALS or frozen.size == size):
                center, spread = Fraction(frozen.center), Fraction(frozen.spread)
                return charts.limits(kind, center, spread, frozen.size), FROZEN, frozen
        except NoChart:
            return None, NONE, None
        return None, NONE, None

    def characteristic(self, place: Place) -> Characteristic | None:
        """As the newest definition of the product has it."""
        found = None
        for (product, _), definition in self._floor.register.data.definitions.items():
            if product != place.product:
                continue
            for operation in definition.operations:
                if operation.seq == place.operation:
                    for plan in operation.inspections:
                        found = plan.characteristic(place.characteristic) or found
        return found

    def revision(self, place: Place) -> str:
        """The newest revision of the product's definition; empty if there is none."""
        known = list(self._floor.register.data.definitions)
        return next((rev for product, rev in reversed(known) if product == place.product), "")


def _broken(rule: Rule) -> Sentence:
    name = {"en": rule.en, "zh": rule.zh}
    return say("finding.rule", "rule {number}: {rule}", number=rule.number, rule=name)


def values(sample: MeasuredSample) -> list[Fraction]:
    """The readings of a point, exactly."""
    return [Fraction(text) for text in json.loads(sample.readings)]


def side(text: str) -> Fraction | None:
    """A limit of the specification; None where there is none."""
    return Fraction(text) if text else None


def _capability(
    kind: str, samples: Sequence[MeasuredSample], groups: Sequence[Sequence[Fraction]]
) -> Able:
    """Cp and Cpk of the points that were judged by the limits of the last one."""
    last = samples[-1]
    alike = [
        group
        for one, group in zip(samples, groups, strict=True)
        if (one.lower, one.upper) == (last.lower, last.upper) and len(group) == len(groups[-1])
    ]
    return process(kind, alike, side(last.lower), side(last.upper))
