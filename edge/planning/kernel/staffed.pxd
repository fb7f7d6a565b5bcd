# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython
from edge.planning.kernel.linking cimport Linking


cdef long long FAR


cdef class Staffed(Linking):
    @cython.locals(_=cython.longlong)
    cdef void send_home(self) except *
    cdef bint is_staffed(self, long long one) except? -1
    @cython.locals(line=cython.longlong, found=cython.longlong, index=cython.longlong)
    cdef long long free_from(self, long long person, long long at) except? -1
    @cython.locals(soonest=cython.longlong, best=cython.longlong, best_until=cython.longlong, index=cython.longlong, person=cython.longlong, free=cython.longlong)
    cdef long long meet(self, long long one, long long line, long long at, long long wish) except? -1
    cdef bint suits(self, long long person, long long until, long long other, long long other_until, long long wish) except? -1
    @cython.locals(index=cython.longlong)
    cdef void book(self, long long person, long long start, long long end) except *
    @cython.locals(index=cython.longlong)
    cdef long long booked_next(self, long long person, long long start) except? -1
