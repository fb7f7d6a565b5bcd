"""What a moment counts as: every state, in every situation."""

import pytest

from edge.domain.vocabulary import MachineMode, MachineState, TimeClass, classify_time

PRODUCING = {MachineState.EXECUTE, MachineState.COMPLETING}
AUTOMATIC = [None, MachineMode.PRODUCTION, 17]  # above 3: the machine builder's


def judged(
    state: int | None,
    mode: int | None = None,
    *,
    in_calendar: bool = True,
    has_job: bool = True,
    in_setup: bool = False,
) -> TimeClass:
    return classify_time(state, mode, in_calendar=in_calendar, has_job=has_job, in_setup=in_setup)


@pytest.mark.parametrize("mode", AUTOMATIC)
@pytest.mark.parametrize("state", MachineState)
def test_with_a_job_a_machine_produces_or_is_delayed_or_has_completed(
    state: MachineState, mode: int | None
) -> None:
    expected = TimeClass.APT if state in PRODUCING else TimeClass.ADET
    assert judged(state, mode) is (TimeClass.ADOT if state is MachineState.COMPLETE else expected)


@pytest.mark.parametrize("state", MachineState)
def test_set_up_is_set_up_whatever_the_machine_shows(state: MachineState) -> None:
    assert judged(state, in_setup=True) is TimeClass.ASUT


@pytest.mark.parametrize("state", MachineState)
def test_without_a_job_nothing_is_lost_for_an_order(state: MachineState) -> None:
    assert judged(state, has_job=False) is TimeClass.ADOT


@pytest.mark.parametrize("mode", [MachineMode.MAINTENANCE, MachineMode.MANUAL])
@pytest.mark.parametrize("state", PRODUCING)
def test_what_runs_in_maintenance_or_by_hand_does_not_produce(
    state: MachineState, mode: MachineMode
) -> None:
    assert judged(state, mode) is TimeClass.ADET
    assert judged(state, mode, in_calendar=False) is TimeClass.OFF


@pytest.mark.parametrize("has_job", [True, False])
@pytest.mark.parametrize("in_setup", [True, False])
def test_without_a_valid_state_it_is_unknown(has_job: bool, in_setup: bool) -> None:
    assert judged(None, has_job=has_job, in_setup=in_setup) is TimeClass.UNKNOWN


@pytest.mark.parametrize("state", [None, *MachineState])
def test_outside_the_calendar_only_production_of_a_job_counts(state: MachineState | None) -> None:
    made = TimeClass.APT_OUTSIDE if state in PRODUCING else TimeClass.OFF
    assert judged(state, in_calendar=False) is made
    assert judged(state, in_calendar=False, has_job=False) is TimeClass.OFF
    assert judged(state, in_calendar=False, in_setup=True) is TimeClass.OFF
