"""About what a change would cost, without placing anything: a hundredth of the time.

Only the work centers of the tasks that were moved are gone through, from the first place that
changed until all is as before. A task that ends later or earlier there is looked at in its own
order alone: what waits behind it on other work centers is taken to stay. Times are worked
time of each work center. The estimate chooses between changes; what a change really costs
is said by placing it.
"""

from typing import TYPE_CHECKING

from edge.planning.kernel.moves import Moves

if TYPE_CHECKING:
    from edge.planning.placing.packed import Packed


class Estimates(Moves):
    """Knows where the last accepted plan stands in worked time."""

    def __init__(self, packed: "Packed") -> None:
        super().__init__(packed)
        self.w_ready, self.w_start, self.w_end = packed.w_ready, packed.w_start, packed.w_end
        self.w_due, self.costs = packed.w_due, packed.costs
        self.guessed, self.guessed_end = packed.guessed, packed.guessed_end
        self.walked = packed.walked
        self.trial = 1

    def keep(self) -> None:
        """Take the plan as it stands as the one to go on from."""
        Moves.keep(self)
        if self.makespan:
            return
        short = self.short  # a due date may lie behind all known working time
        for index in range(self.changed_count):
            self.locate(self.changes[index])
        self.short = short

    def locate(self, one: int) -> None:
        """Note where a task stands in the worked time of its work center."""
        order = self.order[one]
        if self.next[one] < 0:
            self.costs[order] = self.tardiness(order)
        if self.alt[one] < 0:
            self.w_start[one] = self.w_ready[one] = 0
            return
        line = self.line_of(one)
        self.w_ready[one] = self.amount(line, self.ready[one])
        self.w_start[one] = self.amount(line, self.start[one])
        self.w_end[one] = self.amount(line, self.end[one])
        if self.next[one] < 0:
            self.w_due[order] = self.amount(line, self.due[order])

    def estimate(self, most: int) -> int:
        """Weighted seconds that the tasks that were moved cost more where they are now.

        No longer exact once it is above `most`.
        """
        self.trial += 1
        for index in range(self.moved):
            self.guessed[self.moved_task[index]] = -self.trial
        total = 0
        for index in range(self.moved):
            station = self.a_st[self.moved_alt[index]]
            if self.walked[station] != self.trial:
                total += self.walk(station)
            station = self.a_st[self.alt[self.moved_task[index]]]
            if self.walked[station] != self.trial:
                total += self.walk(station)
            if total > most:
                break
        self.short = 0
        return total

    def before_all(self, station: int) -> int:
        """The last task of a work center before all that has changed there; -1: none."""
        first = -2
        for index in range(self.moved):
            one = self.moved_task[index]
            if self.a_st[self.moved_alt[index]] == station:
                first = self.earlier_of(first, self.moved_after[index])
            if self.a_st[self.alt[one]] == station:
                first = self.earlier_of(first, self.mprev[one])
        return first

    def earlier_of(self, one: int, other: int) -> int:
        """Which of two tasks stood earlier; -1 stands before all, -2 is none yet."""
        if one == -2:
            return other
        if one == -1 or other == -1:
            return -1
        return other if self.w_end[other] < self.w_end[one] else one

    def moved_onto(self, station: int) -> int:
        """How many of the tasks that were moved stand on a work center now."""
        count = 0
        for index in range(self.moved):
            if self.a_st[self.alt[self.moved_task[index]]] == station:
                count += 1
        return count

    def walk(self, station: int) -> int:
        """About what the new sequence of a work center costs more than the old one."""
        self.walked[station] = self.trial
        inside, before = self.moved_onto(station), self.before_all(station)
        line, total = self.s_tl[station], 0
        if before >= 0:
            at, one = self.w_end[before], self.mnext[before]
        else:
            at, one = self.amount(line, self.fence), self.head[station]
        while one >= 0:
            placed = self.alt[one]
            setup = self.setup_of(one, placed, before)
            is_moved = abs(self.guessed[one]) == self.trial
            ready = self.ready_there(one, line) if is_moved else self.w_ready[one]
            if ready > at:
                at = ready
            at += setup + self.a_work[placed]
            late = at - self.w_end[one]
            if is_moved:
                inside -= 1
                if self.k_alt[one] != placed:
                    late = at - self.amount(line, self.end[one])
                self.guessed[one], self.guessed_end[one] = self.trial, self.w_end[one] + late
            elif late == 0 and inside == 0:
                break
            total += self.matters(one, late)
            before, one = one, self.mnext[one]
        return total

    def ready_there(self, one: int, line: int) -> int:
        """When a task that was moved is ready, if the one before it was moved too."""
        ready, before = self.w_ready[one], self.prev[one]
        if self.k_alt[one] != self.alt[one]:
            ready = self.amount(line, self.ready[one])
        if before >= 0 and self.guessed[before] == self.trial:
            ready += self.guessed_end[before] - self.w_end[before]
        return ready

    def matters(self, one: int, late: int) -> int:
        """About what it costs its order if a task ends so much later (or earlier)."""
        after = self.next[one]
        while after >= 0 and late:
            if self.left[after]:
                if abs(self.guessed[after]) == self.trial:
                    return 0  # it is looked at where it stands now
                late = self.handed_on(after, late)
            one, after = after, self.next[after]
        return self.cost_at(one, late) if late else 0

    def handed_on(self, after: int, late: int) -> int:
        """How much later (or earlier) a task ends if its pieces come so much later."""
        if self.lead[after] >= 0:
            return late
        waits = self.w_start[after] - self.w_ready[after]
        if late > 0:
            return late - waits if late > waits else 0
        if waits > 0:
            return 0
        before = self.mprev[after]
        room = late if before < 0 else self.w_end[before] - self.w_ready[after]
        if room > 0:
            return 0
        return room if room > late else late

    def cost_at(self, one: int, late: int) -> int:
        """What an order costs more if its last task ends so much later (or earlier)."""
        order = self.order[one]
        if self.alt[one] == -1:
            return 0
        if self.alt[one] < 0:
            end = self.end[one] + late
            if end <= self.due[order]:
                return -self.costs[order]
        elif self.w_end[one] + late <= self.w_due[order]:
            return -self.costs[order]
        else:
            end = self.moment(self.line_of(one), self.w_end[one] + late)
        return self.weight[order] * -((self.due[order] - end) // 1_000_000) - self.costs[order]
