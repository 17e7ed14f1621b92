"""Who is signed in: until it is ended, idle or too old, and only with the secret whose hash is kept."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from booking.models import sign_ins, throttle, tokens, traffic
from booking.models.database import Session, reading, writing
from booking.models.tables.accounts import Account, SignIn, Token
from booking.models.tables.traffic import Traffic
from booking.outside.secrets import digest
from booking.rules.access import Role
from tests.acting import engine_on
from tests.factories import NOW, make_account, make_member, make_space

pytestmark = pytest.mark.both_engines
IDLE_HOURS = 24
DAYS = timedelta(days=30)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this test's database."""
    with engine_on(database_url) as engine:
        yield engine


@pytest.fixture
def ada(engine: Engine) -> Account:
    """Ada, a manager of one space and a member of another, signed in with the secret "cookie"."""
    with writing(engine) as session:
        account = make_account(session)
        make_member(session, account, make_space(session), Role.MANAGER)
        make_member(session, account, make_space(session))
        sign_ins.add(session, account.id, digest("cookie"), NOW, DAYS, "Firefox", "192.0.2.1")
        return account


def who(session: Session, secret: str = "cookie", later: timedelta = timedelta(0)) -> sign_ins.Caller | None:
    """Who holds this secret, some time after the sign-in."""
    return sign_ins.actor_for(session, digest(secret), NOW + later, IDLE_HOURS)


def test_the_holder_of_the_secret_is_known_with_all_roles(engine: Engine, ada: Account) -> None:
    with reading(engine) as session:
        caller = who(session)
        assert caller is not None
        assert (caller.actor.account_id, caller.actor.email, caller.seen_at) == (ada.id, ada.email, None)
        assert sorted(caller.actor.roles.values()) == [Role.MANAGER, Role.MEMBER]
        assert caller.actor.manages


def test_the_database_holds_no_secret(engine: Engine, ada: Account) -> None:
    with reading(engine) as session:
        kept = session.query(SignIn).one()
        assert who(session, kept.token_hash) is None
        assert "cookie" not in (kept.token_hash, kept.client, kept.address)


def test_a_sign_in_idles_away_unless_it_is_used(engine: Engine, ada: Account) -> None:
    almost, over = timedelta(hours=23, minutes=59), timedelta(hours=24, minutes=1)
    with reading(engine) as session:
        caller = who(session, later=almost)
        assert caller is not None
        assert who(session, later=over) is None
    traffic.mark(engine, "sign_in", caller.subject_id, NOW + almost, None)
    with reading(engine) as session:
        assert who(session, later=over) is not None


def test_a_sign_in_ends_after_its_days_however_much_it_is_used(engine: Engine, ada: Account) -> None:
    with reading(engine) as session:
        caller = who(session)
    assert caller is not None
    traffic.mark(engine, "sign_in", caller.subject_id, NOW + DAYS, None)
    with reading(engine) as session:
        assert who(session, later=DAYS) is None


def test_ended_sign_ins_and_disabled_accounts_let_nobody_in(engine: Engine, ada: Account) -> None:
    with writing(engine) as session:
        sign_ins.add(session, ada.id, digest("other"), NOW, DAYS, "", "")
        assert sign_ins.end_all(session, ada.id, NOW, except_hash=digest("cookie")) == 1
        assert who(session, "other") is None
        assert who(session) is not None
        row = session.get_one(Account, ada.id)
        row.disabled_at = NOW
        session.flush()
        assert who(session) is None


def test_nobody_ends_the_sign_in_of_somebody_else(engine: Engine, ada: Account) -> None:
    with writing(engine) as session:
        stranger = make_account(session, "Cy")
        caller = who(session)
        assert caller is not None
        assert not sign_ins.end(session, stranger.id, caller.subject_id, NOW)
        assert sign_ins.end(session, ada.id, caller.subject_id, NOW)
        assert not sign_ins.end(session, ada.id, caller.subject_id, NOW)


def test_marks_of_use_are_written_at_most_every_five_minutes(engine: Engine, ada: Account) -> None:
    def marked_after(minutes: int, last_minute: int | None) -> int:
        last = None if last_minute is None else NOW + timedelta(minutes=last_minute)
        traffic.mark(engine, "sign_in", 1, NOW + timedelta(minutes=minutes), last)
        with reading(engine) as session:
            return int((session.query(Traffic).one().seen_at - NOW) / timedelta(minutes=1))

    assert [marked_after(0, None), marked_after(4, 0), marked_after(5, 0), marked_after(9, 5)] == [0, 0, 5, 5]


def test_tokens_are_kept_as_hashes_and_end(engine: Engine, ada: Account) -> None:
    with writing(engine) as session:
        card = tokens.add(session, ada.id, digest("t0ken"), "script", "read", NOW, NOW + timedelta(days=1))
        assert session.query(Token).one().token_hash == digest("t0ken")
        caller = sign_ins.actor_for_token(session, digest("t0ken"), NOW)
        assert caller is not None
        assert (caller.actor.scope, caller.subject_id, len(caller.actor.roles)) == ("read", card.id, 2)
        assert sign_ins.actor_for_token(session, digest("t0ken"), NOW + timedelta(days=1)) is None
        assert tokens.revoke(session, ada.id, card.id, NOW)
        assert sign_ins.actor_for_token(session, digest("t0ken"), NOW) is None
        assert tokens.mine(session, ada.id, NOW) == ()


def test_levels_of_buckets_are_rows(engine: Engine) -> None:
    with writing(engine) as session:
        assert throttle.levels(session, ["b", "a"], NOW) == {"a": (0.0, NOW), "b": (0.0, NOW)}
        throttle.put(session, "a", 2.5, NOW)
    with writing(engine) as session:
        assert throttle.levels(session, ["a"], NOW + timedelta(hours=1)) == {"a": (2.5, NOW)}
