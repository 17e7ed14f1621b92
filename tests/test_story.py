"""What the service does is what it ought to do, whatever people try and in whatever order; on both engines."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from config import Settings
from tests.story.faults import FAULTS, Fault
from tests.story.telling import telling

TOLD = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A planted fault is only to be found, not to be made small.
HUNTED = settings(TOLD, max_examples=1000, derandomize=True, phases=(Phase.generate,), report_multiple_bugs=False)


@pytest.mark.both_engines
def test_no_story_ends_otherwise_than_it_ought_to(engine: Engine, settings: Settings) -> None:
    run_state_machine_as_test(telling(engine, settings), settings=TOLD)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Fault, engine: Engine, settings: Settings) -> None:
    with fault(engine), pytest.raises(AssertionError):
        run_state_machine_as_test(telling(engine, settings), settings=HUNTED)
