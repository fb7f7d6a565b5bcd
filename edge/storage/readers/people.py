"""The PeopleReader of a store."""

from collections.abc import Sequence

from edge.domain.people import LabourInterval
from edge.storage.rows import Rows


class PeopleRows:
    """What is known of people's time."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def labour(
        self, start: int, end: int, *, person: str | None = None, equipment_id: str | None = None
    ) -> Sequence[LabourInterval]:
        tail = (
            'FROM labour_interval WHERE start < :end AND ("end" IS NULL OR "end" > :start)'
            " AND (:person IS NULL OR person = :person)"
            " AND (:equipment IS NULL OR equipment_id = :equipment) ORDER BY start, opened"
        )
        values = {"start": start, "end": end, "person": person, "equipment": equipment_id}
        return self._rows.records(LabourInterval, tail, values)

    def signed_on(self) -> Sequence[LabourInterval]:
        tail = 'FROM labour_interval WHERE "end" IS NULL AND start IS NOT NULL ORDER BY start'
        return self._rows.records(LabourInterval, f"{tail}, opened")

    def interval(self, opened: int) -> LabourInterval | None:
        tail = "FROM labour_interval WHERE opened = ? AND start IS NOT NULL"
        found = self._rows.records(LabourInterval, tail, (opened,))
        return found[0] if found else None
