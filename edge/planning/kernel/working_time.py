"""Working time of timelines: how much is worked by a moment, and by when an amount is worked."""

from edge.planning.kernel.state import State


class WorkingTime(State):
    """Reads timelines; `short` is set where one ends too early."""

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
