"""From snapshots to the states of one work center: what was shown, between them and in them.

Pure, but for the job book that it asks what the machine is on.
"""

from dataclasses import dataclass, replace

from edge.collection.settings import WorkCenterSettings
from edge.collection.snapshots import Seen
from edge.collection.states import On, Shown, StateTracker, Tracked, Tracking
from edge.domain.equipment import JobBook
from edge.domain.facts import FactDraft
from edge.domain.vocabulary import PRODUCING


@dataclass(frozen=True, kw_only=True)
class Followed:
    """Where the tracking stands after a snapshot; `valid`: it proves that the machine lives."""

    tracked: Tracked
    drafts: tuple[FactDraft, ...] = ()
    valid: bool = False


@dataclass(frozen=True)
class Follower:
    """Follows the states of one work center."""

    settings: WorkCenterSettings
    tracker: StateTracker
    jobs: JobBook

    def on(self, shown: Shown, order: int | None) -> On:
        """The job that a producing machine names, else the one that was started here."""
        work_center = self.settings.id
        named = None
        if order and shown.state in PRODUCING:
            named = self.jobs.by_number(work_center, order)
        return On(job=named or self.jobs.running(work_center), order=order)

    def follow(self, tracked: Tracked, seen: Seen, beat: int | None) -> Followed:
        """What passed before a snapshot, then what it shows; `beat` is the heartbeat before it.

        A heartbeat that stands proves nothing new.
        """
        tracked, passed = self._passed(tracked, seen)
        now = seen.values.get("heartbeat")
        alive = "heartbeat" not in self.settings.tags or (now is not None and now != beat)
        if seen.shown is None or (tracked.gap is not None and not alive):
            return Followed(tracked=tracked, drafts=passed)
        on = self.on(seen.shown, seen.values.get("order"))
        after, drafts = self.tracker.see(tracked, seen.at, seen.shown, on)
        if not alive:
            after = replace(after, valid_at=tracked.valid_at)
        return Followed(tracked=after, drafts=(*passed, *drafts), valid=alive)

    def _passed(self, tracked: Tracked, seen: Seen) -> Tracking:
        """States that came and went between two snapshots, as the device told of them."""
        drafts = tuple[FactDraft, ...]()
        if tracked.gap is not None or tracked.valid_at is None:
            return tracked, ()  # nothing was known, and the gap says so
        since = tracked.valid_at
        for past in seen.passed:
            fault = past.values.get("fault", tracked.shown.fault) or None
            shown = replace(tracked.shown, **{**past.values, "fault": fault})
            if shown != tracked.shown:
                on = self.on(shown, tracked.on.order)
                tracked, more = self.tracker.see(tracked, min(past.at, seen.at), shown, on)
                drafts += more
        if seen.missed:
            drafts += self.tracker.missed(since, max(seen.at, tracked.at), seen.missed)
        return tracked, drafts
