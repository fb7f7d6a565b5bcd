"""From event to event: each idle work center takes the most urgent task that is there."""

import heapq
from bisect import insort

from edge.planning.kernel.grouping import Grouping

WINDOW = 96  # tasks in line that are compared; those behind are due later
MOST_ASIDE = 8


class Dispatch(Grouping):
    """Rules of priority."""

    def dispatch(self, rule: int, per_slack: float, per_setup: float) -> int:
        """Place all tasks by rank (rule 0) or by worth, slack and set-up (rule 1).

        Returns how many were placed; `short` is set if a timeline ended too early.
        """
        self.clear()
        self.stands = 1
        self.short = self.numbered = 0
        self.rule, self.per_slack, self.per_setup = rule, per_slack, per_setup
        self.events = []
        self.queues = []
        for station in range(self.stations):
            self.queues.append([])
            self.free_at[station] = self.fence
            self.held[station] = self.wakes[station] = -1
        if self.tied:
            self.untie()
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
        if self.left[one] == 0 or self.bound_by[one]:
            return
        if self.lead[one] >= 0:
            self.send_out(one)
            if self.next[one] >= 0:
                self.release(self.next[one])
            return
        for placed in range(self.a_off[one], self.a_off[one + 1]):
            station = self.a_st[placed]
            self.a_ready[placed] = -1
            if (self.pin[one] >= 0 and self.pin[one] != station) or self.barred[placed]:
                continue
            if self.is_alone(one, placed):
                self.start_alone(one, placed)
                return
            # At least so much set-up comes before the run, whatever stands there until then.
            setup = self.a_setup[placed]
            if self.pin[one] >= 0 and self.setup_left[one] < setup:
                setup = self.setup_left[one]
            at = self.ready_at(one, placed, self.s_tl[station], setup)
            self.a_ready[placed] = at
            self.event(at, station, one)

    def start_alone(self, one: int, placed: int) -> None:
        """On a work center that is free and open without end for this task."""
        self.put_alone(one, placed)
        if self.held[self.a_st[placed]] == one:
            self.held[self.a_st[placed]] = -1
        after = self.next[one]
        if self.tied and after >= 0 and self.bound_by[after]:
            self.gather_group(one, placed, self.start[one])
            self.start_group(self.start[one])
        elif after >= 0:
            self.release(after)

    def decide(self, now: int) -> None:
        """Let idle work centers take tasks until none does."""
        changed = True
        while changed and not self.short:
            changed = False
            for station in range(self.stations):
                if self.free_at[station] > now or not self.queues[station]:
                    continue
                if self.rule == 2 and not self.is_its_turn(self.turn[station], now):
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
        for _ in range(self.deepest if self.tied else MOST_ASIDE):
            one = self.select(station, now)
            if one < 0:
                return False
            if self.held[station] in (-1, one) and self.is_best(one, station, now):
                if not self.tied or not self.is_tied(one):
                    if self.is_in_time(one, station, now):
                        self.start_task(one, station, now)
                        return True
                    self.aside[one] = self.stamp
                    continue
                begin = self.group_begin(one, self.alternative(one, station), now)
                if begin == now:
                    self.ready[one] = self.a_ready[self.g_alt[0]]
                    self.start_group(now)
                    return True
                if begin > now:
                    self.event(begin, station, -1)
            self.aside[one] = self.stamp
        return False

    def is_in_time(self, one: int, station: int, now: int) -> bool:
        """Whether a task can begin now: a lot that finds its operation set up runs at once, and
        may have to wait longer for its pieces than one that is set up first.
        """
        if self.lots[one] < 0:
            return True
        placed, line = self.alternative(one, station), self.s_tl[station]
        at = self.ready_at(one, placed, line, self.setup_of(one, placed, self.foot[station]))
        if at <= now:
            return True
        if self.wakes[station] != at:
            self.wakes[station] = at
            self.event(at, station, -1)
        return False

    def select(self, station: int, now: int) -> int:
        """The most urgent of the tasks in line that was not set aside; -1 if there is none."""
        if self.rule == 2:
            return self.given(station, now)
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
            setup = self.setup_of(one, placed, self.foot[station])
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
            value += self.bias[one]
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
        if self.rule == 2 or self.pin[one] >= 0 or self.a_off[one + 1] - self.a_off[one] == 1:
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
        setup = self.setup_of(one, placed, self.foot[station])
        line = self.s_tl[station]
        return self.after(line, self.open_at(line, at), setup + self.a_work[placed])

    def start_task(self, one: int, station: int, now: int) -> None:
        placed = self.alternative(one, station)
        before = self.foot[station]
        setup = self.setup_of(one, placed, before)
        # What was under way has made way for another: the work in its first piece is lost.
        credited = 1 if before < 0 and self.cn[one] != 0 else 0
        self.ready[one] = self.a_ready[placed]
        self.put(one, placed, self.s_tl[station], now, setup, credited)
        self.free_at[station] = self.end[one]
        self.held[station] = -1
        self.append(one, station)
        self.turn[station] = self.given_next[one]
        self.event(self.open_at(self.s_tl[station], self.end[one]), station, -1)
        if self.next[one] >= 0:
            self.release(self.next[one])

    # -- tied tasks and given sequences ----------------------------------------------

    def untie(self) -> None:
        """Nobody is booked, and no run is interrupted."""
        self.send_home()
        self.segments, self.arrived = [], []
        for placed in range(self.a_off[self.tasks]):
            self.a_ready[placed] = -1
        for one in range(self.tasks):
            self.segments.append([])
            self.parts[one] = self.waits[one] = 0
        for _ in range(self.members):
            self.arrived.append([])

    def start_group(self, now: int) -> None:
        """Place the group that was gathered last."""
        self.place_group(now)
        if self.short:
            return
        for number in range(self.g_count):
            one, placed = self.g_task[number], self.g_alt[number]
            if not self.is_alone(one, placed):
                here = self.a_st[placed]
                self.turn[here] = self.given_next[one]
                self.event(self.open_at(self.s_tl[here], self.end[one]), here, -1)
        last = self.g_task[self.g_count - 1]
        if self.next[last] >= 0:
            self.release(self.next[last])

    def given(self, station: int, now: int) -> int:
        """The task whose turn it is on a work center, if it can begin; else -1."""
        one = self.turn[station]
        if not self.is_its_turn(one, now) or self.aside[one] == self.stamp:
            return -1
        return one

    def is_its_turn(self, one: int, now: int) -> bool:
        """Whether a task is there and can begin; not before what is under way and goes on."""
        if one < 0 or self.alt[one] != -1:
            return False
        held = self.held[self.a_st[self.given_alt[one]]]
        if held >= 0 and held != one:
            return False
        return 0 <= self.a_ready[self.given_alt[one]] <= now

    def place_given(self) -> bool:
        """Place all tasks in the sequences as they stand; False if they wait for each other."""
        for one in range(self.tasks):
            self.given_alt[one], self.given_next[one] = self.alt[one], self.mnext[one]
        for station in range(self.stations):
            self.turn[station] = self.head[station]
        return self.dispatch(2, 0.0, 0.0) == self.tasks and not self.short
