# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.state cimport State


cdef class WorkingTime(State):
    cdef long long amount(self, long long line, long long at) except? -1
    cdef long long moment(self, long long line, long long amount) except? -1
    cdef long long after(self, long long line, long long start, long long work) except? -1
    cdef long long interval(self, long long line, long long at) except? -1
    cdef long long open_at(self, long long line, long long at) except? -1
