# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.costs cimport Costs


cdef long long FARTHEST, TRIES, REACH


cdef class Moves(Costs):
    cdef public long long[::1] moved_to
    cdef long long draw(self, long long below) except? -1
    cdef bint propose(self, long long one) except? -1
    cdef long long choose(self) except? -1
    cdef long long late_order(self) except? -1
    cdef long long choose_any(self) except? -1
    cdef bint may_pass(self, long long one) except? -1
    cdef bint earlier(self, long long one) except? -1
    cdef bint later(self, long long one) except? -1
    cdef bint beside_family(self, long long one) except? -1
    cdef bint elsewhere(self, long long one) except? -1
    cdef bint whole_order(self, long long one) except? -1
    cdef bint shift_order(self, long long order, long long shift) except? -1
    cdef long long place_near(self, long long one, long long at) except? -1
    cdef bint relocate(self, long long one, long long placed, long long before) except? -1
    cdef void take_back(self) except *
