"""Lists of members and of holders: pages, words, and the one grant that counts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from booking.models import facts, grants, joining, members
from booking.models.database import Session
from booking.rules.access import Role
from booking.rules.spans import Span
from tests.factories import (
    NOW,
    database,
    make_account,
    make_certificate,
    make_grant,
    make_member,
    make_space,
    make_tool,
)

pytestmark = pytest.mark.both_engines
DAY = timedelta(days=1)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with database(app) as session:
        yield session


def test_pages_of_members_follow_one_another_without_gaps(session: Session) -> None:
    space, elsewhere = make_space(session), make_space(session)
    for name in ("Ada", "Bo", "Bo", "Cy"):
        make_member(session, make_account(session, name), space)
    make_member(session, make_account(session, "Bea"), elsewhere)
    first = members.page(session, space.id, limit=2)
    rest = members.page(session, space.id, after=(first[-1].name, first[-1].id))
    assert [card.name for card in (*first, *rest)] == ["Ada", "Bo", "Bo", "Cy"]
    assert members.number(session, space.id) == 4


def test_members_are_found_by_name_or_address_and_words_are_no_patterns(session: Session) -> None:
    space = make_space(session)
    for name, email in (("Ada", "one@example.org"), ("Bo", "under_score@example.org")):
        make_member(session, make_account(session, name, email=email), space)
    found = [
        [card.name for card in members.page(session, space.id, words=words)] for words in ("AD", "score", "n_", "%")
    ]
    assert found == [["Ada"], ["Bo"], [], []]


def test_joining_raises_a_role_and_never_lowers_it(session: Session) -> None:
    space, ada = make_space(session), make_account(session)
    for role, left in (
        (Role.TRAINER, Role.TRAINER),
        (Role.MEMBER, Role.TRAINER),
        (Role.MANAGER, Role.MANAGER),
        (Role.MEMBER, Role.MANAGER),
    ):
        members.join(session, ada.id, space.id, role, NOW)
        assert members.role_of(session, ada.id, space.id) is left


def test_a_manager_who_cannot_sign_in_does_not_count(session: Session) -> None:
    space, bo, gone = make_space(session), make_account(session, "Bo"), make_account(session, "Gone", disabled_at=NOW)
    for account in (bo, gone):
        make_member(session, account, space, Role.MANAGER)
    assert not members.is_managed_without(session, space.id, bo.id)
    assert members.is_managed_without(session, space.id, gone.id)


def test_one_wish_to_join_waits_at_a_time_and_may_be_made_again_after_an_answer(session: Session) -> None:
    space, ada, bo = make_space(session), make_account(session), make_account(session, "Bo")
    first = joining.ask(session, ada.id, space.id, "Please", NOW)
    assert first and joining.ask(session, ada.id, space.id, "Please!", NOW) is None
    assert joining.decide(session, ada.id, space.id, False, bo.id, "Full", NOW)
    assert not joining.decide(session, ada.id, space.id, True, bo.id, "", NOW)
    assert joining.ask(session, ada.id, space.id, "Now?", NOW + DAY) is not None
    (waiting,) = joining.waiting(session, space.id, 10)
    assert (waiting.note, waiting.reason, waiting.accepted) == ("Now?", "", None)


def test_the_latest_grant_counts_in_lists_as_it_does_in_the_rules(session: Session) -> None:
    space, ada = make_space(session), make_account(session)
    tool = make_tool(session, space)
    certificate = make_certificate(session, space, tool)
    for ends in (NOW + 9 * DAY, NOW + 3 * DAY):
        make_grant(session, certificate, ada, expires_at=ends)
    make_grant(session, certificate, ada, expires_at=None, revoked_at=NOW)
    session.commit()
    held = facts.facts_for(session, tool.id, Span(NOW, NOW + DAY), ada.id).maker.certificates
    (holder,) = grants.holders(session, certificate.id)
    (own,) = grants.mine(session, ada.id)
    assert grants.ends(session, certificate.id, [ada.id]) == {ada.id: NOW + 3 * DAY}
    assert {held[certificate.id], holder.expires_at, own.expires_at} == {NOW + 3 * DAY}
    assert own.revoked_at is None


def test_revoking_leaves_no_older_grant_behind(session: Session) -> None:
    space, ada = make_space(session), make_account(session)
    certificate = make_certificate(session, space)
    for _each in range(2):
        make_grant(session, certificate, ada)
    assert grants.revoke(session, certificate.id, ada.id, NOW)
    assert not grants.revoke(session, certificate.id, ada.id, NOW)
    assert grants.holders(session, certificate.id) == ()
    assert [card.revoked_at for card in grants.mine(session, ada.id)] == [NOW]
