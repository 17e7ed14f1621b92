"""Requests that nobody answers: reminded of, handed to the deputy, expired; and answered by a mailed link."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from booking.actions import answers, approvals, bookings, deadlines, mails
from booking.models.bookings import BookingCard, due_to_expire
from booking.models.database import reading
from booking.models.deadlines import until
from booking.models.tables.accounts import Account
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.rules.access import Actor
from booking.rules.deadlines import Patience
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene
from tests.factories import NOW

pytestmark = pytest.mark.both_engines


def patient(scene: Scene, deputy: Actor | None = None, expiry: int | None = 12) -> None:
    """Werkhof reminds after two hours, asks the deputy after four, and lets requests expire."""
    with reading(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
        email = session.get_one(Account, deputy.account_id).email if deputy else ""
    scene.perform(scene.bo, deadlines.change, slug, Patience(2, 4 if deputy else None, expiry), email)


def requested(scene: Scene) -> BookingCard:
    ask = scene.ask(tool_id=scene.tool(approval="always"))
    return scene.perform(scene.ada, bookings.place, ask)


def kept_until(scene: Scene, card: BookingCard) -> datetime:
    with reading(scene.engine) as session:
        found = until(session, card.id)
    assert found
    return found


def runs(scene: Scene, kind: str) -> list[datetime]:
    with reading(scene.engine) as session:
        return list(session.scalars(select(Job.run_at).where(Job.kind == kind).order_by(Job.id)))


def link_for(scene: Scene, who: Actor) -> str:
    """The secret of the link in the latest mail to this person."""
    with reading(scene.engine) as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id.desc())).all()
    payload = next(job.payload for job in jobs if job.payload.get("account_id") == who.account_id)
    return str(payload["link"]).rpartition("/")[2]


def asked_by_mail(scene: Scene, card: BookingCard) -> str:
    """The secret of the link that the manager was sent."""
    scene.perform(None, mails.spread, 1, {"event": "approval_wanted", "booking_id": card.id})
    return link_for(scene, scene.bo)


def test_a_request_waits_until_its_start_where_the_space_says_nothing(scene: Scene) -> None:
    card = requested(scene)
    assert kept_until(scene, card) == TEN
    assert (runs(scene, "expire"), runs(scene, "remind"), runs(scene, "escalate")) == ([TEN], [], [])


def test_a_patient_space_says_when_each_of_it_happens(scene: Scene) -> None:
    patient(scene, scene.cy)
    card = requested(scene)
    assert kept_until(scene, card) == NOW + 12 * HOUR
    assert runs(scene, "expire") == [NOW + 12 * HOUR]
    assert (runs(scene, "remind"), runs(scene, "escalate")) == ([NOW + 2 * HOUR], [NOW + 4 * HOUR])


def test_a_request_expires_in_time_frees_its_slot_and_says_why(scene: Scene) -> None:
    patient(scene)
    card = requested(scene)
    scene.now = NOW + 12 * HOUR - timedelta(seconds=1)
    assert scene.perform(None, bookings.expire, card.id).state is State.PENDING
    scene.now = NOW + 12 * HOUR
    with reading(scene.engine) as session:
        assert due_to_expire(session, scene.now, 5) == (card.id,)
    assert scene.perform(None, bookings.expire, card.id).state is State.EXPIRED
    with reading(scene.engine) as session:
        job = session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
    assert (job.payload["event"], job.payload["early"]) == ("booking_expired", True)
    assert scene.perform(scene.cy, bookings.place, scene.ask(tool_id=card.tool_id)).state is State.PENDING


def test_managers_are_reminded_once_and_only_while_it_waits(scene: Scene) -> None:
    patient(scene)
    card = requested(scene)
    deadline = kept_until(scene, card)
    scene.now = NOW + 2 * HOUR
    for _ in range(2):
        scene.perform(None, deadlines.remind, card.id, deadline)
    assert scene.jobs().count("approval_reminder") == 1
    scene.perform(scene.bo, approvals.approve, card.id)
    scene.perform(None, deadlines.remind, card.id, deadline)
    assert scene.jobs().count("approval_reminder") == 1


def test_a_moved_request_begins_to_wait_anew(scene: Scene) -> None:
    patient(scene)
    card = requested(scene)
    deadline = kept_until(scene, card)
    scene.now = NOW + HOUR
    scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    assert kept_until(scene, card) == NOW + 13 * HOUR
    scene.perform(None, deadlines.remind, card.id, deadline)
    assert "approval_reminder" not in scene.jobs()
    assert scene.perform(None, bookings.expire, card.id).state is State.PENDING


def test_the_deputy_decides_what_was_handed_to_her_and_nothing_else(scene: Scene) -> None:
    patient(scene, scene.cy)
    card, other = requested(scene), None
    scene.now = NOW + 4 * HOUR
    scene.perform(None, deadlines.escalate, card.id, kept_until(scene, card))
    token = link_for(scene, scene.cy)
    other = scene.perform(scene.ada, bookings.place, scene.ask(TEN + 2 * HOUR, tool_id=card.tool_id))
    with pytest.raises(Absent):
        scene.perform(scene.cy, approvals.approve, other.id)
    assert scene.perform(None, answers.answer, token, True).state is State.CONFIRMED
    assert scene.audit()[-1] == ("approve", scene.cy.account_id)


def test_who_is_deputy_no_more_answers_no_more(scene: Scene) -> None:
    patient(scene, scene.cy)
    card = requested(scene)
    scene.perform(None, deadlines.escalate, card.id, kept_until(scene, card))
    token = link_for(scene, scene.cy)
    patient(scene, scene.dee)
    with pytest.raises(Absent):
        scene.perform(None, answers.answer, token, True)


def test_nobody_is_the_deputy_for_her_own_request(scene: Scene) -> None:
    patient(scene, scene.ada)
    card = requested(scene)
    scene.perform(None, deadlines.escalate, card.id, kept_until(scene, card))
    assert "approval_escalated" not in scene.jobs()


def test_a_link_answers_once_for_the_manager_it_was_sent_to(scene: Scene) -> None:
    card = requested(scene)
    token = asked_by_mail(scene, card)
    assert scene.read(None, answers.opened, token).card.state is State.PENDING
    declined = scene.perform(None, answers.answer, token, False, "The course needs it")
    assert (declined.state, declined.reason) == (State.DECLINED, "The course needs it")
    assert scene.audit()[-1] == ("decline", scene.bo.account_id)
    with pytest.raises(Absent):
        scene.perform(None, answers.answer, token, True)


def test_a_link_is_for_the_request_as_it_was_asked_for(scene: Scene) -> None:
    card = requested(scene)
    token = asked_by_mail(scene, card)
    scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    for wrong in (token, token.replace(f"-{card.sequence}-", f"-{card.sequence + 1}-", 1), "x", "1-0-x"):
        with pytest.raises(Absent):
            scene.read(None, answers.opened, wrong)


def test_a_link_ends_with_the_time_to_decide(scene: Scene) -> None:
    patient(scene)
    token = asked_by_mail(scene, requested(scene))
    scene.now = NOW + 12 * HOUR
    with pytest.raises(Absent):
        scene.read(None, answers.opened, token)


def test_a_link_asks_every_rule_again(scene: Scene) -> None:
    card = requested(scene)
    token = asked_by_mail(scene, card)
    scene.perform(scene.bo, bookings.cancel, card.id)
    with pytest.raises(Absent):
        scene.perform(None, answers.answer, token, True)


@pytest.mark.parametrize(
    ("wanted", "email", "field"),
    [
        (Patience(reminder_hours=0), "", "reminder_hours"),
        (Patience(approval_hours=721), "", "approval_hours"),
        (Patience(deputy_hours=4), "", "deputy"),
        (Patience(deputy_hours=4), "nobody@example.org", "deputy"),
        (Patience(offer_minutes=4), "", "offer_minutes"),
        (Patience(offer_minutes=1441), "", "offer_minutes"),
    ],
)
def test_patience_has_its_bounds(scene: Scene, wanted: Patience, email: str, field: str) -> None:
    with reading(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
    with pytest.raises(Unacceptable) as refused:
        scene.perform(scene.bo, deadlines.change, slug, wanted, email)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_two_links_for_one_request_give_one_answer(scene: Scene) -> None:
    card = requested(scene)
    first, second = asked_by_mail(scene, card), ""
    scene.perform(None, mails.spread, 2, {"event": "approval_reminder", "booking_id": card.id})
    second = link_for(scene, scene.bo)
    assert first != second
    scene.perform(None, answers.answer, first, True)
    with pytest.raises((Absent, Refused)):
        scene.perform(None, answers.answer, second, False, "No")
