"""Whether a plan keeps the window that was cut out of it, reckoned without the solver."""

from collections import defaultdict

from edge.planning.optimizing.easing import way_now
from edge.planning.optimizing.window import Job, Window


def broken(window: Window) -> list[str]:
    """What of a window the plan does not keep as it stands: each is a chance that is lost."""
    return [*_of_jobs(window), *_of_lags(window), *_of_posts(window)]


def _run(job: Job) -> int:
    return job.hint[1] + way_now(job).setup + job.change


def _end(job: Job) -> int:
    return _run(job) + way_now(job).run


def _of_jobs(window: Window) -> list[str]:
    found = []
    for job in window.jobs:
        if job.hint[1] < way_now(job).earliest or _run(job) < way_now(job).run_from:
            found.append(f"{job.key} begins too early")
        if _end(job) > min(window.horizon, job.latest or window.horizon):
            found.append(f"{job.key} ends too late")
    return found


def _of_lags(window: Window) -> list[str]:
    jobs = {job.key: job for job in window.jobs}
    found = []
    for lag in window.lags:
        first, second = jobs[lag.first], jobs[lag.second]
        distance = lag.between[first.hint[0], second.hint[0]]
        is_early = second.hint[1] < _run(first) + distance.setup
        if is_early or _run(second) < _run(first) + distance.run:
            found.append(f"{lag.second} comes too soon after {lag.first}")
    return found


def _of_posts(window: Window) -> list[str]:
    rows: dict[str, list[Job]] = defaultdict(list)
    for job in sorted(window.jobs, key=lambda one: (one.hint[1], _end(one))):
        rows[job.hint[0]].append(job)
    found = []
    for post in window.posts:
        family, free = post.family, post.free_at
        for job in rows[post.center]:
            if job.hint[1] < free:
                found.append(f"{job.key} begins while {post.center} is busy")
            if post.change(family, job.family) != job.change:
                found.append(f"{job.key} has another change of family")
            family, free = job.family, _end(job)
        if post.after and free + post.change(family, post.after[0]) > post.after[1]:
            found.append(f"what follows on {post.center} comes later")
    return found
