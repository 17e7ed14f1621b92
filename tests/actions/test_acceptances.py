"""A space says which certificates of others count as its own: the rules, the queue and the search then agree."""

from dataclasses import dataclass, replace

import pytest

from booking.actions import acceptances, bookings, certificates
from booking.models import requests
from booking.models.database import reading, writing
from booking.models.facts import facts_for, worlds
from booking.models.tables.accounts import Account
from booking.models.tables.certificates import Certificate
from booking.models.tables.spaces import Space
from booking.models.tables.tools import ToolCertificate
from booking.rules.access import Role
from booking.rules.certificates import CertificateWish
from booking.rules.refusals import Absent, Unacceptable
from tests.acting import TEN, Scene
from tests.factories import make_certificate, make_grant, make_space

pytestmark = pytest.mark.both_engines


@dataclass
class Two:
    """Werkhof, whose Lumi asks for Laser, and Fablab, whose Cutter Ada holds until Thursday 12:00."""

    scene: Scene
    place: str
    laser: int
    fire: int
    cutter: int

    def accept(self, briefing: int | None = None) -> int:
        return self.scene.perform(self.scene.bo, acceptances.add, self.place, self.laser, self.cutter, briefing)

    def refusals(self) -> list[tuple[str, object]]:
        """What stands between Ada and an hour on Lumi, and the names that are told."""
        found = self.scene.read(self.scene.ada, bookings.check, self.scene.ask())
        return [(each.code, each.data.get("names", each.data.get("name"))) for each in found]


@pytest.fixture
def two(scene: Scene) -> Two:
    with writing(scene.engine) as session:
        here, there = session.get_one(Space, scene.space_id), make_space(session, "Fablab")
        place = here.slug
        laser, fire = (make_certificate(session, here, name=name) for name in ("Laser", "Fire"))
        session.add(ToolCertificate(tool_id=scene.tool_id, certificate_id=laser.id))
        cutter = make_certificate(session, there, name="Cutter")
        session.add(Certificate(space_id=there.id, name="Saw"))
        make_grant(session, cutter, session.get_one(Account, scene.ada.account_id), expires_at=TEN.replace(hour=11))
        found = Two(scene, place, laser.id, fire.id, cutter.id)
    return found


def test_a_foreign_certificate_counts_once_the_space_takes_it(two: Two) -> None:
    assert two.refusals() == [("certificate_missing", ("Laser",))]
    two.accept()
    assert two.refusals() == []
    later = two.scene.ask(TEN.replace(hour=12))
    (refusal,) = two.scene.read(two.scene.ada, bookings.check, later)
    assert refusal.code == "certificate_expired"


def test_with_a_briefing_on_top_only_the_briefing_is_missing(two: Two) -> None:
    two.accept(two.fire)
    assert two.refusals() == [("certificate_missing", ("Fire",))]
    two.scene.perform(two.scene.bo, certificates.grant, two.place, two.fire, [two.scene.ada.account_id])
    assert two.refusals() == []


def test_leaving_it_out_counts_at_once(two: Two) -> None:
    number = two.accept()
    two.scene.perform(two.scene.bo, acceptances.remove, two.place, two.laser, number)
    assert two.refusals() == [("certificate_missing", ("Laser",))]
    with pytest.raises(Absent):
        two.scene.perform(two.scene.bo, acceptances.remove, two.place, two.laser, number)
    assert [act for act, _ in two.scene.audit()] == ["acceptance_added", "acceptance_removed"]


def test_it_counts_for_one_tool_for_many_and_in_the_queue_alike(two: Two) -> None:
    two.accept()
    scene, span = two.scene, two.scene.ask().span
    with reading(scene.engine) as session:
        one = facts_for(session, scene.tool_id, span, scene.ada.account_id).maker
        (world,) = worlds(session, tool_ids=[scene.tool_id], span=span, account_id=scene.ada.account_id)
        queued = requests.makers(session, [scene.ada.account_id], {scene.tool_id: scene.space_id})
    assert one.certificates == world.facts.maker.certificates == {two.laser: TEN.replace(hour=11)}
    assert queued[scene.ada.account_id, scene.tool_id].certificates == one.certificates
    assert one.trainings == queued[scene.ada.account_id, scene.tool_id].trainings


def test_what_cannot_be_taken_in(two: Two) -> None:
    for foreign, briefing, code in (
        (two.fire, None, "not_a_choice"),
        (two.cutter, two.laser, "not_a_choice"),
        (two.cutter, two.cutter, "not_a_choice"),
        (2**60, None, "not_a_choice"),
    ):
        with pytest.raises(Unacceptable, match=code):
            two.scene.perform(two.scene.bo, acceptances.add, two.place, two.laser, foreign, briefing)
    two.accept()
    with pytest.raises(Unacceptable, match="already_taken_in"):
        two.accept(two.fire)


def test_only_managers_of_the_space_decide(two: Two) -> None:
    scene = two.scene
    trainer = replace(scene.bo, roles={scene.space_id: Role.TRAINER})
    for who in (scene.ada, scene.cy, trainer):
        with pytest.raises(Absent):
            scene.perform(who, acceptances.add, two.place, two.laser, two.cutter, None)
    number = two.accept()
    for certificate_id in (two.fire, two.cutter):
        with pytest.raises(Absent):
            scene.perform(scene.bo, acceptances.remove, two.place, certificate_id, number)


def test_a_certificate_that_the_space_defines_anew_is_taken_without_its_foreign_ones(two: Two) -> None:
    two.accept()
    other = two.scene.perform(two.scene.bo, certificates.add, two.place, CertificateWish("Laser, large"))
    with writing(two.scene.engine) as session:
        session.add(ToolCertificate(tool_id=two.scene.tool_id, certificate_id=other))
    assert two.refusals() == [("certificate_missing", ("Laser, large",))]
