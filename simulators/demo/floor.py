"""What the demo asks of the edge and of the sync's probes: plain HTTP; it writes sign-ons alone."""

from typing import Any

import httpx

from simulators.demo.errors import DemoFailed, NoAnswer

TIMEOUT_S = 10.0
THERE_ALREADY = 409


class Service:
    """A process with `/readyz`, at `url`."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def ready(self) -> None:
        """Raises NoAnswer until it is."""
        self._get("/readyz")

    def _get(self, path: str, **params: str | int) -> httpx.Response:
        try:
            response = self._http.get(path, params=params)
        except httpx.TransportError as error:
            raise NoAnswer(f"{self.name}: {path}: {error!r}") from error
        if not response.is_success:
            text = f"{self.name}: {path}: {response.status_code} {response.text[:500]}"
            raise NoAnswer(text)
        return response


class Floor(Service):
    """The edge's API (docs/contracts.md, section 4); every call raises NoAnswer."""

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = self._get("/api/v1/status").json()
        return answer

    def work_centers(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self._get("/api/v1/work-centers").json()
        return answer

    def job_orders(self) -> list[dict[str, Any]]:
        """All job orders with their quantities."""
        items: list[dict[str, Any]] = self._job_orders()["items"]
        return items

    def unassigned(self) -> list[dict[str, Any]]:
        """Pieces that were recorded without a job order, in parts."""
        items: list[dict[str, Any]] = self._job_orders().get("unassigned", [])
        return items

    def _job_orders(self) -> dict[str, Any]:
        answer: dict[str, Any] = self._get("/api/v1/job-orders").json()
        return answer

    def sign_on(self, badge: str, work_center: str, key: str) -> str:
        """Scan a badge at a work center ("": the site); the person's id, "" if they are there.

        Raises DemoFailed if the edge refuses it for good.
        """
        body = {"badge": badge, "work_center": work_center}
        try:
            response = self._http.post(
                "/api/v1/sign-ons", json=body, headers={"Idempotency-Key": key}
            )
        except httpx.TransportError as error:
            raise NoAnswer(f"{self.name}: sign-on: {error!r}") from error
        if response.status_code == THERE_ALREADY:
            return ""
        told = f"{self.name}: sign-on of {badge}: {response.status_code} {response.text[:500]}"
        if response.is_server_error:
            raise NoAnswer(told)
        if not response.is_success:
            raise DemoFailed(told, self.name)
        return str(response.json()["person"])

    def plan_versions(self, limit: int) -> list[dict[str, Any]]:
        """The newest versions of the plan, the newest first."""
        answer = self._get("/api/v1/plan/versions", limit=limit).json()
        items: list[dict[str, Any]] = answer["items"]
        return items

    def plan_difference(self, before: int, after: int) -> dict[str, Any]:
        """What a version of the plan changes against another one."""
        span: dict[str, str | int] = {"from": before, "to": after}
        answer: dict[str, Any] = self._get("/api/v1/plan/difference", **span).json()
        return answer

    def kpis(self, work_center: str, start: int, end: int) -> dict[str, Any] | None:
        """The figures of a line over [start, end) as a whole; None if it had none."""
        span: dict[str, str | int] = {"from": start, "to": end, "by": "span"}
        body = self._get("/api/v1/kpis", work_center=work_center, **span).json()
        items: list[dict[str, Any]] = body["items"]
        return items[0] if items else None
