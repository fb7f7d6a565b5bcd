"""A window is made to hold the plan as it stands, so that there is always one answer to begin with.

What is rounded to ticks, and work centers that have hours of their own, let a plan break its own
window by a little: then nothing is found in it, however long it is searched.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from edge.planning.optimizing.window import Job, Lag, Post, Way, Window
from edge.planning.placing.tasks import Key, Task


@dataclass(frozen=True)
class _Stand:
    """Ticks at which a job stands: its set-up begins, its run does, it ends."""

    start: int
    run: int
    end: int
    change: int


def eased(window: Window, tasks: Iterable[Task]) -> Window:
    """The window with its jobs in the sequences of now, each as early as it can be there (the new
    hints), and with last moments that are no sooner than those. `tasks` are those of its jobs."""
    now = {task.key: _begun(task) for task in tasks}
    stands, last = _placed(window, sorted(window.jobs, key=lambda job: now[job.key]))
    jobs = tuple(_job(job, stands[job.key]) for job in window.jobs)
    return replace(
        window,
        jobs=jobs,
        posts=tuple(_post(post, last) for post in window.posts),
        horizon=max([window.horizon, *(one.end for one in stands.values())]),
    )


def _begun(task: Task) -> tuple[int, int, int]:
    assert task.placed is not None
    return (task.placed.start, task.placed.end, task.operation.seq)


def _placed(
    window: Window, jobs: Iterable[Job]
) -> tuple[Mapping[Key, _Stand], Mapping[str, tuple[str | None, int]]]:
    """Where each job comes to stand, and by work center the last family and its end."""
    last = {post.center: (post.family, post.free_at) for post in window.posts}
    posts = {post.center: post for post in window.posts}
    before: dict[Key, list[Lag]] = {}
    for lag in window.lags:
        before.setdefault(lag.second, []).append(lag)
    at = {job.key: job.hint[0] for job in window.jobs}
    stands: dict[Key, _Stand] = {}
    for job in jobs:
        center = job.hint[0]
        family, free = last[center]
        change = posts[center].change(family, job.family)
        stands[job.key] = one = _stand(job, free, change, before.get(job.key, ()), stands, at)
        last[center] = (job.family, one.end)
    return stands, last


def way_now(job: Job) -> Way:
    """The way in which a job is done now."""
    return next(way for way in job.ways if way.center == job.hint[0])


def _stand(
    job: Job,
    free: int,
    change: int,
    lags: Iterable[Lag],
    stands: Mapping[Key, _Stand],
    at: Mapping[Key, str],
) -> _Stand:
    way = way_now(job)
    start, run = max(free, way.earliest), way.run_from
    for lag in lags:
        if (first := stands.get(lag.first)) is not None:
            distance = lag.between[at[lag.first], way.center]
            start = max(start, first.run + distance.setup)
            run = max(run, first.run + distance.run)
    run = max(run, start + way.setup + change)
    return _Stand(run - way.setup - change, run, run + way.run, change)


def _job(job: Job, stand: _Stand) -> Job:
    latest = None if job.latest is None else max(job.latest, stand.end)
    hint = (job.hint[0], stand.start)
    return replace(job, hint=hint, change=stand.change, latest=latest)


def _post(post: Post, last: Mapping[str, tuple[str | None, int]]) -> Post:
    if post.after is None:
        return post
    (next_family, by), (family, free) = post.after, last[post.center]
    return replace(post, after=(next_family, max(by, free + post.change(family, next_family))))
