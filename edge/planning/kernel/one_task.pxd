# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

from edge.planning.kernel.pieces cimport Pieces


cdef class OneTask(Pieces):
    cdef long long setup_of(self, long long one, long long placed, long long before) except? -1
    cdef long long ready_at(self, long long one, long long placed, long long line, long long setup) except? -1
    cdef void put(self, long long one, long long placed, long long line, long long start, long long setup, long long credited) except *
    cdef bint is_alone(self, long long one, long long placed) except? -1
    cdef void put_alone(self, long long one, long long placed) except *
    cdef void send_out(self, long long one) except *
