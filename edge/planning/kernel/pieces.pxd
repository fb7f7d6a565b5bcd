# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython
from edge.planning.kernel.working_time cimport WorkingTime


cdef long long FEW_BATCHES


cdef class Pieces(WorkingTime):
    cdef long long batch_of(self, long long one) except? -1
    cdef long long number(self, long long before, long long batch, long long piece) except? -1
    cdef long long batch_time(self, long long one, long long before, long long batch, long long number) except? -1
    cdef long long made(self, long long one, long long amount, long long gap) except? -1
    @cython.locals(kind=cython.longlong, start=cython.longlong, end=cython.longlong, pieces=cython.longlong, have=cython.longlong)
    cdef long long made_in_parts(self, long long one, long long starts) except? -1
    cdef long long starts_for(self, long long one, long long amount) except? -1
    cdef long long returned(self, long long one, long long starts) except? -1
    cpdef long long line_of(self, long long one)
    cdef long long first(self, long long one) except? -1
    cdef long long least_amount(self, long long one, long long placed, long long line) except? -1
    cdef bint is_whole(self, long long before) except? -1
    cdef long long needed_by(self, long long one, long long placed, long long line, long long before, long long batch, long long number) except? -1
    cdef long long needed(self, long long one, long long placed, long long line, long long at, long long pieces) except? -1
    cdef long long at_borders(self, long long one, long long placed, long long line, long long before, long long batch, long long first, long long last) except? -1
    cdef long long near_edges(self, long long one, long long placed, long long line, long long before, long long batch, long long first, long long last, long long edges, long long start, long long end, long long shift) except? -1
    cdef long long made_by(self, long long one, long long at) except? -1
