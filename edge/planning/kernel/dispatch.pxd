# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython
from edge.planning.kernel.grouping cimport Grouping


cdef long long WINDOW, MOST_ASIDE


cdef class Dispatch(Grouping):
    @cython.locals(one=cython.longlong, station=cython.longlong, waiting=cython.longlong, now=cython.longlong, before=cython.longlong)
    cpdef long long dispatch(self, long long rule, double per_slack, double per_setup)
    cdef void event(self, long long at, long long station, long long one) except *
    cdef void release(self, long long one) except *
    cdef void decide(self, long long now) except *
    @cython.locals(begin=cython.longlong, one=cython.longlong)
    cdef bint take(self, long long station, long long now) except? -1
    @cython.locals(one=cython.longlong, best=cython.longlong, best_setup=cython.longlong, placed=cython.longlong,
                   setup=cython.longlong, slack=cython.longlong, index=cython.Py_ssize_t, seen=cython.longlong)
    cdef long long select(self, long long station, long long now) except? -1
    cdef long long alternative(self, long long one, long long station) except? -1
    cdef bint is_best(self, long long one, long long station, long long now) except? -1
    cdef long long finish(self, long long one, long long placed, long long now) except? -1
    cdef void start_task(self, long long one, long long station, long long now) except *
    cdef void start_alone(self, long long one, long long placed) except *
    cdef void untie(self) except *
    cdef void start_group(self, long long now) except *
    cdef long long given(self, long long station, long long now) except? -1
    cpdef bint place_given(self)
    cdef bint is_its_turn(self, long long one, long long now) except? -1
