"""Roles and who leaves: what each action changes, and that a manager always remains."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from booking.actions import members
from booking.models.database import reading, writing
from booking.models.tables.spaces import Membership, Space
from booking.rules.access import Actor, Role
from booking.rules.refusals import Absent, Refused, Unacceptable
from tests import factories
from tests.acting import Scene

pytestmark = pytest.mark.both_engines


def slug(scene: Scene) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Space, scene.space_id).slug


def roles(scene: Scene) -> dict[int, str]:
    """Everybody's role at Werkhof."""
    with reading(scene.engine) as session:
        rows = session.scalars(select(Membership).where(Membership.space_id == scene.space_id))
        return {row.account_id: row.role for row in rows}


def second_manager(scene: Scene) -> Actor:
    with writing(scene.engine) as session:
        eve = factories.make_account(session, "Eve")
        factories.make_member(session, eve, session.get_one(Space, scene.space_id), Role.MANAGER)
    return factories.actor_of(eve, **{f"space_{scene.space_id}": Role.MANAGER})


def test_a_manager_gives_a_role_and_it_is_noted(scene: Scene) -> None:
    scene.perform(scene.bo, members.change_role, slug(scene), scene.ada.account_id, Role.TRAINER)
    scene.perform(scene.bo, members.change_role, slug(scene), scene.ada.account_id, Role.TRAINER)
    assert roles(scene)[scene.ada.account_id] == "trainer"
    assert scene.audit() == [("role_set", scene.bo.account_id)]


@pytest.mark.parametrize("act", ["change", "remove", "leave"])
def test_the_last_manager_stays_one(scene: Scene, act: str) -> None:
    place = slug(scene)
    with pytest.raises(Refused, match="last_manager"):
        if act == "change":
            scene.perform(scene.bo, members.change_role, place, scene.bo.account_id, Role.MEMBER)
        elif act == "remove":
            scene.perform(scene.dee, members.remove, place, scene.bo.account_id)
        else:
            scene.perform(scene.bo, members.leave, place)
    assert roles(scene)[scene.bo.account_id] == "manager"


def test_two_managers_who_remove_one_another_at_once_leave_one(scene: Scene) -> None:
    place, eve = slug(scene), second_manager(scene)
    pairs = ((scene.bo, eve), (eve, scene.bo))

    def remove(pair: tuple[Actor, Actor]) -> bool:
        try:
            scene.perform(pair[0], members.remove, place, pair[1].account_id)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, pairs)) == [False, True]
    assert sorted(roles(scene).values()) == ["manager", "member"]


def test_members_leave_and_are_removed(scene: Scene) -> None:
    place, eve = slug(scene), second_manager(scene)
    scene.perform(scene.ada, members.leave, place)
    scene.perform(scene.bo, members.remove, place, eve.account_id)
    assert roles(scene) == {scene.bo.account_id: "manager"}
    assert [act for act, _who in scene.audit()] == ["left", "member_removed"]
    with pytest.raises(Absent):
        scene.perform(scene.ada, members.leave, place)


def test_members_and_strangers_change_nobody_and_admin_is_no_role_of_a_space(scene: Scene) -> None:
    place = slug(scene)
    for who in (scene.ada, scene.cy):
        with pytest.raises(Absent):
            scene.perform(who, members.change_role, place, scene.ada.account_id, Role.MANAGER)
        with pytest.raises(Absent):
            scene.perform(who, members.remove, place, scene.bo.account_id)
    with pytest.raises(Absent):
        scene.perform(scene.bo, members.change_role, place, scene.cy.account_id, Role.MEMBER)
    with pytest.raises(Unacceptable):
        scene.perform(scene.bo, members.change_role, place, scene.ada.account_id, Role.ADMIN)
