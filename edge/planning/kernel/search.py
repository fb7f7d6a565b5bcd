"""Other sequences are tried: of a few changes the most promising one is placed and judged."""

from typing import TYPE_CHECKING

from edge.planning.kernel.estimates import Estimates

if TYPE_CHECKING:
    from edge.planning.placing.packed import Packed

CANDIDATES = 16
LEAST_MEMORY = 400
NO_COST = 1 << 60


class Search(Estimates):
    """A seeded search by late acceptance (Burke and Bykov 2017)."""

    def __init__(self, packed: "Packed") -> None:
        super().__init__(packed)
        self.chosen_task, self.chosen_alt = packed.chosen_task, packed.chosen_alt
        self.chosen_to = packed.chosen_to
        self.candidates = CANDIDATES

    def begin(self, seed: int) -> None:
        """Search on from the plan as it stands (see settle)."""
        self.seed = seed % 2_147_483_629 + 17
        self.step = 0
        self.memory = self.how_long()
        for index in range(self.memory):
            self.history1[index], self.history2[index] = self.cost1, self.cost2
        self.remember()

    def how_long(self) -> int:
        """How many steps back a plan is compared with: the longer, the fewer orders are late.

        Where few are late, what is left to win needs changes that cost something first; where
        half of them are, nearly every step can win, and a long memory only delays that.
        """
        late, longest = self.late_count, len(self.history1)
        if self.makespan:
            return LEAST_MEMORY
        if late:
            longest = min(longest, self.tasks * self.orders * self.orders // (7 * late * late))
        return max(longest, LEAST_MEMORY)

    def search(self, steps: int) -> int:
        """Try so many changes; late acceptance (Burke and Bykov 2017). Returns those kept.

        A change is kept if it costs no more than the plan now or the plan of `memory`
        steps before.
        """
        kept = 0
        for _ in range(steps):
            self.step += 1
            if self.try_one():
                kept += 1
            index = self.step % self.memory
            if self.is_less(self.cost1, self.cost2, self.history1[index], self.history2[index]):
                self.history1[index], self.history2[index] = self.cost1, self.cost2
        return kept

    def is_less(self, one: int, two: int, other: int, another: int) -> bool:
        return one < other or (one == other and two < another)

    def try_one(self) -> bool:
        """The most promising of a few changes; whether it was kept.

        The plan is the old one if it was not. A makespan is not estimated: there the first
        change is tried.
        """
        best, least = 0, NO_COST
        for _ in range(1 if self.makespan else self.candidates):
            one = self.choose()
            self.moved = 0
            if one >= 0 and self.propose(one):
                cost = 0 if self.makespan else self.estimate(least)
                if cost < least:
                    least, best = cost, self.note()
            self.take_back()
        return best > 0 and self.judge(self.change(best))

    def note(self) -> int:
        """Keep in mind what was moved where; how many tasks it was."""
        for index in range(self.moved):
            one = self.moved_task[index]
            self.chosen_task[index], self.chosen_alt[index] = one, self.alt[one]
            self.chosen_to[index] = self.moved_to[index]
        return self.moved

    def change(self, count: int) -> int:
        """Do the change that was noted; the smallest key of what it touches."""
        self.stamp += 1
        self.moved, begin = 0, -1
        for index in range(count):
            one = self.chosen_task[index]
            self.mark(one)
            self.mark(self.mnext[one])
            first = self.key[one]
            self.relocate(one, self.chosen_alt[index], self.chosen_to[index])
            after = self.mnext[one]
            self.mark(after)
            if after >= 0 and self.key[after] < first:
                first = self.key[after]
            if begin < 0 or first < begin:
                begin = first
        return begin

    def judge(self, begin: int) -> bool:
        """Place anew what has a key from `begin` on; keep what was moved or undo it."""
        cost1, cost2 = self.cost1, self.cost2
        if not self.decode(begin):
            self.undo()
            return False
        self.rate_changes()
        index = self.step % self.memory
        if self.short or (
            self.is_less(cost1, cost2, self.cost1, self.cost2)
            and self.is_less(self.history1[index], self.history2[index], self.cost1, self.cost2)
        ):
            self.cost1, self.cost2, self.short = cost1, cost2, 0
            self.undo()
            return False
        self.keep()
        if self.is_less(self.cost1, self.cost2, self.best1, self.best2):
            self.remember()
        return True

    def undo(self) -> None:
        """Everything as it was before the last tasks were moved."""
        self.take_back()
        self.restore()
