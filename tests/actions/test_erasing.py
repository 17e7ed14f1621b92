"""Erasing an account: nothing in the whole database tells any more whose it was, and others keep what is theirs."""

import pytest
from sqlalchemy import JSON, LargeBinary, String, func, select

from booking.actions import bookings, erasing, teams
from booking.models import personal
from booking.models.database import reading, writing
from booking.models.tables import METADATA
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Claim, IdempotencyKey
from booking.models.tables.spaces import Membership, Space
from booking.rules.access import Role
from booking.rules.refusals import Denied, Refused
from tests import factories, life
from tests.acting import Scene

# Which hold nothing of a person's, although they hold words: spaces, tools and what is made of other rows.
IMPERSONAL = {
    *(
        "kind",
        "capability",
        "tool",
        "unit",
        "photo",
        "certificate",
        "supply",
        "quota",
        "team",
        "closure",
        "make_up_day",
    ),
    *(
        "special_day",
        "block",
        "subscription",
        "claim",
        "tool_supply",
        "revision",
        "throttle",
        "job",
        "audit",
        "traffic",
    ),
    *("rendering", "waitlist_space", "opening", "staffed", "offer", "strike"),
}
# States, zones, choices and hashes of secrets that are nobody's words.
PLAIN = {
    *(
        "uid",
        "state",
        "overridden",
        "visibility",
        "token_hash",
        "token_hash",
        "purpose_of_link",
        "scope",
        "view",
        "role",
    ),
    *("frequency", "weekdays", "time_zone"),
}
OF_SPACES = {
    *("slug", "name", "description", "address", "city", "country", "time_zone", "language", "visibility", "joining"),
    "bookable_by",
}


@pytest.mark.both_engines
def test_nothing_in_the_database_tells_who_she_was(scene: Scene) -> None:
    life.live(scene)
    mentions = (life.NAME, life.EMAIL, life.WORDS, "192.0.2.77")
    with reading(scene.engine) as session:
        before = life.told_of(session, *mentions)
        empty = [name for name in personal.own_tables() if not _rows_of(session, name, scene.ada.account_id)]
    assert not empty, "nobody would notice if these were forgotten"
    assert len({line.split(":")[0] for line in before}) > 30
    scene.perform(scene.dee, erasing.erase, scene.ada.account_id)
    with reading(scene.engine) as session:
        assert life.told_of(session, *mentions) == []
        account = session.get_one(Account, scene.ada.account_id)
        assert (account.name, account.password_hash, account.is_admin) == ("Former maker", None, False)
        assert account.erased_at == account.disabled_at == scene.now


@pytest.mark.both_engines
def test_her_time_is_free_and_what_others_have_stays(scene: Scene) -> None:
    coming = life.live(scene)
    scene.perform(scene.dee, erasing.erase, scene.ada.account_id)
    with reading(scene.engine) as session:
        assert session.get_one(Booking, coming).state == "cancelled"
        assert not session.scalars(select(Claim).where(Claim.booking_id == coming, Claim.blocking)).all()
        others = session.scalars(select(Booking).where(Booking.account_id == scene.cy.account_id)).one()
        assert others.state == "confirmed"
        kept = session.scalars(select(IdempotencyKey.answer)).one()
        assert kept == {"status": "decided", "booking": {"maker": "", "purpose": ""}, "all": [""]}
        roles = session.scalars(select(Membership.account_id)).all()
    assert scene.ada.account_id not in roles
    assert scene.bo.account_id in roles
    scene.perform(scene.cy, bookings.place, scene.ask())


@pytest.mark.both_engines
def test_erasing_again_changes_nothing(scene: Scene) -> None:
    scene.perform(scene.dee, erasing.erase, scene.ada.account_id)
    once = scene.audit()
    scene.perform(scene.dee, erasing.erase, scene.ada.account_id)
    assert scene.audit() == once == [("account_erased", scene.dee.account_id)]


def test_who_others_depend_on_is_told_to_hand_over_first(scene: Scene) -> None:
    scene.perform(scene.ada, teams.create, "Rocket")
    with pytest.raises(Refused, match="last_lead"):
        scene.perform(scene.dee, erasing.erase, scene.ada.account_id)
    with pytest.raises(Refused, match="last_manager"):
        scene.perform(scene.dee, erasing.erase, scene.bo.account_id)
    with writing(scene.engine) as session:
        session.get_one(Account, scene.dee.account_id).password_hash = "kept"
    with pytest.raises(Refused, match="last_admin"):
        scene.perform(scene.dee, erasing.erase_own, "kept")
    with writing(scene.engine) as session:
        space = session.get_one(Space, scene.space_id)
        factories.make_member(session, factories.make_account(session, "Eve"), space, Role.MANAGER)
    scene.perform(scene.dee, erasing.erase, scene.bo.account_id)


def test_only_admins_erase_others_and_only_with_her_password_does_she_herself(scene: Scene) -> None:
    with pytest.raises(Denied):
        scene.perform(scene.bo, erasing.erase, scene.ada.account_id)
    with pytest.raises(Denied):
        scene.perform(scene.dee, erasing.erase, scene.dee.account_id)
    with pytest.raises(Denied):
        scene.perform(scene.ada, erasing.erase_own, "another hash")


def test_every_column_that_holds_words_says_whether_they_are_a_persons() -> None:
    untold = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON | LargeBinary)
        and table.name not in IMPERSONAL
        and "personal" not in column.info
        and column.name not in (OF_SPACES if table.name == "space" else PLAIN)
    ]
    assert untold == []


def _rows_of(session: object, name: str, account_id: int) -> int:
    table = METADATA.tables[name]
    return sum(
        session.scalar(select(func.count()).select_from(table).where(table.c[owner] == account_id))  # type: ignore[attr-defined]
        for owner in personal.owners(table)
    )
