"""A packed problem as the kernel's lists, and where its tasks stand.

The kernel reckons on whole numbers alone: microseconds, pieces, positions in lists. It is plain
Python that Cython compiles with the types of the `.pxd` files beside it; both give the same
plan to the microsecond. `placing/packing.py` makes the lists and says what each of them means.

Each module adds one thing, in this order: working time, pieces, one task, linking,
staffed, tied, grouping, dispatch, sequences, costs, moves, estimates, search. The last class is
the kernel.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.planning.placing.packed import Packed


class State:
    """All lists of a problem, and of its placements."""

    def __init__(self, packed: "Packed") -> None:
        self.origin = packed.origin
        self.fence = packed.fence
        self.bucket, self.deepest = packed.bucket, packed.deepest
        self.t_off, self.t_end = packed.t_off, packed.t_end
        self.ws, self.we, self.wb, self.wa = packed.ws, packed.we, packed.wb, packed.wa
        self.b_off, self.b_at = packed.b_off, packed.b_at
        self.c_off, self.c_at = packed.c_off, packed.c_at
        self.stations = packed.stations
        self.s_tl, self.s_family, self.s_mat = packed.s_tl, packed.s_family, packed.s_mat
        self.s_lots, self.s_left = packed.s_lots, packed.s_left
        self.families, self.mat = packed.families, packed.mat
        self.tasks = packed.tasks
        self.order, self.fam, self.prev, self.next = (
            packed.order,
            packed.fam,
            packed.prev,
            packed.next,
        )
        self.good, self.used, self.left, self.out = (
            packed.good,
            packed.used,
            packed.left,
            packed.out,
        )
        self.batch, self.yn, self.yd = packed.batch, packed.yn, packed.yd
        self.gap, self.lead, self.done_at = packed.gap, packed.lead, packed.done_at
        self.lots = packed.lots
        self.pin, self.go_on, self.setup_left = packed.pin, packed.go_on, packed.setup_left
        self.cn, self.cd = packed.cn, packed.cd
        self.first_at, self.rank, self.group, self.tail = (
            packed.first_at,
            packed.rank,
            packed.group,
            packed.tail,
        )
        self.by_rank = packed.by_rank
        self.m_off, self.m_at, self.m_before = packed.m_off, packed.m_at, packed.m_before
        self.a_off, self.a_st, self.a_setup = packed.a_off, packed.a_st, packed.a_setup
        self.a_num, self.a_den = packed.a_num, packed.a_den
        self.a_work, self.a_rest, self.a_worth = packed.a_work, packed.a_rest, packed.a_worth
        self.orders = packed.orders
        self.due, self.weight, self.last = packed.due, packed.weight, packed.last
        self.alone, self.endless = packed.alone, packed.endless
        self.endless_tl = packed.endless_tl
        self.makespan = packed.makespan
        # Where the tasks stand.
        self.alt, self.start, self.setup, self.setup_end = (
            packed.alt,
            packed.start,
            packed.setup,
            packed.setup_end,
        )
        self.run_start, self.end, self.credited, self.ready = (
            packed.run_start,
            packed.end,
            packed.credited,
            packed.ready,
        )
        # No task that waits for another has a smaller key than it; it may start earlier,
        # on pieces that were there before.
        self.key, self.k_key = packed.key, packed.k_key
        self.mprev, self.mnext = packed.mprev, packed.mnext
        self.head, self.foot = packed.head, packed.foot
        # What the last accepted plan was, and the best one.
        self.k_alt, self.k_start, self.k_setup, self.k_setup_end = (
            packed.k_alt,
            packed.k_start,
            packed.k_setup,
            packed.k_setup_end,
        )
        self.k_run_start, self.k_end, self.k_credited, self.k_ready = (
            packed.k_run_start,
            packed.k_end,
            packed.k_credited,
            packed.k_ready,
        )
        self.best_alt, self.best_next, self.best_head = (
            packed.best_alt,
            packed.best_next,
            packed.best_head,
        )
        self.marked, self.changed, self.changes = packed.marked, packed.changed, packed.changes
        self.moved_task, self.moved_alt = packed.moved_task, packed.moved_alt
        self.moved_after = packed.moved_after
        self.degree, self.stack, self.touched = packed.degree, packed.stack, packed.touched
        self.late, self.path = packed.late, packed.path
        self.free_at = packed.free_at
        self.held, self.wakes = packed.held, packed.wakes
        self.a_ready, self.aside = packed.a_ready, packed.aside
        self.history1, self.history2, self.memory = (
            packed.history1,
            packed.history2,
            packed.memory,
        )
        # Tied tasks: who can be with each; limits before it; the members of a group.
        self.tied, self.people, self.members = packed.tied, packed.people, packed.members
        self.p_tl, self.p_skills = packed.p_tl, packed.p_skills
        self.q_off, self.q_who = packed.q_off, packed.q_who
        self.wip, self.most, self.bound_by = packed.wip, packed.most, packed.bound_by
        self.barred = packed.barred
        self.parts, self.waits, self.bias = packed.parts, packed.waits, packed.bias
        self.given_alt, self.given_next = packed.given_alt, packed.given_next
        self.turn = packed.turn
        self.owner, self.tried = packed.owner, packed.tried
        self.g_task, self.g_alt, self.g_line = packed.g_task, packed.g_alt, packed.g_line
        self.g_at, self.g_setup, self.g_made = packed.g_at, packed.g_setup, packed.g_made
        self.g_have, self.g_open, self.g_set = packed.g_have, packed.g_open, packed.g_set
        self.g_unit, self.g_piece = packed.g_unit, packed.g_piece
        self.g_staffed, self.g_start = packed.g_staffed, packed.g_start
        self.g_first, self.g_passed = packed.g_first, packed.g_passed
        self.g_segment, self.g_person = packed.g_segment, packed.g_person
        self.g_until = packed.g_until
        self.segments: list[list[tuple[int, int, int, int, int, int]]] = []
        self.arrived: list[list[int]] = []
        self.busy_from: list[list[int]] = []
        self.busy_to: list[list[int]] = []
        self.person = self.until = self.g_count = self.stands = 0
        self.short = 0
        self.late_count = 0
        self.changed_count = self.moved = 0
        self.cost1 = self.cost2 = 0
        self.best1 = self.best2 = 0
        self.step = 0
        self.seed = 1
        self.stamp = 0
        self.events: list[tuple[int, int, int, int]] = []
        self.queues: list[list[int]] = []
        self.numbered = 0
        self.rule = 0
        self.per_slack = self.per_setup = 0.0
        self.exact = True
