"""What a plan costs, as the scenario's objective has it; the lower the better."""

from edge.planning.placing.solver import Plan
from edge.planning.scenario.writing import whole_seconds

Value = tuple[int, int]


def value_of(plan: Plan) -> Value:
    """(weighted tardiness, set-up), or (makespan, set-up); both in seconds, as a schedule has."""
    scenario = plan.problem.scenario
    setup = whole_seconds(sum(task.placed.setup_us for task in plan.tasks if task.placed))
    completions = {order.id: plan.completion(order.id) for order in scenario.orders}
    if scenario.objective == "makespan":
        last = max((end for end in completions.values() if end is not None), default=None)
        return (0 if last is None else whole_seconds(last - scenario.plan_start), setup)
    late = 0
    for order in scenario.orders:
        end = completions[order.id]
        if end is not None and order.due is not None and end > order.due:
            late += order.weight * whole_seconds(end - order.due)
    return (late, setup)
