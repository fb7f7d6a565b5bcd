# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.costs cimport Costs


cdef long long FARTHEST, TRIES, REACH


cdef class Search(Costs):
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
