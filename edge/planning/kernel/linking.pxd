# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.one_task cimport OneTask


cdef class Linking(OneTask):
    cpdef clear(self)
    cpdef append(self, long long one, long long station)
    cdef void unlink(self, long long one) except *
    cdef void insert(self, long long one, long long placed, long long before) except *
