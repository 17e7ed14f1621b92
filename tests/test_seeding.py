"""The invented networks: what programs rely on, that the rules let every booking through, and that chance is fixed."""

import stat
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select

from booking.actions import renderings as acts_on_renderings
from booking.cli import tell_log_ins
from booking.models import bulk, guards, loading, renderings
from booking.models.database import db, in_transaction, reading, writing
from booking.models.facts import facts_for
from booking.models.tables import METADATA
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Claim, Handover, Proposal
from booking.models.tables.calendars import Block, Feed
from booking.models.tables.certificates import Grant
from booking.models.tables.spaces import Invitation, JoinRequest, Membership, Space, SpecialDay
from booking.models.tables.tools import Tool, ToolCertificate
from booking.outside import passwords
from booking.rules import policy, pools
from booking.rules.capabilities import BUILT_IN, checked
from booking.rules.facts import Ask, Limits
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from booking.rules.states import HOLDING
from booking.seeding import catalogue, demo, log_ins, network, terrain
from booking.seeding.sweep import Measure, sweep
from config import Settings, load_settings
from tests.factories import NOW, database, make_account

SMALL = network.Size(spaces=9, tools=90, bookings=3_000)


def seeded(app: Flask, now: datetime = NOW, number: int = 1) -> demo.Seeded:
    """The demo network in the app's database."""
    with app.app_context():
        return demo.seed(db.engine, app.config["SETTINGS"], now, number)


def small_network(app: Flask, size: network.Size = SMALL) -> tuple[network.Seeded, list[tuple[str, int, int]]]:
    """A network of full shape and small size, and what its progress told."""
    told: list[tuple[str, int, int]] = []
    with app.app_context():
        made = network.seed(db.engine, app.config["SETTINGS"], NOW, size, lambda *step: told.append(step))
    return made, told


@pytest.mark.both_engines
def test_the_demo_has_the_log_ins_and_tools_that_programs_rely_on(app: Flask) -> None:
    made = seeded(app)
    session = database(app)
    fixed = [*log_ins.NAMED, *log_ins.NUMBERED]
    people = session.scalars(select(Account).where(Account.email.in_(fixed))).all()
    assert len(people) == 104
    assert len({person.password_hash for person in people}) == 1
    assert passwords.verified(people[0].password_hash, made.password)
    assert [person.email for person in people if person.is_admin] == [log_ins.ADMIN]

    members = Counter(session.scalars(select(Membership.space_id)))
    tools = Counter(session.scalars(select(Tool.space_id)))
    largest = members.most_common(1)[0][0]
    assert tools.most_common(1)[0][0] == largest
    assert session.get_one(Space, largest).city == "西安 Xi’an"
    roles = select(Account.email, Membership.role).join(Membership).where(Membership.space_id == largest)
    found = {email: role for email, role in session.execute(roles)}
    assert found[log_ins.MANAGER] == "manager"
    assert found[log_ins.TRAINER] == "trainer"
    assert {found[email] for email in (log_ins.MAKER, *log_ins.NUMBERED)} == {"member"}

    certified = set(session.scalars(select(ToolCertificate.tool_id)))
    there = session.scalars(select(Tool).where(Tool.space_id == largest, Tool.state == "working")).all()
    assert len([tool for tool in there if tool.id not in certified and tool.approval == "never"]) >= 3
    assert any(tool.approval == "always" and tool.id not in certified for tool in there)
    assert any(tool.approval == "never" and tool.id in certified for tool in there)
    session.close()


def test_the_demo_shows_a_whole_network(app: Flask) -> None:
    made = seeded(app)
    session = database(app)
    spaces = session.scalars(select(Space)).all()
    assert len(spaces) >= 14
    assert len({space.country for space in spaces}) >= 6
    assert len({space.time_zone for space in spaces}) >= 5
    assert {space.language for space in spaces} == {"en", "de", "pl", "zh"}
    assert made.tools >= 95
    assert len(set(session.scalars(select(Tool.kind_id)))) >= 14
    assert {"down", "limited"} <= set(session.scalars(select(Tool.state)))
    assert session.scalar(select(func.count()).select_from(SpecialDay)) >= 1
    assert session.scalar(select(func.count()).where(JoinRequest.decided_at.is_(None))) >= 4
    assert session.scalar(select(func.count()).select_from(Invitation)) >= 2
    assert len(set(session.scalars(select(Block.subscription_id)))) == 2

    maker = session.scalars(select(Account.id).where(Account.email == log_ins.MAKER)).one()
    assert session.scalar(select(func.count()).where(Feed.account_id == maker)) >= 2
    assert session.scalar(select(func.count()).where(Grant.account_id == maker)) == 2
    coming = session.scalars(select(Booking).where(Booking.account_id == maker, Booking.starts_at > NOW)).all()
    assert len({booking.space_id for booking in coming}) >= 2
    session.close()


def test_the_demo_has_series_and_a_plan(app: Flask) -> None:
    seeded(app)
    session = database(app)
    of_series = session.execute(
        select(Booking.series_id, Booking.state, func.count())
        .where(Booking.series_id.is_not(None))
        .group_by(Booking.series_id, Booking.state)
        .order_by(Booking.series_id)
    ).all()
    assert [(row[0], row[1]) for row in of_series] == [(1, "confirmed"), (2, "pending")]
    assert all(row[2] >= 2 for row in of_series)
    parts = session.scalars(select(Booking).where(Booking.plan_id.is_not(None)).order_by(Booking.plan_position)).all()
    assert [part.state for part in parts] == ["confirmed", "confirmed", "pending"]
    session.close()


def test_the_demo_has_something_to_take_over_and_another_time_to_take(app: Flask) -> None:
    seeded(app)
    with database(app) as session:
        maker = session.scalars(select(Account).where(Account.email == "maker@example.org")).one()
        handover, proposal = (session.scalars(select(table)).one() for table in (Handover, Proposal))
        assert (handover.email, handover.state) == (maker.email, "open")
        asked = session.get_one(Booking, proposal.booking_id)
        assert (asked.account_id, asked.state) == (maker.id, "pending")
        assert asked.starts_at == proposal.starts_at < proposal.ends_at < asked.ends_at


def test_the_demo_has_a_pool_in_which_the_next_booking_makes_room(app: Flask) -> None:
    seeded(app)
    session = database(app)
    claims = select(Claim).join(Booking, Claim.booking_id == Booking.id).where(Claim.blocking)
    scattered = claims.where(Booking.purpose == "Signal of the motor driver").order_by(Claim.blocks_from)
    first, second = session.scalars(scattered).all()
    across = Span(first.blocks_from + timedelta(hours=1), second.blocks_until - timedelta(hours=1))
    tool_id = session.scalars(select(Booking.tool_id).where(Booking.id == first.booking_id)).one()
    found = pools.packing(Ask(tool_id, across), facts_for(session, tool_id, across, None), NOW)
    assert found and [move.booking_id for move in found.moves] in ([first.booking_id], [second.booking_id])
    session.close()


@pytest.mark.parametrize("day", [3, 122])
def test_the_demo_is_alive_whatever_the_day(app: Flask, day: int) -> None:
    now = NOW + timedelta(days=day)
    seeded(app, now)
    session = database(app)
    waiting = session.scalars(select(Booking).where(Booking.state == "pending")).all()
    assert len(waiting) >= 12
    assert len({booking.space_id for booking in waiting}) >= 5
    assert min(booking.starts_at for booking in waiting) > now
    assert any(session.get_one(Space, booking.space_id).slug == "silu" for booking in waiting)
    starts = session.scalars(select(Booking.starts_at)).all()
    assert min(starts) < now - timedelta(days=13)
    assert max(starts) > now + timedelta(days=12)
    session.close()


def test_the_rules_let_every_booking_of_the_demo_through_when_it_was_made(app: Flask) -> None:
    seeded(app)
    session = database(app)
    holding = Booking.state.in_([state.value for state in HOLDING])
    bookings = session.scalars(select(Booking).where(holding, Booking.id % 7 == 0)).all()
    refused = {}
    for booking in bookings:
        span = Span(booking.starts_at, booking.ends_at)
        facts = facts_for(session, booking.tool_id, span, booking.account_id)
        ask = Ask(booking.tool_id, span, booking_id=booking.id)
        if refusals := policy.check(ask, facts, booking.created_at):
            refused[booking.id] = refusals
    assert len(bookings) > 200
    assert refused == {}
    session.close()


def test_every_booking_of_the_demo_is_ready_for_the_calendars(app: Flask, settings: Settings) -> None:
    seeded(app)
    session = database(app)
    with app.app_context():
        code = acts_on_renderings.code_stamp(settings.base_url)
    shown = acts_on_renderings.shown_span(NOW)
    assert renderings.without_rendering(session, shown, code, 0, 10) == []
    session.close()


def test_the_same_number_and_day_make_the_same_demo(app: Flask, tmp_path: Path) -> None:
    from booking import create_app
    from booking.models.migrate import upgrade

    seeded(app)
    url = f"sqlite:///{tmp_path / 'second.db'}"
    upgrade(url)
    second = create_app(load_settings({"BOOKING_INSTANCE": str(tmp_path / "two"), "BOOKING_DATABASE_URL": url}))
    seeded(second)
    columns = (Booking.id, Booking.tool_id, Booking.account_id, Booking.state, Booking.starts_at, Booking.purpose)
    told = []
    for each in (app, second):
        with database(each) as session:
            told.append(session.execute(select(*columns)).all())
    assert told[0] == told[1]
    with second.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("size", ["demo", "network"])
def test_only_an_empty_database_is_filled(app: Flask, size: str) -> None:
    session = database(app)
    make_account(session)
    session.commit()
    session.close()
    with pytest.raises(loading.NotEmptyError, match="not empty"):
        seeded(app) if size == "demo" else small_network(app)


def test_the_password_is_made_once_and_kept_for_its_owner_only(settings: Settings) -> None:
    password = log_ins.demo_password(settings)
    assert len(password) >= 15
    assert log_ins.demo_password(settings) == password
    assert stat.S_IMODE((settings.instance / "demo_password").stat().st_mode) == 0o600


def test_a_set_password_is_taken_and_not_kept(tmp_path: Path) -> None:
    settings = load_settings({"BOOKING_INSTANCE": str(tmp_path), "BOOKING_DEMO_PASSWORD": "correct horse"})
    assert log_ins.demo_password(settings) == "correct horse"
    assert not (tmp_path / "demo_password").exists()


def test_only_a_password_that_opens_is_told(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo may be served again with another one set than it was made with."""
    password = seeded(app).password
    settings = app.config["SETTINGS"]
    with app.app_context():
        tell_log_ins(settings)
        tell_log_ins(replace(settings, demo_password="correct horse"))
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(f"with the password {password}") and "maker@example.org" in first
    assert second == "This network is not new: its people sign in with the passwords that they have."


def test_every_model_states_what_its_kind_knows() -> None:
    kinds = {kind.slug: kind.capabilities for kind in BUILT_IN}
    for model in catalogue.models().values():
        assert checked(kinds[model.kind], model.capabilities) == model.capabilities


@pytest.mark.both_engines
def test_a_network_is_loaded_whole_and_guarded_afterwards(app: Flask) -> None:
    with app.app_context():
        before = _shape()
    made, told = small_network(app)
    assert made.bookings == SMALL.bookings
    assert {step for step, _, _ in told} == {"places", "bookings", "constraints", "verification"}
    assert ("bookings", SMALL.bookings, SMALL.bookings) in told
    with app.app_context():
        assert _shape() == before
        with reading(db.engine) as session:
            assert guards.overlaps(session.connection()) == 0
            counts = [
                session.scalar(select(func.count()).select_from(table)) for table in (Space, Tool, Booking, Claim)
            ]
            assert counts == [SMALL.spaces, SMALL.tools, SMALL.bookings, SMALL.bookings]
            claim = session.scalars(select(Claim).where(Claim.blocking).order_by(Claim.id.desc())).first()
        assert claim is not None
        with pytest.raises(Refused):
            in_transaction(db.engine, lambda session: session.add(_same_time(claim)))
        # Numbering goes on after the loaded rows.
        in_transaction(db.engine, lambda session: make_account(session, "Cy"))


def _same_time(claim: Claim) -> Claim:
    columns = ("booking_id", "unit_id", "space_id", "kind_id", "blocks_from", "blocks_until", "blocking")
    return Claim(**{name: getattr(claim, name) for name in columns})


def _shape() -> dict[str, object]:
    """The indexes and references of the tables that are loaded without them."""
    found = inspect(db.engine)
    return {
        table: (
            sorted(str(index["name"]) for index in found.get_indexes(table)),
            sorted(str(key["name"]) for key in found.get_foreign_keys(table)),
            sorted(str(key["name"]) for key in found.get_unique_constraints(table)),
        )
        for table in ("booking", "claim")
    }


def test_the_bookings_of_a_network_keep_to_opening_hours_and_limits(app: Flask) -> None:
    small_network(app)
    session = database(app)
    for booking in session.scalars(select(Booking).where(Booking.id % 31 == 0, Booking.state != "cancelled")):
        span = Span(booking.starts_at, booking.ends_at)
        facts = facts_for(session, booking.tool_id, span, booking.account_id)
        made_at = min(booking.starts_at, booking.created_at)
        refusals = policy.check(Ask(booking.tool_id, span, booking_id=booking.id), facts, made_at)
        # Trainings are handed out by chance and some are over by now.
        assert {refusal.code for refusal in refusals} <= {"certificate_expired"}
    session.close()


def test_a_failed_verification_keeps_nothing(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(bulk.OverlapError), writing(db.engine) as session:
            _overlap(session.connection())
        with reading(db.engine) as session:
            assert session.scalar(select(func.count()).select_from(Claim)) == 0


def _overlap(connection: object) -> None:
    """Two claims of one unit at one time, written while no guard is in force."""
    rows = {
        "kind": {"id": 1, "slug": "saw", "name": "Saw"},
        "space": {"id": 1, "slug": "s", "name": "S", "time_zone": "UTC", "created_at": NOW, "changed_at": NOW},
        "tool": {"id": 1, "space_id": 1, "kind_id": 1, "slug": "t", "name": "T", "code": "c"}
        | {"created_at": NOW, "changed_at": NOW},
        "unit": {"id": 1, "tool_id": 1, "name": "1"},
        "account": {"id": 1, "email": "ada@example.org", "name": "Ada", "created_at": NOW},
    }
    for table in METADATA.sorted_tables:
        if table.name in rows:
            connection.execute(table.insert(), rows[table.name])  # type: ignore[attr-defined]
    lines = [(number, 1, 1, "confirmed", 1_800_000_000, 1_800_003_600, 1_799_000_000, "") for number in (1, 2)]
    bulk.load_bookings(connection, lines, "n", "localhost", lambda done: None)  # type: ignore[arg-type]
    bulk.verify(connection)  # type: ignore[arg-type]


def test_a_network_of_full_size_has_its_share_of_each_kind() -> None:
    plans = terrain.plans(342, 4_100, Random(1))
    kinds = Counter(tool.model.kind for plan in plans for tool in plan.tools)
    assert len(plans) == 342
    assert kinds.total() == 4_100
    assert 370 <= kinds["laser_cutter"] <= 390
    assert 710 <= kinds["3d_printer"] <= 730
    assert max(len(plan.tools) for plan in plans) == len(plans[0].tools)
    assert len({plan.slug for plan in plans}) == 342


@given(
    number=st.integers(0, 400),
    hours=st.lists(st.integers(1, 20), min_size=1, max_size=20),
    grain=st.sampled_from([5, 15, 30, 60]),
    shortest=st.integers(1, 180),
    buffers=st.tuples(st.integers(0, 90), st.integers(0, 90)),
    seed=st.integers(0, 99),
)
def test_swept_bookings_never_meet(
    number: int, hours: list[int], grain: int, shortest: int, buffers: tuple[int, int], seed: int
) -> None:
    openings = [(day * 86_400, day * 86_400 + length * 3_600) for day, length in enumerate(hours)]
    setup, cleanup = buffers
    limits = Limits(
        grain_minutes=grain,
        shortest_minutes=shortest,
        longest_minutes=max(480, shortest),
        setup_minutes=setup,
        cleanup_minutes=cleanup,
    )
    found = list(sweep(openings, number, Measure.of(limits), Random(seed)))
    assert len(found) <= number
    before = 0
    for start, end in found:
        opens, closes = openings[start // 86_400]
        assert start - setup * 60 >= max(before, opens)
        assert end + cleanup * 60 <= closes
        assert (start - opens) % (grain * 60) == 0
        assert limits.shortest_minutes <= (end - start) / 60 <= limits.longest_minutes
        before = end + cleanup * 60
