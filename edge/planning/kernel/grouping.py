"""Groups of tied tasks as a dispatcher sees them: on which work centers, and from when on."""

from edge.planning.kernel.tied import Tied

SETUP = 0
PATIENCE = 4  # how often a group waits for a work center that its later tasks need
LEAST_WAIT = 60_000_000


class Grouping(Tied):
    """A group is placed when the work center of its first task is free."""

    def gather_group(self, one: int, placed: int, now: int) -> bool:
        """Choose a work center for each member; False if some must wait for another task."""
        self.g_count = 1
        self.g_task[0], self.g_alt[0] = one, placed
        after = self.next[one]
        while after >= 0 and self.bound_by[after]:
            self.g_task[self.g_count] = after
            self.g_count += 1
            after = self.next[after]
        return self.choose_from(1, now)

    def choose_from(self, number: int, now: int) -> bool:
        """Choose for the members from this one on, the earliest first, each one of its own."""
        if number == self.g_count:
            return True
        one = self.g_task[number]
        ways = [
            (self.would_finish(one, placed, now), placed)
            for placed in range(self.a_off[one], self.a_off[one + 1])
            if self.may_use(one, placed, number)
        ]
        ways.sort()
        for _, placed in ways:
            self.g_alt[number] = placed
            if self.can_match(number + 1) and self.choose_from(number + 1, now):
                return True
        return False

    def can_match(self, number: int) -> bool:
        """Whether the members from this one on can each have a work center of its own: found
        before one is chosen for them, so that no choice has to be taken back."""
        if number == self.g_count:
            return True
        for station in range(self.stations):
            self.owner[station] = self.tried[station] = -1
        member = number
        while member < self.g_count and self.matched(member, number, member):
            member += 1
        return member == self.g_count

    def matched(self, member: int, number: int, root: int) -> bool:
        """Find a work center for a member, where need be by another one for who has it now."""
        one = self.g_task[member]
        for placed in range(self.a_off[one], self.a_off[one + 1]):
            if not self.may_use(one, placed, number):
                continue
            if self.is_alone(one, placed):
                return True
            station = self.a_st[placed]
            if self.tried[station] == root:
                continue
            self.tried[station] = root
            owner = self.owner[station]
            if owner == -1 or self.matched(owner, number, root):
                self.owner[station] = member
                return True
        return False

    def may_use(self, one: int, placed: int, number: int) -> bool:
        station = self.a_st[placed]
        if (self.pin[one] >= 0 and self.pin[one] != station) or self.barred[placed]:
            return False
        if self.is_alone(one, placed):
            return True
        if self.rule == 2 and (self.given_alt[one] != placed or self.turn[station] != one):
            return False
        for other in range(number):
            if self.a_st[self.g_alt[other]] == station:
                return False
        if self.is_alone(self.g_task[0], self.g_alt[0]):
            return True  # it waits for nobody
        return self.held[station] == -1 or self.held[station] == one

    def would_finish(self, one: int, placed: int, now: int) -> int:
        """When a task would be done, if all its pieces were there."""
        if self.is_alone(one, placed):
            return now
        station = self.a_st[placed]
        line = self.s_tl[station]
        setup = self.setup_of(one, placed, self.foot[station])
        begin = self.open_at(line, max(self.free_at[station], now))
        return self.after(line, begin, setup + self.a_work[placed])

    def group_begin(self, one: int, placed: int, now: int) -> int:
        """When a group may begin whose first work center is free; -1: when others are placed."""
        if not self.gather_group(one, placed, now):
            return -1
        line = self.s_tl[self.a_st[placed]]
        if self.is_staffed(one):
            at = self.meet(one, line, now, now)
            if at > now or self.short:
                return at
        if self.g_count > 1 and self.waits[one] < PATIENCE:
            at = self.open_at(line, now + self.held_for(now))
            if at >= now + LEAST_WAIT:
                self.waits[one] += 1
                return at
        return now

    def held_for(self, now: int) -> int:
        """How long a group begun now would be held up by work centers that are not free yet."""
        total, at = 0, now
        for number in range(self.g_count):
            one, placed = self.g_task[number], self.g_alt[number]
            station = self.a_st[placed]
            line = self.s_tl[station]
            setup = self.setup_of(one, placed, self.foot[station])
            if number:
                ready = self.after(line, self.open_at(line, max(self.free_at[station], now)), setup)
                limit = self.held_from(number, at)
                if ready > limit:
                    total += ready - limit
                at = max(at + self.gap[one], ready)
                setup = 0
            at = self.after(line, self.open_at(line, at), setup + self.batch_work(number, 0))
        return total

    def held_from(self, number: int, at: int) -> int:
        """Until when a member may be not ready, if the first batch comes to it at `at`."""
        one, before = self.g_task[number], self.g_task[number - 1]
        limit = self.t_end[self.g_line_of(number)]
        if self.most[one] >= 0:
            limit = at + self.most[one]
        if self.wip[one] >= 0:
            batch = self.batch_of(before)
            first = self.good[before] // batch
            more = (self.wip[one] + self.used[one]) // batch - first
            if (first + more) * batch < self.out[before]:
                line = self.g_line_of(number - 1)
                work = self.batch_work(number - 1, more) - self.batch_work(number - 1, 0)
                limit = min(limit, self.after(line, self.open_at(line, at), work))
        return limit

    def g_line_of(self, number: int) -> int:
        return self.s_tl[self.a_st[self.g_alt[number]]]

    def batch_work(self, number: int, more: int) -> int:
        """Work until a member has passed on its next batch and some more."""
        one, placed = self.g_task[number], self.g_alt[number]
        batch = self.batch_of(one)
        amount = (self.good[one] // batch + 1 + more) * batch
        if amount > self.out[one]:
            amount = self.out[one]
        return self.starts_for(one, amount) * self.a_num[placed] // self.a_den[placed]

    def place_group(self, now: int) -> None:
        """Place the group that was gathered last; its first task may begin at `now`."""
        for number in range(self.g_count):
            self.take_member(number, now)
        self.run_group()
        if self.short:
            return
        for number in range(self.g_count):
            self.write_down(number)

    def take_member(self, number: int, now: int) -> None:
        one, placed = self.g_task[number], self.g_alt[number]
        station = self.a_st[placed]
        alone = self.is_alone(one, placed)
        is_first = alone or self.foot[station] < 0
        if alone:
            setup = self.a_setup[placed]
            if self.pin[one] >= 0 and self.setup_left[one] < setup:
                setup = self.setup_left[one]
        else:
            setup = self.setup_of(one, placed, self.foot[station])
        line = self.endless_tl if alone else self.s_tl[station]
        at = now if number == 0 else self.fence if alone else self.free_at[station]
        self.join(number, one, placed, line, at, setup)
        if is_first and self.cn[one]:
            self.credit(number)
        self.credited[one] = 1 if is_first and self.cn[one] else 0

    def write_down(self, number: int) -> None:
        """Where a member stands now, and what its work center is left as."""
        one, placed = self.g_task[number], self.g_alt[number]
        self.alt[one], self.setup[one] = placed, self.g_setup[number]
        begun, parts, setup_end = -1, 0, -1
        for kind, start, end, _, _, _ in self.segments[one]:
            if kind == SETUP:
                setup_end = end
            else:
                parts += 1
                if begun < 0:
                    begun = start
        self.start[one] = self.segments[one][0][1]
        self.run_start[one] = begun
        self.setup_end[one] = setup_end if setup_end >= 0 else begun
        self.end[one], self.parts[one] = self.g_at[number], parts
        if number:
            self.ready[one] = self.start[one]
        if self.is_alone(one, placed):
            return
        station = self.a_st[placed]
        self.free_at[station] = self.end[one]
        self.held[station] = -1
        self.append(one, station)
