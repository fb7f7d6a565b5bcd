"""One task on one work center: set-up, run, and what is done outside."""

from edge.planning.kernel.pieces import Pieces


class OneTask(Pieces):
    """Places a task by where those before it stand."""

    def setup_of(self, one: int, placed: int, before: int) -> int:
        """Set-up behind the task before on a work center (-1: as it stands).

        What is still set up has its rest to do; a lot finds set up what another lot of its
        operation has left.
        """
        station = self.a_st[placed]
        if before >= 0:
            family, lots = self.fam[before], self.lots[before]
        elif self.pin[one] == station:
            return self.setup_left[one]
        else:
            family, lots = self.s_family[station], self.s_lots[station]
        if lots >= 0 and lots == self.lots[one]:
            return 0 if before >= 0 else self.s_left[station]
        matrix = self.s_mat[station]
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
        if before >= 0 and self.alt[before] != -1:
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
