"""What the service does is what it ought to do, whatever people try and in whatever order; on both engines."""

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from config import Settings
from tests.story.faults import EVERYWHERE, IN_A_TALE, Fault
from tests.story.tales import Tale
from tests.story.telling import Story, telling

TOLD = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A planted fault is only to be found, not to be made small. By these stories most are found among the first ten.
HUNTED = settings(TOLD, max_examples=39, phases=(Phase.generate,), report_multiple_bugs=False)
THESE = 1


@pytest.mark.both_engines
@pytest.mark.timeout(400)
def test_no_story_ends_otherwise_than_it_ought_to(engine: Engine, settings: Settings) -> None:
    run_state_machine_as_test(telling(engine, settings), settings=TOLD)


@pytest.mark.parametrize("fault", EVERYWHERE, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Fault, engine: Engine, settings: Settings) -> None:
    with fault(engine), pytest.raises(AssertionError):
        run_state_machine_as_test(seed(THESE)(telling(engine, settings)), settings=HUNTED)


@pytest.mark.parametrize(("fault", "tale"), IN_A_TALE.items(), ids=lambda given: given.__name__)
def test_a_planted_fault_shows_in_its_tale(fault: Fault, tale: Tale, engine: Engine, settings: Settings) -> None:
    told(tale, telling(engine, settings)())
    with fault(engine), pytest.raises(AssertionError):
        told(tale, telling(engine, settings)())


def told(tale: Tale, story: Story) -> None:
    """Tell it, and look whether service and model remember the same wherever it pauses."""
    for _ in tale(story):
        story.the_service_remembers_the_same()
