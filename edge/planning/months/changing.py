"""The change-over minutes of a plant as families and matrices of a scenario; pure.

A plant says what a change-over takes from one product, family or tool to another. That is all of
its set-up; where no rule fits it is the `setup_s` of the routing. A scenario adds `setup_s` of an
alternative and the matrix of its work center up. So `setup_s` becomes the least that any change
to the operation takes there, and the matrix what each takes beyond it. What no rule tells apart
is one family: a matrix has a row for what is told apart, and not for each product.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from edge.domain.changeover import ANY, Changeovers, names_most
from edge.domain.clock import MICROS
from edge.domain.orders import Alternative, JobOrder, OperationsDefinition
from edge.planning.scenario import model

NOT_KNOWN = "?"  # what stands where nothing was begun yet, or nothing that a rule names
Step = tuple[str, str, int]
"""Product, revision and number of an operation."""


@dataclass(frozen=True, order=True)
class Kind:
    """What a rule may tell a job by at a work center; `setup_s` where the routing's counts too."""

    names: tuple[str, ...] = ()
    setup_s: int | None = None

    def __str__(self) -> str:
        setup = () if self.setup_s is None else (f"{self.setup_s} s",)
        return ", ".join((*self.names, *setup))


NOTHING = Kind()


@dataclass
class ChangeBook:
    """The rules for all that definitions can make; made once, and asked for each scenario."""

    rules: Changeovers
    definitions: Mapping[tuple[str, str], OperationsDefinition]
    _ways: dict[Step, dict[str, Kind]] = field(init=False, default_factory=dict)
    _labels: dict[Step, str] = field(init=False, default_factory=dict)
    _kinds: dict[str, dict[str, Kind]] = field(init=False, default_factory=dict)
    _families: dict[tuple[str, str], str] = field(init=False, default_factory=dict)
    _columns: dict[tuple[str, str], "_Column"] = field(init=False, default_factory=dict)
    _matrices: dict[str, dict[str, dict[str, int]]] = field(init=False, default_factory=dict)
    _named: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.rules.rules:
            return
        by_family: dict[str, list[Step]] = defaultdict(list)
        for one in self.definitions.values():
            self._families[one.product, one.revision] = one.family
            for operation in one.operations:
                step = (one.product, one.revision, operation.seq)
                by_family[one.family].append(step)
                self._ways[step] = {
                    way.work_center: self._kind(one, way) for way in operation.alternatives
                }
        for family, steps in by_family.items():
            self._labels |= self._told_apart(family, steps)
        for step, ways in self._ways.items():
            for center, kind in ways.items():
                self._kinds.setdefault(center, {})[self._labels[step]] = kind
        for center, kinds in self._kinds.items():
            self._columns |= {
                (center, label): self._column(center, kind) for label, kind in kinds.items()
            }
            rows = {label: self._row(center, kind) for label, kind in sorted(kinds.items())}
            self._matrices[center] = {label: row for label, row in rows.items() if row}

    def order(self, order: model.Order, revision: str) -> model.Order:
        """An order with its operations' families, and the least that a change to them takes."""
        if not self.rules.rules:
            return order
        steps = (self._operation(order, revision, one) for one in order.operations)
        return replace(order, operations=tuple(steps))

    def center(self, center: model.WorkCenter, last: JobOrder | None) -> model.WorkCenter:
        """A work center with its matrix, and what `last`, begun there last, has left."""
        if not self.rules.rules:
            return center
        label, standing = self._standing(center.id, last)
        matrix = self._matrices.get(center.id, {})
        kinds = self._kinds.get(center.id, {})
        if kinds and label not in kinds and (row := self._row(center.id, standing)):
            matrix = {**matrix, label: row}
        return replace(center, initial_family=label, setup_matrix_us=matrix)

    def _row(self, center: str, before: Kind) -> dict[str, int]:
        """Microseconds to each family beyond the least to it; without those that take no more."""
        columns = ((label, self._columns[center, label]) for label in sorted(self._kinds[center]))
        beyond = {
            label: (column.takes(before.names) - column.least) * MICROS for label, column in columns
        }
        return {label: micros for label, micros in beyond.items() if micros}

    def _operation(
        self, order: model.Order, revision: str, one: model.Operation
    ) -> model.Operation:
        step = (order.product, revision, one.seq)
        if (ways := self._ways.get(step)) is None:
            return one
        label = self._labels[step]
        return replace(
            one,
            family=None if label == order.family else label,
            alternatives=tuple(
                replace(way, setup_us=self._columns[way.work_center, label].least * MICROS)
                if way.work_center in ways
                else way
                for way in one.alternatives
            ),
        )

    def _kind(self, made: OperationsDefinition, way: Alternative) -> Kind:
        """What the rules of a work center know an operation by."""
        tool = {way.tool.id} if way.tool else set()
        names = {made.product, made.family} | tool
        fits = self.rules.rule(way.work_center, (), names)
        return Kind(self._known(way.work_center, names), None if fits else way.setup_s)

    def _known(self, center: str, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that a rule of the work center says."""
        if center not in self._named:
            self._named[center] = frozenset(
                name
                for one in self.rules.rules
                if not one.work_centers or center in one.work_centers
                for name in (one.from_, one.to)
                if name != ANY
            )
        return tuple(sorted(self._named[center] & set(names)))

    def _told_apart(self, family: str, steps: Iterable[Step]) -> Iterator[tuple[Step, str]]:
        """A name for each operation: the family's, and what tells it from others of the family."""
        there: dict[str, set[Kind]] = defaultdict(set)
        for step in steps:
            for center, kind in self._ways[step].items():
                there[center].add(kind)
        for step in steps:
            parts = {
                center: str(replace(kind, names=tuple(one for one in kind.names if one != family)))
                for center, kind in sorted(self._ways[step].items())
                if len(there[center]) > 1
            }
            yield step, family + _said(parts)

    def _standing(self, center: str, last: JobOrder | None) -> tuple[str, Kind]:
        """What stands on a work center: as one of its families, or one that no operation has."""
        kinds = self._kinds.get(center, {})
        if last is None:
            return NOT_KNOWN, NOTHING
        family = self._families.get((last.product, last.revision), last.product)
        tool = {last.tool.id} if last.tool else set()
        standing = Kind(self._known(center, {last.product, family} | tool))
        own = self._labels.get((last.product, last.revision, last.operation), family)
        equal = [label for label, kind in kinds.items() if kind.names == standing.names]
        if equal:
            return (own if own in equal else min(equal)), standing
        return f"{family} [{standing}]", standing

    def _column(self, center: str, kind: Kind) -> "_Column":
        """What changes to a kind take there. The least is over whatever may have been before,
        also what no definition makes any more: of several names one makes a rule hold."""
        fits = [
            one
            for one in self.rules.rules
            if (not one.work_centers or center in one.work_centers)
            and (one.to == ANY or one.to in kind.names)
        ]
        fits.sort(key=names_most, reverse=True)  # of equals the first stays first
        found = _Column([(one.from_, one.minutes * 60) for one in fits], kind.setup_s or 0)
        alone = [(one.from_,) for one in fits if one.from_ != ANY]
        found.least = min(found.takes(names) for names in ((), *alone))
        return found


@dataclass
class _Column:
    """Seconds of set-up to a kind: by what was before, the rule that names most first."""

    rules: list[tuple[str, int]]
    else_: int
    least: int = 0

    def takes(self, before: Collection[str]) -> int:
        return next(
            (seconds for name, seconds in self.rules if name == ANY or name in before), self.else_
        )


def _said(parts: Mapping[str, str]) -> str:
    """What tells a kind apart, of each work center where it is another one than elsewhere."""
    texts = set(parts.values())
    if texts <= {""}:
        return ""
    if len(texts) == 1:
        return f" [{texts.pop()}]"
    said = (f"{center}: {text}" for center, text in parts.items() if text)
    return f" [{'; '.join(said)}]"
