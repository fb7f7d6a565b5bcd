"""Plans hold what is promised, and promises go by the plan."""

from edge.execution.dispatch.replanning import Replanner
from edge.execution.floor import Floor
from edge.execution.promising.live import LivePlan
from edge.execution.promising.room import Promises


def join(promises: Promises, replanner: Replanner, floor: Floor) -> None:
    """Let each of the two know what the other does."""
    live = LivePlan(floor, replanner.what_is_left, lambda: replanner.plan.version)
    promises.live, promises.changed = live.now, replanner.wake
    replanner.held, replanner.places = promises.orders_held, promises.places
