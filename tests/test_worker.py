"""The worker: every job is done at least once, mail goes out in the reader's words, one broken job stops no other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from booking import create_app
from booking.models import jobs
from booking.models.database import Session, db, in_transaction, reading
from booking.models.tables.accounts import Account
from booking.models.tables.audit import AuditRow
from booking.models.tables.jobs import Job
from booking.outside import mail
from booking.rules.access import Role
from booking.worker import Worker
from config import ROOT, Settings
from tests.factories import NOW, database, make_account, make_certificate, make_grant, make_member, make_space
from tests.smtp import sink


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Prepares and looks at rows; commits are the test's."""
    with database(app) as session:
        yield session


@pytest.fixture
def ada(session: Session) -> Account:
    """A maker who reads German."""
    account = make_account(session, "Ada", language="de")
    session.commit()
    return account


def leave(session: Session, kind: str, payload: dict[str, Any], once: str | None = None) -> None:
    """A job that is due now."""
    jobs.add(session, kind, payload, NOW, NOW, once)
    session.commit()


def reset_mail(account: Account) -> dict[str, Any]:
    """The payload of a mail with a secret link."""
    return {"event": "reset_password", "account_id": account.id, "link": "http://localhost/reset/s3cret"}


@pytest.fixture
def worker_to(settings: Settings) -> Iterator[Callable[[str], Worker]]:
    """Makes a worker of this installation that sends its mail to an address."""
    with ExitStack() as stack:

        def make(mail_url: str) -> Worker:
            app = create_app(replace(settings, mail_url=mail_url))
            stack.callback(db_engine(app).dispose)
            return Worker(app)

        yield make


def jobs_of(session: Session, kind: str) -> list[Job]:
    """The jobs of a kind as they are now."""
    session.rollback()
    session.expire_all()
    return session.query(Job).filter_by(kind=kind).order_by(Job.id).all()


@pytest.mark.both_engines
def test_a_due_mail_goes_out_once_and_its_secret_is_forgotten(
    worker_to: Callable[[str], Worker],
    settings: Settings,
    session: Session,
    ada: Account,
    clock: time_machine.Traveller,
) -> None:
    leave(session, "mail", reset_mail(ada))
    with sink() as server:
        worker = worker_to(server.address)
        worker.run_due()
        worker.run_due()
    [message] = server.taken
    assert server.recipients == [[ada.email]]
    assert "http://localhost/reset/s3cret" in message.get_body(("plain",)).get_content()
    assert "http://localhost/reset/s3cret" in message.get_body(("html",)).get_content()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == f"{settings.network_name} <{settings.mail_from}>"
    [job] = jobs_of(session, "mail")
    assert job.done_at == NOW
    assert job.payload["link"] == ""


def test_holders_are_reminded_without_anybody_asking(
    worker_to: Callable[[str], Worker], session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    certificate = make_certificate(session, make_space(session), name="Laser")
    certificate.next_briefing_at, certificate.briefing_note = NOW + timedelta(days=7), "Bring goggles"
    make_grant(session, certificate, ada, expires_at=NOW + timedelta(days=10))
    session.commit()
    clock.move_to(NOW + timedelta(days=6))
    with sink() as server:
        worker = worker_to(server.address)
        worker.run_due()
        clock.shift(timedelta(hours=1))
        worker.run_due()
    [message] = server.taken
    assert server.recipients == [[ada.email]]
    text = message.get_body(("plain",)).get_content()
    for part in ("5. Dezember 2026", "2. Dezember 2026, 09:00", "Bring goggles", "http://localhost/certificates/"):
        assert part in text


def test_a_mail_that_the_server_puts_off_is_tried_again_later(
    worker_to: Callable[[str], Worker], session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    leave(session, "mail", reset_mail(ada))
    with sink("451 come back later") as server:
        worker = worker_to(server.address)
        worker.run_due()
        [job] = jobs_of(session, "mail")
        assert (job.done_at, job.attempts) == (None, 1)
        assert "451" in job.last_error
        assert NOW < job.run_at <= NOW + timedelta(minutes=1)
        assert server.taken == []
        clock.shift(timedelta(minutes=1))
        worker.run_due()
    assert len(server.taken) == 1


def test_a_recipient_refused_for_good_becomes_a_dead_letter_at_once(
    worker_to: Callable[[str], Worker], session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    leave(session, "mail", reset_mail(ada))
    with sink("550 no such person") as server:
        worker_to(server.address).run_due()
    [job] = jobs_of(session, "mail")
    assert job.dead_at == NOW
    assert "550" in job.last_error


def test_a_server_that_cannot_be_reached_costs_a_dead_letter_only_after_many_tries(
    worker_to: Callable[[str], Worker], session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    leave(session, "mail", reset_mail(ada))
    worker = worker_to("smtp://127.0.0.1:9")
    tries = 0
    while jobs_of(session, "mail")[0].dead_at is None:
        worker.run_due()
        clock.shift(timedelta(hours=6))
        tries += 1
    assert tries == 12
    assert jobs_of(session, "mail")[0].payload["link"] != ""


def test_a_dropped_reply_sends_again_under_the_same_message_id(
    worker_to: Callable[[str], Worker], session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    leave(session, "mail", reset_mail(ada))
    with sink("drop the reply") as server:
        worker = worker_to(server.address)
        worker.run_due()
        clock.shift(timedelta(minutes=1))
        worker.run_due()
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


def test_a_stalling_server_is_given_up(
    worker_to: Callable[[str], Worker],
    session: Session,
    ada: Account,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.5)
    leave(session, "mail", reset_mail(ada))
    with sink("stall") as server:
        began = time.perf_counter()
        worker_to(server.address).run_due()
        assert time.perf_counter() - began < 4
    [job] = jobs_of(session, "mail")
    assert job.done_at is None
    assert "could not be reached" in job.last_error


def test_nobody_is_kept_from_writing_while_a_mail_server_stalls(
    app: Flask, session: Session, ada: Account, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote_after: list[float] = []

    def slow(_url: str, _mail: mail.Mail) -> None:
        began = time.perf_counter()
        in_transaction(db.engine, lambda fresh: jobs.beat(fresh, NOW, "somebody else"))
        wrote_after.append(time.perf_counter() - began)

    monkeypatch.setattr(mail, "send", slow)
    leave(session, "mail", reset_mail(ada))
    Worker(app).run_due()
    assert wrote_after[0] < 2


@pytest.mark.both_engines
def test_broken_jobs_stop_no_other(
    app: Flask, session: Session, ada: Account, settings: Settings, clock: time_machine.Traveller
) -> None:
    leave(session, "dance", {})
    leave(session, "mail", {"event": "nonsense", "account_id": ada.id})
    leave(session, "mail", {"event": "reset_password", "email": "a@example.org,b@example.org", "link": "x"})
    leave(session, "expire", {"booking_id": "not a number"})
    leave(session, "mail", reset_mail(ada))
    Worker(app).run_due()
    [unknown] = jobs_of(session, "dance")
    assert unknown.dead_at == NOW
    assert unknown.last_error == "No worker knows jobs of the kind 'dance'."
    nonsense, two_addresses, good = jobs_of(session, "mail")
    assert nonsense.dead_at == two_addresses.dead_at == NOW
    assert good.done_at == NOW
    [expire] = jobs_of(session, "expire")
    assert expire.dead_at is None
    assert expire.last_error.startswith("ValueError")


def test_a_mail_to_managers_becomes_one_for_each_of_them(
    app: Flask, session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    space = make_space(session)
    for name in ("Bo", "Bea"):
        make_member(session, make_account(session, name), space, Role.MANAGER)
    make_member(session, ada, space, Role.MEMBER)
    leave(session, "mail", {"event": "join_asked", "space_id": space.id, "name": "Cy", "note": "I weld."})
    Worker(app).run_due()
    asked, *to_managers = jobs_of(session, "mail")
    assert asked.done_at == NOW
    assert len(to_managers) == 2
    assert all(job.done_at == NOW for job in to_managers)


def test_a_mail_folder_gets_one_file_for_each_mail(
    app: Flask, session: Session, ada: Account, settings: Settings, clock: time_machine.Traveller
) -> None:
    leave(session, "mail", reset_mail(ada))
    Worker(app).run_due()
    folder = Path(settings.mail_url.removeprefix("file://"))
    [stored] = mail.stored(folder, 10)
    assert stored.to == ada.email
    assert stored.subject
    found = mail.read(folder, stored.name)
    assert found is not None
    assert "s3cret" in found.text
    assert mail.read(folder, "../benchtime.db") is None
    assert [path.name for path in folder.iterdir()] == [stored.name]


@pytest.mark.both_engines
def test_the_worker_seals_the_audit_and_leaves_no_trace_of_it(
    app: Flask, session: Session, ada: Account, clock: time_machine.Traveller
) -> None:
    session.add(AuditRow(at=NOW, account_id=ada.id, act="test", subject="account", subject_id=ada.id, details={}))
    session.commit()
    Worker(app).run_due()
    session.expire_all()
    assert session.query(AuditRow).one().seal_number == 1
    assert jobs_of(session, "seal") == []
    with reading(db_engine(app)) as fresh:
        assert jobs.beat_at(fresh) == NOW


def db_engine(app: Flask) -> Any:
    """The engine of the application."""
    with app.app_context():
        return db.engine


KILLED_WHILE_SENDING = """
import os, sys, time
from booking import create_app
from booking.outside import mail
from booking.worker import Worker
from config import load_settings

def never_returns(url, message):
    print("sending", flush=True)
    time.sleep(60)

mail.send = never_returns
Worker(create_app(load_settings(os.environ))).run()
"""


@pytest.mark.both_engines
def test_a_worker_killed_while_sending_loses_nothing(
    worker_to: Callable[[str], Worker],
    settings: Settings,
    session: Session,
    ada: Account,
    clock: time_machine.Traveller,
) -> None:
    # The other process lives by the real clock, so the job has been due for long.
    jobs.add(session, "mail", reset_mail(ada), NOW, datetime(2001, 1, 1, tzinfo=UTC), None)
    session.commit()
    command = [sys.executable, "-c", KILLED_WHILE_SENDING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(settings), cwd=ROOT) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"sending\n"
        finally:
            child.send_signal(signal.SIGKILL)
    [job] = jobs_of(session, "mail")
    assert (job.done_at, job.attempts) == (None, 1)
    with sink() as server:
        worker = worker_to(server.address)
        clock.move_to(job.run_at - timedelta(seconds=1))
        worker.run_due()
        assert server.taken == []
        clock.move_to(job.run_at)
        worker.run_due()
    assert len(server.taken) == 1


def environment(settings: Settings) -> dict[str, str]:
    """What a process of its own needs to work on this test's database."""
    return {
        "PATH": os.environ["PATH"],
        "BOOKING_INSTANCE": str(settings.instance),
        "BOOKING_DATABASE_URL": settings.database_url.replace("postgresql+psycopg:", "postgresql:"),
        "BOOKING_SECRET_KEY": settings.secret_key,
        "BOOKING_BASE_URL": settings.base_url,
        "BOOKING_MAIL_URL": settings.mail_url,
    }
