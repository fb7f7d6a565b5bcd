"""The pure fold: what a fact changes in every projection.

`fold(state, fact)` gives the next state and the changes; whoever stores the
projections applies them and knows nothing of their meaning. Facts hold all that
was resolved when they were made, so folding them again gives the same projections
under any later configuration.

Projections (table, key; amounts are added, values are put):

- `hour_bucket` (equipment_id, hour, job_order_id, run_time_per_item, shift,
  production_day): good, scrap, rework
- `state_interval` (equipment_id, opened): start, end, state, mode, fault,
  time_class, job_order_id, shift, production_day
- `stop` (equipment_id, id): start, end, fault, job_order_id, reason, note
- `job_progress` (job_order_id): order_id, operation, product, revision, number,
  work_center, quantity, state, version, phase, started_at, ended_at; amounts good,
  scrap, rework
- `energy_hour` (equipment_id, hour, job_order_id, shift, production_day): energy in Wh
- `work_center_place` (equipment_id): line, area, site, is_constraint, capacity_per_hour
- `job_pin` (job_order_id), `job_material` (job_order_id, definition, material): the revisions
  that a job order is made by, and what of each material is in a piece (numerator, denominator)
- `promise` (id): what is reserved for whom, until when, and what became of it
- `purchases_said` (id): since which fact the purchases of a document are known
- `order_promise` (order_id, promise): what became of a promise that an order names
- `lot` (lot), `segment` (equipment_id, id), `segment_in` (segment, material), `segment_out`
  (segment, job_order_id), `segment_pieces` (segment, job_order_id, hour), `lot_flow` (source,
  target, how), `material_use`, `material_stated`: lots, and what went into what
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from edge.domain.changes import Change
from edge.domain.facts import Fact, FactKind
from edge.domain.folding import (
    board,
    figures,
    genealogy,
    jobs,
    labour,
    maintenance,
    parallel,
    pieces,
    promises,
    quality,
    questions,
    restating,
    setup,
    states,
    stops,
)
from edge.domain.folding.genealogy import Segments
from edge.domain.folding.states import OpenState


@dataclass(frozen=True)
class FoldState:
    """What the fold must remember between facts: one open interval a work center, when its lots
    were changed, and since which fact each job is on that is on."""

    open_states: Mapping[str, OpenState] = field(default_factory=dict)
    segments: Mapping[str, Segments] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Folded:
    state: FoldState
    changes: tuple[Change, ...]


Rule = Callable[[Fact], tuple[Change, ...]]

# Kind -> what it changes, by itself. States and runs of jobs need what was before, and stand beside
# this table.
RULES: Mapping[FactKind, tuple[Rule, ...]] = {
    FactKind.PRODUCTION_COUNT: (
        pieces.counted,
        maintenance.cycled,
        figures.metered,
        setup.counted,
        setup.worn,
    ),
    FactKind.CONFIGURATION_APPLIED: (figures.placed,),
    FactKind.SCRAP: (quality.found_bad, pieces.reclassified, setup.approved),
    FactKind.REWORK: (quality.found_bad, pieces.reclassified),
    FactKind.JOB_ORDER_EVENT: (
        jobs.happened,
        genealogy.pinned,
        restating.opened,
        restating.entered,
        questions.asked_or_answered,
        questions.told,
        stops.changed_over,
    ),
    FactKind.STOP_REASON: (stops.reasoned,),
    FactKind.MATERIAL_CONSUMED: (genealogy.lots,),
    FactKind.MATERIAL_PRODUCED: (genealogy.lots,),
    FactKind.BOARD_HOUR: (board.hour,),
    FactKind.ANDON: (board.called,),
    FactKind.DATA_GAP: (board.unknown,),
    FactKind.QUALITY_RESULT: (quality.inspected,),
    FactKind.QUALITY_HOLD: (quality.held,),
    FactKind.CONTROL_LIMITS: (quality.frozen,),
    FactKind.NONCONFORMANCE: (quality.nonconforming,),
    FactKind.LABOUR: (labour.signed,),
    FactKind.SCHEDULE_RECEIVED: (promises.purchases_came,),
    FactKind.PROMISE: (promises.promised, promises.claimed, promises.shipped),
    FactKind.MAINTENANCE: (maintenance.happened, setup.tool_changed),
}
MATERIALS = frozenset({FactKind.MATERIAL_CONSUMED, FactKind.MATERIAL_PRODUCED})


def fold(state: FoldState, fact: Fact) -> Folded:
    """The state after `fact` and the changes that it makes in the projections."""
    if fact.kind == FactKind.EQUIPMENT_STATE:
        opened, changes = states.changed(state.open_states.get(fact.equipment_id), fact)
        states_now = {**state.open_states, fact.equipment_id: opened}
        changes = (*changes, *parallel.shared(fact))
        return Folded(replace(state, open_states=states_now), changes)
    rules = RULES.get(fact.kind, ())
    if len(rules) == 1:
        changes = rules[0](fact)
    else:
        found: list[Change] = []
        for rule in rules:
            found += rule(fact)
        changes = tuple(found)
    if fact.kind == FactKind.JOB_ORDER_EVENT:
        runs, ran = restating.ran(state.runs, fact)
        return Folded(replace(state, runs=runs), (*changes, *ran))
    if fact.kind in MATERIALS and genealogy.begins_segment(fact):
        return Folded(_next_segment(state, fact), changes)
    if changes and (segments := state.segments.get(fact.equipment_id)):
        changes = (*changes, *genealogy.in_segment(segments, fact, changes))
    return Folded(state, changes)


def _next_segment(state: FoldState, fact: Fact) -> FoldState:
    before = state.segments.get(fact.equipment_id, Segments())
    begun = before.began(fact.seq, fact.occurred_at)
    return replace(state, segments={**state.segments, fact.equipment_id: begun})
