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
    cdef public long long[::1] best_head, degree, stack, touched, late, path, free_at, family
    cdef public long long[::1] count, held, wakes, a_ready, aside, history1, history2
    cdef public long long[::1] b_off, b_at, c_off, c_at, marked, changed, changes
    cdef public long long[::1] moved_task, moved_alt, moved_after
    cdef public long long moved
    cdef public double[::1] a_worth
    cdef public double per_slack, per_setup
    cdef public bint exact
    cdef public list events, queues
