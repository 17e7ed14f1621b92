"""What the clock does to certificates: uses are counted, lapsed ones stay so, and people are reminded once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import bookings, certificates, lapsing
from booking.models import holding
from booking.models.database import reading, writing
from booking.models.tables.bookings import Booking
from booking.models.tables.certificates import Acceptance, Certificate, Grant
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, ToolCertificate
from booking.rules.access import Actor
from booking.rules.certificates import CertificateWish
from tests.acting import TEN, Scene, counted
from tests.factories import NOW

pytestmark = pytest.mark.both_engines
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def slug(scene: Scene) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Space, scene.space_id).slug


def needed(scene: Scene, **terms: Any) -> int:
    """A certificate that Lumi asks for and Ada holds."""
    number = scene.perform(scene.bo, certificates.add, slug(scene), CertificateWish("Laser", **terms))
    with writing(scene.engine) as session:
        session.add(ToolCertificate(tool_id=scene.tool_id, certificate_id=number))
    scene.perform(scene.bo, certificates.grant, slug(scene), number, [scene.ada.account_id])
    return number


def end(scene: Scene, number: int, who: Actor) -> datetime | None:
    with reading(scene.engine) as session:
        return holding.of_people(session, [who.account_id])[who.account_id][number]


def used(scene: Scene, start: datetime, state: str = "confirmed", tool_id: int | None = None) -> None:
    """A booking of Ada's of an hour, as it is in the end."""
    with writing(scene.engine) as session:
        tool = session.get_one(Tool, tool_id or scene.tool_id)
        place = {"space_id": tool.space_id, "tool_id": tool.id, "account_id": scene.ada.account_id}
        times = {"starts_at": start, "ends_at": start + HOUR, "created_at": NOW, "changed_at": NOW}
        session.add(Booking(uid=f"{start}-{tool.id}@example.org", state=state, **place, **times))


def reminders(scene: Scene) -> list[dict[str, Any]]:
    with reading(scene.engine) as session:
        payloads = session.scalars(select(Job.payload).order_by(Job.id)).all()
    return [payload for payload in payloads if payload.get("event") == "certificate_ending"]


def test_a_booking_that_is_over_puts_off_the_end_of_what_it_needed(scene: Scene) -> None:
    number = needed(scene, unused_days=10)
    before = end(scene, number, scene.ada)
    scene.perform(scene.ada, bookings.place, scene.ask())
    assert scene.perform(None, lapsing.count_uses) == 0
    scene.now = TEN + HOUR
    assert scene.perform(None, lapsing.count_uses) == 1
    after = end(scene, number, scene.ada)
    assert before and after and after - before == DAY
    assert scene.perform(None, lapsing.count_uses) == 0


@pytest.mark.parametrize("state", ["pending", "cancelled", "missed", "declined"])
def test_only_what_took_place_is_a_use(scene: Scene, state: str) -> None:
    needed(scene, unused_days=10)
    used(scene, TEN, state)
    scene.now = TEN + DAY
    assert scene.perform(None, lapsing.count_uses) == 0


def test_use_of_a_tool_that_asks_for_nothing_is_none(scene: Scene) -> None:
    needed(scene, unused_days=10)
    used(scene, TEN, tool_id=scene.tool())
    scene.now = TEN + DAY
    assert scene.perform(None, lapsing.count_uses) == 0


def test_what_has_lapsed_stays_so_and_then_it_is_refused(scene: Scene) -> None:
    number = needed(scene, unused_days=2)
    used(scene, NOW + 4 * DAY)
    scene.now = NOW + 5 * DAY
    assert scene.perform(None, lapsing.count_uses) == 0
    lapsed = end(scene, number, scene.ada)
    assert lapsed and lapsed < scene.now
    ask = scene.ask(scene.now + DAY + HOUR)
    (refusal,) = scene.read(scene.ada, bookings.check, ask)
    assert (refusal.code, refusal.data["over"]) == ("certificate_expired", True)


def test_uses_are_counted_in_order_after_a_long_pause(scene: Scene) -> None:
    number = needed(scene, unused_days=3)
    # The second is within time only because of the first.
    for day in (2, 4):
        used(scene, NOW + day * DAY)
    scene.now = NOW + 6 * DAY
    scene.perform(None, lapsing.count_uses)
    after = end(scene, number, scene.ada)
    assert after and after > NOW + 7 * DAY


def test_a_foreign_certificate_and_the_briefing_are_used_where_they_count(scene: Scene) -> None:
    tool_id = scene.tool_elsewhere()
    number = needed(scene, unused_days=10)
    with writing(scene.engine) as session:
        tool = session.get_one(Tool, tool_id)
        own, briefing = (Certificate(space_id=tool.space_id, name=name) for name in ("Cutter", "Fire"))
        session.add_all([own, briefing])
        session.flush()
        session.add(ToolCertificate(tool_id=tool.id, certificate_id=own.id))
        session.add(Acceptance(certificate_id=own.id, foreign_id=number, briefing_id=briefing.id))
        session.add(Grant(certificate_id=briefing.id, account_id=scene.ada.account_id, granted_at=NOW))
    used(scene, TEN, tool_id=tool_id)
    scene.now = TEN + HOUR
    assert scene.perform(None, lapsing.count_uses) == 2


def test_counting_asks_the_same_for_one_use_and_for_many(scene: Scene) -> None:
    needed(scene, unused_days=10)
    numbers = []
    for hours in ((0,), (2, 4, 6)):
        for hour in hours:
            used(scene, TEN + hour * HOUR)
        scene.now = TEN + DAY
        with counted(scene.engine) as asked:
            scene.perform(None, lapsing.count_uses)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_whoever_holds_it_is_reminded_once_before_its_end(scene: Scene) -> None:
    number = needed(scene, valid_days=30, reminder_days=7, briefing_note="Every Thursday")
    assert scene.perform(None, lapsing.remind) is False
    assert reminders(scene) == []
    scene.now = NOW + 25 * DAY
    for _ in range(2):
        scene.perform(None, lapsing.remind)
    (mail,) = reminders(scene)
    assert (mail["account_id"], mail["certificate_id"]) == (scene.ada.account_id, number)
    assert (mail["by_use"], mail["note"], mail["briefing_at"]) == (False, "Every Thursday", None)
    assert mail["link"].endswith("/certificates/")


def test_another_end_is_told_anew(scene: Scene) -> None:
    needed(scene, unused_days=20, reminder_days=5)
    scene.now = NOW + 16 * DAY
    scene.perform(None, lapsing.remind)
    used(scene, scene.now + HOUR)
    scene.now += DAY
    scene.perform(None, lapsing.count_uses)
    scene.perform(None, lapsing.remind)
    assert [mail["by_use"] for mail in reminders(scene)] == [True]
    scene.now = NOW + 32 * DAY
    scene.perform(None, lapsing.remind)
    assert len(reminders(scene)) == 2


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        ({"valid_days": 30, "reminder_days": 0}, 29),
        ({}, 3000),
        ({"valid_days": 30}, 31),
        # A short one isn't told to end on the day on which it is granted.
        ({"valid_days": 4, "reminder_days": 14}, 1),
    ],
    ids=["not at all", "without an end", "too late", "too early"],
)
def test_nobody_is_reminded(scene: Scene, terms: dict[str, Any], day: int) -> None:
    needed(scene, **terms)
    scene.now = NOW + day * DAY
    scene.perform(None, lapsing.remind)
    assert reminders(scene) == []


def test_what_was_revoked_or_granted_anew_is_not_reminded_of(scene: Scene) -> None:
    number = needed(scene, valid_days=30, reminder_days=7)
    scene.now = NOW + 20 * DAY
    scene.perform(scene.bo, certificates.grant, slug(scene), number, [scene.ada.account_id])
    scene.now = NOW + 25 * DAY
    scene.perform(None, lapsing.remind)
    assert reminders(scene) == []
    scene.perform(scene.bo, certificates.revoke, slug(scene), number, scene.ada.account_id)
    scene.now = NOW + 45 * DAY
    scene.perform(None, lapsing.remind)
    assert reminders(scene) == []


def test_the_next_briefing_is_told_while_it_is_ahead(scene: Scene) -> None:
    needed(scene, valid_days=30, reminder_days=7, next_briefing_at=NOW + 26 * DAY)
    scene.now = NOW + 25 * DAY
    scene.perform(None, lapsing.remind)
    assert reminders(scene)[0]["briefing_at"] == (NOW + 26 * DAY).isoformat()
