# cython: language_level=3, boundscheck=False, wraparound=False, infer_types=True
# cython: initializedcheck=False

cimport cython
from edge.planning.kernel.tied cimport Tied


cdef long long SETUP, PATIENCE, LEAST_WAIT


cdef class Grouping(Tied):
    @cython.locals(after=cython.longlong)
    cdef bint gather_group(self, long long one, long long placed, long long now) except? -1
    @cython.locals(one=cython.longlong, placed=cython.longlong)
    cdef bint choose_from(self, long long number, long long now) except? -1
    @cython.locals(station=cython.longlong, member=cython.longlong)
    cdef bint can_match(self, long long number) except? -1
    @cython.locals(one=cython.longlong, placed=cython.longlong, station=cython.longlong, owner=cython.longlong)
    cdef bint matched(self, long long member, long long number, long long root) except? -1
    @cython.locals(station=cython.longlong, other=cython.longlong)
    cdef bint may_use(self, long long one, long long placed, long long number) except? -1
    cdef long long would_finish(self, long long one, long long placed, long long now) except? -1
    cdef long long group_begin(self, long long one, long long placed, long long now) except? -1
    @cython.locals(total=cython.longlong, at=cython.longlong, number=cython.longlong, one=cython.longlong, placed=cython.longlong, station=cython.longlong, line=cython.longlong, setup=cython.longlong, ready=cython.longlong, limit=cython.longlong)
    cdef long long held_for(self, long long now) except? -1
    @cython.locals(one=cython.longlong, before=cython.longlong, limit=cython.longlong, batch=cython.longlong, first=cython.longlong, more=cython.longlong, line=cython.longlong, work=cython.longlong)
    cdef long long held_from(self, long long number, long long at) except? -1
    cdef long long g_line_of(self, long long number) except? -1
    cdef long long batch_work(self, long long number, long long more) except? -1
    cdef void place_group(self, long long now) except *
    cdef void take_member(self, long long number, long long now) except *
    @cython.locals(one=cython.longlong, placed=cython.longlong, begun=cython.longlong, parts=cython.longlong, setup_end=cython.longlong, kind=cython.longlong, start=cython.longlong, end=cython.longlong, station=cython.longlong)
    cdef void write_down(self, long long number) except *
