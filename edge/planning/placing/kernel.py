"""Tasks are placed in time, on whole numbers alone: microseconds, pieces, positions in lists.

Plain Python that Cython compiles with the types of `kernel.pxd`; both give the same plan to
the microsecond. `packing.py` makes the lists and says what each of them means.

Two ways to place all tasks. `dispatch` goes from event to event and lets each idle work
center take the most urgent task that is there. `decode` takes the sequence of each work
center as given and starts everything as early as it can; `search` tries other sequences.
"""

import heapq
from bisect import insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.planning.placing.packing import Packed

FEW_BATCHES = 32
WINDOW = 96  # tasks in line that are compared; those behind are due later
MOST_ASIDE = 8
FARTHEST = 12
TRIES = 24
REACH = 80


class Kernel:
    """A packed problem and the placements of its tasks."""

    def __init__(self, packed: "Packed") -> None:
        self.origin = packed.origin
        self.fence = packed.fence
        self.bucket, self.deepest = packed.bucket, packed.deepest
        self.t_off, self.t_end = packed.t_off, packed.t_end
        self.ws, self.we, self.wb, self.wa = packed.ws, packed.we, packed.wb, packed.wa
        self.b_off, self.b_at = packed.b_off, packed.b_at
        self.c_off, self.c_at = packed.c_off, packed.c_at
        self.stations = packed.stations
        self.s_tl, self.s_family, self.s_mat = packed.s_tl, packed.s_family, packed.s_mat
        self.families, self.mat = packed.families, packed.mat
        self.tasks = packed.tasks
        self.order, self.fam, self.prev, self.next = (
            packed.order,
            packed.fam,
            packed.prev,
            packed.next,
        )
        self.good, self.used, self.left, self.out = (
            packed.good,
            packed.used,
            packed.left,
            packed.out,
        )
        self.batch, self.yn, self.yd = packed.batch, packed.yn, packed.yd
        self.gap, self.lead, self.done_at = packed.gap, packed.lead, packed.done_at
        self.pin, self.go_on, self.setup_left = packed.pin, packed.go_on, packed.setup_left
        self.cn, self.cd = packed.cn, packed.cd
        self.first_at, self.rank, self.group, self.tail = (
            packed.first_at,
            packed.rank,
            packed.group,
            packed.tail,
        )
        self.by_rank = packed.by_rank
        self.m_off, self.m_at, self.m_before = packed.m_off, packed.m_at, packed.m_before
        self.a_off, self.a_st, self.a_setup = packed.a_off, packed.a_st, packed.a_setup
        self.a_num, self.a_den = packed.a_num, packed.a_den
        self.a_work, self.a_rest, self.a_worth = packed.a_work, packed.a_rest, packed.a_worth
        self.orders = packed.orders
        self.due, self.weight, self.last = packed.due, packed.weight, packed.last
        self.alone, self.endless = packed.alone, packed.endless
        self.endless_tl = packed.endless_tl
        self.makespan = packed.makespan
        # Where the tasks stand.
        self.alt, self.start, self.setup, self.setup_end = (
            packed.alt,
            packed.start,
            packed.setup,
            packed.setup_end,
        )
        self.run_start, self.end, self.credited, self.ready = (
            packed.run_start,
            packed.end,
            packed.credited,
            packed.ready,
        )
        # No task that waits for another has a smaller key than it; it may start earlier,
        # on pieces that were there before.
        self.key, self.k_key = packed.key, packed.k_key
        self.mprev, self.mnext = packed.mprev, packed.mnext
        self.head, self.foot = packed.head, packed.foot
        # What the last accepted plan was, and the best one.
        self.k_alt, self.k_start, self.k_setup, self.k_setup_end = (
            packed.k_alt,
            packed.k_start,
            packed.k_setup,
            packed.k_setup_end,
        )
        self.k_run_start, self.k_end, self.k_credited, self.k_ready = (
            packed.k_run_start,
            packed.k_end,
            packed.k_credited,
            packed.k_ready,
        )
        self.best_alt, self.best_next, self.best_head = (
            packed.best_alt,
            packed.best_next,
            packed.best_head,
        )
        self.marked, self.changed, self.changes = packed.marked, packed.changed, packed.changes
        self.moved_task, self.moved_alt = packed.moved_task, packed.moved_alt
        self.moved_after = packed.moved_after
        self.degree, self.stack, self.touched = packed.degree, packed.stack, packed.touched
        self.late, self.path = packed.late, packed.path
        self.free_at, self.family, self.count = packed.free_at, packed.family, packed.count
        self.held, self.wakes = packed.held, packed.wakes
        self.a_ready, self.aside = packed.a_ready, packed.aside
        self.history1, self.history2, self.memory = (
            packed.history1,
            packed.history2,
            packed.memory,
        )
        self.short = 0
        self.late_count = 0
        self.changed_count = self.moved = 0
        self.cost1 = self.cost2 = 0
        self.best1 = self.best2 = 0
        self.step = 0
        self.seed = 1
        self.stamp = 0
        self.events: list[tuple[int, int, int, int]] = []
        self.queues: list[list[int]] = []
        self.numbered = 0
        self.rule = 0
        self.per_slack = self.per_setup = 0.0
        self.exact = True

    # -- working time ---------------------------------------------------------------

    def interval(self, line: int, at: int) -> int:
        """The first working interval that ends after `at`; one too far if there is none."""
        bucket = (at - self.origin) >> self.bucket
        if bucket < 0:
            bucket = 0
        last = self.b_off[line + 1] - self.b_off[line] - 1
        if bucket > last:
            bucket = last
        found, high = self.b_at[self.b_off[line] + bucket], self.t_off[line + 1]
        while found < high and self.we[found] <= at:
            found += 1
        return found

    def amount(self, line: int, at: int) -> int:
        """Microseconds worked on a timeline from the origin to `at`."""
        if at > self.t_end[line]:
            self.short = 1
        found = self.interval(line, at)
        if found == self.t_off[line + 1]:
            return self.wa[found - 1] if found > self.t_off[line] else 0
        begun = at - self.ws[found]
        return self.wb[found] + begun if begun > 0 else self.wb[found]

    def moment(self, line: int, amount: int) -> int:
        """The first moment by which `amount` was worked since the origin."""
        if amount <= 0:
            return self.origin
        high = self.t_off[line + 1]
        if high == self.t_off[line] or amount > self.wa[high - 1]:
            self.short = 1
            return self.t_end[line]
        found = self.c_at[self.c_off[line] + (amount >> self.bucket)]
        while self.wa[found] < amount:
            found += 1
        return self.we[found] - (self.wa[found] - amount)

    def after(self, line: int, start: int, work: int) -> int:
        """The first moment by which `work` was done since `start`."""
        if work <= 0:
            return start
        return self.moment(line, self.amount(line, start) + work)

    def open_at(self, line: int, at: int) -> int:
        """The first working moment at or after `at`."""
        found = self.interval(line, at)
        if found == self.t_off[line + 1]:
            self.short = 1
            return self.t_end[line]
        opens = self.ws[found]
        return at if at > opens else opens

    # -- when pieces are there --------------------------------------------------------

    def batch_of(self, one: int) -> int:
        """Pieces that a task passes on together."""
        out = self.out[one]
        if out < 1:
            out = 1
        batch = self.batch[one]
        if batch <= 0 or batch > out:
            return out
        return batch

    def number(self, before: int, batch: int, piece: int) -> int:
        """Number of the batch in which a piece comes, both from 0; at most the last batch."""
        last = self.out[before] - 1
        if last < 0:
            last = 0
        if piece < last:
            last = piece
        return last // batch

    def batch_time(self, one: int, before: int, batch: int, number: int) -> int:
        """When a batch is complete at the task before and its gap is over."""
        amount = (number + 1) * batch
        if amount > self.out[before]:
            amount = self.out[before]
        at = self.made(before, amount, self.gap[one]) + self.gap[one]
        return at if at > self.fence else self.fence

    def made(self, one: int, amount: int, gap: int) -> int:
        """When a task has that many good pieces."""
        if amount <= self.good[one] or self.alt[one] == -1:
            return self.fence - gap if self.done_at[one] < 0 else self.done_at[one]
        starts = self.starts_for(one, amount)
        if self.lead[one] >= 0:
            return self.returned(one, starts)
        placed = self.alt[one]
        over, under = self.a_num[placed], self.a_den[placed]
        if self.credited[one]:
            work = -(
                -(starts * over * self.cd[one] - self.cn[one] * under) // (under * self.cd[one])
            )
        else:
            work = -(-(starts * over) // under)
        return self.after(self.line_of(one), self.run_start[one], work)

    def starts_for(self, one: int, amount: int) -> int:
        """Pieces that a task must start, so that it has `amount` good ones."""
        starts = -(-((amount - self.good[one]) * self.yd[one]) // self.yn[one])
        return starts if starts < self.left[one] else self.left[one]

    def returned(self, one: int, starts: int) -> int:
        """When so many of the pieces that were sent out are back."""
        before = self.prev[one]
        if before < 0 or self.done_at[one] >= 0 or starts >= self.left[one]:
            return self.end[one]
        batch = self.batch_of(before)
        number = self.number(before, batch, self.used[one] + starts - 1)
        at = self.batch_time(one, before, batch, number) + self.lead[one]
        return at if at < self.end[one] else self.end[one]

    def line_of(self, one: int) -> int:
        """The timeline on which a task is placed."""
        station = self.a_st[self.alt[one]]
        if self.endless == station and self.alone[self.order[one]]:
            return self.endless_tl
        return self.s_tl[station]

    def first(self, one: int) -> int:
        """When the first pieces or the first material for a task are there."""
        before, first = self.prev[one], self.first_at[one]
        if before < 0:
            return first
        batch = self.batch_of(before)
        number = self.number(before, batch, self.used[one])
        at = self.batch_time(one, before, batch, number)
        return at if at > first else first

    def least_amount(self, one: int, placed: int, line: int) -> int:
        """Work that must have passed when the run starts, so that it never waits."""
        most = 0
        self.exact = True
        for index in range(self.m_off[one], self.m_off[one + 1]):
            pieces = self.m_before[index] - self.used[one]
            most = max(most, self.needed(one, placed, line, self.m_at[index], pieces))
        before = self.prev[one]
        if before < 0:
            return most
        batch = self.batch_of(before)
        first = self.number(before, batch, self.used[one])
        wanted = self.left[one]
        if wanted < 1:
            wanted = 1
        last = self.number(before, batch, self.used[one] + wanted - 1)
        if self.yn[before] != self.yd[before] or last - first < FEW_BATCHES:
            for number in range(first, last + 1):
                most = max(most, self.needed_by(one, placed, line, before, batch, number))
            return most
        most = max(most, self.needed_by(one, placed, line, before, batch, first))
        most = max(most, self.needed_by(one, placed, line, before, batch, last))
        # After the first one, which may have work behind it, and from the first that is not
        # made yet on pieces come evenly.
        coming = self.good[before] // batch
        for number in (first + 1, coming, coming + 1):
            if first < number < last:
                most = max(most, self.needed_by(one, placed, line, before, batch, number))
        if self.alt[before] >= 0 and self.lead[before] < 0:
            most = max(most, self.at_borders(one, placed, line, before, batch, first, last))
        # Between the batches at borders times are rounded up to the microsecond: one is added.
        return most if self.exact and self.is_whole(before) else most + 1

    def is_whole(self, before: int) -> bool:
        """Whether every piece of a task is done at a whole microsecond."""
        placed = self.alt[before]
        if placed < 0 or self.lead[before] >= 0:
            return True
        return self.a_den[placed] == 1 and (not self.credited[before] or self.cd[before] == 1)

    def needed_by(
        self, one: int, placed: int, line: int, before: int, batch: int, number: int
    ) -> int:
        """Work that must have passed when the run starts, for the sake of one batch."""
        at = self.batch_time(one, before, batch, number)
        return self.needed(one, placed, line, at, number * batch - self.used[one])

    def needed(self, one: int, placed: int, line: int, at: int, pieces: int) -> int:
        """Work that must have passed when the run starts, if piece `pieces` is there at `at`."""
        if pieces <= 0:
            return self.amount(line, at)
        over, under = self.a_num[placed], self.a_den[placed]
        spent = pieces * over * self.cd[one] - self.cn[one] * under
        under = under * self.cd[one]
        work = spent // under
        if work * under != spent:
            self.exact = False
        return self.amount(line, at) - work

    def at_borders(
        self, one: int, placed: int, line: int, before: int, batch: int, first: int, last: int
    ) -> int:
        """As `needed_by`, for the batches near which working time begins or ends.

        Between borders of working time both runs go on evenly, so that the distance
        between them is greatest at an end.
        """
        most = 0
        gap, other = self.gap[one], self.line_of(before)
        start = self.batch_time(one, before, batch, first)
        end = self.batch_time(one, before, batch, last)
        most = self.near_edges(one, placed, line, before, batch, first, last, line, start, end, gap)
        near = self.near_edges(
            one, placed, line, before, batch, first, last, other, start - gap, end - gap, 0
        )
        return near if near > most else most

    def near_edges(
        self,
        one: int,
        placed: int,
        line: int,
        before: int,
        batch: int,
        first: int,
        last: int,
        edges: int,
        start: int,
        end: int,
        shift: int,
    ) -> int:
        most = 0
        left, high = self.interval(edges, start), self.t_off[edges + 1]
        while left < high and self.ws[left] < end:
            for edge in (self.ws[left], self.we[left]):
                if start < edge < end:
                    number = self.made_by(before, edge - shift) // batch
                    for near in range(number - 1, number + 2):
                        if first <= near <= last:
                            most = max(most, self.needed_by(one, placed, line, before, batch, near))
            left += 1
        return most

    def made_by(self, one: int, at: int) -> int:
        """Good pieces of a task without loss at a moment."""
        placed, line = self.alt[one], self.line_of(one)
        worked = self.amount(line, at) - self.amount(line, self.run_start[one])
        over, under = self.a_num[placed], self.a_den[placed]
        if self.credited[one]:
            done = (worked * self.cd[one] + self.cn[one]) * under // (over * self.cd[one])
        else:
            done = worked * under // over
        if done < 0:
            done = 0
        if done > self.left[one]:
            done = self.left[one]
        return self.good[one] + done

    # -- one task ----------------------------------------------------------------------

    def setup_of(self, one: int, placed: int, family: int, is_first: bool) -> int:
        """Set-up on a work center as it stands; what is still set up has its rest to do."""
        if is_first and self.pin[one] == self.a_st[placed]:
            return self.setup_left[one]
        matrix = self.s_mat[self.a_st[placed]]
        return self.a_setup[placed] + self.mat[matrix + family * self.families + self.fam[one]]

    def ready_at(self, one: int, placed: int, line: int, setup: int) -> int:
        """When a task can start on a work center, so that its run never waits for pieces."""
        at = self.first(one)
        if self.prev[one] >= 0 or self.m_off[one] < self.m_off[one + 1]:
            least = self.moment(line, self.least_amount(one, placed, line) - setup)
            if least > at:
                at = least
        return self.open_at(line, at)

    def put(self, one: int, placed: int, line: int, start: int, setup: int, credited: int) -> None:
        """Write down where a task stands."""
        self.alt[one] = placed
        self.start[one] = start
        self.setup[one] = setup
        self.credited[one] = credited
        if setup:
            self.setup_end[one] = self.after(line, start, setup)
            self.run_start[one] = self.open_at(line, self.setup_end[one])
        else:
            self.setup_end[one] = self.run_start[one] = start
        work = self.a_rest[placed] if credited else self.a_work[placed]
        self.end[one] = self.after(line, self.run_start[one], work)

    def is_alone(self, one: int, placed: int) -> bool:
        """Whether a work center is free and open without end for this task."""
        return self.endless == self.a_st[placed] and self.alone[self.order[one]] == 1

    def put_alone(self, one: int, placed: int) -> None:
        """On a work center that is free and open without end; nobody else is delayed."""
        setup = self.a_setup[placed]
        if self.pin[one] >= 0 and self.setup_left[one] < setup:
            setup = self.setup_left[one]
        self.alt[one] = placed
        at = self.ready_at(one, placed, self.endless_tl, setup)
        self.ready[one] = at
        self.put(one, placed, self.endless_tl, at, setup, self.cn[one] != 0)

    def send_out(self, one: int) -> None:
        """A step done outside: its pieces go out as they come and return after the lead time."""
        start = self.first(one)
        for index in range(self.m_off[one], self.m_off[one + 1]):
            if self.m_before[index] < self.used[one] + self.left[one]:
                start = max(start, self.m_at[index])
        before, end = self.prev[one], 0
        if before >= 0 and self.alt[before] >= 0:
            batch = self.batch_of(before)
            wanted = self.used[one] + self.left[one] - 1
            last = self.batch_time(one, before, batch, self.number(before, batch, wanted))
            whole = self.batch[one] <= 0
            if whole and last > start:
                start = last
            end = max(last, start) + self.lead[one]
        else:
            end = start + self.lead[one]
        if self.done_at[one] >= 0:
            end = self.done_at[one]
        if end < self.fence:
            end = self.fence
        if start > end:
            start = end
        self.alt[one] = -2
        self.setup[one] = self.credited[one] = 0
        self.start[one] = self.setup_end[one] = self.run_start[one] = start
        self.end[one] = self.ready[one] = end

    # -- from event to event -------------------------------------------------------------

    def clear(self) -> None:
        """No task is placed."""
        for one in range(self.tasks):
            self.alt[one] = self.mprev[one] = self.mnext[one] = -1
        for station in range(self.stations):
            self.head[station] = self.foot[station] = -1

    def dispatch(self, rule: int, per_slack: float, per_setup: float) -> int:
        """Place all tasks by rank (rule 0) or by worth, slack and set-up (rule 1).

        Returns how many were placed; `short` is set if a timeline ended too early.
        """
        self.clear()
        self.short = self.numbered = 0
        self.rule, self.per_slack, self.per_setup = rule, per_slack, per_setup
        self.events = []
        self.queues = []
        for station in range(self.stations):
            self.queues.append([])
            self.free_at[station] = self.fence
            self.family[station] = self.s_family[station]
            self.count[station] = 0
            self.held[station] = self.wakes[station] = -1
        for one in range(self.tasks):
            if self.pin[one] >= 0 and self.go_on[one] and self.left[one]:
                self.held[self.pin[one]] = one
        for one in range(self.tasks):
            before = self.prev[one]
            if before < 0 or self.left[before] == 0:
                self.release(one)
        while self.events and not self.short:
            now = self.events[0][0]
            while self.events and self.events[0][0] == now:
                _, _, station, waiting = heapq.heappop(self.events)
                if waiting >= 0 and self.alt[waiting] == -1:
                    insort(self.queues[station], self.rank[waiting])
            self.decide(now)
        placed = 0
        for one in range(self.tasks):
            if self.left[one] == 0 or self.alt[one] != -1:
                placed += 1
        return placed

    def event(self, at: int, station: int, one: int) -> None:
        self.numbered += 1
        heapq.heappush(self.events, (at, self.numbered, station, one))

    def release(self, one: int) -> None:
        """The step before is placed or done: work out when this task can start, and where."""
        if self.left[one] == 0:
            return
        if self.lead[one] >= 0:
            self.send_out(one)
            if self.next[one] >= 0:
                self.release(self.next[one])
            return
        for placed in range(self.a_off[one], self.a_off[one + 1]):
            station = self.a_st[placed]
            self.a_ready[placed] = -1
            if self.pin[one] >= 0 and self.pin[one] != station:
                continue
            if self.is_alone(one, placed):
                self.put_alone(one, placed)
                if self.held[station] == one:
                    self.held[station] = -1
                if self.next[one] >= 0:
                    self.release(self.next[one])
                return
            # At least so much set-up comes before the run, whatever stands there until then.
            setup = self.a_setup[placed]
            if self.pin[one] >= 0 and self.setup_left[one] < setup:
                setup = self.setup_left[one]
            at = self.ready_at(one, placed, self.s_tl[station], setup)
            self.a_ready[placed] = at
            self.event(at, station, one)

    def decide(self, now: int) -> None:
        """Let idle work centers take tasks until none does."""
        changed = True
        while changed and not self.short:
            changed = False
            for station in range(self.stations):
                if self.free_at[station] > now or not self.queues[station]:
                    continue
                opens = self.open_at(self.s_tl[station], now)
                if opens > now:
                    if self.wakes[station] != opens:
                        self.wakes[station] = opens
                        self.event(opens, station, -1)
                elif self.take(station, now):
                    changed = True

    def take(self, station: int, now: int) -> bool:
        """Start the next task on an idle work center; whether one was started."""
        self.stamp += 1
        for _ in range(MOST_ASIDE):
            one = self.select(station, now)
            if one < 0:
                return False
            if self.held[station] in (-1, one) and self.is_best(one, station, now):
                self.start_task(one, station, now)
                return True
            self.aside[one] = self.stamp
        return False

    def select(self, station: int, now: int) -> int:
        """The most urgent of the tasks in line that was not set aside; -1 if there is none."""
        queue = self.queues[station]
        index = seen = 0
        best = best_setup = -1
        best_value = 0.0
        while index < len(queue) and seen < WINDOW:
            one = self.by_rank[queue[index]]
            if self.alt[one] != -1:
                del queue[index]
                continue
            index += 1
            if self.aside[one] == self.stamp:
                continue
            seen += 1
            if self.rule == 0 and best >= 0 and self.group[one] != self.group[best]:
                break
            placed = self.alternative(one, station)
            setup = self.setup_of(one, placed, self.family[station], self.count[station] == 0)
            if self.pin[one] >= 0:
                if best < 0 or self.pin[best] < 0:
                    best, best_setup = one, setup
                if self.rule:
                    break
                continue
            if self.rule == 0:
                if best < 0 or setup < best_setup:
                    best, best_setup = one, setup
                continue
            slack = self.due[self.order[one]] - self.tail[one] - now
            if slack < 0:
                slack = 0
            value = self.a_worth[placed] - slack * self.per_slack - setup * self.per_setup
            if best < 0 or value > best_value:
                best, best_value = one, value
        return best

    def alternative(self, one: int, station: int) -> int:
        """The alternative of a task on a work center."""
        for placed in range(self.a_off[one], self.a_off[one + 1]):
            if self.a_st[placed] == station:
                return placed
        return -1

    def is_best(self, one: int, station: int, now: int) -> bool:
        """Whether no other alternative would complete the task earlier."""
        if self.pin[one] >= 0 or self.a_off[one + 1] - self.a_off[one] == 1:
            return True
        here = self.finish(one, self.alternative(one, station), now)
        for placed in range(self.a_off[one], self.a_off[one + 1]):
            other = self.a_st[placed]
            if other == station or self.a_ready[placed] < 0:
                continue
            if self.finish(one, placed, now) < here:
                return False
        return True

    def finish(self, one: int, placed: int, now: int) -> int:
        """When a task would be done on a work center as it stands."""
        station = self.a_st[placed]
        at = max(now, self.free_at[station], self.a_ready[placed])
        setup = self.setup_of(one, placed, self.family[station], self.count[station] == 0)
        line = self.s_tl[station]
        return self.after(line, self.open_at(line, at), setup + self.a_work[placed])

    def start_task(self, one: int, station: int, now: int) -> None:
        placed = self.alternative(one, station)
        is_first = self.count[station] == 0
        setup = self.setup_of(one, placed, self.family[station], is_first)
        # What was under way has made way for another: the work in its first piece is lost.
        credited = 1 if is_first and self.cn[one] != 0 else 0
        self.ready[one] = self.a_ready[placed]
        self.put(one, placed, self.s_tl[station], now, setup, credited)
        self.family[station], self.free_at[station] = self.fam[one], self.end[one]
        self.held[station] = -1
        self.count[station] += 1
        self.append(one, station)
        self.event(self.open_at(self.s_tl[station], self.end[one]), station, -1)
        if self.next[one] >= 0:
            self.release(self.next[one])

    # -- sequences ---------------------------------------------------------------------

    def append(self, one: int, station: int) -> None:
        """Put a task at the end of a work center's sequence."""
        last = self.foot[station]
        self.mprev[one], self.mnext[one] = last, -1
        if last >= 0:
            self.mnext[last] = one
        else:
            self.head[station] = one
        self.foot[station] = one

    def unlink(self, one: int) -> None:
        """Take a task out of its work center's sequence."""
        station, before, after = self.a_st[self.alt[one]], self.mprev[one], self.mnext[one]
        if before >= 0:
            self.mnext[before] = after
        else:
            self.head[station] = after
        if after >= 0:
            self.mprev[after] = before
        else:
            self.foot[station] = before

    def insert(self, one: int, placed: int, before: int) -> None:
        """Put a task on a work center's sequence, after `before` (-1: first)."""
        station = self.a_st[placed]
        self.alt[one] = placed
        after = self.mnext[before] if before >= 0 else self.head[station]
        self.mprev[one], self.mnext[one] = before, after
        if before >= 0:
            self.mnext[before] = one
        else:
            self.head[station] = one
        if after >= 0:
            self.mprev[after] = one
        else:
            self.foot[station] = one

    def decode(self, begin: int) -> bool:
        """Place all tasks with a key of `begin` or later in the sequences as they stand.

        The others keep their place. False if the sequences wait for each other.
        """
        count = self.gather(begin)
        self.changed_count = top = 0
        for index in range(count):
            one = self.touched[index]
            if self.degree[one] == 0:
                self.stack[top] = one
                top += 1
        done = 0
        while top:
            top -= 1
            one = self.stack[top]
            done += 1
            self.renew(one)
            after = self.next[one]
            if after >= 0 and self.left[after]:
                self.degree[after] -= 1
                if self.degree[after] == 0:
                    self.stack[top] = after
                    top += 1
            after = self.mnext[one]
            if after >= 0:
                self.degree[after] -= 1
                if self.degree[after] == 0:
                    self.stack[top] = after
                    top += 1
        return done == count

    def gather(self, begin: int) -> int:
        """The tasks that are placed anew, with how many each waits for (-1: for none such)."""
        count = 0
        for one in range(self.tasks):
            self.degree[one] = -1
            if self.left[one] and self.key[one] >= begin:
                self.touched[count] = one
                self.degree[one] = 0
                count += 1
        for index in range(count):
            one = self.touched[index]
            before = self.prev[one]
            if before >= 0 and self.degree[before] >= 0:
                self.degree[one] += 1
            before = self.mprev[one]
            if before >= 0 and self.degree[before] >= 0:
                self.degree[one] += 1
        return count

    def renew(self, one: int) -> None:
        """Place a task, if anything of what it waits for has changed."""
        before, ahead = self.prev[one], self.mprev[one]
        if (
            self.marked[one] == self.stamp
            or (before >= 0 and self.changed[before] == self.stamp)
            or (ahead >= 0 and self.changed[ahead] == self.stamp)
        ):
            self.place(one)
            key = self.start[one]
            if before >= 0 and self.key[before] > key:
                key = self.key[before]
            if ahead >= 0 and self.key[ahead] > key:
                key = self.key[ahead]
            self.key[one] = key
            if (
                self.end[one] != self.k_end[one]
                or self.start[one] != self.k_start[one]
                or self.run_start[one] != self.k_run_start[one]
                or self.alt[one] != self.k_alt[one]
                or self.key[one] != self.k_key[one]
                or self.setup[one] != self.k_setup[one]
                or self.ready[one] != self.k_ready[one]
                or self.marked[one] == self.stamp
            ):
                self.changed[one] = self.stamp
                self.changes[self.changed_count] = one
                self.changed_count += 1

    def mark(self, one: int) -> None:
        """What a task comes after has changed."""
        if one >= 0:
            self.marked[one] = self.stamp

    def place(self, one: int) -> None:
        """Start a task as early as the task before on its work center and its pieces allow."""
        placed = self.alt[one]
        if self.lead[one] >= 0:
            self.send_out(one)
            return
        if self.is_alone(one, placed):
            self.put_alone(one, placed)
            return
        station = self.a_st[placed]
        line, before = self.s_tl[station], self.mprev[one]
        family = self.fam[before] if before >= 0 else self.s_family[station]
        setup = self.setup_of(one, placed, family, before < 0)
        at = self.ready_at(one, placed, line, setup)
        self.ready[one] = at
        if before >= 0 and self.end[before] > at:
            at = self.open_at(line, self.end[before])
        self.put(one, placed, line, at, setup, 1 if before < 0 and self.cn[one] != 0 else 0)

    # -- what a plan costs ---------------------------------------------------------------

    def rate(self) -> None:
        """Weighted tardiness in seconds (or the makespan, microseconds), and set-up."""
        total = spent = 0
        for order in range(self.orders):
            total += self.tardiness(order)
        for one in range(self.tasks):
            if self.alt[one] != -1:
                spent += self.setup[one]
        self.cost1 = self.longest() if self.makespan else total
        self.cost2 = spent

    def tardiness(self, order: int) -> int:
        """Weighted seconds, begun ones whole, that an order is late."""
        one = self.last[order]
        if self.makespan or self.alt[one] == -1 or self.end[one] <= self.due[order]:
            return 0
        return self.weight[order] * -((self.due[order] - self.end[one]) // 1_000_000)

    def longest(self) -> int:
        """From the fence to the end of the last order."""
        worst = self.fence
        for order in range(self.orders):
            one = self.last[order]
            if self.alt[one] != -1 and self.end[one] > worst:
                worst = self.end[one]
        return worst - self.fence

    def rate_changes(self) -> None:
        """As `rate`, from what the last accepted plan costs."""
        for index in range(self.changed_count):
            one = self.changes[index]
            self.cost2 += self.setup[one] - self.k_setup[one]
            if self.next[one] < 0 and not self.makespan:
                order = self.order[one]
                self.cost1 += self.tardiness(order)
                if self.k_end[one] > self.due[order]:
                    self.cost1 -= self.weight[order] * -(
                        (self.due[order] - self.k_end[one]) // 1_000_000
                    )
        if self.makespan:
            self.cost1 = self.longest()

    def keep(self) -> None:
        """Take the plan as it stands as the one to go on from."""
        for index in range(self.changed_count):
            one = self.changes[index]
            self.k_alt[one], self.k_start[one] = self.alt[one], self.start[one]
            self.k_setup[one], self.k_setup_end[one] = self.setup[one], self.setup_end[one]
            self.k_run_start[one], self.k_end[one] = self.run_start[one], self.end[one]
            self.k_credited[one], self.k_ready[one] = self.credited[one], self.ready[one]
            self.k_key[one] = self.key[one]
        self.list_late()

    def restore(self) -> None:
        """Back to the plan that was kept last; its sequences are linked again by the caller."""
        for index in range(self.changed_count):
            one = self.changes[index]
            self.alt[one], self.start[one] = self.k_alt[one], self.k_start[one]
            self.setup[one], self.setup_end[one] = self.k_setup[one], self.k_setup_end[one]
            self.run_start[one], self.end[one] = self.k_run_start[one], self.k_end[one]
            self.credited[one], self.ready[one] = self.k_credited[one], self.k_ready[one]
            self.key[one] = self.k_key[one]

    def list_late(self) -> None:
        """The orders that cost something."""
        count = 0
        for order in range(self.orders):
            one = self.last[order]
            if self.alt[one] == -1:
                continue
            if self.makespan:
                if self.end[one] - self.fence < self.cost1:
                    continue
            elif self.end[one] <= self.due[order]:
                continue
            self.late[count] = order
            count += 1
        self.late_count = count

    def remember(self) -> None:
        """The sequences as they stand are the best so far."""
        for one in range(self.tasks):
            self.best_alt[one], self.best_next[one] = self.alt[one], self.mnext[one]
        for station in range(self.stations):
            self.best_head[station] = self.head[station]
        self.best1, self.best2 = self.cost1, self.cost2

    def recall(self) -> bool:
        """Back to the best sequences, and placed by them."""
        for one in range(self.tasks):
            self.alt[one] = self.best_alt[one]
        for station in range(self.stations):
            one = self.best_head[station]
            self.head[station] = self.foot[station] = -1
            while one >= 0:
                self.append(one, station)
                one = self.best_next[one]
        return self.settle()

    def settle(self) -> bool:
        """Place everything by the sequences as they stand, and keep that."""
        self.short = 0
        self.stamp += 1
        for one in range(self.tasks):
            self.key[one] = self.fence if self.left[one] else -1
            self.marked[one] = self.stamp
        if not self.decode(self.fence):
            return False
        self.rate()
        self.keep()
        return True

    # -- the search --------------------------------------------------------------------

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
