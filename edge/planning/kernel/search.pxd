# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython

from edge.planning.kernel.estimates cimport Estimates


cdef long long CANDIDATES, LEAST_MEMORY, NO_COST


cdef class Search(Estimates):
    cdef public long long[::1] chosen_task, chosen_alt, chosen_to
    cdef public long long candidates
    cpdef begin(self, long long seed)
    cdef long long how_long(self) except? -1
    cpdef long long search(self, long long steps)
    cdef bint is_less(self, long long one, long long two, long long other, long long another) except? -1
    @cython.locals(best=cython.longlong, least=cython.longlong, one=cython.longlong, cost=cython.longlong)
    cdef bint try_one(self) except? -1
    cdef long long note(self) except? -1
    @cython.locals(begin=cython.longlong, first=cython.longlong, index=cython.longlong, one=cython.longlong, after=cython.longlong)
    cdef long long change(self, long long count) except? -1
    cdef bint judge(self, long long begin) except? -1
    cdef void undo(self) except *
