"""Certificates: defined by managers, granted and revoked by trainers, and what the rules make of it at once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from booking.actions import bookings, certificates
from booking.models import grants
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.certificates import Certificate
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import ToolCertificate
from booking.models.tables.visits import Visit
from booking.rules.access import Actor, Role
from booking.rules.certificates import CertificateWish
from booking.rules.refusals import Absent, Unacceptable
from tests.acting import Scene
from tests.factories import NOW

pytestmark = pytest.mark.both_engines
# The end of 25 December in Berlin.
IN_THIRTY_DAYS = datetime(2026, 12, 25, 22, 59, 59, tzinfo=UTC)


def slug(scene: Scene) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Space, scene.space_id).slug


def defined(scene: Scene, name: str = "Laser", valid_days: int | None = 30) -> int:
    """A certificate that Lumi asks for."""
    number = scene.perform(scene.bo, certificates.add, slug(scene), CertificateWish(name, valid_days=valid_days))
    with writing(scene.engine) as session:
        session.add(ToolCertificate(tool_id=scene.tool_id, certificate_id=number))
    return number


def trainer(scene: Scene) -> Actor:
    """Bo's account with the role of a trainer."""
    return replace(scene.bo, roles={scene.space_id: Role.TRAINER})


def ends(scene: Scene, number: int, who: Actor) -> dict[int, datetime | None]:
    with reading(scene.engine) as session:
        return grants.ends(session, number, [who.account_id])


def refusals(scene: Scene) -> list[str]:
    """What stands between Ada and an hour on Lumi."""
    return [refusal.code for refusal in scene.read(scene.ada, bookings.check, scene.ask())]


def test_what_a_trainer_grants_opens_the_tool_and_revoking_closes_it(scene: Scene) -> None:
    number = defined(scene)
    assert refusals(scene) == ["certificate_missing"]
    assert scene.perform(trainer(scene), certificates.grant, slug(scene), number, [scene.ada.account_id]) == 1
    assert (refusals(scene), ends(scene, number, scene.ada)) == ([], {scene.ada.account_id: IN_THIRTY_DAYS})
    scene.perform(trainer(scene), certificates.revoke, slug(scene), number, scene.ada.account_id)
    assert refusals(scene) == ["certificate_missing"]
    acts = [act for act, _who in scene.audit()]
    assert acts == ["certificate_added", "certificate_granted", "certificate_revoked"]
    with pytest.raises(Absent):
        scene.perform(trainer(scene), certificates.revoke, slug(scene), number, scene.ada.account_id)


def test_the_holder_is_told_until_when(scene: Scene) -> None:
    number = defined(scene)
    scene.perform(scene.bo, certificates.grant, slug(scene), number, [scene.ada.account_id])
    with reading(scene.engine) as session:
        (mail,) = session.scalars(select(Job.payload)).all()
    assert (mail["event"], mail["account_id"]) == ("certificate_granted", scene.ada.account_id)
    assert (mail["certificate_id"], mail["expires_at"]) == (number, IN_THIRTY_DAYS.isoformat())


def test_who_holds_it_no_more_is_told(scene: Scene) -> None:
    number = defined(scene)
    scene.perform(scene.bo, certificates.grant, slug(scene), number, [scene.ada.account_id])
    scene.perform(scene.bo, certificates.revoke, slug(scene), number, scene.ada.account_id)
    assert scene.jobs() == ["certificate_granted", "certificate_revoked"]
    with reading(scene.engine) as session:
        mail = session.scalars(select(Job.payload).order_by(Job.id.desc())).first()
    assert mail is not None
    assert (mail["account_id"], mail["certificate_id"]) == (scene.ada.account_id, number)


def test_several_people_get_it_at_once_and_twice_is_once(scene: Scene) -> None:
    number = defined(scene, valid_days=None)
    with reading(scene.engine) as session:
        email = session.get_one(Account, scene.ada.account_id).email
    both = (slug(scene), number, [scene.bo.account_id, scene.ada.account_id], [email])
    assert scene.perform(trainer(scene), certificates.grant, *both) == 2
    assert scene.perform(trainer(scene), certificates.grant, *both) == 0
    assert scene.jobs() == ["certificate_granted"] * 2


def for_members_only(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.get_one(Space, scene.space_id).bookable_by = "members"


def test_a_guest_gets_it_by_her_address_and_anybody_where_the_space_lends_to_all(scene: Scene) -> None:
    number, to = defined(scene), (slug(scene), [])
    with reading(scene.engine) as session:
        cy, dee = (session.get_one(Account, who.account_id).email for who in (scene.cy, scene.dee))
    assert scene.perform(trainer(scene), certificates.grant, to[0], number, to[1], [cy]) == 1
    for_members_only(scene)
    visit = {"tool_id": scene.tool_id, "host_id": scene.space_id, "state": "accepted"}
    with writing(scene.engine) as session:
        session.add(Visit(account_id=scene.dee.account_id, created_at=NOW, changed_at=NOW, **visit))
    assert scene.perform(trainer(scene), certificates.grant, to[0], number, to[1], [dee]) == 1
    with pytest.raises(Unacceptable, match="not_members"):
        scene.perform(trainer(scene), certificates.grant, to[0], number, to[1], [cy])


def test_all_get_it_or_none(scene: Scene) -> None:
    number, place = defined(scene), slug(scene)
    for_members_only(scene)
    ada, cy = scene.ada.account_id, scene.cy.account_id
    with reading(scene.engine) as session:
        stranger = session.get_one(Account, cy).email
    for people, emails, code in (
        ([ada, cy], [], "not_a_choice"),
        ([ada], [stranger], "not_members"),
        ([ada], ["nobody@example.org"], "not_members"),
        ([], [], "required"),
        (list(range(1, 200)), [], "too_many_people"),
    ):
        with pytest.raises(Unacceptable, match=code):
            scene.perform(trainer(scene), certificates.grant, place, number, people, emails)
    assert (ends(scene, number, scene.ada), scene.jobs()) == ({}, [])


def test_who_may_do_what(scene: Scene) -> None:
    number, place = defined(scene), slug(scene)
    for who in (scene.ada, scene.cy):
        with pytest.raises(Absent):
            scene.perform(who, certificates.grant, place, number, [scene.ada.account_id])
        with pytest.raises(Absent):
            scene.perform(who, certificates.revoke, place, number, scene.ada.account_id)
    for who in (trainer(scene), scene.ada):
        with pytest.raises(Absent):
            scene.perform(who, certificates.add, place, CertificateWish("Wood"))
        with pytest.raises(Absent):
            scene.perform(who, certificates.change, place, number, CertificateWish("Wood"))


def test_a_certificate_of_another_space_is_not_there(scene: Scene) -> None:
    scene.tool_elsewhere()
    with writing(scene.engine) as session:
        other = session.scalars(select(Space.id).where(Space.id != scene.space_id)).one()
        foreign = Certificate(space_id=other, name="Laser")
        session.add(foreign)
        session.flush()
        number = foreign.id
    with pytest.raises(Absent):
        scene.perform(scene.bo, certificates.grant, slug(scene), number, [scene.ada.account_id])
    with pytest.raises(Absent):
        scene.perform(scene.bo, certificates.change, slug(scene), number, CertificateWish("Mine"))


def test_names_are_one_s_own_and_days_are_bounded(scene: Scene) -> None:
    number, place = defined(scene), slug(scene)
    other = scene.perform(scene.bo, certificates.add, place, CertificateWish("Wood"))
    scene.perform(scene.bo, certificates.change, place, number, CertificateWish("Laser", "Ask Bo.", 365))
    for name, days, code in (("Laser", None, "already_there"), (" ", None, "required"), ("Metal", 0, "out_of_range")):
        with pytest.raises(Unacceptable, match=code):
            scene.perform(scene.bo, certificates.change, place, other, CertificateWish(name, valid_days=days))


def test_another_length_counts_for_what_is_granted_from_now_on(scene: Scene) -> None:
    number, place = defined(scene), slug(scene)
    scene.perform(scene.bo, certificates.grant, place, number, [scene.ada.account_id])
    scene.perform(scene.bo, certificates.change, place, number, CertificateWish("Laser"))
    assert ends(scene, number, scene.ada) == {scene.ada.account_id: IN_THIRTY_DAYS}
    scene.perform(scene.bo, certificates.grant, place, number, [scene.ada.account_id])
    assert ends(scene, number, scene.ada) == {scene.ada.account_id: None}
