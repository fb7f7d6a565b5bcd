# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython
from edge.planning.kernel.staffed cimport Staffed


cdef long long FAR, MOST_HELD, SETUP, RUN


cdef class Tied(Staffed):
    cdef bint is_tied(self, long long one) except? -1
    cdef void join(self, long long number, long long one, long long placed, long long line, long long at, long long setup) except *
    cdef void credit(self, long long number) except *
    cdef void run_group(self) except *
    cdef void finish_batches(self, long long number) except *
    @cython.locals(one=cython.longlong, piece=cython.longlong, there=cython.longlong, until=cython.longlong, before=cython.longlong, batch=cython.longlong)
    cdef void supply(self, long long number, long long wanted) except *
    cdef long long there(self, long long number, long long piece) except? -1
    @cython.locals(amount=cython.longlong, pieces=cython.longlong, batch=cython.longlong, one=cython.longlong)
    cdef long long pull(self, long long number, long long wanted) except? -1
    @cython.locals(there=cython.longlong, begin=cython.longlong, natural=cython.longlong, held=cython.longlong, bound=cython.longlong)
    cdef void complete(self, long long number, long long pieces) except *
    @cython.locals(line=cython.longlong, work=cython.longlong, amount=cython.longlong, latest=cython.longlong)
    cdef long long latest_begin(self, long long number, long long bound, long long begin) except? -1
    cdef long long rest(self, long long number) except? -1
    cdef long long have_now(self, long long number) except? -1
    @cython.locals(line=cython.longlong, start=cython.longlong, work=cython.longlong, end=cython.longlong, at=cython.longlong)
    cdef long long would_end(self, long long number, long long begin, long long there) except? -1
    cdef long long set_up_by(self, long long number) except? -1
    @cython.locals(one=cython.longlong, two=cython.longlong, batch=cython.longlong, at=cython.longlong, first=cython.longlong, amount=cython.longlong, piece=cython.longlong, begin=cython.longlong)
    cdef long long bound(self, long long number, long long natural) except? -1
    cdef long long could_begin(self, long long number, long long at) except? -1
    @cython.locals(kind=cython.longlong, start=cython.longlong, pieces=cython.longlong, have=cython.longlong, first=cython.longlong, work=cython.longlong, line=cython.longlong)
    cdef long long begun(self, long long number, long long piece) except? -1
    cdef long long begin_at(self, long long line, long long start, long long work) except? -1
    @cython.locals(work=cython.longlong, line=cython.longlong, at=cython.longlong, one=cython.longlong, end=cython.longlong)
    cdef void prepare(self, long long number, long long there) except *
    cdef long long who(self, long long number) except? -1
    cdef long long work_of(self, long long number, long long pieces) except? -1
    cdef bint goes_on(self, long long number, long long there) except? -1
    cdef void advance(self, long long number, long long wanted, long long there) except *
    @cython.locals(line=cython.longlong, work=cython.longlong)
    cdef void open(self, long long number, long long at, long long wanted) except *
    @cython.locals(line=cython.longlong, start=cython.longlong, end=cython.longlong, person=cython.longlong, until=cython.longlong)
    cdef bint finish_pieces(self, long long number, long long wanted) except? -1
    @cython.locals(line=cython.longlong, start=cython.longlong, worked=cython.longlong, have=cython.longlong, pieces=cython.longlong, end=cython.longlong)
    cdef void hand_over(self, long long number, long long until) except *
    cdef void close(self, long long number) except *
    cdef void write_stretch(self, long long number, long long end, long long pieces) except *
