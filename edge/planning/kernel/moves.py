"""What a search may change: tasks, families and whole orders are put elsewhere.

A change is one or more tasks that are linked at other places. Nothing is placed in time by
it, and `take_back` links everything as it was.
"""

from typing import TYPE_CHECKING

from edge.planning.kernel.costs import Costs

if TYPE_CHECKING:
    from edge.planning.placing.packed import Packed

FARTHEST = 12
TRIES = 24
REACH = 80


class Moves(Costs):
    """Draws changes; what was moved stands in `moved_task` and the lists beside it."""

    def __init__(self, packed: "Packed") -> None:
        super().__init__(packed)
        self.moved_to = packed.moved_to

    def draw(self, below: int) -> int:
        """A number from 0 to below - 1 (Park and Miller's generator)."""
        self.seed = self.seed * 48_271 % 2_147_483_647
        return (self.seed >> 4) % below

    def propose(self, one: int) -> bool:
        """Move a task or more, in one of five ways; False if that cannot be done."""
        kind = self.draw(140)
        if kind >= 100 and self.late_count and not self.makespan:
            return self.whole_order(one)
        kind = kind % 100
        if kind < 20 and self.a_off[one + 1] - self.a_off[one] > 1:
            return self.elsewhere(one)
        if kind < 35:
            return self.beside_family(one)
        if kind < 75 or self.mprev[one] < 0:
            return self.earlier(one)
        return self.later(self.mprev[one])

    def choose(self) -> int:
        """A task that keeps a late order waiting, else one with set-up; -1 if none was found."""
        if self.late_count == 0 or self.draw(16) == 0:
            return self.choose_any()
        one, count = self.last[self.late_order()], 0
        for _ in range(self.deepest):
            waits = self.mprev[one] if self.alt[one] >= 0 else -1
            if waits >= 0 and self.end[waits] >= self.ready[one]:
                self.path[count] = one
                count += 1
                one = waits
            elif self.prev[one] >= 0 and self.left[self.prev[one]]:
                one = self.prev[one]
            else:
                break
        if count == 0:
            return self.choose_any()
        return self.path[self.draw(count)]

    def late_order(self) -> int:
        """One that is late; of two that are drawn the costlier one."""
        order = self.late[self.draw(self.late_count)]
        if self.makespan:
            return order
        other = self.late[self.draw(self.late_count)]
        return other if self.tardiness(other) > self.tardiness(order) else order

    def choose_any(self) -> int:
        for _ in range(TRIES):
            one = self.draw(self.tasks)
            if self.alt[one] < 0 or self.is_alone(one, self.alt[one]):
                continue
            if self.setup[one] or self.a_off[one + 1] - self.a_off[one] > 1 or self.makespan:
                return one
        return -1

    def may_pass(self, one: int) -> bool:
        """Whether another task may be put before this one: not before what is under way."""
        return self.pin[one] < 0 or self.mprev[one] >= 0

    def earlier(self, one: int) -> bool:
        before = self.mprev[one]
        if before < 0:
            return False
        for _ in range(self.draw(FARTHEST) if self.draw(2) else 0):
            if self.mprev[before] < 0:
                break
            before = self.mprev[before]
        return self.may_pass(before) and self.relocate(one, self.alt[one], self.mprev[before])

    def later(self, one: int) -> bool:
        if not self.may_pass(one):
            return False
        after = self.mnext[one]
        for _ in range(self.draw(FARTHEST) if self.draw(2) else 0):
            if self.mnext[after] < 0:
                break
            after = self.mnext[after]
        return self.relocate(one, self.alt[one], after)

    def beside_family(self, one: int) -> bool:
        """Next to a task of the same family, a little earlier on the same work center."""
        before = self.mprev[one]
        if before < 0 or not self.may_pass(one):
            return False
        near = self.mprev[before]
        for _ in range(2 * FARTHEST):
            if near < 0:
                return False
            if self.fam[near] == self.fam[one]:
                return self.relocate(one, self.alt[one], near)
            near = self.mprev[near]
        return False

    def elsewhere(self, one: int) -> bool:
        """On another work center, near the time at which it stands or is ready."""
        if self.pin[one] >= 0:
            return False
        options = self.a_off[one + 1] - self.a_off[one]
        placed = self.a_off[one] + self.draw(options)
        if placed == self.alt[one]:
            placed = self.a_off[one] + (placed - self.a_off[one] + 1) % options
        at = self.start[one] if self.draw(2) else self.ready[one]
        before = self.foot[self.a_st[placed]]
        while before >= 0 and self.start[before] >= at:
            before = self.mprev[before]
        for _ in range(self.draw(4)):
            if before >= 0:
                before = self.mprev[before]
        if before < 0:
            first = self.head[self.a_st[placed]]
            if first >= 0 and not self.may_pass(first):
                before = first
        return self.relocate(one, placed, before)

    def whole_order(self, one: int) -> bool:
        """A late order as a whole earlier, or one that it waits for later."""
        late = self.order[one]
        behind = self.end[self.last[late]] - self.due[late]
        shift = (abs(behind) // 1_000_000 + 3_600) * (1 + self.draw(16)) // 12 * 1_000_000
        if self.draw(2) or self.mprev[one] < 0:
            return self.shift_order(late, -shift)
        return self.shift_order(self.order[self.mprev[one]], shift)

    def shift_order(self, order: int, shift: int) -> bool:
        """All steps of an order earlier or later by about the same time."""
        one = self.last[order]
        while one >= 0 and self.left[one]:
            if self.alt[one] >= 0 and not self.is_alone(one, self.alt[one]) and self.may_pass(one):
                before = self.place_near(one, self.start[one] + shift)
                if before != self.mprev[one]:
                    self.relocate(one, self.alt[one], before)
            one = self.prev[one]
        return self.moved > 0

    def place_near(self, one: int, at: int) -> int:
        """After which task of its work center a task comes, to stand near a moment."""
        before = self.mprev[one]
        if at <= self.start[one]:
            for _ in range(REACH):
                if before < 0 or self.start[before] <= at or not self.may_pass(before):
                    break
                before = self.mprev[before]
            return before
        after = self.mnext[one]
        if after < 0 or self.start[after] >= at:
            return before
        for _ in range(REACH):
            if self.mnext[after] < 0 or self.start[self.mnext[after]] >= at:
                break
            after = self.mnext[after]
        return after

    def relocate(self, one: int, placed: int, before: int) -> bool:
        """Put a task elsewhere, after `before` (-1: first), and note where it was."""
        if before == one:
            return False
        index = self.moved
        self.moved_task[index], self.moved_alt[index] = one, self.alt[one]
        self.moved_after[index], self.moved_to[index] = self.mprev[one], before
        self.moved += 1
        self.unlink(one)
        self.insert(one, placed, before)
        return True

    def take_back(self) -> None:
        """Link everything as it was before the last tasks were moved."""
        while self.moved:
            self.moved -= 1
            one = self.moved_task[self.moved]
            self.unlink(one)
            self.insert(one, self.moved_alt[self.moved], self.moved_after[self.moved])
