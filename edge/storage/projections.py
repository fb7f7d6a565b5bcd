"""What a fact changes in the tables of this store: what the fold says, and a little more.

Some tables are the edge's own and not the fold's, because no other book needs them: which
instructions the floor has acknowledged, which quarantines wait for a person, and what
was corrected.
"""

import json
from collections.abc import Callable, Mapping

from edge.domain.changes import Put, Scalar
from edge.domain.corrections import Corrected, folded_correction
from edge.domain.facts import Fact, FactKind
from edge.domain.fold import Folded, FoldState, fold
from edge.storage import plan_changes
from edge.storage.tables import figures, genealogy, maintenance, plans, promises, quality, stops

PROJECTED = (
    "hour_bucket",
    "state_interval",
    "stop",
    "job_progress",
    "job_run",
    "job_opening",
    "job_event",
    "job_question",
    "job_told",
    "interval_job",
    "setup_bucket",
    "tool_wear",
    "tool_change",
    "instruction_acknowledged",
    "quarantine",
    "correction",
    *figures.PROJECTED,
    *quality.PROJECTED,
    "labour_interval",
    *stops.PROJECTED,
    "fact_block",
    *genealogy.PROJECTED,
    *maintenance.PROJECTED,
    *plans.PROJECTED,
    *promises.PROJECTED,
)
PIECES = "hour_bucket"
COUNTER = ("tag", "counter_epoch", "raw_from", "raw_to", "reason")
HELD = (*COUNTER, "role", "from", "to", "modulus", "limit", "pieces_per_pulse")


def step(state: FoldState, fact: Fact, look: Callable[[Fact], Corrected]) -> Folded:
    """The state after `fact`, and what it changes in the tables of this store.

    `look` finds the fact that a correction names, as it stands before it.
    """
    if fact.kind == FactKind.CORRECTION:
        corrected = look(fact)
        folded = folded_correction(state, fact, corrected)
        return Folded(folded.state, (*folded.changes, *_correction(fact, corrected)))
    folded = fold(state, fact)
    own = _OWN.get(fact.kind)
    return Folded(folded.state, (*folded.changes, *own(fact))) if own else folded


def _held(fact: Fact) -> tuple[Put, ...]:
    """A reading that waits for a person; older facts say less of it."""
    values: dict[str, Scalar] = {name: fact.body.get(name) for name in HELD}
    values["at"] = fact.occurred_at
    return (Put("quarantine", {"equipment_id": fact.equipment_id, "id": fact.seq}, values),)


def _decided(fact: Fact) -> tuple[Put, ...]:
    """A count that fills a quarantine is a person's decision of it."""
    if (quarantine := fact.body.get("quarantine")) is None:
        return ()
    values: dict[str, Scalar] = {
        "decided": fact.seq,
        "decided_at": fact.occurred_at,
        "actor": fact.actor,
        "quantity": fact.body["quantity"],
        "job_order_id": fact.job_order_id,
        "note": fact.body.get("note"),
    }
    return (Put("quarantine", {"equipment_id": fact.equipment_id, "id": quarantine}, values),)


def _correction(fact: Fact, corrected: Corrected) -> tuple[Put, ...]:
    changes = fact.body["changes"]
    key = {"corrects": corrected.fact.seq, "seq": fact.seq}
    kept = Put("correction", key, {"changes": json.dumps(changes, sort_keys=True)})
    stands = corrected.after(changes).stands
    new = stands[0]
    decided: tuple[Put, ...] = ()
    if new.kind == FactKind.PRODUCTION_COUNT and new.body.get("quarantine") is not None:
        place = {"equipment_id": new.equipment_id, "id": new.body["quarantine"]}
        quantity = sum(int(one.body["quantity"]) for one in stands)
        decided = (
            Put("quarantine", place, {"quantity": quantity, "job_order_id": new.job_order_id}),
        )
    return (*decided, kept)


def _loaded(fact: Fact) -> tuple[Put, ...]:
    """What was scanned to be loaded on a work center, and how often a label was printed."""
    said = fact.body["detail"]
    if fact.body["action"] == "label_printed":
        return (Put("label_copy", {"lot": said["lot"]}, {"copies": said["copy"]}),)
    if fact.body["action"] != "loaded":
        return ()
    key = {"equipment_id": fact.equipment_id, "what": said["what"], "id": said["slot"]}
    values = {"loaded": said["id"], "revision": said["revision"], "seq": fact.seq}
    return (Put("loaded", key, {**values, "at": fact.occurred_at, "actor": fact.actor}),)


_OWN: Mapping[FactKind, Callable[[Fact], tuple[Put, ...]]] = {
    **plan_changes.RULES,
    FactKind.QUARANTINE: _held,
    FactKind.AUDIT: _loaded,
    FactKind.PRODUCTION_COUNT: _decided,
}
