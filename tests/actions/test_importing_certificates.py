"""A table of trainings: a verdict for every line first, then what a trainer's granting would have done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking.actions import certificates, imports
from booking.actions.imports import Outcome, Report
from booking.models import grants
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Space
from booking.rules.access import Role
from booking.rules.certificates import CertificateWish
from booking.rules.refusals import Denied
from tests.acting import Scene
from tests.factories import make_account, make_certificate, make_member, make_space

pytestmark = pytest.mark.both_engines


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Werkhof gives the certificate Laser, for thirty days; Bo only trains there, Eve is a member too."""
    with reading(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
    scene.perform(scene.bo, certificates.add, slug, CertificateWish("Laser", valid_days=30))
    with writing(scene.engine) as session:
        space = session.get_one(Space, scene.space_id)
        space.slug = "werkhof"
        session.get_one(Account, scene.ada.account_id).email = "ada@example.org"
        make_member(session, make_account(session, "Eve", email="eve@example.org"), space)
        make_certificate(session, make_space(session, "Fablab", slug="fablab"), name="Cutter")
    scene.bo = replace(scene.bo, roles={scene.space_id: Role.TRAINER})
    return scene


def table(*lines: str) -> bytes:
    return "\n".join(["space,certificate,email,granted_on", *lines]).encode()


def plan(scene: Scene, *lines: str) -> imports.Plan:
    return scene.read(scene.bo, imports.plan, "certificates", table(*lines))


def take(scene: Scene, *lines: str) -> Report:
    return imports.carry_out(plan(scene, *lines), lambda action: scene.perform(scene.bo, action))


def outcomes(report: Report) -> list[Outcome]:
    return [verdict.outcome for verdict in report.verdicts]


def codes(report: Report) -> list[str]:
    return [problem.code for verdict in report.verdicts for problem in (*verdict.problems, *verdict.remarks)]


def end(scene: Scene) -> datetime | None:
    """Until when Ada holds it."""
    with reading(scene.engine) as session:
        held = grants.mine(session, scene.ada.account_id)
    return held[0].expires_at if held else None


def test_nothing_happens_before_it_is_carried_out_and_the_same_again_changes_nothing(scene: Scene) -> None:
    lines = ("werkhof,laser,ADA@example.org,", "Werkhof,Laser,eve@example.org,2026-11-20")
    assert outcomes(plan(scene, *lines).report) == [Outcome.CREATED] * 2
    assert (end(scene), scene.jobs()) == (None, [])
    assert outcomes(take(scene, *lines)) == [Outcome.CREATED] * 2
    assert scene.jobs() == ["certificate_granted"] * 2
    assert outcomes(take(scene, *lines)) == [Outcome.UNCHANGED] * 2
    assert scene.jobs() == ["certificate_granted"] * 2


def test_it_counts_from_the_day_of_the_training(scene: Scene) -> None:
    take(scene, "werkhof,Laser,ada@example.org,2026-11-20")
    first = end(scene)
    assert first and first.date().isoformat() == "2026-12-20"
    renewed = take(scene, "werkhof,Laser,ada@example.org,2026-11-24")
    second = end(scene)
    assert outcomes(renewed) == [Outcome.UPDATED]
    assert second and second - first == timedelta(days=4)


def test_an_earlier_training_does_not_replace_a_later_one(scene: Scene) -> None:
    take(scene, "werkhof,Laser,ada@example.org,")
    before = end(scene)
    older = take(scene, "werkhof,Laser,ada@example.org,2026-11-01")
    assert (outcomes(older), codes(older), end(scene)) == ([Outcome.UNCHANGED], ["granted_later"], before)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["werkhof,Wood,ada@example.org,"], ["unknown_certificate"]),
        (["werkhof,,ada@example.org,"], ["required"]),
        (["fablab,Cutter,ada@example.org,"], ["unknown_space"]),
        (["werkhof,Laser,nobody@example.org,"], ["not_members"]),
        (["werkhof,Laser,ada,"], ["not_an_address"]),
        (["werkhof,Laser,ada@example.org,yesterday"], ["not_a_day"]),
        (["werkhof,Laser,ada@example.org,2026-11-26"], ["not_a_day_before"]),
        (["werkhof,Laser,ada@example.org,1999-11-26"], ["not_a_day_before"]),
        (["werkhof,Laser,ada@example.org,2026-01-01"], ["certificate_over"]),
        (["werkhof,Laser,ada@example.org,", "werkhof,laser,Ada@example.org,"], ["same_as_line"]),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(scene: Scene, lines: Sequence[str], found: list[str]) -> None:
    report = take(scene, *lines)
    assert (outcomes(report)[-1], codes(report)) == (Outcome.REFUSED, found)


def test_trainers_and_managers_bring_trainings_and_nobody_else_does(scene: Scene) -> None:
    assert imports.may_import(scene.bo, "certificates")
    assert not imports.may_import(scene.bo, "members")
    for who in (scene.ada, scene.cy):
        with pytest.raises(Denied):
            scene.read(who, imports.plan, "certificates", table("werkhof,Laser,ada@example.org,"))
    dee = scene.read(scene.dee, imports.plan, "certificates", table("werkhof,Laser,ada@example.org,"))
    assert dee.report.changes == 1
