"""What the guard against double booking costs: inserts with a commit each, with it and without it, in turns."""

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, insert, select

from booking.models import guards, revisions
from booking.models.database import WRITES, writing
from booking.models.tables import METADATA
from booking.models.tables.tools import Unit
from booking.outside import clock
from tests import factories

UNITS, BOOKED = 20, 1_000
BATCHES, BATCH = 120, 10
SLOT = timedelta(hours=1)
_claim = METADATA.tables["claim"]


@dataclass(frozen=True)
class Cost:
    """What an insert with its commit takes in milliseconds, guarded and raw; `share` of the raw speed that is left."""

    guarded: float
    raw: float
    share: float


def measured(guarded: Engine, raw: Engine) -> Cost:
    """Insert into each of two migrated, empty databases of one kind, a few rows here and a few there."""
    free = list(_filled(guarded)), list(_filled(raw))
    with raw.begin() as connection:
        guards.lift(connection)
        revisions.apply(connection)
    taken: tuple[list[float], list[float]] = ([], [])
    for batch in range(BATCHES):
        # Who begins alternates, so that neither always finds the warmer machine.
        for which in (0, 1) if batch % 2 else (1, 0):
            rows = free[which][batch * BATCH : (batch + 1) * BATCH]
            taken[which].append(_inserted((guarded, raw)[which], rows))
    behind, without = (statistics.median(batches) / BATCH * 1e3 for batches in taken)
    return Cost(behind, without, statistics.median(two / one for one, two in zip(*taken, strict=True)))


def _filled(engine: Engine) -> Iterator[dict[str, object]]:
    """Every second hour of each unit is booked; rows for hours between them, in an order of chance."""
    with writing(engine) as session:
        space = factories.make_space(session)
        tool = factories.make_tool(session, space, units=UNITS)
        units = session.scalars(select(Unit.id).where(Unit.tool_id == tool.id)).all()
        held = {"space_id": space.id, "kind_id": tool.kind_id, "blocking": True}
        now = clock.now()
        rows = [
            {"unit_id": unit, "blocks_from": now + number * SLOT, "blocks_until": now + (number + 1) * SLOT} | held
            for unit in units
            for number in range(2 * BOOKED)
        ]
        session.execute(insert(_claim), rows[::2])
    between = rows[1::2]
    random.Random(1).shuffle(between)
    yield from between


def _inserted(engine: Engine, rows: list[dict[str, object]]) -> float:
    """How long these inserts took, each in a transaction of its own."""
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        began = time.perf_counter()
        for row in rows:
            with connection.begin():
                connection.execute(insert(_claim), row)
        return time.perf_counter() - began
