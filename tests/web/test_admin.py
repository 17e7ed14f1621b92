"""The rooms of the network's admins: seen by them alone, and what they do there is noted."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from booking.models import audit, jobs
from booking.models.database import Session
from booking.models.tables.accounts import Account, SignIn
from booking.models.tables.audit import AuditRow
from booking.models.tables.jobs import Job
from booking.worker import Worker
from tests.browsing import post
from tests.factories import NOW, database, make_account, sign_in
from tests.pages import soup

ROOMS = ("/admin/", "/admin/jobs/", "/admin/mails/", "/admin/audit/", "/admin/accounts/")


@pytest.fixture
def session(app: Flask, clock: time_machine.Traveller) -> Iterator[Session]:
    """Prepares and looks at rows."""
    with database(app) as session:
        yield session


@pytest.fixture
def dee(session: Session) -> Account:
    """Runs the network."""
    return make_account(session, "Dee", is_admin=True)


@pytest.fixture
def admin(client: FlaskClient, session: Session, dee: Account) -> FlaskClient:
    """Dee's browser."""
    sign_in(client, session, dee)
    return client


def anew(session: Session, account: Account) -> Account:
    """The account as it is in the database now."""
    session.rollback()
    session.refresh(account)
    return account


def dead_letter(session: Session) -> int:
    """The id of a job that was given up."""
    jobs.add(session, "mail", {"event": "reset_password", "link": "http://localhost/reset/s3cret"}, NOW, NOW, None)
    job = session.query(Job).one()
    job.dead_at, job.attempts, job.last_error = NOW, 12, "The mail server said 550: <b>nobody</b>"
    session.commit()
    return job.id


@pytest.mark.parametrize("room", ROOMS)
def test_an_admin_sees_each_room_and_nobody_else_does(
    room: str, app: Flask, admin: FlaskClient, session: Session
) -> None:
    assert admin.get(room).status_code == 200
    stranger = app.test_client()
    assert stranger.get(room).status_code in (302, 303, 401)
    sign_in(stranger, session, make_account(session, "Bo"))
    assert stranger.get(room).status_code == 403


def test_a_dead_letter_is_shown_without_its_secret(admin: FlaskClient, session: Session) -> None:
    dead_letter(session)
    page = admin.get("/admin/jobs/").text
    assert "reset_password" in page
    assert "550: &lt;b&gt;nobody" in page
    assert "s3cret" not in page


def test_a_dead_letter_is_tried_again(admin: FlaskClient, session: Session) -> None:
    job_id = dead_letter(session)
    assert post(admin, f"/admin/jobs/{job_id}/retry").status_code == 303
    session.rollback()
    session.expire_all()
    job = session.query(Job).filter_by(id=job_id).one()
    assert (job.dead_at, job.attempts, job.run_at) == (None, 0, NOW)
    assert post(admin, f"/admin/jobs/{job_id}/retry").status_code == 404
    assert [row.act for row in session.query(AuditRow)] == ["retry"]


def test_a_dead_letter_is_dropped(admin: FlaskClient, session: Session) -> None:
    job_id = dead_letter(session)
    assert post(admin, f"/admin/jobs/{job_id}/drop").status_code == 303
    assert session.query(Job).count() == 0
    assert post(admin, f"/admin/jobs/{2**63}/drop").status_code == 404


def test_the_mail_folder_is_read_as_text(app: Flask, admin: FlaskClient, session: Session, dee: Account) -> None:
    jobs.add(session, "mail", {"event": "reset_password", "account_id": dee.id, "link": "http://x/1"}, NOW, NOW, None)
    session.commit()
    Worker(app).run_due()
    listing = admin.get("/admin/mails/")
    # Beside the subject there is no room for address and date on a phone: there they stand below it.
    first = soup(listing).select("tbody tr")[0].select("td")
    assert [cell.get("class") for cell in first] == [None, ["only-wide"], ["only-wide"]]
    assert [line.text for line in first[0].select(".only-phone")] == [cell.text for cell in first[1:]]
    listed = listing.text
    assert "Choose a new password" in listed
    name = f"{session.query(Job).filter_by(kind='mail').one().id:010d}.eml"
    page = admin.get(f"/admin/mails/{name}").text
    assert "http://x/1" in page and "Auto-Submitted" in page
    assert admin.get("/admin/mails/..%2Fsecret_key").status_code == 404
    assert admin.get("/admin/mails/nothing.eml").status_code == 404


def test_the_audit_is_filtered_and_paged(admin: FlaskClient, session: Session, dee: Account) -> None:
    for number in range(60):
        act = "first" if number % 2 else "second"
        audit.add(session, NOW, dee.id, act, "account", dee.id, None, {"number": number})
    session.commit()
    newest = admin.get("/admin/audit/").text
    assert "number: 59" in newest and "number: 9<" not in newest
    older = admin.get("/admin/audit/?before=11").text
    assert "number: 9\n" in older and "number: 10\n" not in older
    firsts = admin.get("/admin/audit/?act=first").text
    assert "number: 59" in firsts and "number: 58" not in firsts
    assert admin.get("/admin/audit/?before=99999999999999999999&act=%27").status_code == 200


@pytest.mark.parametrize("words, found", [("ada", True), ("ADA@", True), ("cy", False), ("%", False)])
def test_accounts_are_searched_by_name_and_address(
    words: str, found: bool, admin: FlaskClient, session: Session
) -> None:
    make_account(session, "Ada", email="ada@example.org")
    session.commit()
    page = admin.get("/admin/accounts/", query_string={"q": words}).text
    assert ("ada@example.org" in page) is found


def test_a_disabled_account_is_signed_out_at_once(app: Flask, admin: FlaskClient, session: Session) -> None:
    ada, browser = make_account(session, "Ada"), app.test_client()
    sign_in(browser, session, ada)
    assert post(admin, f"/admin/accounts/{ada.id}/disable").status_code == 303
    anew(session, ada)
    session.expire_all()
    assert session.query(SignIn).filter_by(account_id=ada.id).one().ended_at == NOW
    assert browser.get("/profile").status_code in (302, 303, 401)
    post(admin, f"/admin/accounts/{ada.id}/enable")
    assert anew(session, ada).disabled_at is None


def test_an_admin_is_made_and_unmade_but_never_by_herself(admin: FlaskClient, session: Session, dee: Account) -> None:
    ada = make_account(session, "Ada")
    session.commit()
    post(admin, f"/admin/accounts/{ada.id}/promote")
    assert anew(session, ada).is_admin
    post(admin, f"/admin/accounts/{ada.id}/demote")
    assert not anew(session, ada).is_admin
    assert post(admin, f"/admin/accounts/{dee.id}/demote").status_code == 403
    assert post(admin, f"/admin/accounts/{dee.id}/disable").status_code == 403
    assert post(admin, f"/admin/accounts/{2**40}/disable").status_code == 404
