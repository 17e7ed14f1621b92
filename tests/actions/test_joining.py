"""Joining: at once, on request, by invitation; what is written, who is told, and what is refused."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import joining
from booking.actions.accounts import Newcomer
from booking.actions.joining import Outcome
from booking.models import joining as questions
from booking.models import members
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Membership, Space
from booking.rules.access import Actor, Role
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from tests.acting import Scene

pytestmark = pytest.mark.both_engines
EVE = Newcomer("eve@example.org", "Eve", "hash of eve", "de", "Europe/Berlin")


def place(scene: Scene, joins: str = "request") -> str:
    """The slug of Werkhof, which takes new members this way."""
    with writing(scene.engine) as session:
        space = session.get_one(Space, scene.space_id)
        space.joining = joins
        return space.slug


def role_of(scene: Scene, who: Actor) -> Role | None:
    with reading(scene.engine) as session:
        return members.role_of(session, who.account_id, scene.space_id)


def request_id(scene: Scene) -> int:
    """The id of the one request that waits."""
    with reading(scene.engine) as session:
        (found,) = questions.waiting(session, scene.space_id, 10)
    return found.id


def last_mail(scene: Scene) -> Mapping[str, Any]:
    with reading(scene.engine) as session:
        return session.scalars(select(Job.payload).order_by(Job.id.desc())).first() or {}


def secret(scene: Scene) -> str:
    """The secret of the link that was mailed last."""
    return str(last_mail(scene)["link"]).rsplit("/", 1)[1]


def addressed(scene: Scene, who: Actor) -> Actor:
    """The actor with its mail address, as a sign-in reads it."""
    with reading(scene.engine) as session:
        return replace(who, email=session.get_one(Account, who.account_id).email)


def test_an_open_space_is_joined_at_once(scene: Scene) -> None:
    assert scene.perform(scene.cy, joining.ask, place(scene, "open"), "") is Outcome.JOINED
    assert role_of(scene, scene.cy) is Role.MEMBER
    assert (scene.audit(), scene.jobs()) == ([("joined", scene.cy.account_id)], [])


def test_a_request_waits_and_its_managers_are_told_once(scene: Scene) -> None:
    for _each in range(2):
        assert scene.perform(scene.cy, joining.ask, place(scene), "I build bikes") is Outcome.WAITS
    assert (role_of(scene, scene.cy), scene.jobs()) == (None, ["join_asked"])
    assert {"space_id": scene.space_id, "name": "Cy", "note": "I build bikes"}.items() <= last_mail(scene).items()


def test_a_manager_lets_somebody_in(scene: Scene) -> None:
    scene.perform(scene.cy, joining.ask, place(scene), "")
    scene.perform(scene.bo, joining.admit, place(scene), request_id(scene))
    assert role_of(scene, scene.cy) is Role.MEMBER
    assert scene.jobs() == ["join_asked", "join_decided"]
    assert {"account_id": scene.cy.account_id, "accepted": True}.items() <= last_mail(scene).items()
    assert [act for act, _who in scene.audit()] == ["join_asked", "join_accepted"]


def test_a_manager_declines_with_a_reason_and_only_the_first_answer_counts(scene: Scene) -> None:
    scene.perform(scene.cy, joining.ask, place(scene), "")
    number = request_id(scene)
    scene.perform(scene.bo, joining.decline, place(scene), number, "Full until May")
    assert {"accepted": False, "reason": "Full until May"}.items() <= last_mail(scene).items()
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.bo, joining.admit, place(scene), number)
    assert role_of(scene, scene.cy) is None


def test_two_managers_answer_at_once_and_one_answer_counts(scene: Scene) -> None:
    slug = place(scene)
    scene.perform(scene.cy, joining.ask, slug, "")
    number = request_id(scene)

    def answer(yes: bool) -> bool:
        try:
            if yes:
                scene.perform(scene.bo, joining.admit, slug, number)
            else:
                scene.perform(scene.dee, joining.decline, slug, number, "")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, (True, False))) == [False, True]
    assert scene.jobs().count("join_decided") == 1


def test_a_request_is_taken_back_as_if_it_had_not_been_made(scene: Scene) -> None:
    slug = place(scene)
    scene.perform(scene.cy, joining.ask, slug, "")
    scene.perform(scene.cy, joining.withdraw, slug)
    with pytest.raises(Absent):
        scene.perform(scene.cy, joining.withdraw, slug)
    with reading(scene.engine) as session:
        assert questions.own(session, scene.cy.account_id, scene.space_id) is None


def test_asking_and_taking_back_in_turns_floods_nobody(scene: Scene) -> None:
    slug = place(scene)
    with pytest.raises(Refused, match="too_many_tries"):
        for _each in range(12):
            scene.perform(scene.cy, joining.ask, slug, "")
            scene.perform(scene.cy, joining.withdraw, slug)
    assert len(scene.jobs()) == 10


def test_only_managers_answer_and_only_requests_of_their_space(scene: Scene) -> None:
    slug = place(scene)
    scene.perform(scene.cy, joining.ask, slug, "")
    number = request_id(scene)
    for who in (scene.ada, scene.cy):
        with pytest.raises(Absent):
            scene.perform(who, joining.admit, slug, number)
    scene.tool_elsewhere()
    with reading(scene.engine) as session:
        other = session.scalars(select(Space.slug).where(Space.id != scene.space_id)).one()
    with pytest.raises(Absent):
        scene.perform(scene.dee, joining.admit, other, number)


def test_where_only_invitations_lead_in_nobody_asks(scene: Scene) -> None:
    with pytest.raises(Refused, match="by_invitation"):
        scene.perform(scene.cy, joining.ask, place(scene, "invitation"), "")


def test_an_invited_account_joins_with_the_role_and_its_request_is_answered(scene: Scene) -> None:
    slug, cy = place(scene), addressed(scene, scene.cy)
    scene.perform(cy, joining.ask, slug, "")
    scene.perform(scene.bo, joining.invite, slug, cy.email, Role.TRAINER)
    scene.perform(cy, joining.accept, secret(scene))
    assert role_of(scene, cy) is Role.TRAINER
    with reading(scene.engine) as session:
        assert questions.number_waiting(session, scene.space_id) == 0
    with pytest.raises(Absent):
        scene.perform(cy, joining.accept, secret(scene))


def test_an_invitation_is_for_its_address_alone_and_ends(scene: Scene) -> None:
    slug, cy = place(scene), addressed(scene, scene.cy)
    scene.perform(scene.bo, joining.invite, slug, cy.email, Role.MANAGER)
    with pytest.raises(Denied):
        scene.perform(addressed(scene, scene.dee), joining.accept, secret(scene))
    scene.now += timedelta(days=14)
    with pytest.raises(Absent):
        scene.perform(cy, joining.accept, secret(scene))


@pytest.mark.parametrize("end", ["demoted", "removed", "disabled"])
def test_an_invitation_counts_only_while_its_inviter_may_invite(scene: Scene, end: str) -> None:
    slug, cy = place(scene), addressed(scene, scene.cy)
    scene.perform(scene.bo, joining.invite, slug, cy.email, Role.MANAGER)
    link = secret(scene)
    scene.perform(scene.bo, joining.invite, slug, EVE.email, Role.MEMBER)
    with writing(scene.engine) as session:
        if end == "disabled":
            session.get_one(Account, scene.bo.account_id).disabled_at = scene.now
        elif end == "removed":
            members.remove(session, scene.bo.account_id, scene.space_id)
        else:
            session.get_one(Membership, (scene.bo.account_id, scene.space_id)).role = Role.TRAINER.value
    with pytest.raises(Refused, match="inviter_may_not"):
        scene.perform(cy, joining.accept, link)
    with pytest.raises(Refused, match="inviter_may_not"):
        scene.perform(None, joining.register, secret(scene), EVE)
    assert role_of(scene, cy) is None
    again = scene.perform(scene.dee, joining.invite, slug, cy.email, Role.MEMBER)
    scene.perform(cy, joining.accept, secret(scene))
    assert again and role_of(scene, cy) is Role.MEMBER


def test_only_the_last_invitation_of_an_address_works(scene: Scene) -> None:
    slug, cy = place(scene), addressed(scene, scene.cy)
    first = scene.perform(scene.bo, joining.invite, slug, cy.email, Role.MEMBER)
    old = secret(scene)
    scene.perform(scene.bo, joining.invite_again, slug, first)
    with pytest.raises(Absent):
        scene.perform(cy, joining.accept, old)
    scene.perform(cy, joining.accept, secret(scene))
    assert role_of(scene, cy) is Role.MEMBER


def test_a_revoked_invitation_works_no_more(scene: Scene) -> None:
    slug, cy = place(scene), addressed(scene, scene.cy)
    number = scene.perform(scene.bo, joining.invite, slug, cy.email, Role.MEMBER)
    scene.perform(scene.bo, joining.revoke, slug, number)
    with pytest.raises(Absent):
        scene.perform(cy, joining.accept, secret(scene))
    with pytest.raises(Absent):
        scene.perform(scene.bo, joining.revoke, slug, number)
    assert [act for act, _who in scene.audit()] == ["invited", "invitation_revoked"]


def test_who_belongs_already_is_invited_to_a_higher_role_only(scene: Scene) -> None:
    slug, ada = place(scene), addressed(scene, scene.ada)
    with pytest.raises(Unacceptable, match="already_member"):
        scene.perform(scene.bo, joining.invite, slug, ada.email, Role.MEMBER)
    scene.perform(scene.bo, joining.invite, slug, ada.email, Role.TRAINER)
    with pytest.raises(Absent):
        scene.perform(ada, joining.invite, slug, "eve@example.org", Role.MEMBER)


def test_somebody_new_gets_a_confirmed_account_and_belongs(scene: Scene) -> None:
    scene.perform(scene.bo, joining.invite, place(scene), EVE.email, Role.MEMBER)
    link = secret(scene)
    with pytest.raises(Denied):
        scene.perform(None, joining.register, link, replace(EVE, email="mallory@example.org"))
    scene.perform(None, joining.register, link, EVE)
    with reading(scene.engine) as session:
        eve = session.scalars(select(Account).where(Account.email == EVE.email)).one()
        assert members.role_of(session, eve.id, scene.space_id) is Role.MEMBER
    assert (eve.confirmed_at, eve.password_hash) == (scene.now, EVE.password_hash)


def test_an_invitation_never_sets_the_password_of_an_account_that_is_there(scene: Scene) -> None:
    cy = addressed(scene, scene.cy)
    scene.perform(scene.bo, joining.invite, place(scene), cy.email, Role.MEMBER)
    with pytest.raises(Refused, match="email_taken"):
        scene.perform(None, joining.register, secret(scene), replace(EVE, email=cy.email))
    with reading(scene.engine) as session:
        assert session.get_one(Account, cy.account_id).password_hash is None
    assert role_of(scene, cy) is None
