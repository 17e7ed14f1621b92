"""Accounts, mailed links, sign-ins, tokens and limits: what each action leaves behind."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.actions import accounts, sign_ins, throttle, tokens
from booking.actions.accounts import Newcomer
from booking.actions.sign_ins import Verified
from booking.models import tokens as kept_tokens
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account, Link, SignIn
from booking.models.tables.jobs import Job
from booking.outside.secrets import digest
from booking.rules.access import Actor
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from config import Settings
from tests.acting import Scene, engine_on
from tests.factories import actor_of, make_account

pytestmark = pytest.mark.both_engines
EVE = Newcomer("eve@example.org", "Eve", "hash of eve", "de", "Europe/Berlin", "Eve's browser")
MALLORY = Newcomer("eve@example.org", "Mallory", "hash of mallory", "en", "UTC", "Mallory's browser")
BUCKETS = throttle.sign_in_buckets("eve@example.org", "192.0.2.1")


@pytest.fixture
def scene(database_url: str, settings: Settings) -> Iterator[Scene]:
    """The workshop, on either engine."""
    with engine_on(database_url) as engine:
        yield Scene(engine, settings)


def account(scene: Scene, email: str = EVE.email) -> Account:
    """The row of the account with this address."""
    with reading(scene.engine) as session:
        return session.scalars(select(Account).where(Account.email == email)).one()


def mailed_secret(scene: Scene) -> str:
    """The secret in the link that was mailed last."""
    with reading(scene.engine) as session:
        payload = session.scalars(select(Job.payload).order_by(Job.id.desc())).first()
    assert payload is not None
    return str(payload["link"]).rsplit("/", 1)[1]


def registered(scene: Scene, *, confirmed: bool = True) -> Actor:
    """Eve with an account."""
    scene.perform(None, accounts.register, EVE)
    if confirmed:
        scene.perform(None, accounts.confirm, mailed_secret(scene), EVE.browser)
    return actor_of(account(scene))


def enter(scene: Scene, stored: str = EVE.password_hash) -> tuple[str, Actor]:
    """Sign Eve in on one more browser."""
    verified = Verified(account(scene).id, stored)
    return scene.perform(None, sign_ins.start, verified, BUCKETS, "Firefox", "192.0.2.1")


def living(scene: Scene) -> int:
    """How many sign-ins of anybody live."""
    with reading(scene.engine) as session:
        return len(session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all())


def test_registering_mails_a_link_whose_hash_is_kept(scene: Scene) -> None:
    registered(scene, confirmed=False)
    secret = mailed_secret(scene)
    with reading(scene.engine) as session:
        link = session.scalars(select(Link)).one()
    assert (link.token_hash, link.purpose) == (digest(secret), "confirm")
    assert account(scene).confirmed_at is None
    assert (scene.jobs(), scene.audit()) == (["confirm_address"], [("registered", None)])


def test_a_known_address_is_told_by_mail_and_nothing_changes(scene: Scene) -> None:
    registered(scene)
    scene.perform(None, accounts.register, MALLORY)
    assert (account(scene).name, account(scene).password_hash) == ("Eve", EVE.password_hash)
    assert scene.jobs() == ["confirm_address", "already_registered"]


@pytest.mark.parametrize("first", [EVE, MALLORY])
def test_the_link_of_ones_own_registration_counts_whatever_else_was_typed_for_the_address(
    scene: Scene, first: Newcomer
) -> None:
    second = MALLORY if first is EVE else EVE
    secrets = {}
    for newcomer in (first, second):
        scene.perform(None, accounts.register, newcomer)
        secrets[newcomer] = mailed_secret(scene)
        assert (account(scene).name, account(scene).password_hash) == (first.name, first.password_hash)
    with pytest.raises(Refused, match="not_confirmed"):
        enter(scene, first.password_hash)
    with pytest.raises(Denied):
        scene.perform(None, accounts.confirm, secrets[MALLORY], EVE.browser)
    with pytest.raises(Denied):
        scene.perform(None, accounts.confirm, secrets[MALLORY], "", EVE.password_hash)
    scene.perform(None, accounts.confirm, secrets[EVE], EVE.browser)
    eve = account(scene)
    assert (eve.name, eve.password_hash, eve.language, eve.time_zone) == tuple(EVE.told.values())
    with pytest.raises(Absent):
        scene.perform(None, accounts.confirm, secrets[MALLORY], MALLORY.browser)


def test_on_another_device_the_password_of_the_registration_is_asked_for(scene: Scene) -> None:
    registered(scene, confirmed=False)
    secret = mailed_secret(scene)
    for browser, stored in (("", None), ("another browser", None), ("", "another hash")):
        with pytest.raises(Denied):
            scene.perform(None, accounts.confirm, secret, browser, stored)
    scene.perform(None, accounts.confirm, secret, "", EVE.password_hash)
    assert account(scene).confirmed_at == scene.now


def test_a_link_that_is_sent_again_is_that_of_the_browser_that_asks(scene: Scene) -> None:
    for newcomer in (EVE, MALLORY):
        scene.perform(None, accounts.register, newcomer)
    scene.perform(None, accounts.send_confirmation, EVE.email, EVE.browser)
    scene.perform(None, accounts.confirm, mailed_secret(scene), EVE.browser)
    assert account(scene).password_hash == EVE.password_hash


def test_a_reset_ends_what_others_registered_for_the_address(scene: Scene) -> None:
    scene.perform(None, accounts.register, MALLORY)
    begun = mailed_secret(scene)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    scene.perform(None, accounts.reset_password, mailed_secret(scene), "hash of eve")
    with pytest.raises(Absent):
        scene.perform(None, accounts.confirm, begun, MALLORY.browser)
    assert account(scene).password_hash == "hash of eve"


def test_registering_twice_in_the_same_moment_makes_one_account(scene: Scene) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: scene.perform(None, accounts.register, EVE), range(4)))
    assert account(scene).name == "Eve"
    with reading(scene.engine) as session:
        assert len(session.scalars(select(Link).where(Link.used_at.is_(None))).all()) == 1


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=3)])
def test_a_confirming_link_works_once_and_for_three_days(scene: Scene, age: timedelta) -> None:
    registered(scene, confirmed=False)
    secret = mailed_secret(scene)
    scene.now += age
    if not age:
        scene.perform(None, accounts.confirm, secret, EVE.browser)
        assert account(scene).confirmed_at == scene.now
    with pytest.raises(Absent):
        scene.perform(None, accounts.confirm, secret, EVE.browser)


def test_a_reset_sets_the_password_once_and_ends_every_sign_in(scene: Scene) -> None:
    registered(scene)
    enter(scene)
    enter(scene)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    secret = mailed_secret(scene)
    scene.perform(None, accounts.reset_password, secret, "new hash")
    assert (account(scene).password_hash, living(scene)) == ("new hash", 0)
    with pytest.raises(Absent):
        scene.perform(None, accounts.reset_password, secret, "newer hash")


def test_a_reset_ends_the_tokens_of_the_account_and_no_others(scene: Scene) -> None:
    eve = registered(scene)
    scene.perform(scene.ada, tokens.create, "script", "write", None)
    for _ in range(2):
        scene.perform(eve, tokens.create, "script", "write", None)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    scene.perform(None, accounts.reset_password, mailed_secret(scene), "new hash")
    with reading(scene.engine) as session:
        assert kept_tokens.count(session, eve.account_id, scene.now) == 0
        assert kept_tokens.count(session, scene.ada.account_id, scene.now) == 1


def test_a_reset_link_works_for_ten_minutes(scene: Scene) -> None:
    registered(scene)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    secret = mailed_secret(scene)
    scene.now += timedelta(minutes=10)
    with pytest.raises(Absent):
        scene.perform(None, accounts.reset_password, secret, "new hash")


def test_only_the_newest_reset_link_works_and_confirming_links_reset_nothing(scene: Scene) -> None:
    registered(scene, confirmed=False)
    with pytest.raises(Absent):
        scene.perform(None, accounts.reset_password, mailed_secret(scene), "new hash")
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    first = mailed_secret(scene)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    with pytest.raises(Absent):
        scene.perform(None, accounts.reset_password, first, "new hash")


def test_asking_to_reset_an_unknown_address_leaves_an_audit_row_and_no_mail(scene: Scene) -> None:
    scene.perform(None, accounts.ask_for_reset, "nobody@example.org")
    assert (scene.jobs(), scene.audit()) == ([], [("reset_asked", None)])


def test_a_changed_password_ends_the_other_sign_ins(scene: Scene) -> None:
    eve = registered(scene)
    this, _ = enter(scene)
    enter(scene)
    scene.perform(eve, accounts.change_password, EVE.password_hash, "new hash", this)
    assert living(scene) == 1
    with pytest.raises(Denied):
        scene.perform(eve, accounts.change_password, EVE.password_hash, "newer hash", this)


def test_a_new_address_counts_once_it_is_confirmed(scene: Scene) -> None:
    eve = registered(scene)
    scene.perform(eve, accounts.change_email, "new@example.org")
    assert account(scene).id == eve.account_id
    scene.perform(None, accounts.confirm, mailed_secret(scene))
    assert account(scene, "new@example.org").id == eve.account_id


def test_a_new_address_that_somebody_else_took_meanwhile_is_refused(scene: Scene) -> None:
    eve = registered(scene)
    scene.perform(eve, accounts.change_email, "new@example.org")
    secret = mailed_secret(scene)
    with writing(scene.engine) as session:
        make_account(session, "Cy", email="new@example.org")
    with pytest.raises(Refused, match="email_taken"):
        scene.perform(None, accounts.confirm, secret)


def test_an_invitation_never_sets_the_password_of_an_account(scene: Scene) -> None:
    invited = Newcomer("new@example.org", "New", "hash of new", "en", "UTC")
    scene.perform(None, accounts.register_from_invitation, invited, invited.email)
    assert account(scene, "new@example.org").confirmed_at == scene.now
    with pytest.raises(Refused, match="email_taken"):
        again = Newcomer("new@example.org", "New", "other hash", "en", "UTC")
        scene.perform(None, accounts.register_from_invitation, again, again.email)
    assert account(scene, "new@example.org").password_hash == "hash of new"


def test_an_admin_is_made_with_a_link_that_sets_the_password_once(scene: Scene) -> None:
    address = scene.perform(None, accounts.make_admin, "boss@example.org")
    assert address.startswith(f"{scene.settings.base_url}/reset/")
    assert account(scene, "boss@example.org").is_admin
    scene.perform(None, accounts.register, replace(MALLORY, email="boss@example.org"))
    assert account(scene, "boss@example.org").password_hash is None
    secret = address.rsplit("/", 1)[1]
    scene.perform(None, accounts.reset_password, secret, "hash of boss")
    with pytest.raises(Absent):
        scene.perform(None, accounts.reset_password, secret, "other hash")


def test_only_admins_disable_and_it_ends_every_sign_in(scene: Scene) -> None:
    eve = registered(scene)
    enter(scene)
    with pytest.raises(Denied):
        scene.perform(scene.bo, accounts.disable, eve.account_id)
    scene.perform(scene.dee, accounts.disable, eve.account_id)
    assert living(scene) == 0
    with pytest.raises(Denied):
        enter(scene)


def test_failures_fill_the_bucket_and_successes_do_not(scene: Scene) -> None:
    registered(scene)
    for _ in range(30):
        scene.perform(None, throttle.take, BUCKETS)
        enter(scene)
    for _ in range(10):
        scene.perform(None, throttle.take, BUCKETS)
    with pytest.raises(Refused) as caught:
        scene.perform(None, throttle.take, BUCKETS)
    assert caught.value.refusals[0].lifts_at == scene.now + timedelta(seconds=60)
    scene.now += timedelta(seconds=60)
    scene.perform(None, throttle.take, BUCKETS)


def test_addresses_of_one_household_share_a_bucket() -> None:
    def network(address: str) -> str:
        return throttle.sign_in_buckets("a@example.org", address)[1].name

    assert network("2001:db8::1") == network("2001:db8::2") != network("2001:db8:0:1::1")
    assert network("192.0.2.1") != network("192.0.2.2")


def test_tokens_are_bounded_in_scope_in_time_and_in_number(scene: Scene) -> None:
    with pytest.raises(Unacceptable, match="scope"):
        scene.perform(scene.ada, tokens.create, "script", "admin", None)
    for end in (scene.now, scene.now + timedelta(days=367)):
        with pytest.raises(Unacceptable, match="expires_at"):
            scene.perform(scene.ada, tokens.create, "script", "read", end)
    for _ in range(tokens.MOST):
        card, secret = scene.perform(scene.ada, tokens.create, "script", "read", None)
    with pytest.raises(Refused, match="too_many_tokens"):
        scene.perform(scene.ada, tokens.create, "script", "read", None)
    with pytest.raises(Absent):
        scene.perform(scene.cy, tokens.revoke, card.id)
    scene.perform(scene.ada, tokens.revoke, card.id)
    assert len(secret) >= 43


def test_who_registered_with_the_address_of_an_admin_before_has_no_way_in(scene: Scene) -> None:
    scene.perform(None, accounts.register, replace(MALLORY, email="boss@example.org"))
    confirming = mailed_secret(scene)
    scene.perform(None, accounts.make_admin, "boss@example.org")
    assert account(scene, "boss@example.org").password_hash is None
    with pytest.raises(Absent):
        scene.perform(None, accounts.confirm, confirming, MALLORY.browser)


def test_another_password_ends_a_change_of_address_that_was_begun_with_the_old_one(scene: Scene) -> None:
    eve = registered(scene)
    scene.perform(eve, accounts.change_email, "mallory@example.org")
    begun = mailed_secret(scene)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    scene.perform(None, accounts.reset_password, mailed_secret(scene), "new hash")
    with pytest.raises(Absent):
        scene.perform(None, accounts.confirm, begun)
    assert account(scene).id == eve.account_id


def test_another_address_ends_the_links_that_went_to_the_old_one(scene: Scene) -> None:
    eve = registered(scene)
    scene.perform(None, accounts.ask_for_reset, EVE.email)
    mailed_to_old = mailed_secret(scene)
    scene.perform(eve, accounts.change_email, "new@example.org")
    scene.perform(None, accounts.confirm, mailed_secret(scene))
    with pytest.raises(Absent):
        scene.perform(None, accounts.reset_password, mailed_to_old, "hash of mallory")


def test_another_name_goes_to_the_calendars_that_show_it(scene: Scene) -> None:
    ada = scene.ada
    scene.perform(ada, accounts.change_profile, ada.name, "de", "Europe/Berlin")
    assert scene.jobs() == []
    scene.perform(ada, accounts.change_profile, "Ada L.", "de", "Europe/Berlin")
    with reading(scene.engine) as session:
        [job] = session.scalars(select(Job)).all()
    assert (job.kind, job.payload) == ("render", {"account_id": ada.account_id})
