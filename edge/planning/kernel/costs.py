"""What a plan costs, and the plans that are kept: the last one accepted and the best one."""

from edge.planning.kernel.sequences import Sequences


class Costs(Sequences):
    """Costs of the plan as it stands, and back to plans before."""

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
        if self.tied:
            return self.settle_tied()
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

    def settle_tied(self) -> bool:
        """As `settle`; a plan that was dispatched stands as it is."""
        if not self.stands and not self.place_given():
            return False
        self.changed_count = self.tasks
        for one in range(self.tasks):
            self.changes[one] = one
        self.rate()
        self.keep()
        return True
