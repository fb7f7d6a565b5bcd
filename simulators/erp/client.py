"""The calls that the ERP makes to the sync service (docs/contracts.md, section 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from simulators.erp.errors import CursorGone, ItemsUnknown, RequestRefused, ServiceUnavailable
from simulators.erp.example import Plan

LONG_POLL_S = 5
TIMEOUT = httpx.Timeout(10, read=LONG_POLL_S + 15)
Refusals = Mapping[int, type[Exception]]
REFUSALS: Refusals = {410: CursorGone}
UNKNOWN: Refusals = {422: ItemsUnknown}
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Page:
    """A page of the feed; `complete` at its tip."""

    items: Sequence[Mapping[str, Any]]
    next: str
    complete: bool


class SyncClient:
    """A principal's connection to the sync service at `url`."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1/", headers=headers, timeout=TIMEOUT, trust_env=False
        )

    def close(self) -> None:
        self._http.close()

    def put_definition(self, product: str, revision: str, content: Mapping[str, Any]) -> None:
        """Send how a product is made."""
        self._call("PUT", f"operations-definitions/{product}/{revision}", json=content)

    def put_schedule(self, plan: Plan) -> None:
        """Send a month plan as CSV."""
        self._call(
            "PUT",
            f"operations-schedules/{plan.id}",
            params={"revision": plan.revision, "from": plan.start, "to": plan.end},
            content=plan.csv.encode(),
            headers={"Content-Type": "text/csv"},
        )

    def page(self, after: str | None, *, kinds: Sequence[str], limit: int, wait: int) -> Page:
        """Items after the cursor; waits up to `wait` seconds for some. Raises CursorGone on 410."""
        params: dict[str, str | int] = {"limit": limit, "wait": wait, "kinds": ",".join(kinds)}
        if after is not None:
            params["after"] = after
        body = self._call("GET", "operations-performance", params=params).json()
        return Page(body["items"], str(body["next"]), bool(body["complete"]))

    def acknowledge(self, consumer: str, items: Sequence[Mapping[str, str]]) -> None:
        """Say what became of items; all or nothing. Raises ItemsUnknown on 422."""
        self._call("PUT", f"consumers/{consumer}/acknowledgements", UNKNOWN, json={"items": items})

    def send_books(
        self, consumer: str, day: str, items: Sequence[Mapping[str, Any]], after: str | None
    ) -> None:
        """The ERP's own totals of a production day, up to its cursor."""
        body = {"items": items, "after": after}
        self._call("PUT", f"consumers/{consumer}/books/{day}", json=body)

    def reconciliation(self, day: str, consumer: str) -> dict[str, Any]:
        """The product's own comparison of a production day."""
        path = f"reconciliations/{day}"
        answer: dict[str, Any] = self._call("GET", path, params={"consumer": consumer}).json()
        return answer

    def _call(
        self, method: str, path: str, refusals: Refusals = REFUSALS, **options: Any
    ) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise ServiceUnavailable(f"{method} {path}: {error!r}") from error
        if response.is_success:
            return response
        text = f"{method} {path}: {response.status_code} {response.text[:2000]}"
        if response.status_code in LATER:
            raise ServiceUnavailable(text)
        raise refusals.get(response.status_code, RequestRefused)(text)
