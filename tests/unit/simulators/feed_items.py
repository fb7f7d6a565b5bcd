"""Items of the feed as the contract says, for tests of books and readers."""

from typing import Any

MORNING = 1_780_898_400_000_000  # Monday 2026-06-08 06:00+02:00


def count(
    seq: int, quantity: int, role: str = "good", order: str | None = "WO1001", operation: int = 10
) -> dict[str, Any]:
    """An item of a production count."""
    body = {"role": role, "quantity": quantity, "calendar": {"production_day": "2026-06-08"}}
    return item(seq, "production_count", body, order=order, operation=operation)


def scrapped(seq: int, quantity: int, effect: str = "reclassify", **where: Any) -> dict[str, Any]:
    """An item of an operator's scrap."""
    return item(seq, "scrap", {"quantity": quantity, "effect": effect, "reason": "burr"}, **where)


def correction(seq: int, corrects: int, **changes: Any) -> dict[str, Any]:
    """An item that says what an earlier fact should have been."""
    return item(seq, "correction", {"corrects": corrects, "changes": changes})


def item(
    seq: int, kind: str, body: dict[str, Any], order: str | None = "WO1001", operation: int = 10
) -> dict[str, Any]:
    job = f"{order}.{operation}" if order else None
    fact = {
        "edge_id": "e1",
        "epoch": 1,
        "seq": seq,
        "kind": kind,
        "occurred_at": MORNING + seq * 1_000_000,
        "job_order_id": job,
        "body": body,
    }
    return {
        "position": seq,
        "id": f"e1/1/{seq}",
        "type": "fact",
        "order": order,
        "operation": operation if order else None,
        "fact": fact,
    }
