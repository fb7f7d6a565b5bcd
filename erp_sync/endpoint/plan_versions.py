"""Versions of plans, from the facts that edges have sent: who released what, when and why."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from erp_sync.endpoint import schemas
from erp_sync.endpoint.auth import Reader
from erp_sync.endpoint.one_edge import edge_of
from erp_sync.endpoint.plan_answers import (
    PlanDifferenceAnswer,
    PlanOrderChange,
    PlanVersionAnswer,
    PlanVersionItem,
    PlanVersionsAnswer,
)
from erp_sync.endpoint.replies import Sync, json_reply
from erp_sync.errors import Problem, invalid, not_found
from erp_sync.storage import plan_versions
from erp_sync.storage.plan_versions import Version

router = APIRouter(prefix="/api/v1/plan-versions", tags=["plan"])
Plan = Annotated[int, Path(ge=1, le=2**31)]


class OfEdge(BaseModel):
    """Which edge; needed where company.toml has several."""

    model_config = ConfigDict(extra="forbid")
    edge: str = ""


class PageQuery(OfEdge):
    """Which versions."""

    before: int | None = Field(None, ge=1, description="Only versions below this one")
    limit: int = Field(50, ge=1, le=500)


class PairQuery(OfEdge):
    """Which two versions."""

    from_: int | None = Field(None, alias="from", ge=1, description="Without it the one before")
    to: int | None = Field(None, ge=1, description="Without it the newest")


@router.get(
    "",
    summary="Versions of an edge's plan",
    description="The newest first: who released each, when and why, and what it changed.",
    responses=schemas.responses("PlanVersionsAnswer", problems=(422,)),
)
async def list_versions(
    service: Sync, _principal: Reader, query: Annotated[PageQuery, Query()]
) -> Response:
    edge_id = edge_of(service, query.edge)
    found = await service.store.read(
        lambda db: plan_versions.page(db, edge_id, query.before, query.limit)
    )
    items = [PlanVersionItem(**_item(one)) for one in found]
    return json_reply(PlanVersionsAnswer(items=items, timezone=service.config.zone.key))


@router.get(
    "/difference",
    summary="What a version changes for orders",
    description="Orders that are done at another time, that became late or are on time again; "
    "`steps` are the versions between the two, each with what it moved.",
    responses=schemas.responses("PlanDifferenceAnswer", problems=(404, 422)),
)
async def difference(
    service: Sync, _principal: Reader, query: Annotated[PairQuery, Query()]
) -> Response:
    edge_id = edge_of(service, query.edge)

    def pair(db: Any) -> tuple[Version, Version, list[Version]]:
        every = plan_versions.versions(db, edge_id)
        last = next((one for one in every if query.to in (None, one.plan)), None)
        if last is None:
            raise _unknown(query.to or 0, edge_id)
        first = query.from_ or int(last.body.get("replaces") or last.plan - 1)
        steps = [last]
        for one in every:
            if one.plan == first:
                return one, last, steps
            steps.append(one)
        raise _unknown(first, edge_id)

    if query.from_ is not None and query.to is not None and query.from_ >= query.to:
        raise invalid("from is not before to", "write the earlier version first")
    before, after, steps = await service.store.read(pair)
    return json_reply(_difference(before, after, steps, service.config.zone.key))


@router.get(
    "/{plan}",
    summary="One version",
    description="With each order's completion, lateness and reasons.",
    responses=schemas.responses("PlanVersionAnswer", problems=(404, 422)),
)
async def get_version(
    service: Sync, _principal: Reader, query: Annotated[OfEdge, Query()], plan: Plan
) -> Response:
    edge_id = edge_of(service, query.edge)
    found = await service.store.read(lambda db: plan_versions.version(db, edge_id, plan))
    if found is None:
        raise _unknown(plan, edge_id)
    said = _item(found) | {"orders": found.body["orders"], "timezone": service.config.zone.key}
    return json_reply(PlanVersionAnswer(**said))


def _unknown(plan: int, edge_id: str) -> Problem:
    why = f"edge {edge_id} has told of no version {plan} of its plan"
    return not_found(why, "look in GET /api/v1/plan-versions")


def _item(one: Version) -> dict[str, Any]:
    """A version in short; facts of before versions were kept say less."""
    body = one.body
    return {
        "plan": one.plan,
        "seq": one.seq,
        "released_at": one.released_at,
        "released_by": one.released_by,
        "made_at": body.get("made_at"),
        "valid_from": body["valid_from"],
        "input_hash": body["input_hash"],
        "replaces": body.get("replaces"),
        "proposal": body.get("proposal"),
        "note": body.get("note") or "",
        "why": body.get("why"),
        "difference": body.get("difference"),
        "late": sum(order["tardiness_s"] > 0 for order in body["orders"]),
    }


def _difference(
    before: Version, after: Version, steps: list[Version], timezone: str
) -> PlanDifferenceAnswer:
    old, new = _orders(before), _orders(after)
    changes = [
        change
        for id_ in sorted({*old, *new})
        if (change := _change(id_, old.get(id_, {}), new.get(id_, {}))) is not None
    ]
    return PlanDifferenceAnswer(
        from_=before.plan,
        to=after.plan,
        became_late=[one.order for one in changes if one.late_s_after and not one.late_s_before],
        on_time=[
            one.order
            for one in changes
            if one.late_s_before and not one.late_s_after and one.after is not None
        ],
        orders=changes,
        steps=[PlanVersionItem(**_item(one)) for one in steps],
        timezone=timezone,
    )


def _orders(one: Version) -> dict[str, Mapping[str, Any]]:
    return {order["id"]: order for order in one.body["orders"]}


def _change(id_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> PlanOrderChange | None:
    late = tuple(int(one.get("tardiness_s") or 0) for one in (old, new))
    if old.get("completion") == new.get("completion") and late[0] == late[1]:
        return None
    return PlanOrderChange(
        order=id_,
        before=old.get("completion"),
        after=new.get("completion"),
        due=new.get("due", old.get("due")),
        late_s_before=late[0],
        late_s_after=late[1],
        reasons=list(new.get("reasons") or ()),
    )
