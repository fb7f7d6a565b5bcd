"""The sequence of each work center: its tasks linked to those before and after them."""

from edge.planning.kernel.one_task import OneTask


class Linking(OneTask):
    """Tasks into sequences and out of them."""

    def clear(self) -> None:
        """No task is placed."""
        self.stands = 0
        for one in range(self.tasks):
            self.alt[one] = self.mprev[one] = self.mnext[one] = -1
        for station in range(self.stations):
            self.head[station] = self.foot[station] = -1

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
