"""When pieces are there: those that the step before passes on, batch by batch, and material."""

from edge.planning.kernel.working_time import WorkingTime

FEW_BATCHES = 32


class Pieces(WorkingTime):
    """When a run may begin, so that it never waits for a piece."""

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
        if self.parts[one] > 1:
            return self.made_in_parts(one, starts)
        placed = self.alt[one]
        over, under = self.a_num[placed], self.a_den[placed]
        if self.credited[one]:
            work = -(
                -(starts * over * self.cd[one] - self.cn[one] * under) // (under * self.cd[one])
            )
        else:
            work = -(-(starts * over) // under)
        return self.after(self.line_of(one), self.run_start[one], work)

    def made_in_parts(self, one: int, starts: int) -> int:
        """When a task whose run is interrupted has finished so many pieces."""
        placed = self.alt[one]
        unit = self.a_den[placed] * self.cd[one]
        for kind, start, end, _, pieces, have in self.segments[one]:
            if kind and pieces >= starts:
                work = -(-(starts * self.a_num[placed] * self.cd[one] - have) // unit)
                at = self.after(self.line_of(one), start, work)
                return at if at < end else end
            starts -= pieces
        return self.end[one]

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
        at = self.batch_time(one, before, batch, number)
        if at < self.start[one]:
            at = self.start[one]
        at += self.lead[one]
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
        uneven = self.yn[before] != self.yd[before] or self.parts[before] > 1
        if uneven or self.lead[before] >= 0 or last - first < FEW_BATCHES:
            for number in range(first, last + 1):
                most = max(most, self.needed_by(one, placed, line, before, batch, number))
            return most
        most = max(most, self.needed_by(one, placed, line, before, batch, first))
        most = max(most, self.needed_by(one, placed, line, before, batch, last))
        # After the first one, which may have work behind it, and from the first that is not
        # made yet on pieces come evenly, up to the last whole batch: the one after it may be less.
        coming = self.good[before] // batch
        for number in (first + 1, coming, coming + 1, last - 1):
            if first < number < last:
                most = max(most, self.needed_by(one, placed, line, before, batch, number))
        if self.alt[before] >= 0:
            most = max(most, self.at_borders(one, placed, line, before, batch, first, last))
        # Between the batches at borders times are rounded up to the microsecond: one is added.
        return most if self.exact and self.is_whole(before) else most + 1

    def is_whole(self, before: int) -> bool:
        """Whether every piece of a task is done at a whole microsecond."""
        placed = self.alt[before]
        if placed < 0:
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
