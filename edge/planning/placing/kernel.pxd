# The types with which Cython compiles kernel.py; without them it is plain Python.
# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython


cdef long long FEW_BATCHES, WINDOW, MOST_ASIDE, FARTHEST, TRIES, REACH


cdef class Kernel:
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

    cdef long long amount(self, long long line, long long at) except? -1
    cdef long long moment(self, long long line, long long amount) except? -1
    cdef long long after(self, long long line, long long start, long long work) except? -1
    cdef long long interval(self, long long line, long long at) except? -1
    cdef long long open_at(self, long long line, long long at) except? -1
    cdef long long batch_of(self, long long one) except? -1
    cdef long long number(self, long long before, long long batch, long long piece) except? -1
    cdef long long batch_time(self, long long one, long long before, long long batch, long long number) except? -1
    cdef long long made(self, long long one, long long amount, long long gap) except? -1
    cdef long long starts_for(self, long long one, long long amount) except? -1
    cdef long long returned(self, long long one, long long starts) except? -1
    cdef long long line_of(self, long long one) except? -1
    cdef long long first(self, long long one) except? -1
    cdef long long least_amount(self, long long one, long long placed, long long line) except? -1
    cdef bint is_whole(self, long long before) except? -1
    cdef long long needed_by(self, long long one, long long placed, long long line, long long before, long long batch, long long number) except? -1
    cdef long long needed(self, long long one, long long placed, long long line, long long at, long long pieces) except? -1
    cdef long long at_borders(self, long long one, long long placed, long long line, long long before, long long batch, long long first, long long last) except? -1
    cdef long long near_edges(self, long long one, long long placed, long long line, long long before, long long batch, long long first, long long last, long long edges, long long start, long long end, long long shift) except? -1
    cdef long long made_by(self, long long one, long long at) except? -1
    cdef long long setup_of(self, long long one, long long placed, long long family, bint is_first) except? -1
    cdef long long ready_at(self, long long one, long long placed, long long line, long long setup) except? -1
    cdef void put(self, long long one, long long placed, long long line, long long start, long long setup, long long credited) except *
    cdef bint is_alone(self, long long one, long long placed) except? -1
    cdef void put_alone(self, long long one, long long placed) except *
    cdef void send_out(self, long long one) except *
    cpdef clear(self)
    @cython.locals(one=cython.longlong, station=cython.longlong, waiting=cython.longlong, now=cython.longlong, before=cython.longlong)
    cpdef long long dispatch(self, long long rule, double per_slack, double per_setup)
    cdef void event(self, long long at, long long station, long long one) except *
    cdef void release(self, long long one) except *
    cdef void decide(self, long long now) except *
    cdef bint take(self, long long station, long long now) except? -1
    @cython.locals(one=cython.longlong, best=cython.longlong, best_setup=cython.longlong, placed=cython.longlong,
                   setup=cython.longlong, slack=cython.longlong, index=cython.Py_ssize_t, seen=cython.longlong)
    cdef long long select(self, long long station, long long now) except? -1
    cdef long long alternative(self, long long one, long long station) except? -1
    cdef bint is_best(self, long long one, long long station, long long now) except? -1
    cdef long long finish(self, long long one, long long placed, long long now) except? -1
    cdef void start_task(self, long long one, long long station, long long now) except *
    cpdef append(self, long long one, long long station)
    cdef void unlink(self, long long one) except *
    cdef void insert(self, long long one, long long placed, long long before) except *
    cpdef bint decode(self, long long begin)
    cdef long long gather(self, long long begin) except? -1
    cdef void renew(self, long long one) except *
    cdef void mark(self, long long one) except *
    cdef void place(self, long long one) except *
    cpdef rate(self)
    cdef long long tardiness(self, long long order) except? -1
    cdef long long longest(self) except? -1
    cdef void rate_changes(self) except *
    cpdef keep(self)
    cdef void restore(self) except *
    cdef void list_late(self) except *
    cpdef remember(self)
    cpdef bint recall(self)
    cpdef bint settle(self)
    cpdef begin(self, long long seed)
    cdef long long draw(self, long long below) except? -1
    cpdef long long search(self, long long steps)
    cdef bint is_less(self, long long one, long long two, long long other, long long another) except? -1
    cdef bint try_one(self) except? -1
    cdef long long choose(self) except? -1
    cdef long long choose_any(self) except? -1
    cdef bint may_pass(self, long long one) except? -1
    cdef bint try_earlier(self, long long one) except? -1
    cdef bint try_later(self, long long one) except? -1
    cdef bint try_family(self, long long one) except? -1
    cdef bint try_elsewhere(self, long long one) except? -1
    cdef bint move(self, long long one, long long placed, long long before, long long begin) except? -1
    cdef void relocate(self, long long one, long long placed, long long before) except *
    cdef bint judge(self, long long begin) except? -1
    cdef void undo(self) except *
    cdef bint try_order(self, long long order, long long shift) except? -1
    cdef bint try_orders(self, long long one) except? -1
    cdef long long place_near(self, long long one, long long at) except? -1
