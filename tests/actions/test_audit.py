"""The audit is a chain: a seal tells whether its row, or any row before it, was changed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from booking.actions import audit as sealing
from booking.actions.audit import Standing, standing
from booking.models import audit
from booking.models.database import Session, reading
from booking.models.tables.audit import AuditRow
from config import Settings
from tests.acting import Scene, engine_on

pytestmark = pytest.mark.both_engines


@pytest.fixture
def scene(settings: Settings) -> Iterator[Scene]:
    """Werkhof, with three acts in its audit."""
    with engine_on(settings.database_url) as engine:
        scene = Scene(engine, settings)
        for number in range(3):
            scene.perform(scene.dee, lambda call, at: call.note("test", "space", at, number=at, word="Größe"), number)
        yield scene


def test_rows_are_sealed_in_order_and_only_once(scene: Scene) -> None:
    assert scene.perform(None, sealing.seal) is False
    with reading(scene.engine) as session:
        first = [(row.seal_number, row.seal) for row in audit.page(session)]
    assert [number for number, _ in first] == [3, 2, 1]
    scene.perform(None, sealing.seal)
    with reading(scene.engine) as session:
        assert [(row.seal_number, row.seal) for row in audit.page(session)] == first
        assert [standing(row) for row in audit.page(session)] == [Standing.SEALED] * 3


def test_a_row_that_waits_for_its_seal_says_so(scene: Scene) -> None:
    with reading(scene.engine) as session:
        assert standing(audit.page(session)[0]) is Standing.WAITING


@pytest.mark.parametrize("change", [{"act": "other"}, {"account_id": None}, {"details": {}}, {"seal_before": "0" * 64}])
def test_a_changed_row_is_noticed(scene: Scene, change: dict[str, object]) -> None:
    scene.perform(None, sealing.seal)
    with reading(scene.engine) as session:
        newest = audit.page(session)[0]
    assert standing(replace(newest, **change)) is Standing.BROKEN


def test_the_database_itself_refuses_to_change_a_sealed_row(scene: Scene) -> None:
    scene.perform(None, sealing.seal)

    def rewrite(session: Session) -> None:
        session.query(AuditRow).filter_by(seal_number=1).update({"act": "other"})

    with pytest.raises(DBAPIError, match="append_only"):
        scene.perform(None, lambda call: rewrite(call.session))
