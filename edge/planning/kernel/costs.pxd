# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.sequences cimport Sequences


cdef class Costs(Sequences):
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
    cpdef bint settle_tied(self)
