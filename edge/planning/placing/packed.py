"""The lists that the kernel reads and writes, and what each of them means."""

from collections.abc import MutableSequence
from dataclasses import dataclass

Ints = MutableSequence[int]


@dataclass(slots=True, kw_only=True)
class Packed:
    """What the kernel reads and writes; lists by task unless it says otherwise.

    Orders, tasks, families, work centers and timelines are positions; -1 is none.
    """

    bucket: int  # bits of a stretch
    deepest: int
    origin: int  # of all timelines
    fence: int  # nothing starts before it
    # Timelines: where each begins in the lists, its last known moment; start, end and the
    # work done before and after each working interval.
    t_off: Ints
    t_end: Ints
    ws: Ints
    we: Ints
    wb: Ints
    wa: Ints
    # By stretches of time and of work: the first working interval that can be meant.
    b_off: Ints
    b_at: Ints
    c_off: Ints
    c_at: Ints
    # Work centers: timeline, family that stands, the operation whose lots find it set up and the
    # set-up that is left of that, where its set-up matrix begins in `mat` (families x families,
    # from and to; family 0 is none).
    stations: int
    s_tl: Ints
    s_family: Ints
    s_lots: Ints
    s_left: Ints
    s_mat: Ints
    families: int
    mat: Ints
    # Tasks: order, family, the operation of which it is a lot, steps before and after; pieces as in
    # `Task`; pieces passed on together (0: all), yield, gap; lead time of a step done outside and
    # when it is done.
    tasks: int
    order: Ints
    fam: Ints
    lots: Ints
    prev: Ints
    next: Ints
    good: Ints
    used: Ints
    left: Ints
    out: Ints
    batch: Ints
    yn: Ints
    yd: Ints
    gap: Ints
    lead: Ints
    done_at: Ints
    # Work center where it is under way, whether it waits for nothing there, set-up left and
    # work behind its first piece, as a fraction.
    pin: Ints
    go_on: Ints
    setup_left: Ints
    cn: Ints
    cd: Ints
    # When it may start at the earliest; place in line, equal ones; least time to the order's end.
    first_at: Ints
    rank: Ints
    group: Ints
    tail: Ints
    by_rank: Ints
    # Material that comes later: where a task's begins; when, and for which piece first.
    m_off: Ints
    m_at: Ints
    m_before: Ints
    # Alternatives: where a task's begin; work center, set-up, microseconds a piece, work
    # from the beginning and with what is behind it, logarithm of weight by work.
    a_off: Ints
    a_st: Ints
    a_setup: Ints
    a_num: Ints
    a_den: Ints
    a_work: Ints
    a_rest: Ints
    a_worth: MutableSequence[float]
    # Orders: due, weight, last task; whether `endless` (a work center) is theirs alone.
    orders: int
    due: Ints
    weight: Ints
    last: Ints
    alone: Ints
    endless: int
    endless_tl: int
    makespan: int
    memory: int
    # Placements and what the kernel needs to find them.
    alt: Ints
    start: Ints
    setup: Ints
    setup_end: Ints
    run_start: Ints
    end: Ints
    credited: Ints
    ready: Ints
    key: Ints
    mprev: Ints
    mnext: Ints
    head: Ints
    foot: Ints
    k_alt: Ints
    k_start: Ints
    k_setup: Ints
    k_setup_end: Ints
    k_run_start: Ints
    k_end: Ints
    k_credited: Ints
    k_ready: Ints
    k_key: Ints
    best_alt: Ints
    best_next: Ints
    best_head: Ints
    moved_task: Ints
    moved_alt: Ints
    moved_after: Ints
    marked: Ints
    changed: Ints
    changes: Ints
    degree: Ints
    stack: Ints
    touched: Ints
    late: Ints
    path: Ints
    free_at: Ints
    held: Ints
    wakes: Ints
    a_ready: Ints
    aside: Ints
    # Where the tasks of the plan that was accepted last stand in worked time; due dates so, and
    # what each order costs; guesses of a change that is looked at.
    w_ready: Ints
    w_start: Ints
    w_end: Ints
    w_due: Ints
    costs: Ints
    guessed: Ints
    guessed_end: Ints
    walked: Ints
    # By work center while members of a group are matched: who has it, and who tried it last.
    owner: Ints
    tried: Ints
    # A change: which tasks, where they come from and go to; the most promising one so far.
    moved_to: Ints
    chosen_task: Ints
    chosen_alt: Ints
    chosen_to: Ints
    history1: Ints
    history2: Ints
    # Tied tasks: whether there are any; people with their timelines and how many skills each
    # has; by task who can be with it, the limits before it, whether it is bound to the step
    # before by one, in how many parts its run is (1: at once).
    tied: int
    people: int
    p_tl: Ints
    p_skills: Ints
    q_off: Ints
    q_who: Ints
    wip: Ints
    most: Ints
    bound_by: Ints
    barred: Ints  # by alternative: it would leave another task of the group without one
    parts: Ints
    waits: Ints
    bias: MutableSequence[float]
    given_alt: Ints
    given_next: Ints
    turn: Ints
    # The members of the group that is being placed; `members` is how many there can be.
    members: int
    g_task: Ints
    g_alt: Ints
    g_line: Ints
    g_at: Ints
    g_setup: Ints
    g_made: Ints
    g_have: Ints
    g_open: Ints
    g_set: Ints
    g_unit: Ints
    g_piece: Ints
    g_staffed: Ints
    g_start: Ints
    g_first: Ints
    g_passed: Ints
    g_segment: Ints
    g_person: Ints
    g_until: Ints
