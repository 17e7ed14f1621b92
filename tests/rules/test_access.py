"""A role at a space reaches the lesser ones there, and none elsewhere; a network admin reaches all."""

import pytest

from booking.rules.access import Actor, Role, at_least

HERE, THERE = 1, 2


@pytest.mark.parametrize(
    ("own", "reaches"),
    [
        (None, []),
        (Role.MEMBER, [Role.MEMBER]),
        (Role.TRAINER, [Role.MEMBER, Role.TRAINER]),
        (Role.MANAGER, [Role.MEMBER, Role.TRAINER, Role.MANAGER]),
        (Role.ADMIN, list(Role)),
    ],
)
def test_a_role_reaches_the_lesser_ones(own: Role | None, reaches: list[Role]) -> None:
    assert [role for role in Role if at_least(own, role)] == reaches
    actor = Actor(1, "Ada", roles={HERE: own} if own else {})
    assert [role for role in Role if actor.has(role, HERE)] == reaches
    assert not any(actor.has(role, THERE) for role in Role)


def test_a_network_admin_is_one_everywhere() -> None:
    dee = Actor(4, "Dee", is_admin=True)
    assert dee.role_at(HERE) is Role.ADMIN
    assert dee.has(Role.MANAGER, THERE)


def test_the_spaces_of_a_role_are_those_where_it_is_reached() -> None:
    bo = Actor(2, "Bo", roles={HERE: Role.MANAGER, THERE: Role.MEMBER})
    assert bo.spaces_with(Role.MEMBER) == {HERE, THERE}
    assert bo.spaces_with(Role.TRAINER) == {HERE}
