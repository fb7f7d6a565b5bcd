# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.dispatch cimport Dispatch


cdef class Sequences(Dispatch):
    cpdef bint decode(self, long long begin)
    cdef long long gather(self, long long begin) except? -1
    cdef void renew(self, long long one) except *
    cdef void mark(self, long long one) except *
    cdef void place(self, long long one) except *
