# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cdef class State:
    cdef public long long bucket, deepest, origin, fence, stations, families, tasks, orders, endless, endless_tl
    cdef public long long makespan, memory, short, late_count, changed_count, cost1, cost2, best1
    cdef public long long best2, step, seed, stamp, numbered, rule
    cdef public long long[::1] t_off, t_end, ws, we, wb, wa, s_tl, s_family
    cdef public long long[::1] s_mat, mat, order, fam, prev, next, good, used
    cdef public long long[::1] left, out, batch, yn, yd, gap, lead, done_at
    cdef public long long[::1] pin, go_on, setup_left, cn, cd, first_at, rank, group
    cdef public long long[::1] tail, by_rank, m_off, m_at, m_before, a_off, a_st, a_setup
    cdef public long long[::1] a_num, a_den, a_work, a_rest, due, weight, last, alone
    cdef public long long[::1] alt, start, setup, setup_end, run_start, end, credited, ready
    cdef public long long[::1] key, k_key, mprev, mnext, head, foot, k_alt, k_start
    cdef public long long[::1] k_setup, k_setup_end, k_run_start, k_end, k_credited, k_ready, best_alt, best_next
    cdef public long long[::1] best_head, degree, stack, touched, late, path, free_at
    cdef public long long[::1] lots, s_lots, s_left, held, wakes, a_ready, aside, history1, history2
    cdef public long long[::1] b_off, b_at, c_off, c_at, marked, changed, changes
    cdef public long long[::1] moved_task, moved_alt, moved_after
    cdef public long long moved
    cdef public double[::1] a_worth
    cdef public double per_slack, per_setup
    cdef public bint exact
    cdef public list events, queues
    cdef public long long tied, people, members, person, until, g_count, stands
    cdef public long long[::1] p_tl, p_skills, q_off, q_who, wip, most, bound_by, barred, parts, waits
    cdef public long long[::1] given_alt, given_next, turn, owner, tried
    cdef public long long[::1] g_task, g_alt, g_line, g_at, g_setup, g_made, g_have, g_open, g_set
    cdef public long long[::1] g_unit, g_piece, g_staffed, g_start, g_first, g_passed
    cdef public long long[::1] g_segment, g_person, g_until
    cdef public double[::1] bias
    cdef public list segments, arrived, busy_from, busy_to
