"""Stories by the thousand, for the report: python -m tests.story.long_run ENGINE STEPS SEED

Says how far it is, and ends with a non-zero status and the story where service and model part.
"""

import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from config import Settings, load_settings
from tests.acting import engine_on
from tests.prove import engines
from tests.story.telling import telling

# So many stories are told in a database before the next takes a new one, and of so many steps at most.
STORIES, LONGEST = 150, 50


def tell(engine_name: str, steps: int, number: int) -> None:
    """Tell stories until so many steps were compared."""
    stories, done, began = 0, 0, time.monotonic()
    while done < steps:
        with engines() as addresses:
            # Of a few steps there are few stories: one has thirty or so.
            these = min(STORIES, 1 + (steps - done) // 30)
            done += _told(addresses[engine_name](), number + stories, these)
        stories += STORIES
        print(f"{engine_name}: {done:,} of {steps:,} steps, {time.monotonic() - began:.0f} s", flush=True)


def _told(address: str, number: int, stories: int) -> int:
    """How many steps were compared of so many stories that this number seeds."""
    told = settings(
        max_examples=stories,
        stateful_step_count=LONGEST,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    with tempfile.TemporaryDirectory() as folder, engine_on(address) as engine:
        machine = telling(engine, _settings(address, Path(folder)))
        run_state_machine_as_test(seed(number)(machine), settings=told)
    return machine.compared


def _settings(address: str, folder: Path) -> Settings:
    return load_settings(
        {
            "BOOKING_INSTANCE": str(folder),
            "BOOKING_DATABASE_URL": address,
            "BOOKING_SECRET_KEY": "0123456789abcdef" * 4,
            "BOOKING_BASE_URL": "http://localhost",
            "BOOKING_MAIL_URL": f"file://{folder / 'mail'}",
        }
    )


if __name__ == "__main__":
    tell(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
