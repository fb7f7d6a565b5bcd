"""Other sequences are tried: tasks, families and whole orders are moved."""

from edge.planning.kernel.costs import Costs

FARTHEST = 12
TRIES = 24
REACH = 80


class Search(Costs):
    """A seeded search by late acceptance (Burke and Bykov 2017)."""

    def begin(self, seed: int) -> None:
        """Search on from the plan as it stands (see settle)."""
        self.seed = seed % 2_147_483_629 + 17
        self.step = 0
        for index in range(self.memory):
            self.history1[index], self.history2[index] = self.cost1, self.cost2
        self.remember()

    def draw(self, below: int) -> int:
        """A number from 0 to below - 1 (Park and Miller's generator)."""
        self.seed = self.seed * 48_271 % 2_147_483_647
        return (self.seed >> 4) % below

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
        """One change; whether it was kept. The plan is the old one if it was not."""
        one = self.choose()
        if one < 0:
            return False
        kind = self.draw(140)
        if kind >= 100 and self.late_count and not self.makespan:
            return self.try_orders(one)
        kind = kind % 100
        if kind < 20 and self.a_off[one + 1] - self.a_off[one] > 1:
            return self.try_elsewhere(one)
        if kind < 35:
            return self.try_family(one)
        if kind < 75 or self.mprev[one] < 0:
            return self.try_earlier(one)
        return self.try_later(self.mprev[one])

    def choose(self) -> int:
        """A task that keeps a late order waiting, else one with set-up; -1 if none was found."""
        if self.late_count == 0 or self.draw(16) == 0:
            return self.choose_any()
        order = self.late[self.draw(self.late_count)]
        if not self.makespan:
            other = self.late[self.draw(self.late_count)]
            if self.weight[other] * (self.end[self.last[other]] - self.due[other]) > self.weight[
                order
            ] * (self.end[self.last[order]] - self.due[order]):
                order = other
        one, count = self.last[order], 0
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

    def try_orders(self, one: int) -> bool:
        """A late order as a whole earlier, or one that it waits for later."""
        late = self.order[one]
        behind = self.end[self.last[late]] - self.due[late]
        shift = (abs(behind) // 1_000_000 + 3_600) * (1 + self.draw(16)) // 12 * 1_000_000
        if self.draw(2) or self.mprev[one] < 0:
            return self.try_order(late, -shift)
        return self.try_order(self.order[self.mprev[one]], shift)

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

    def try_earlier(self, one: int) -> bool:
        before = self.mprev[one]
        if before < 0:
            return False
        for _ in range(self.draw(FARTHEST) if self.draw(2) else 0):
            if self.mprev[before] < 0:
                break
            before = self.mprev[before]
        return self.may_pass(before) and self.move(
            one, self.alt[one], self.mprev[before], self.key[before]
        )

    def try_later(self, one: int) -> bool:
        if not self.may_pass(one):
            return False
        after = self.mnext[one]
        for _ in range(self.draw(FARTHEST) if self.draw(2) else 0):
            if self.mnext[after] < 0:
                break
            after = self.mnext[after]
        return self.move(one, self.alt[one], after, self.key[one])

    def try_family(self, one: int) -> bool:
        """Next to a task of the same family, a little earlier on the same work center."""
        before = self.mprev[one]
        if before < 0 or not self.may_pass(one):
            return False
        near = self.mprev[before]
        for _ in range(2 * FARTHEST):
            if near < 0:
                return False
            if self.fam[near] == self.fam[one]:
                return self.move(one, self.alt[one], near, self.key[self.mnext[near]])
            near = self.mprev[near]
        return False

    def try_elsewhere(self, one: int) -> bool:
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
        after = self.mnext[before] if before >= 0 else self.head[self.a_st[placed]]
        begin = self.key[one]
        if after >= 0 and self.key[after] < begin:
            begin = self.key[after]
        return self.move(one, placed, before, begin)

    def move(self, one: int, placed: int, before: int, begin: int) -> bool:
        """Put a task elsewhere; keep that or undo it."""
        self.stamp += 1
        self.moved = 0
        self.relocate(one, placed, before)
        return self.judge(begin)

    def relocate(self, one: int, placed: int, before: int) -> None:
        """Put a task elsewhere, after `before` (-1: first), and note where it was."""
        self.moved_task[self.moved], self.moved_alt[self.moved] = one, self.alt[one]
        self.moved_after[self.moved] = self.mprev[one]
        self.moved += 1
        self.mark(one)
        self.mark(self.mnext[one])
        self.unlink(one)
        self.insert(one, placed, before)
        self.mark(self.mnext[one])

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
        while self.moved:
            self.moved -= 1
            one = self.moved_task[self.moved]
            self.unlink(one)
            self.insert(one, self.moved_alt[self.moved], self.moved_after[self.moved])
        self.restore()

    def try_order(self, order: int, shift: int) -> bool:
        """All steps of an order earlier or later by about the same time."""
        one, begin = self.last[order], -1
        self.stamp += 1
        self.moved = 0
        while one >= 0 and self.left[one]:
            if self.alt[one] >= 0 and not self.is_alone(one, self.alt[one]) and self.may_pass(one):
                before = self.place_near(one, self.start[one] + shift)
                if before != self.mprev[one]:
                    first = self.key[one]
                    after = (
                        self.mnext[before] if before >= 0 else self.head[self.a_st[self.alt[one]]]
                    )
                    if after >= 0 and self.key[after] < first:
                        first = self.key[after]
                    if begin < 0 or first < begin:
                        begin = first
                    self.relocate(one, self.alt[one], before)
            one = self.prev[one]
        return self.moved > 0 and self.judge(begin)

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
