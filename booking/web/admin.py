"""The rooms of the network's admins: figures, jobs, mails in the folder, the audit, accounts."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import audit as sealing
from booking.actions import jobs as job_actions
from booking.actions import people as people_actions
from booking.models import audit, health, jobs, people
from booking.outside import clock, mail
from booking.rules.spans import Span
from booking.web.converters import LARGEST_ID

PAGE = 50
LONGEST_WORDS = 100

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
@edge.access(edge.Access.ADMIN)
def overview() -> ResponseReturnValue:
    """How large the network is, and whether the worker keeps up."""
    now = clock.now()
    week = Span(now, now + timedelta(days=7))
    network, queue = health.counts(edge.session(), week), jobs.figures(edge.session(), now)
    return render_template("admin/overview.html", network=network, queue=queue, now=now)


@blueprint.get("/jobs/")
@edge.access(edge.Access.ADMIN)
def queue() -> ResponseReturnValue:
    """Dead letters, which wait for a person, and the next jobs."""
    found = jobs.dead(edge.session(), PAGE + 1, _before())
    return render_template(
        "admin/queue.html",
        dead=found[:PAGE],
        next_id=_next_id(found),
        waiting=jobs.waiting(edge.session(), PAGE),
        now=clock.now(),
    )


@blueprint.post("/jobs/<bounded:job_id>/retry")
@edge.access(edge.Access.ADMIN)
def retry(job_id: int) -> ResponseReturnValue:
    """Give a dead letter another series of tries."""
    edge.perform(job_actions.retry, job_id)
    flash(gettext("The job is tried again now."))
    return redirect(url_for("admin.queue"), 303)


@blueprint.post("/jobs/<bounded:job_id>/drop")
@edge.access(edge.Access.ADMIN)
def drop(job_id: int) -> ResponseReturnValue:
    """Delete a dead letter."""
    edge.perform(job_actions.drop, job_id)
    flash(gettext("The job is gone for good."))
    return redirect(url_for("admin.queue"), 303)


@blueprint.get("/mails/")
@edge.access(edge.Access.ADMIN)
def mails() -> ResponseReturnValue:
    """The newest mails of the mail folder, where mail goes to one."""
    folder = _mail_folder()
    found = mail.stored(folder, PAGE) if folder else ()
    return render_template("admin/mails.html", mails=found, has_folder=folder is not None)


@blueprint.get("/mails/<name>")
@edge.access(edge.Access.ADMIN)
def letter(name: str) -> ResponseReturnValue:
    """One mail of the folder: its headers and its plain text."""
    folder = _mail_folder()
    found = mail.read(folder, name) if folder else None
    if found is None:
        abort(404)
    return render_template("admin/letter.html", mail=found)


@blueprint.get("/audit/")
@edge.access(edge.Access.ADMIN)
def acts() -> ResponseReturnValue:
    """Who did what to what, newest first, and whether each row is as it was sealed."""
    act, subject = _words("act"), _words("subject")
    found = audit.page(edge.session(), act=act, subject=subject, before_id=_before(), limit=PAGE + 1)
    known_acts, known_subjects = audit.words(edge.session())
    return render_template(
        "admin/acts.html",
        rows=[(row, sealing.standing(row).value) for row in found[:PAGE]],
        next_id=_next_id(found),
        act=act,
        subject=subject,
        acts=[(word, word) for word in known_acts],
        subjects=[(word, word) for word in known_subjects],
    )


@blueprint.get("/accounts/")
@edge.access(edge.Access.ADMIN)
def accounts() -> ResponseReturnValue:
    """All accounts, newest first, or those whose name or address holds some words."""
    words = _words("q")
    found = people.page(edge.session(), clock.now(), words=words, before_id=_before(), limit=PAGE + 1)
    return render_template("admin/accounts.html", people=found[:PAGE], next_id=_next_id(found), words=words)


@blueprint.post("/accounts/<bounded:account_id>/<any(disable, enable, promote, demote, sign_out):act>")
@edge.access(edge.Access.ADMIN)
def change_account(account_id: int, act: str) -> ResponseReturnValue:
    """Do one of the things that an admin may do to another's account."""
    action, sentence = {
        "disable": (people_actions.disable, gettext("The account is disabled and signed out everywhere.")),
        "enable": (people_actions.enable, gettext("The account can sign in again.")),
        "promote": (people_actions.promote, gettext("The account now runs the network too.")),
        "demote": (people_actions.demote, gettext("The account no longer runs the network.")),
        "sign_out": (people_actions.sign_out, gettext("The account is signed out everywhere.")),
    }[act]
    edge.perform(action, account_id)
    flash(sentence)
    return redirect(url_for("admin.accounts", q=_words("q") or None), 303)


def _mail_folder() -> Path | None:
    mail_url = edge.settings().mail_url
    return Path(mail_url.removeprefix("file://")) if mail_url.startswith("file://") else None


def _words(name: str) -> str:
    return request.args.get(name, "").strip()[:LONGEST_WORDS]


def _before() -> int | None:
    """The cursor of the page asked for: rows older than this id."""
    text = request.args.get("before", "")
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdigit() and len(text) <= 19 else None


def _next_id(
    found: tuple[jobs.JobCard, ...] | tuple[audit.AuditCard, ...] | tuple[people.PersonCard, ...],
) -> int | None:
    """The cursor of the page after this one, where there is one."""
    return found[PAGE - 1].id if len(found) > PAGE else None
