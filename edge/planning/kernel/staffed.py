"""People with work: who is at work and free, and who is booked from when to when."""

from bisect import bisect_right

from edge.planning.kernel.linking import Linking

FAR = 1 << 61


class Staffed(Linking):
    """Somebody with all its skills is with a task that asks for them; nobody is with two."""

    def send_home(self) -> None:
        """Nobody is booked."""
        self.busy_from, self.busy_to = [], []
        for _ in range(self.people):
            self.busy_from.append([])
            self.busy_to.append([])

    def is_staffed(self, one: int) -> bool:
        """Whether a task asks for somebody."""
        return self.q_off[one] < self.q_off[one + 1]

    def free_from(self, person: int, at: int) -> int:
        """The first moment from `at` on when somebody is at work and not booked.

        `until` is how long that lasts.
        """
        line = self.p_tl[person]
        begins, ends = self.busy_from[person], self.busy_to[person]
        while True:
            found = self.interval(line, at)
            if found == self.t_off[line + 1]:
                self.short = 1
                return self.t_end[line]
            if self.ws[found] > at:
                at = self.ws[found]
            index = bisect_right(begins, at)
            if index and ends[index - 1] > at:
                at = ends[index - 1]
                continue
            self.until = self.we[found]
            if index < len(begins) and begins[index] < self.until:
                self.until = begins[index]
            return at

    def meet(self, one: int, line: int, at: int, wish: int) -> int:
        """The first moment from `at` on when a work center is open and somebody is there.

        Who that is (`person`, `until`): among those who can stay until `wish` the one with
        the fewest skills, else the one who can stay longest.
        """
        while True:
            at = self.open_at(line, at)
            soonest = FAR
            best = -1
            best_until = 0
            for index in range(self.q_off[one], self.q_off[one + 1]):
                person = self.q_who[index]
                free = self.free_from(person, at)
                if self.short:
                    return free
                if free > at:
                    soonest = min(soonest, free)
                elif best < 0 or self.suits(person, self.until, best, best_until, wish):
                    best, best_until = person, self.until
            if best >= 0:
                self.person, self.until = best, best_until
                return at
            at = soonest

    def suits(self, person: int, until: int, other: int, other_until: int, wish: int) -> bool:
        """Whether a person is a better choice than another."""
        if until >= wish and other_until >= wish:
            return self.p_skills[person] < self.p_skills[other]
        return until > other_until

    def book(self, person: int, start: int, end: int) -> None:
        """Somebody is with a task from `start` to `end`; one that begins then is made longer."""
        begins, ends = self.busy_from[person], self.busy_to[person]
        index = bisect_right(begins, start)
        if index and begins[index - 1] == start:
            ends[index - 1] = end
        else:
            begins.insert(index, start)
            ends.insert(index, end)

    def booked_next(self, person: int, start: int) -> int:
        """When somebody is to be elsewhere after a booking that begins at `start`."""
        begins = self.busy_from[person]
        index = bisect_right(begins, start)
        return begins[index] if index < len(begins) else FAR
