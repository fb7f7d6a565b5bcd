"""Generated months of 1,200 operations: made from a seed alone, so that only the seed is kept.

Five departments in the order of a metal shop, two shifts with breaks, routings of two to
five steps, set-ups by family, alternatives that are slower, transfer batches, weights by
customer, releases and material dates. Cycle times are scaled so that the busiest department
is loaded with a given share of its month, set-ups reckoned with.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

Json = dict[str, Any]
OPERATIONS: Final = 1_200
START: Final = datetime(2026, 6, 1, 4, tzinfo=UTC)  # Monday, 06:00 in Berlin
DAYS: Final = 30  # of the calendar, to the horizon
HOURS_A_DAY: Final = 15  # two shifts of eight hours, less two breaks of half an hour
WORKING_DAYS: Final = 22
DUE_BY: Final = 23  # working days, by which about all is due
WEEK: Final = ["mon", "tue", "wed", "thu", "fri"]
SHIFTS: Final = [
    {"days": WEEK, "start": "06:00", "end": "14:00", "breaks": [["10:00", "10:30"]]},
    {"days": WEEK, "start": "14:00", "end": "22:00", "breaks": [["18:00", "18:30"]]},
]
DEPARTMENTS: Final = (("saw", 2), ("turn", 3), ("mill", 4), ("grind", 2), ("fit", 3))
FAMILIES: Final = ("brass", "cast", "nylon", "steel", "titan", "zinc")
WEIGHTS: Final = (1, 1, 1, 2, 2, 4, 8)  # most customers are alike, a few are not
CHANGES: Final = 0.65  # of the operations, as a share, come after another family in a good plan
LOADED: Final = (85, 86, 87, 88, 89, 90, 91, 92, 94, 95)
OVERLOADED: Final = (100, 101, 102, 103, 104, 105, 106, 107, 108, 110)


@dataclass(frozen=True)
class Month:
    """A month by its seed and the load of its busiest department in percent."""

    seed: int
    load: int

    @property
    def name(self) -> str:
        return f"{self.seed:02}-{self.load}"

    @property
    def overloaded(self) -> bool:
        return self.load >= 100

    def scenario(self) -> Json:
        """As `taktline.scenario/1`; the same on every machine and Python."""
        return _Maker(self).scenario()


MONTHS: Final = tuple(Month(seed, load) for seed, load in enumerate((*LOADED, *OVERLOADED), 1))


class _Maker:
    """Draws a month: first the shop, then orders, then the cycle times that fill it."""

    def __init__(self, month: Month) -> None:
        self._dice, self._load = Random(f"taktline month {month.seed}"), month.load

    def scenario(self) -> Json:
        centers = [self._center(name, n) for name, count in DEPARTMENTS for n in range(count)]
        orders = self._orders()
        self._scale(orders)
        self._dates(orders)
        return {
            "format": "taktline.scenario/1",
            "timezone": "Europe/Berlin",
            "calendars": {"two_shift": {"weekly": SHIFTS}},
            "work_centers": centers,
            "plan_start": START.isoformat(),
            "plan_end": (START + timedelta(days=DAYS)).isoformat(),
            "orders": [self._finished(order) for order in orders],
            "objective": "weighted_tardiness",
        }

    def _center(self, name: str, number: int) -> Json:
        matrix = {
            one: {two: 300 * self._dice.randint(2, 12) for two in FAMILIES if two != one}
            for one in FAMILIES
        }
        return {
            "id": f"{name}{number + 1}",
            "calendar": "two_shift",
            "initial_family": self._dice.choice(FAMILIES),
            "setup_matrix_s": matrix,
        }

    def _orders(self) -> list[Json]:
        """Orders until all operations are there; `steps` are (department, hours, set-up)."""
        orders: list[Json] = []
        left = OPERATIONS
        while left:
            count = min(self._dice.randint(2, 5), left)
            if left - count == 1:
                count += 1 if count < 5 else -1
            left -= count
            orders.append(self._order(len(orders), count))
        return orders

    def _order(self, index: int, count: int) -> Json:
        dice = self._dice
        stages = sorted(dice.sample(range(len(DEPARTMENTS)), count))
        return {
            "id": f"WO{index:03}",
            "product": f"P{index % 60:02}",
            "family": dice.choice(FAMILIES),
            "quantity": 10 * dice.randint(2, 60),
            "weight": dice.choice(WEIGHTS),
            "transfer": dice.random() < 0.4,
            "steps": [
                {
                    "stage": stage,
                    "hours": dice.choice((1, 1, 2, 2, 2, 3, 3, 4, 6)) + dice.random(),
                    "setup_s": 300 * dice.randint(0, 4),
                    "first": dice.randrange(DEPARTMENTS[stage][1]),
                    "others": dice.choice((0, 1, 1, DEPARTMENTS[stage][1] - 1)),
                    "slower": dice.choice((0, 5, 10, 20)),
                }
                for stage in stages
            ],
        }

    def _scale(self, orders: list[Json]) -> None:
        """Hours of each department so that its load is as wanted; the busiest has all of it."""
        shares = [1.0, 1.0, 0.92, 0.85, 0.8]
        self._dice.shuffle(shares)
        change = CHANGES * 300 * 7
        for stage, (_, count) in enumerate(DEPARTMENTS):
            steps = [one for order in orders for one in order["steps"] if one["stage"] == stage]
            room = count * WORKING_DAYS * HOURS_A_DAY * self._load / 100 * shares[stage]
            room -= sum(one["setup_s"] + change for one in steps) / 3600
            factor = room / sum(one["hours"] for one in steps)
            for one in steps:
                one["hours"] *= factor

    def _dates(self, orders: list[Json]) -> None:
        """Due dates spread over the month as work comes, none sooner than the order can be."""
        dice, count = self._dice, len(orders)
        places = list(range(count))
        dice.shuffle(places)
        for order, place in zip(orders, places, strict=True):
            work = sum(one["hours"] for one in order["steps"])
            least = 1.0 + 2.0 * work / HOURS_A_DAY
            day = max(least, (place + 1) / count * DUE_BY + dice.uniform(-2.0, 1.5))
            order["due"] = _moment(day, 14 if dice.random() < 0.5 else 22)
            early = max(day - least - dice.uniform(2.0, 9.0), 0.0)
            order["release"] = _moment(early, 6) if early > 1 and dice.random() < 0.3 else None
            held = early > 1 and order["release"] is None and dice.random() < 0.3
            order["material_from"] = _moment(early + dice.uniform(0, 1.5), 10) if held else None

    def _finished(self, order: Json) -> Json:
        times = {name: order[name] for name in ("release", "material_from") if order[name]}
        return {
            **{name: order[name] for name in ("id", "product", "family", "quantity", "weight")},
            "due": order["due"],
            **times,
            "operations": [
                self._operation(order, 10 * (index + 1), step)
                for index, step in enumerate(order["steps"])
            ],
        }

    def _operation(self, order: Json, seq: int, step: Json) -> Json:
        name, count = DEPARTMENTS[step["stage"]]
        cycle = max(round(step["hours"] * 36_000 / order["quantity"]), 1)  # tenths of a second
        alternatives = [
            {
                "work_center": f"{name}{(step['first'] + other) % count + 1}",
                "cycle_s": f"{cycle * (100 + (step['slower'] if other else 0))}/1000",
                "setup_s": step["setup_s"],
            }
            for other in range(min(step["others"], count - 1) + 1)
        ]
        batch = max(order["quantity"] // 4, 1) if order["transfer"] else None
        return {"seq": seq, "alternatives": alternatives, "transfer_batch": batch}


def _moment(working_day: float, hour: int) -> str:
    """An hour (local, summer time) of a day, by working days from the first Monday."""
    whole = int(working_day)
    day = START.date() + timedelta(days=whole // 5 * 7 + whole % 5)
    return f"{day.isoformat()}T{hour:02}:00:00+02:00"
