"""What the database itself forbids, whoever writes: overlapping claims, and another past in the audit."""

import multiprocessing
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from booking.models import audit, guards
from booking.models.database import adopt, engine_options, in_transaction, writing
from booking.models.tables import METADATA
from booking.rules.refusals import Refused
from tests.acting import HOUR, TEN, Scene, engine_on

pytestmark = pytest.mark.both_engines
CLAIM = METADATA.tables["claim"]


class Unit:
    """One unit, and claims written to it without asking any rule."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.connect() as connection:
            [row] = connection.execute(
                text("SELECT unit.id, space_id, kind_id FROM unit JOIN tool ON tool.id = tool_id")
            )
        self.place = {"unit_id": row[0], "space_id": row[1], "kind_id": row[2]}

    def claim(self, start: datetime, end: datetime, *, blocking: bool = True) -> int:
        """Write a claim; its id."""
        row = self.place | {"blocks_from": start, "blocks_until": end, "blocking": blocking}
        with writing(self.engine) as session:
            return session.execute(insert(CLAIM).values(row).returning(CLAIM.c.id)).scalar_one()

    def change(self, claim_id: int, **values: object) -> None:
        """Write other values into a claim."""
        with writing(self.engine) as session:
            session.execute(update(CLAIM).where(CLAIM.c.id == claim_id).values(**values))


@pytest.fixture
def unit(scene: Scene) -> Unit:
    return Unit(scene.engine)


OVERLAPPING = [
    (TEN, TEN + HOUR),
    (TEN - HOUR / 2, TEN + HOUR / 2),
    (TEN + HOUR / 2, TEN + 2 * HOUR),
    (TEN - HOUR, TEN + 2 * HOUR),
    (TEN + HOUR / 4, TEN + HOUR / 2),
    (TEN + HOUR - timedelta(seconds=1), TEN + 2 * HOUR),
]


@pytest.mark.parametrize(("start", "end"), OVERLAPPING)
def test_no_claim_is_written_over_another(unit: Unit, start: datetime, end: datetime) -> None:
    unit.claim(TEN, TEN + HOUR)
    unit.claim(TEN - 9 * HOUR, TEN - 8 * HOUR)
    with pytest.raises(IntegrityError, match="no_double_booking"):
        unit.claim(start, end)


@pytest.mark.parametrize(("start", "end"), OVERLAPPING)
def test_no_claim_is_changed_into_another(unit: Unit, start: datetime, end: datetime) -> None:
    unit.claim(TEN, TEN + HOUR)
    moving = unit.claim(TEN + 5 * HOUR, TEN + 6 * HOUR)
    with pytest.raises(IntegrityError, match="no_double_booking"):
        unit.change(moving, blocks_from=start, blocks_until=end)


def test_touching_claims_and_those_that_hold_nothing_are_fine(unit: Unit) -> None:
    unit.claim(TEN, TEN + HOUR)
    unit.claim(TEN + HOUR, TEN + 2 * HOUR)
    unit.claim(TEN - HOUR, TEN)
    released = unit.claim(TEN, TEN + HOUR, blocking=False)
    with pytest.raises(IntegrityError, match="no_double_booking"):
        unit.change(released, blocking=True)


def test_a_claim_does_not_stand_in_its_own_way(unit: Unit) -> None:
    claim_id = unit.claim(TEN, TEN + HOUR)
    unit.change(claim_id, blocks_from=TEN + HOUR / 2, blocks_until=TEN + 2 * HOUR)
    unit.change(claim_id, blocks_from=TEN - HOUR, blocks_until=TEN + 3 * HOUR)


@pytest.mark.parametrize("length", [timedelta(0), -HOUR, timedelta(days=9, seconds=1)])
def test_a_claim_has_a_length_that_search_relies_on(unit: Unit, length: timedelta) -> None:
    with pytest.raises(DBAPIError):
        unit.claim(TEN, TEN + length)


def test_a_naive_time_is_not_stored(unit: Unit) -> None:
    with pytest.raises(Exception, match="an instant needs a time zone"):
        unit.claim(TEN.replace(tzinfo=None), TEN + HOUR)


def test_the_guard_speaks_as_a_refusal(unit: Unit) -> None:
    unit.claim(TEN, TEN + HOUR)
    row = unit.place | {"blocks_from": TEN, "blocks_until": TEN + HOUR, "blocking": True}
    with pytest.raises(Refused) as refused:
        in_transaction(unit.engine, lambda session: session.execute(insert(CLAIM).values(row)))
    assert refused.value.refusals[0].code == "slot_taken"


def test_overlaps_are_counted_where_the_guard_was_away(unit: Unit) -> None:
    with writing(unit.engine) as session:
        guards.lift(session.connection())
    unit.claim(TEN, TEN + HOUR)
    again = unit.claim(TEN, TEN + HOUR)
    with unit.engine.connect() as connection:
        assert guards.overlaps(connection) == 1
    unit.change(again, blocking=False)
    with writing(unit.engine) as session:
        guards.apply(session.connection())
    with pytest.raises(IntegrityError, match="no_double_booking"):
        unit.change(again, blocking=True)


# The audit.


@pytest.fixture
def noted(scene: Scene) -> Iterator[Engine]:
    """The engine of a database with one row in its audit."""
    with writing(scene.engine) as session:
        audit.add(session, TEN, scene.ada.account_id, "place", "booking", 1, scene.space_id, {"state": "confirmed"})
    return scene.engine


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE id > 0",
        "UPDATE audit SET act = 'cancel'",
        "UPDATE audit SET subject_id = 2",
        "UPDATE audit SET space_id = NULL",
        "UPDATE audit SET account_id = NULL",
        "UPDATE audit SET details = '{}'",
        "UPDATE audit SET subject_id = 2, seal_number = 1, seal = 'x'",
        "UPDATE audit SET subject = 'tool', seal_number = 1, seal = 'x'",
        "UPDATE audit SET space_id = NULL, seal_number = 1, seal = 'x'",
    ],
)
def test_the_audit_is_only_added_to(noted: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="audit_is_append_only"), writing(noted) as session:
        session.execute(text(statement))


def test_the_audit_is_not_emptied_at_one_go(noted: Engine) -> None:
    statement = "TRUNCATE audit" if noted.dialect.name == "postgresql" else "DELETE FROM audit"
    with pytest.raises(DBAPIError, match="audit_is_append_only"), writing(noted) as session:
        session.execute(text(statement))


def test_a_row_of_the_audit_is_sealed_once(noted: Engine) -> None:
    with writing(noted) as session:
        session.execute(text("UPDATE audit SET seal_number = 1, seal = 'x'"))
    for again in ("seal = 'y'", "seal_number = 2", "seal = NULL"):
        with pytest.raises(DBAPIError, match="audit_is_append_only"), writing(noted) as session:
            session.execute(text(f"UPDATE audit SET {again}"))


# Many writers.


def hammer(url: str, place: dict[str, int], seed: int, tries: int) -> tuple[int, int]:
    """Write claims here and there in one day; how many got in, and how many the guard kept out."""
    engine = create_engine(url, **engine_options(url))
    adopt(engine)
    choose = random.Random(seed)
    got_in = kept_out = 0
    for _ in range(tries):
        start = TEN + timedelta(minutes=15 * choose.randrange(96))
        row = place | {"blocks_from": start, "blocks_until": start + timedelta(minutes=15 * choose.randint(1, 4))}
        try:
            in_transaction(
                engine, lambda session, row=row: session.execute(insert(CLAIM).values(row | {"blocking": True}))
            )
            got_in += 1
        except Refused:
            kept_out += 1
    engine.dispose()
    return got_in, kept_out


def test_eight_processes_at_once_leave_no_overlap(unit: Unit, database_url: str) -> None:
    unit.engine.dispose()
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        counts = pool.starmap(hammer, [(database_url, unit.place, seed, 30) for seed in range(8)])
    got_in, kept_out = (sum(column) for column in zip(*counts, strict=True))
    assert got_in + kept_out == 240
    assert min(got_in, kept_out) > 0
    with engine_on(database_url) as engine, engine.connect() as connection:
        assert guards.overlaps(connection) == 0
        assert connection.execute(text("SELECT count(*) FROM claim")).scalar_one() == got_in
