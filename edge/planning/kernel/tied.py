"""Tasks that are tied: to people, or to the task before by a limit of what waits in between.

A group is a task, and those after it of which each may not let too many pieces wait, or not
for too long. It is placed at once: every task begins its pieces when they are there, and
ends a batch only when the task after it can take it. So its runs may be interrupted; the
work center is held in between. Work of a run is counted in parts of a microsecond (`g_unit`
of them), in which a piece is a whole number (`g_piece`).
"""

from edge.planning.kernel.staffed import Staffed

FAR = 1 << 61
MOST_HELD = 400  # a limit that cannot be kept is broken after so many, and the checker says so
SETUP = 0
RUN = 1


class Tied(Staffed):
    """Places groups of tied tasks, each batch when the tasks around it allow it."""

    def is_tied(self, one: int) -> bool:
        """Whether a task is placed as (the first of) a group."""
        after = self.next[one]
        return self.is_staffed(one) or (after >= 0 and self.bound_by[after] == 1)

    def join(self, number: int, one: int, placed: int, line: int, at: int, setup: int) -> None:
        """A task becomes member `number` of the group that is placed, on its work center."""
        self.g_task[number], self.g_alt[number], self.g_line[number] = one, placed, line
        self.g_at[number], self.g_setup[number] = at, setup
        self.g_made[number] = self.g_have[number] = 0
        self.g_open[number] = self.g_set[number] = 0
        unit = self.a_den[placed] * self.cd[one]
        self.g_unit[number], self.g_piece[number] = unit, self.a_num[placed] * self.cd[one]
        self.g_staffed[number] = self.is_staffed(one) and line != self.endless_tl
        self.g_first[number] = self.g_passed[number] = self.good[one] // self.batch_of(one)
        self.segments[one] = []
        self.arrived[number] = []

    def credit(self, number: int) -> None:
        """The first piece of a member has work behind it."""
        one = self.g_task[number]
        if self.cn[one]:
            self.g_have[number] = self.cn[one] * self.a_den[self.g_alt[number]]

    def run_group(self) -> None:
        """Place the members, the last one pulling what it needs from those before it."""
        for number in range(self.g_count - 1, -1, -1):
            self.supply(number, self.left[self.g_task[number]])
            self.finish_batches(number)
            self.close(number)

    def finish_batches(self, number: int) -> None:
        """Pieces that nobody pulls are made too."""
        one = self.g_task[number]
        batch = self.batch_of(one)
        if self.out[one] > 0:
            self.pull(number, (self.out[one] - 1) // batch)

    # Each of these may ask the member before, which asks the one before it, and so on.

    def supply(self, number: int, wanted: int) -> None:
        """Finish so many pieces of a member, each begun when it is there."""
        while self.g_made[number] < wanted and not self.short:
            one, piece = self.g_task[number], self.g_made[number]
            there, until = self.there(number, piece), wanted
            if number:
                before = self.g_task[number - 1]
                batch = self.batch_of(before)
                until = (self.number(before, batch, self.used[one] + piece) + 1) * batch
                until -= self.used[one]
                if until > wanted or until <= piece:
                    until = wanted
            self.advance(number, until, there)

    def there(self, number: int, piece: int) -> int:
        """When a piece of a member is there: its batch passed on and the gap over."""
        if number == 0:
            return self.g_at[0] if self.g_made[0] == 0 else self.fence
        one, before = self.g_task[number], self.g_task[number - 1]
        batch = self.batch_of(before)
        wanted = self.number(before, batch, self.used[one] + piece)
        if wanted < self.g_first[number - 1]:
            return self.fence
        return self.pull(number - 1, wanted) + self.gap[one]

    def pull(self, number: int, wanted: int) -> int:
        """When a batch of a member is complete; it is made now if it was not yet."""
        one = self.g_task[number]
        batch = self.batch_of(one)
        arrived = self.arrived[number]
        while self.g_passed[number] <= wanted and not self.short:
            amount = (self.g_passed[number] + 1) * batch
            if amount > self.out[one]:
                amount = self.out[one]
            pieces = self.starts_for(one, amount)
            if pieces > self.g_made[number]:
                self.supply(number, pieces - 1)
                self.complete(number, pieces)
            self.g_passed[number] += 1
            arrived.append(max(self.g_at[number], self.fence))
        if self.short:
            return self.fence
        return arrived[wanted - self.g_first[number]]

    def complete(self, number: int, pieces: int) -> None:
        """Finish the last piece of a batch, not before the member after can take the batch."""
        there = self.there(number, pieces - 1)
        begin = max(self.g_at[number], there)
        natural = self.would_end(number, begin, there)
        held = 0
        while held < MOST_HELD and not self.short:
            bound = self.bound(number, natural)
            if bound <= natural:
                break
            held += 1
            begin = self.latest_begin(number, bound, begin)
            natural = self.would_end(number, begin, begin)
        if held:
            self.close(number)
            there = begin
        self.advance(number, pieces, there)

    def latest_begin(self, number: int, bound: int, begin: int) -> int:
        """When a piece is begun so that it is finished at `bound`, or as soon after as can be."""
        line, work = self.g_line[number], self.rest(number)
        amount = self.amount(line, bound)
        if self.moment(line, amount) < bound:
            return self.open_at(line, bound)  # it is closed then
        latest = self.open_at(line, self.moment(line, amount - work))
        return latest if latest > begin else begin + 1

    def rest(self, number: int) -> int:
        """Work that is left of the piece in work, or of the next one."""
        have = self.have_now(number)
        return -(-(self.g_piece[number] - have) // self.g_unit[number])

    def have_now(self, number: int) -> int:
        """What the piece in work has behind it; between pieces nothing."""
        return self.g_have[number] if self.g_made[number] == self.g_segment[number] else 0

    def would_end(self, number: int, begin: int, there: int) -> int:
        """When the next piece would be finished, begun at `begin` or gone on with."""
        line = self.g_line[number]
        if self.goes_on(number, there):
            start = self.g_start[number]
            work = self.work_of(number, self.g_made[number] + 1 - self.g_segment[number])
            end = self.after(line, start, work)
            if not self.g_staffed[number]:
                return end
            if end <= min(self.g_until[number], self.booked_next(self.g_person[number], start)):
                return end
            begin = self.g_at[number]
        work = self.rest(number)
        at = max(begin, self.g_at[number])
        if self.g_set[number] == 0:
            at = max(at, self.set_up_by(number))
        if not self.g_staffed[number]:
            return self.after(line, self.open_at(line, at), work)
        while not self.short:
            at = self.meet(self.g_task[number], line, at, FAR)
            end = self.after(line, at, work)
            if end <= self.until:
                return end
            work -= self.amount(line, self.until) - self.amount(line, at)
            at = self.until
        return at

    def set_up_by(self, number: int) -> int:
        """When a member that is not set up yet could be; one with people is set up now."""
        if self.g_staffed[number]:
            self.prepare(number, self.fence)
            return self.g_at[number]
        line = self.g_line[number]
        return self.after(line, self.open_at(line, self.g_at[number]), self.g_setup[number])

    def bound(self, number: int, natural: int) -> int:
        """Not before this may the next batch be passed on."""
        one = self.g_task[number]
        two = self.next[one]
        if number + 1 >= self.g_count:
            return self.fence
        batch, at = self.batch_of(one), natural
        first = self.g_passed[number] * batch
        amount = min(first + batch, self.out[one])
        if self.wip[two] >= 0:
            piece = amount - self.wip[two] - self.used[two] - 1
            if 0 <= piece < self.left[two]:
                at = max(at, self.begun(number + 1, piece))
        piece = first - self.used[two]
        if self.most[two] >= 0 and 0 <= piece < self.left[two]:
            begin = self.could_begin(number + 1, at + self.gap[two])
            at = max(at, begin - self.most[two])
        return at

    def could_begin(self, number: int, at: int) -> int:
        """When a member could begin its next piece, if it was there at `at`."""
        line, now = self.g_line[number], self.g_at[number]
        if self.g_set[number] == 0:
            now = self.set_up_by(number)
        at = max(at, now)
        if self.g_staffed[number] and not self.g_open[number]:
            return self.meet(self.g_task[number], line, at, FAR)
        if self.g_staffed[number]:
            start, person = self.g_start[number], self.g_person[number]
            if at < min(self.g_until[number], self.booked_next(person, start)):
                return self.open_at(line, at)
            return self.meet(self.g_task[number], line, at, FAR)
        return self.open_at(line, at)

    def begun(self, number: int, piece: int) -> int:
        """When a member begins a piece."""
        if piece >= self.g_made[number]:
            return self.could_begin(number, self.g_at[number])
        line = self.g_line[number]
        if self.g_open[number] and piece >= self.g_segment[number]:
            work = (piece - self.g_segment[number]) * self.g_piece[number] - self.g_have[number]
            return self.begin_at(line, self.g_start[number], work // self.g_unit[number])
        first = self.g_made[number] if not self.g_open[number] else self.g_segment[number]
        for segment in reversed(self.segments[self.g_task[number]]):
            kind, start, _, _, pieces, have = segment
            if kind == RUN:
                first -= pieces
                if piece >= first:
                    work = (piece - first) * self.g_piece[number] - have
                    return self.begin_at(line, start, work // self.g_unit[number])
        return self.fence

    def begin_at(self, line: int, start: int, work: int) -> int:
        """The first working moment at which so much was worked since `start`."""
        return self.open_at(line, self.after(line, start, work)) if work > 0 else start

    # One member alone.

    def prepare(self, number: int, there: int) -> None:
        """Set a member up: directly before its first piece; one with people as soon as it can."""
        self.g_set[number] = 1
        work, line, at = self.g_setup[number], self.g_line[number], self.g_at[number]
        if work <= 0:
            return
        one = self.g_task[number]
        if number and not self.g_staffed[number]:
            at = max(at, self.moment(line, self.amount(line, there) - work))
        while work > 0 and not self.short:
            at = self.open_at(line, at)
            end = self.after(line, at, work)
            if self.g_staffed[number]:
                at = self.meet(one, line, at, end)
                end = self.after(line, at, work)
                if end > self.until:
                    end = self.moment(line, self.amount(line, self.until))
                self.book(self.person, at, end)
            self.segments[one].append((SETUP, at, end, self.who(number), 0, 0))
            work -= self.amount(line, end) - self.amount(line, at)
            at = end
        self.g_at[number] = at

    def who(self, number: int) -> int:
        return self.person if self.g_staffed[number] else -1

    def work_of(self, number: int, pieces: int) -> int:
        """Work from the begin of an open stretch until so many pieces of it are finished."""
        return -(-(pieces * self.g_piece[number] - self.g_have[number]) // self.g_unit[number])

    def goes_on(self, number: int, there: int) -> bool:
        """Whether the next piece follows the one before without a pause."""
        if not self.g_open[number]:
            return False
        work = (self.g_made[number] - self.g_segment[number]) * self.g_piece[number]
        done = (work - self.g_have[number]) // self.g_unit[number]
        return there <= self.begin_at(self.g_line[number], self.g_start[number], done)

    def advance(self, number: int, wanted: int, there: int) -> None:
        """Finish pieces of a member; the first of them is not begun before `there`."""
        if self.g_set[number] == 0:
            self.prepare(number, there)
        if not self.goes_on(number, there):
            self.close(number)
        while self.g_made[number] < wanted and not self.short:
            if not self.g_open[number]:
                self.open(number, max(self.g_at[number], there), wanted)
            if self.finish_pieces(number, wanted):
                return

    def open(self, number: int, at: int, wanted: int) -> None:
        """A stretch of the run begins as soon as there is somebody for it."""
        line = self.g_line[number]
        at = self.open_at(line, at)
        if self.g_staffed[number]:
            work = (wanted - self.g_made[number]) * self.g_piece[number] // self.g_unit[number]
            at = self.meet(self.g_task[number], line, at, self.after(line, at, work))
            self.g_person[number], self.g_until[number] = self.person, self.until
            self.book(self.person, at, at)
        self.g_open[number] = 1
        self.g_start[number], self.g_segment[number] = at, self.g_made[number]

    def finish_pieces(self, number: int, wanted: int) -> bool:
        """Go on in the open stretch; False if who is with it leaves before that."""
        line, start = self.g_line[number], self.g_start[number]
        end = self.after(line, start, self.work_of(number, wanted - self.g_segment[number]))
        if self.g_staffed[number]:
            person = self.g_person[number]
            until = min(self.g_until[number], self.booked_next(person, start))
            if end > until:
                self.hand_over(number, until)
                return False
            self.book(person, start, end)
        self.g_made[number], self.g_at[number] = wanted, end
        return True

    def hand_over(self, number: int, until: int) -> None:
        """Who is with a member leaves, amid a piece."""
        line, start = self.g_line[number], self.g_start[number]
        worked = self.amount(line, until) - self.amount(line, start)
        have = self.g_have[number] + worked * self.g_unit[number]
        pieces = have // self.g_piece[number]
        have -= pieces * self.g_piece[number]
        end = self.moment(line, self.amount(line, until))
        self.book(self.g_person[number], start, end)
        self.write_stretch(number, end, pieces)
        self.g_made[number], self.g_at[number] = self.g_segment[number] + pieces, until
        self.g_have[number] = have if have >= self.g_unit[number] else 0
        self.g_segment[number] = self.g_made[number]

    def close(self, number: int) -> None:
        """A stretch of the run ends between two pieces."""
        if self.g_open[number]:
            self.write_stretch(
                number, self.g_at[number], self.g_made[number] - self.g_segment[number]
            )
            self.g_have[number] = 0
            self.g_segment[number] = self.g_made[number]

    def write_stretch(self, number: int, end: int, pieces: int) -> None:
        """Write a stretch of the run down."""
        self.g_open[number] = 0
        person = self.g_person[number] if self.g_staffed[number] else -1
        row = (RUN, self.g_start[number], end, person, pieces, self.g_have[number])
        self.segments[self.g_task[number]].append(row)
