"""The sync service's edge calls over HTTP (contracts, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import msgspec

from edge.domain.chain import ChainEnd, StoredFact
from edge.domain.recording import Document
from edge.link.errors import Forked, OutOfStep, SyncRefuses, SyncUnreachable

Answer = TypeVar("Answer")
CONNECT_S, ANSWER_S = 5.0, 15.0
CONFLICT, TOO_LARGE = 409, 413
REFUSALS = frozenset({400, 401, 403, 404, 405, TOO_LARGE, 415, 422})


@dataclass(frozen=True)
class Hello:
    """Sync's answer: the epoch to go on in, what it holds, and whether to restore."""

    epoch: int
    acknowledged_seq: int
    acknowledged_hash: str
    action: str


class SyncClient:
    """Calls of one edge; every fault of the network is SyncUnreachable."""

    def __init__(self, url: str, edge_id: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        base = f"{url.rstrip('/')}/api/v1/edges/{edge_id}"
        self._http = httpx.AsyncClient(base_url=base, headers=headers, timeout=timeout)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def hello(self, end: ChainEnd, acknowledged_seq: int, version: str) -> Hello:
        """Say where this edge stands, and how far sync has acknowledged it.

        Raises Forked if sync knows it otherwise.
        """
        body = {
            "store_id": end.store_id,
            "epoch": end.epoch,
            "last_seq": end.seq,
            "last_hash": end.hash,
            "acknowledged_seq": acknowledged_seq,
            "version": version,
        }
        return await self._call("POST", "/hello", Hello, json=body, conflict=Forked)

    async def send(
        self, epoch: int, facts: Sequence[StoredFact], watermark: int
    ) -> tuple[int, str]:
        """Forward facts, their stored bytes unchanged; seq and hash that sync has committed."""
        joined = b",".join(fact.data for fact in facts)
        body = b'{"epoch":%d,"facts":[%b],"watermark":%d}' % (epoch, joined, watermark)
        headers = {"Content-Type": "application/json"}
        answer = await self._call(
            "POST", "/facts", _Taken, content=body, headers=headers, conflict=OutOfStep
        )
        return answer.acknowledged_seq, answer.hash

    async def facts_after(self, seq: int, limit: int) -> list[bytes]:
        """Facts that sync holds after `seq`, as their canonical bytes; empty at the end."""
        params = {"after": seq, "limit": limit}
        page = await self._call("GET", "/facts", _FactPage, params=params, conflict=SyncRefuses)
        return [bytes(fact) for fact in page.facts]

    async def downlink(self, after: int, sha256: str, wait_s: int) -> list[Document]:
        """Documents after a position, where this edge holds that of `sha256`.

        Waits up to `wait_s` for one to come.
        """
        params: dict[str, int | str] = {"after": after, "sha256": sha256, "wait": wait_s}
        timeout = httpx.Timeout(ANSWER_S + wait_s, connect=CONNECT_S)
        answer = await self._call(
            "GET", "/downlink", _Documents, params=params, timeout=timeout, conflict=SyncRefuses
        )
        return [Document(**msgspec.structs.asdict(item)) for item in answer.items]

    async def questions(self, wait_s: int) -> list["Asked"]:
        """Calls of this edge's own API that somebody at sync waits for; waits for some."""
        timeout = httpx.Timeout(ANSWER_S + wait_s, connect=CONNECT_S)
        found = await self._call(
            "GET",
            "/questions",
            _Questions,
            params={"wait": wait_s},
            timeout=timeout,
            conflict=SyncRefuses,
        )
        return found.items

    async def answer(self, id_: int, status: int, body: object) -> None:
        """Bring an answer; whether somebody still waits for it changes nothing here."""
        said = {"status": status, "body": body}
        path = f"/answers/{id_}"
        await self._call("POST", path, dict[str, bool], json=said, conflict=SyncRefuses)

    async def _call(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        *,
        conflict: type[Exception],
        **options: Any,
    ) -> Answer:
        """Sync's answer; one that is not as the contract says comes from somebody else."""
        response = await self._send(method, path, **options)
        _raise_for(response, conflict)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except (msgspec.MsgspecError, ValueError) as error:
            shown = response.text[:100]
            raise SyncUnreachable(f"what answers is not sync: {error}: {shown!r}") from error

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise SyncUnreachable(f"{type(error).__name__}: {error}".rstrip(": ")) from error


class _Taken(msgspec.Struct):
    acknowledged_seq: int
    hash: str


class _FactPage(msgspec.Struct):
    facts: list[msgspec.Raw]
    next: int | None = None


class _Item(msgspec.Struct):
    position: int
    kind: str
    id: str
    revision: str
    sha256: str
    content: dict[str, Any]


class _Documents(msgspec.Struct):
    items: list[_Item]


class Asked(msgspec.Struct, frozen=True):
    """A call of this edge's own API: `key` is its Idempotency-Key."""

    id: int
    method: str
    path: str
    key: str
    body: Any = None


class _Questions(msgspec.Struct):
    items: list[Asked]


def _raise_for(response: httpx.Response, conflict: type[Exception]) -> None:
    if response.is_success:
        return
    detail = f"HTTP {response.status_code}: {_problem(response)}"
    if response.status_code == CONFLICT:
        raise conflict(detail)
    if response.status_code in REFUSALS:
        raise SyncRefuses(detail)
    raise SyncUnreachable(detail)


def _problem(response: httpx.Response) -> str:
    try:
        problem = response.json()
        parts = (problem.get("title"), problem.get("detail"), problem.get("mend"))
    except (ValueError, AttributeError):
        return response.text[:200]
    return "; ".join(str(part) for part in parts if part)
