# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython

from edge.planning.kernel.moves cimport Moves


cdef class Estimates(Moves):
    cdef public long long[::1] w_ready, w_start, w_end, w_due, costs
    cdef public long long[::1] guessed, guessed_end, walked
    cdef public long long trial
    cpdef keep(self)
    cdef void locate(self, long long one) except *
    @cython.locals(total=cython.longlong, index=cython.longlong, station=cython.longlong)
    cdef long long estimate(self, long long most) except? -1
    @cython.locals(first=cython.longlong, index=cython.longlong, before=cython.longlong)
    cdef long long before_all(self, long long station) except? -1
    cdef long long earlier_of(self, long long one, long long other) except? -1
    cdef long long moved_onto(self, long long station) except? -1
    @cython.locals(total=cython.longlong, at=cython.longlong, inside=cython.longlong, one=cython.longlong, before=cython.longlong,
                   line=cython.longlong, placed=cython.longlong, setup=cython.longlong, ready=cython.longlong,
                   late=cython.longlong, is_moved=cython.bint)
    cdef long long walk(self, long long station) except? -1
    cdef long long ready_there(self, long long one, long long line) except? -1
    @cython.locals(after=cython.longlong)
    cdef long long matters(self, long long one, long long late) except? -1
    cdef long long handed_on(self, long long after, long long late) except? -1
    cdef long long cost_at(self, long long one, long long late) except? -1
