"""The sequence of each work center is given, and everything starts as early as it can."""

from edge.planning.kernel.dispatch import Dispatch


class Sequences(Dispatch):
    """Decodes sequences; after a change only what comes after it."""

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
        setup = self.setup_of(one, placed, before)
        at = self.ready_at(one, placed, line, setup)
        self.ready[one] = at
        if before >= 0 and self.end[before] > at:
            at = self.open_at(line, self.end[before])
        self.put(one, placed, line, at, setup, 1 if before < 0 and self.cn[one] != 0 else 0)
